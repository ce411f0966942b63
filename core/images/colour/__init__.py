"""Colours: as they are meant, as eyes tell them apart, and what they are called."""
