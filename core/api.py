"""The app's own HTTP routes, served beside Streamlit's: pictures out, dropped pictures in, search as JSON."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from core.errors import ImageSearchError, IndexUnavailable, InvalidQuery, ModelUnavailable, UnreadableImage
from core.images.describe import is_content_hash
from core.images.files import SUFFIXES
from core.images.names import displayable
from core.images.reading import open_upright
from core.images.thumbnails import SIDE, preview
from core.images.uploads import Uploads
from core.search.query import Query
from core.services import Services

type Endpoint = Callable[[Request], Awaitable[Response]]

_LARGE = 1600  # pixels of the longest side of a large view
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # the address holds the hash of the content
_STATUS = {InvalidQuery: 400, UnreadableImage: 422, IndexUnavailable: 503, ModelUnavailable: 503}


def routes(services: Callable[[], Services], prefix: str = "") -> list[Route]:
    """All routes.

    Args:
        services: Gives the shared services; called per request, so that a wrong setting is answered, not fatal.
        prefix: The path under which the app is served (Streamlit's `server.baseUrlPath`), "" or "/path".
    """
    api = _Api(services, prefix)
    return [
        Route(f"{prefix}/healthz", api.health),
        Route(f"{prefix}/search", api.to_search_page),
        Route(f"{prefix}/thumbnails/{{digest}}", _answered(api.thumbnail)),
        Route(f"{prefix}/images/{{digest}}", _answered(api.image)),
        Route(f"{prefix}/queries", _answered(api.add_query), methods=["POST"]),
        Route(f"{prefix}/uploads", _answered(api.add_upload), methods=["POST"]),
        Route(f"{prefix}/api/search", _answered(api.search)),
        # Streamlit would answer anything else with its page and status 200.
        Route(f"{prefix}/api/{{rest:path}}", api.unknown),
    ]


class _Api:
    def __init__(self, services: Callable[[], Services], prefix: str) -> None:
        self._services = services
        self._prefix = prefix

    async def health(self, _: Request) -> Response:
        """200 as long as the server lives; what the index and the model say is in the body."""
        try:
            services = self._services()
            status = await run_in_threadpool(services.status)
        except ImageSearchError as error:
            return JSONResponse({"status": "degraded", "error": str(error)})
        return JSONResponse({"status": "ok", "model": services.model.state.status, **asdict(status)})

    async def to_search_page(self, request: Request) -> Response:
        """The default page has no path of its own; links to /search keep working."""
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{self._prefix}/{query}")

    async def unknown(self, _: Request) -> Response:
        return JSONResponse({"error": "There is nothing at this address."}, 404)

    async def thumbnail(self, request: Request) -> Response:
        return await _webp(request, self._thumbnail)

    def _thumbnail(self, digest: str) -> bytes | None:
        """Made at ingest; made here for dropped pictures, and where the folder of thumbnails was emptied."""
        services = self._services()
        path = services.thumbnails.path(digest)
        if path is None and (found := services.picture(digest)):
            path = services.thumbnails.make(digest, open_upright(*found, enough=SIDE).image)
        return path.read_bytes() if path else None

    async def image(self, request: Request) -> Response:
        """A large view as WebP: browsers cannot show every format, nor need every pixel."""
        return await _webp(request, self._image)

    def _image(self, digest: str) -> bytes | None:
        found = self._services().picture(digest)
        return preview(open_upright(*found, enough=_LARGE).image, _LARGE) if found else None

    async def add_query(self, request: Request) -> Response:
        return await _keep(request, self._services().queries)

    async def add_upload(self, request: Request) -> Response:
        return await _keep(request, self._services().uploads)

    async def search(self, request: Request) -> Response:
        """`?q=WORDS&image=HASH&k=N`: hits and timings."""
        asked = request.query_params
        try:
            k = int(asked.get("k", "24"))
        except ValueError:
            raise InvalidQuery(f"k is {asked['k']!r}.", "Give a whole number.") from None
        query = Query(asked.get("q", ""), tuple(asked.getlist("image")))
        results = await run_in_threadpool(self._services().search, query, k)
        return JSONResponse(
            {
                "searched": results.searched,
                "milliseconds": {
                    "embedding": round(results.timings.embedding * 1000, 2),
                    "index": round(results.timings.index * 1000, 2),
                },
                "hits": [
                    {
                        "rank": rank,
                        "path": displayable(hit.record.path),
                        "name": displayable(hit.record.name),
                        "content_hash": hit.record.content_hash,
                        "score": round(hit.score, 4),
                    }
                    for rank, hit in enumerate(results.hits, 1)
                ],
            }
        )


async def _webp(request: Request, read: Callable[[str], bytes | None]) -> Response:
    # Read at once, in one thread: a grid asks for dozens, and a FileResponse goes through four threads for each.
    digest = request.path_params["digest"]
    data = await run_in_threadpool(read, digest) if is_content_hash(digest) else None
    return Response(data, media_type="image/webp", headers=_FOREVER) if data else Response(status_code=404)


async def _keep(request: Request, store: Uploads) -> Response:
    """Keep the picture that is the request's body.

    A body of type image/* (or octet-stream) is nothing that a foreign page may send without a CORS preflight, and
    none is answered here; that and the Sec-Fetch-Site header protect against requests from other sites.
    """
    name = request.query_params.get("name", "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return JSONResponse({"error": "Pictures are accepted from the app's own pages only."}, 403)
    if not (
        kind.startswith("image/") or (kind == "application/octet-stream" and Path(name).suffix.lower() in SUFFIXES)
    ):
        return JSONResponse({"error": "This is not a picture. Send a picture file."}, 415)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > store.limit:
            return JSONResponse({"error": f"Larger than {store.limit >> 20} MB. Send a smaller picture."}, 413)
    upload = await anyio.to_thread.run_sync(store.add, bytes(data), name)
    return JSONResponse({"id": upload.id, "name": upload.name}, 201)


def _answered(endpoint: Endpoint) -> Endpoint:
    """The one place where expected errors become answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ImageSearchError as error:
            status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
            return JSONResponse({"error": error.message, "remedy": error.remedy}, status)

    return answer
