"""Which address leads where."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache, partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, compile_path

from core.api import replies
from core.api.answering import DESCRIPTION, answered
from core.api.bodies import ExportBody, LocationBody, PictureBody, SavedBody, SearchBody, TagsBody, UploadsBody
from core.api.document import Lines, Operation, describe, parameter
from core.api.exporting import Exporting
from core.api.keeping import Keeping
from core.api.paths import OWN
from core.api.pictures import Pictures
from core.api.searching import BY_ADDRESS, Searching
from core.api.uploads import UploadRoutes
from core.errors import ImageSearchError
from core.search.output.response import Answer
from core.services import Services

_WEBP = "image/webp"
_THUMBNAIL = f"image/jpeg, {_WEBP}"  # the latter of earlier versions
_NAME = parameter("name", "The name of the file")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def routes(services: Callable[[], Services], prefix: str = "") -> list[Route]:
    """All routes.

    Args:
        services: Gives the shared services; called per request, so that a wrong setting is answered, not fatal.
        prefix: The path under which the app is served (Streamlit's `server.baseUrlPath`), "" or "/path".
    """
    known = operations(services, prefix)
    described = cache(lambda: describe(known, prefix))

    async def description(_: Request) -> Response:
        return JSONResponse(await run_in_threadpool(described))

    async def to_search_page(request: Request) -> Response:
        """The default page has no path of its own; links to /search keep working."""
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{prefix}/{query}")

    return [
        *(Route(f"{prefix}{one.path}", answered(one.endpoint), methods=[one.method]) for one in known),
        Route(f"{prefix}{DESCRIPTION}", description),
        Route(f"{prefix}/search", to_search_page),
        # Streamlit would answer anything else with its page and status 200.
        *(
            Route(f"{prefix}/{part}{below}", partial(_unknown, known, prefix), methods=_METHODS)
            for part in sorted(OWN)
            for below in ("", "/{rest:path}")
        ),
    ]


def operations(services: Callable[[], Services], prefix: str) -> list[Operation]:
    """All that are described; as `routes`."""
    pictures, uploads, searching = Pictures(services), UploadRoutes(services), Searching(services)
    exporting, keeping = Exporting(services, prefix), Keeping(services)

    async def health(_: Request) -> Response:
        """200 as long as the server lives; what the index and the model say is in the body."""
        return JSONResponse(await run_in_threadpool(_health, services))

    looked = Lines(replies.Progress | replies.HeatMap | replies.Error)
    return [
        Operation("GET", "/healthz", health, "Check that the server is up, and what it has", {200: replies.Health}),
        Operation(
            "GET",
            "/api/search",
            searching.search_by_address,
            "Search with the parameters of the page's URL",
            {200: Answer},
            None,
            BY_ADDRESS,
        ),
        Operation("POST", "/api/search", searching.search, "Search", {200: Answer}, SearchBody),
        Operation(
            *("POST", "/api/why", searching.why, "Explain why a picture matches a search"),
            {200: replies.Concepts},
            PictureBody,
        ),
        Operation(
            "POST",
            "/api/heat",
            searching.heat,
            "Show which parts of a picture match a search",
            {200: looked},
            PictureBody,
        ),
        Operation("POST", "/api/tags", keeping.tag, "Add or remove tags", {200: replies.Changed}, TagsBody),
        Operation("POST", "/api/exports", exporting.add, "Prepare an export", {201: replies.Prepared}, ExportBody),
        Operation("GET", "/exports/{token}/{name}", exporting.fetch, "Download an export", {200: "*/*"}),
        Operation("GET", "/api/saved", keeping.saved, "List the saved searches, by name", {200: list[replies.Saved]}),
        Operation("POST", "/api/saved", keeping.save, "Save a search", {201: replies.Saved}, SavedBody),
        Operation("DELETE", "/api/saved/{id:int}", keeping.delete, "Delete a saved search", {204: None}),
        Operation("GET", "/thumbnails/{digest}", pictures.thumbnail, "Get a thumbnail", {200: _THUMBNAIL, 404: None}),
        Operation("GET", "/images/{digest}", pictures.image, "Get a preview", {200: _WEBP, 404: None}),
        Operation(
            "GET", "/boxes/{id}", pictures.boxes, "Get a preview with the labelled boxes", {200: _WEBP, 404: None}
        ),
        Operation(
            *("POST", "/queries", uploads.add_query, "Upload a picture to search with", {201: replies.Received}),
            *("image/*", (_NAME,)),
        ),
        Operation(
            *("POST", "/queries/located", uploads.add_located, "Take a picture to search with from its path or URL"),
            *({201: replies.Received}, LocationBody),
        ),
        Operation(
            *("POST", "/uploads", uploads.add_upload, "Upload a picture or ZIP file to index", {201: replies.Received}),
            *("*/*", (_NAME,)),
        ),
        Operation("POST", "/uploads/done", uploads.end, "Index uploaded files", {202: replies.Started}, UploadsBody),
    ]


async def _unknown(known: Sequence[Operation], prefix: str, request: Request) -> Response:
    """Where there is something, but not for this method, which methods there are."""
    remedy = f"{DESCRIPTION} lists all routes."
    path = str(request.scope["path"]).removeprefix(request.scope.get("root_path", "")).removeprefix(prefix)
    methods = sorted({one.method for one in known if compile_path(one.path)[0].match(path)})
    if not methods:
        return JSONResponse({"error": "There is nothing at this URL.", "remedy": remedy}, 404)
    words = {"error": f"{request.method} is not allowed at this URL. Use {' or '.join(methods)}.", "remedy": remedy}
    return JSONResponse(words, 405, {"Allow": ", ".join(methods)})


def _health(services: Callable[[], Services]) -> dict[str, Any]:
    try:
        made = services()
        return {"status": "ok", "model": made.model.state.status, **asdict(made.status())}
    except ImageSearchError as error:
        return {"status": "degraded", "error": str(error)}
