"""Brings the index up to date with files, in the background where asked."""
