"""The routes about what is found out of a collection as a whole."""
