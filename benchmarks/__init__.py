"""Measures what the README promises: one command for each promise, which prints its own table."""
