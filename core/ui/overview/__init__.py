"""The page that sums a collection up, and compares two sides of it."""
