"""The job that finds all pairs of a collection, and what it keeps of them."""
