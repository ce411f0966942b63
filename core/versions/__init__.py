"""Versions of the index for those who look after it: built, compared, swapped, rolled back to, deleted."""
