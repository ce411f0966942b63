"""The HTTP API: what programs may rely on, and the page's own scripts use."""
