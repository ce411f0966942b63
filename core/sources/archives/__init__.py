"""ZIP archives, read in place."""
