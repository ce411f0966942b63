"""The index page in its parts: how the index is doing, recall, and what can be done with its versions."""
