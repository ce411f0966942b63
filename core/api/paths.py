"""Which paths are ours."""

OWN = frozenset({"api", "healthz", "thumbnails", "images", "boxes", "queries", "uploads", "exports", "components"})
"""First parts of the paths that are ours and no pages."""

SEARCH = "/search"
"""Where links may lead: the page of searches, which is the default one, has no path of its own."""
