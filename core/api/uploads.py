"""Files on their way in: pictures to search with, and pictures and ZIP files to index."""

from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from core.api.http import Refusal, content_type, refuse_foreign
from core.images.files import ARCHIVE_SUFFIX, SUFFIXES
from core.images.uploads import Upload, Uploads
from core.services import Services
from core.text.names import printable

_BYTES = "application/octet-stream"
_ARCHIVES = {"application/zip", "application/x-zip-compressed"}
_CHECKED_AT_ONCE = 2  # a large picture takes 800 MB while it is opened


class Uploading:
    """The routes whose body is the file itself."""

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._checks = anyio.CapacityLimiter(_CHECKED_AT_ONCE)

    async def add_query(self, request: Request, name: str = "") -> Response:
        return await keep(request, name, self._services().queries, self._checks)

    async def add_upload(self, request: Request, name: str = "") -> Response:
        from core.sources.datasets.files import is_part  # imports YAML, for which no start waits

        services = self._services()
        if content_type(request) == _BYTES and is_part(name):
            return await keep(request, name, services.parts, self._checks)
        return await keep(request, name, services.uploads, self._checks)


async def keep(request: Request, name: str, store: Uploads, checks: anyio.CapacityLimiter) -> Response:
    """Keep the picture, or where the store takes them the archive, that is the request's body.

    A body of type image/* (or octet-stream, or an archive's) is nothing that a foreign page may send unasked either.
    What it is, its content says: of bytes of no special type, which programs send without a name.
    """
    refuse_foreign(request)
    kind = content_type(request)
    suffix = Path(name).suffix.lower() if kind == _BYTES else ""
    archive = store.archive_limit > 0 and (kind in _ARCHIVES or suffix == ARCHIVE_SUFFIX)
    if not (
        archive or store.unread or kind.startswith("image/") or suffix in SUFFIXES or (kind == _BYTES and not suffix)
    ):
        raise _not_accepted(kind, suffix, store.archive_limit > 0)
    try:
        upload = await _received(request, store, name, archive, checks)
    except ClientDisconnect as error:  # nobody is there to read this
        raise Refusal(400, "The upload is incomplete.") from error
    return JSONResponse({"id": upload.id, "name": upload.name}, 201)


def _not_accepted(kind: str, suffix: str, archives: bool) -> Refusal:
    wanted = "image/jpeg, image/png or another image/*" + (", or application/zip for a ZIP file" if archives else "")
    if suffix:
        said = f"This is not a picture{' or ZIP file' if archives else ''}, by its name ({suffix})."
        return Refusal(415, said, f"Send the file itself, with its content type: {wanted}.")
    said = f"The content type is {printable(kind)[:80]}." if kind else "The content type is missing."
    return Refusal(415, said, f"Send the file with its own content type: {wanted}.")


async def _received(
    request: Request, store: Uploads, name: str, archive: bool, checks: anyio.CapacityLimiter
) -> Upload:
    with store.receive(name, archive) as incoming:
        async for chunk in request.stream():
            await run_in_threadpool(incoming.write, chunk)
        return await anyio.to_thread.run_sync(incoming.keep, limiter=checks)
