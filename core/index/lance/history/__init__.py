"""The versions of an embedded index: which there are, and how one is brought up to date with another."""
