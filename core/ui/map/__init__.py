"""The map page: where a collection's pictures lie, and what goes on with that."""
