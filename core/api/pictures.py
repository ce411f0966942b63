"""Pictures out: thumbnails, large views, and these with their labelled boxes."""

import re
from collections.abc import Callable

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.images.boxes import with_boxes
from core.images.describe import is_content_hash
from core.images.reading import open_upright
from core.images.thumbnails import SIDE, preview
from core.services import Services

_LARGE = 1600  # pixels of the longest side of a large view
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # the address holds the hash of the content
_BRIEFLY = {"Cache-Control": "private, max-age=60"}  # labels of a dataset may be edited
_RECORD_ID = re.compile(r"[0-9a-f]{32}")


class Pictures:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    async def thumbnail(self, request: Request) -> Response:
        return await _by_content(request, self._thumbnail)

    async def image(self, request: Request) -> Response:
        """A large view as WebP: browsers cannot show every format, nor need every pixel."""
        return await _by_content(request, self._image)

    async def boxes(self, request: Request) -> Response:
        """The large view of a record with what the labels of its dataset say is where."""
        id_ = request.path_params["id"]
        data = await run_in_threadpool(self._boxes, id_) if _RECORD_ID.fullmatch(id_) else None
        return _webp(data, _BRIEFLY)

    def _thumbnail(self, digest: str) -> bytes | None:
        """Made at ingest; made here for dropped pictures, and where the folder of thumbnails was emptied."""
        services = self._services()
        path = services.thumbnails.path(digest)
        if path is None and (found := services.picture(digest)):
            path = services.thumbnails.make(digest, open_upright(*found, enough=SIDE).image)
        return path.read_bytes() if path else None

    def _image(self, digest: str) -> bytes | None:
        found = self._services().picture(digest)
        return preview(open_upright(*found, enough=_LARGE).image, _LARGE) if found else None

    def _boxes(self, record_id: str) -> bytes | None:
        services = self._services()
        record = next(iter(services.index.get([record_id])), None)
        if record is None or not record.boxes:
            return None
        image = open_upright(services.library.read(record.path), record.name, enough=_LARGE).image
        image.thumbnail((_LARGE, _LARGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return preview(with_boxes(image, record.boxes), _LARGE)


async def _by_content(request: Request, read: Callable[[str], bytes | None]) -> Response:
    # Read at once, in one thread: a grid asks for dozens, and a FileResponse goes through four threads for each.
    digest = request.path_params["digest"]
    return _webp(await run_in_threadpool(read, digest) if is_content_hash(digest) else None, _FOREVER)


def _webp(data: bytes | None, caching: dict[str, str]) -> Response:
    return Response(data, media_type="image/webp", headers=caching) if data else Response(status_code=404)
