"""Which models can be had on this machine, and how fast they were on it."""
