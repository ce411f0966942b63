"""The components' JavaScript as the browser imports it: modules under a path that changes with what is in them."""

import gzip
import posixpath
import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_HERE = Path(__file__).parent
_MODULES = {file.relative_to(_HERE).as_posix(): file.read_bytes() for file in sorted(_HERE.rglob("*.js"))}
_VERSION = sha256(repr(_MODULES).encode()).hexdigest()[:16]
_IMPORT = re.compile(r'^(?:import|export)\b[^"\n]* from "(\.{1,2}/[^"\n]+)"', re.MULTILINE)
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
_GONE = {"error": "There is nothing at this URL.", "remedy": "Load the page again."}


def entry(component: str) -> str:
    """The module whose default export Streamlit is to call for a component: `gallery` → `gallery/gallery.js`."""
    return f"{component}/{component}.js"


def url(module: str) -> str:
    """Of a module, relative to the app's pages: whatever path the app is served under, a proxy's too, stays theirs.

    One version's modules import one another within its path, so that a browser never mixes those of two.
    """
    return f"./components/{_VERSION}/{module}"


@cache
def needed(modules: Iterable[str]) -> tuple[str, ...]:
    """These modules and all that they import, each once; all that the first needs comes before the next."""
    found: dict[str, None] = {}
    for module in modules:
        waiting = [module]
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting += _imports(name)
    return tuple(found)


def _imports(module: str) -> list[str]:
    relative = _IMPORT.findall(_MODULES[module].decode())
    return [posixpath.normpath(posixpath.join(posixpath.dirname(module), path)) for path in relative]


def module_routes(prefix: str) -> list[Route]:
    """What serves them, and nothing else.

    Args:
        prefix: The path under which the app is served, "" or "/path".
    """
    return [Route(f"{prefix}/components/{_VERSION}/{{module:path}}", _answer)]


async def _answer(request: Request) -> Response:
    module = request.path_params["module"]
    if module not in _MODULES:
        return JSONResponse(_GONE, 404)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers = {**_HEADERS, "Content-Encoding": "gzip"}
        return Response(_compressed(module), media_type="text/javascript", headers=headers)
    return Response(_MODULES[module], media_type="text/javascript", headers=_HEADERS)


@cache
def _compressed(module: str) -> bytes:
    """Once, where Streamlit's middleware would compress each answer anew."""
    return gzip.compress(_MODULES[module], mtime=0)
