"""The page that shows the description of the API, and lets it be tried: Swagger UI, served from here alone.

The package `fastapi-offline` holds its files; FastAPI's own page would load them from a CDN.
"""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, Response

from core.access.needs import declare
from core.access.roles import Role
from core.api.http import Refusal

DOCS = "/api/docs"
FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}

_SETTINGS: dict[str, Any] = {
    "validatorUrl": None,  # else others would be told of the description
    "defaultModelsExpandDepth": 0,
    "displayRequestDuration": True,
    "docExpansion": "list",
}
_KEPT = {"Cache-Control": "private, max-age=86400"}
_NO_ICON = "data:,"


def add_docs(app: FastAPI) -> None:
    """Serve the page and its files, whose URLs are relative: whatever path the app is served under stays theirs."""
    page, policy = _page(app.title)

    @app.get(DOCS, include_in_schema=False)
    async def docs() -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    @app.get(f"{DOCS}/{{name}}", include_in_schema=False)
    async def file(name: str) -> Response:
        if name not in FILES:
            raise Refusal(404, "There is nothing at this URL.")
        return FileResponse(folder() / name, media_type=FILES[name], headers=_KEPT)

    for route in app.routes[-2:]:
        declare(route, Role.VIEWER)


def folder() -> Path:
    """Where the files of Swagger UI are."""
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("fastapi-offline is not installed.")
    return Path(spec.origin).parent / "static"


def _page(title: str) -> tuple[bytes, str]:
    """The page, and the policy that lets it do no more than it must."""
    page = bytes(
        get_swagger_ui_html(
            openapi_url="openapi.json",
            title=title,
            swagger_js_url="docs/swagger-ui-bundle.js",
            swagger_css_url="docs/swagger-ui.css",
            swagger_favicon_url=_NO_ICON,
            swagger_ui_parameters=_SETTINGS,
        ).body
    )
    script = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)[0]
    digest = b64encode(sha256(script).digest()).decode()
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' 'sha256-{digest}'",
        "style-src": "'self' 'unsafe-inline'",  # Swagger UI sets styles of elements
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "form-action": "'none'",
        "base-uri": "'none'",
    }
    return page, "; ".join(f"{name} {value}" for name, value in policy.items())
