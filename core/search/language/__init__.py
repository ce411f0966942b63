"""Typed text, and what it means: the words, pictures and conditions of a search, read and written again."""
