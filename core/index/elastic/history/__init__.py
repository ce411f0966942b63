"""The versions of an index on a server: which there are, and how one is brought up to date with another."""
