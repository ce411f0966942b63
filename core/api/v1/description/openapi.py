"""What the description of the API says beside its types."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response

from core.api.paths import API
from core.search.language.url import COLLECTION

_COLLECTION = {
    "name": COLLECTION,
    "in": "query",
    "required": False,
    "schema": {"type": "string", "default": ""},
    "description": "The collection that is meant, by its name. Default: the first one.",
}

JSON_LINES = "application/x-ndjson"
"""The media type of a stream of JSON, a value on each line."""

ABOUT = """
All that the page does, for programs. Errors are JSON: `error` says what went wrong, `remedy` what to do about it.

Where people sign in, programs send a token: `Authorization: Bearer ims_…`. Without one the status is 401; where the
role of the token is not enough it is 403.

Pictures have two names: `content_hash` is the SHA-256 of a file's bytes, the same for every copy of it; `id` is that
of one file at one place. Searches with pictures, thumbnails and previews go by the hash; tags, boxes and exports by
the id.

**Within v1** fields, parameters, routes and values of enumerations may be added. None is renamed, removed or given
another type or meaning; what was optional stays optional. Programs must ignore fields that they do not know. Another
version would have another path, beside this one.

**Before v1** the paths had no version (`/api/search`, `/queries`). They keep working, and so do the names that v1 has
changed; do not use them in anything new.
"""

TAGS = [
    {"name": "Search", "description": "Find pictures, see why they match, download what was found."},
    {"name": "Pictures", "description": "What a picture looks like."},
    {"name": "Uploads", "description": "Pictures to search with, and pictures to index."},
    {"name": "Tags and saved searches", "description": "What people note down."},
    {"name": "Jobs", "description": "What goes on in the background: begun, looked at, paused."},
    {"name": "Index", "description": "How it is doing, how good its searches are, and the models there are."},
    {"name": "Quality", "description": "What is wrong with pictures as pictures."},
    {"name": "Duplicates", "description": "What a collection holds twice, and what to keep of it."},
    {"name": "Check", "description": "Whether pictures are in the collection already."},
    {"name": "Overview", "description": "What a collection holds, and how two sides of it differ."},
    {"name": "Collections", "description": "Named corpora beside each other, each with an index of its own."},
    {"name": "Versions", "description": "Versions of the index: built beside the one in use, compared, swapped."},
    {"name": "Classes", "description": "Labels from words: lists of classes, and which pictures each fits."},
    {"name": "Labels", "description": "How good the labels of a dataset are: what is suspicious, leaks, balance."},
    {"name": "Picks", "description": "So many pictures of many: the most diverse, the typical, balanced, by chance."},
    {"name": "Map", "description": "All pictures in a plane: places, clusters, selections. Arrays are binary."},
    {"name": "Server", "description": "Its state."},
]


_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "Made on the page Access, or with `image-search tokens create`; not needed where nobody signs in.",
}


class Api(FastAPI):
    """An application that tells of a stream of lines what it is: FastAPI knows one media type for all JSON."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()  # made once, and kept
        for operation in (one for path in document["paths"].values() for one in path.values()):
            told = operation.setdefault("parameters", [])
            if _COLLECTION not in told:
                told.append(_COLLECTION)
        for path in ("/ask", "/heatmap", "/check"):
            content = document["paths"][f"{API}{path}"]["post"]["responses"]["200"]["content"]
            if "application/json" in content:
                content[JSON_LINES] = content.pop("application/json")
        document["components"]["securitySchemes"] = {"token": _TOKEN}
        document["security"] = [{}, {"token": []}]
        return document


def files(*kinds: str, more: Mapping[int, Any] | None = None) -> dict[str, Any]:
    """What is told of a route that answers a file of one of these media types.

    Args:
        more: Other answers, by status.
    """
    file = {"description": "The file", "content": {kind: {} for kind in kinds}}
    return {"response_class": Response, "responses": {200: file, **(more or {})}}


def body(kind: str) -> dict[str, Any]:
    """What is told of a route whose body is a file of this media type."""
    return {"openapi_extra": {"requestBody": {"required": True, "content": {kind: {}}}}}
