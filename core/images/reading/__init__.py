"""Bytes in, upright RGB images out, or the reason why not."""
