"""The app's own HTTP routes, served beside Streamlit's: pictures out, dropped pictures in, search as JSON."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

import anyio
import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from core.errors import (
    FolderRefused,
    ImageSearchError,
    IndexUnavailable,
    InvalidQuery,
    JournalUnavailable,
    ModelUnavailable,
    SourceUnavailable,
    StorageFull,
    TooLarge,
    UnreadableImage,
)
from core.images.describe import is_content_hash
from core.images.files import ARCHIVE_SUFFIX, SUFFIXES
from core.images.names import display_name, displayable
from core.images.reading import open_upright
from core.images.thumbnails import SIDE, preview
from core.images.uploads import Upload, Uploads
from core.index.records import Filter
from core.search.query import Query
from core.services import Services

type Endpoint = Callable[[Request], Awaitable[Response]]

_LARGE = 1600  # pixels of the longest side of a large view
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # the address holds the hash of the content
_STATUS = {  # the first that fits
    InvalidQuery: 400,
    TooLarge: 413,
    UnreadableImage: 422,
    StorageFull: 507,
    IndexUnavailable: 503,
    ModelUnavailable: 503,
    SourceUnavailable: 503,
    JournalUnavailable: 503,
    FolderRefused: 403,
}
_FOREIGN = JSONResponse({"error": "Files are accepted from the app's own pages only."}, 403)
_ARCHIVES = {"application/zip", "application/x-zip-compressed"}
_CHECKED_AT_ONCE = 2  # uploads: a large picture takes 800 MB while it is opened
_LONGEST_LIST = 1 << 20  # bytes: as many ids as the settings allow at most, and a title


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
        Route(f"{prefix}/uploads/done", _answered(api.end_uploads), methods=["POST"]),
        Route(f"{prefix}/api/search", _answered(api.search)),
        # Streamlit would answer anything else with its page and status 200.
        Route(f"{prefix}/api/{{rest:path}}", api.unknown),
    ]


class _Api:
    def __init__(self, services: Callable[[], Services], prefix: str) -> None:
        self._services = services
        self._prefix = prefix
        self._checks = anyio.CapacityLimiter(_CHECKED_AT_ONCE)

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
        return await _keep(request, self._services().queries, self._checks)

    async def add_upload(self, request: Request) -> Response:
        return await _keep(request, self._services().uploads, self._checks)

    async def end_uploads(self, request: Request) -> Response:
        """`{"ids": [...], "title": "..."}`: index these uploads, whether or not their sender waits for it.

        The title may be left out.
        """
        if _is_foreign(request):
            return _FOREIGN
        if _content_type(request) != "application/json":  # what a foreign page may not send without being asked for
            return JSONResponse({"error": "Send this as application/json."}, 415)
        most = self._services().settings.upload_files
        asked = _uploaded(await _whole(request, _LONGEST_LIST), most)
        if asked is None:
            return JSONResponse(
                {"error": f"Send 1 to {most} ids, as they were answered, and a title if you like."}, 400
            )
        return JSONResponse({"job": await run_in_threadpool(self._services().start_uploads, *asked)}, 202)

    async def search(self, request: Request) -> Response:
        """`?q=WORDS&image=HASH&k=N&label=CAT`: hits and timings; images and labels may be repeated."""
        asked = request.query_params
        try:
            k = int(asked.get("k", "24"))
        except ValueError:
            raise InvalidQuery(f"k is {asked['k']!r}.", "Give a whole number.") from None
        query = Query(asked.get("q", ""), tuple(asked.getlist("image")))
        labels = tuple(asked.getlist("label"))
        where = Filter(labels=labels) if labels else None
        results = await run_in_threadpool(self._services().search, query, k, where)
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


async def _keep(request: Request, store: Uploads, checks: anyio.CapacityLimiter) -> Response:
    """Keep the picture, or where the store takes them the archive, that is the request's body.

    A body of type image/* (or octet-stream, or an archive's) is nothing that a foreign page may send without a CORS
    preflight, and none is answered here; that and the Sec-Fetch-Site header protect against requests from other sites.
    """
    if _is_foreign(request):
        return _FOREIGN
    name, kind = request.query_params.get("name", ""), _content_type(request)
    suffix = Path(name).suffix.lower() if kind == "application/octet-stream" else ""
    archive = store.archive_limit > 0 and (kind in _ARCHIVES or suffix == ARCHIVE_SUFFIX)
    if not (archive or kind.startswith("image/") or suffix in SUFFIXES):
        return JSONResponse({"error": "This is not a picture. Send a picture file."}, 415)
    try:
        upload = await _received(request, store, name, archive, checks)
    except ClientDisconnect:  # nobody is there to read this
        return JSONResponse({"error": "The file was not sent to its end."}, 400)
    return JSONResponse({"id": upload.id, "name": upload.name}, 201)


async def _received(
    request: Request, store: Uploads, name: str, archive: bool, checks: anyio.CapacityLimiter
) -> Upload:
    with store.receive(name, archive) as incoming:
        async for chunk in request.stream():
            await run_in_threadpool(incoming.write, chunk)
        return await anyio.to_thread.run_sync(incoming.keep, limiter=checks)


def _is_foreign(request: Request) -> bool:
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _whole(request: Request, limit: int) -> bytes:
    """The body; nothing where it is longer."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > limit:
            return b""
    return bytes(data)


def _uploaded(body: bytes, most: int) -> tuple[list[str], str] | None:
    """The ids, each once, and the title that a client sent; None where they are none."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match {"title": ""} | sent if isinstance(sent, dict) else None:
        case {"ids": [*ids], "title": str(title)} if 0 < len(ids) <= most and all(map(_is_id, ids)):
            return list(dict.fromkeys(ids)), title and display_name(title)
    return None


def _is_id(sent: object) -> bool:
    return isinstance(sent, str) and is_content_hash(sent)


def _answered(endpoint: Endpoint) -> Endpoint:
    """The one place where expected errors become answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ImageSearchError as error:
            status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
            return JSONResponse({"error": error.message, "remedy": error.remedy}, status)

    return answer
