"""Commands that find something out about a collection as a whole."""
