"""What holds for every index."""

MAX_K = 10_000
"""The most hits that one search returns: what Elasticsearch looks at, at most."""
