"""Which paths are ours."""

OWN = frozenset(
    {
        "api",
        "healthz",
        "readyz",
        "metrics",
        "thumbnails",
        "images",
        "boxes",
        "queries",
        "uploads",
        "exports",
        "components",
        "mcp",
    }
)
"""First parts of the paths that are ours and no pages."""

PUBLIC = frozenset({"healthz", "readyz"})
"""First parts of the paths that answer everybody, though with little: whether the server is up."""

API = "/api/v1"
"""What the paths of the API begin with."""

DESCRIPTION = "/api/openapi.json"
"""Where the API is described."""

SEARCH = "/search"
"""Where links may lead: the page of searches, which is the default one, has no path of its own."""

AGENTS = "/mcp"
"""Where agents are answered."""

UPLOADS = ("/queries", "/uploads", f"{API}/queries", f"{API}/uploads")
"""What the paths begin with that files are sent to."""
