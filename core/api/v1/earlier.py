"""The API as it was before it had a version: its paths and names keep working.

Each earlier path is answered by the route of v1, and what has another name in the answer now has both. Earlier names
in a request are read on all paths (`core.api.v1.requests`).
"""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.paths import API

_EARLIER = re.compile(
    r"/(?:api/(why|heat|search|exports|tags|saved)|(thumbnails|images|boxes|queries|uploads|exports))(/.*)?"
)
_RENAMED = {"why": "explain", "heat": "heatmap"}
NAMES = {"nothing": "no_match", "more": "has_more", "alike": "duplicate_threshold"}
"""In the answer of a search, by what they were called."""
_KEY = "earlier_path"  # in the scope of a request


class EarlierPaths:
    """ASGI middleware: earlier paths lead to the routes of v1."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if scope["type"] == "http" and (path := current_path(scope["path"].removeprefix(root))):
            scope = {**scope, "path": root + path, _KEY: True}
        await self._app(scope, receive, send)


def current_path(path: str) -> str:
    """The path of v1 for an earlier one; "" for all others."""
    if not (found := _EARLIER.fullmatch(path)):
        return ""
    name = found[1] or found[2]
    return f"{API}/{_RENAMED.get(name, name)}{found[3] or ''}"


def is_earlier(request: Request) -> bool:
    """Whether an earlier path was asked."""
    return _KEY in request.scope


def with_earlier_names(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a search with what it was called earlier beside what it is called now."""
    return {**answer, **{before: answer[now] for before, now in NAMES.items()}}
