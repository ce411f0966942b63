"""Commands that take collections to files and back."""
