"""Pictures out: thumbnails, large views, and these with their labelled boxes."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from hashlib import sha256

from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from core.api.flights import Flights
from core.errors import StorageUnavailable
from core.images.boxes import with_boxes
from core.images.describe import is_content_hash
from core.images.reading.budget import BUDGET
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE, miniature, preview
from core.index.records import ImageRecord
from core.index.several import RECORD_ID
from core.services import Services

_LARGE = 1600  # pixels of the longest side of a large view
_MADE_AT_ONCE = 2  # each takes a processor; the budget says how much memory they may
_FETCHED_AT_ONCE = 16  # from a store: beside them threads are left for whoever asks for something else
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}  # the address holds the hash of the content
_BRIEFLY = {"Cache-Control": "private, max-age=60"}  # labels of a dataset may be edited
_JPEG = b"\xff\xd8"
_RECORD_ID = re.compile(RECORD_ID)


class Images:
    """What must be decoded first is made once for all who ask for it at the same time, and kept."""

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._flights = Flights(_MADE_AT_ONCE)
        self._fetches = Flights(_FETCHED_AT_ONCE)

    async def thumbnail(self, content_hash: str) -> Response:
        """Made at ingest; made here for dropped pictures, and where the folder of thumbnails was emptied."""
        if not is_content_hash(content_hash):
            return _picture(None, _FOREVER)
        # Read at once, in one thread: a grid asks for dozens, and a FileResponse goes through four threads for each.
        services = self._services()
        kept = await run_in_threadpool(services.thumbnails.at_hand, content_hash)
        if kept is None and services.thumbnails.is_shared:
            key = ("fetched", content_hash, services.name)
            kept = await self._fetches.get(key, partial(services.thumbnails.read, content_hash))
        if kept is None and (size := await run_in_threadpool(self._services().picture_size, content_hash)) is not None:
            kept = await self._flights.get(
                ("thumbnail", content_hash, self._services().name),
                partial(self._make_thumbnail, content_hash, size),
            )
        return _picture(kept, _FOREVER)

    async def view(self, content_hash: str) -> Response:
        """As WebP: browsers cannot show every format, nor need every pixel."""
        size = (
            await run_in_threadpool(self._services().picture_size, content_hash)
            if is_content_hash(content_hash)
            else None
        )
        if size is None:
            return _picture(None, _FOREVER)
        return _picture(
            await self._preview(content_hash, "large", partial(self._make_large, content_hash, size)), _FOREVER
        )

    async def boxes(self, id: str) -> Response:
        """The large view of a record with what the labels of its dataset say is where."""
        record = await run_in_threadpool(self._record, id) if _RECORD_ID.fullmatch(id) else None
        if record is None or not record.boxes:
            return _picture(None, _BRIEFLY)
        drawn = sha256(repr(record.boxes).encode(errors="surrogateescape")).hexdigest()[:16]
        data = await self._preview(record.content_hash, f"boxes-{drawn}", partial(self._make_boxes, record))
        return _picture(data, _BRIEFLY)

    async def _preview(self, content_hash: str, kind: str, make: Callable[[], bytes | None]) -> bytes | None:
        previews = self._services().previews

        def made() -> bytes | None:
            data = make()
            if data:
                previews.keep(content_hash, kind, data)
            return data

        kept = await run_in_threadpool(previews.get, content_hash, kind)
        return kept or await self._flights.get((kind, content_hash, self._services().name), made)

    def _make_thumbnail(self, content_hash: str, size: int) -> bytes | None:
        services = self._services()
        with BUDGET.hold(size):
            if not (found := services.picture(content_hash)):
                return None
            made = miniature(open_upright(*found, enough=SIDE).image)
        with suppress(StorageUnavailable):  # then it is made again next time
            services.thumbnails.keep(content_hash, made)
        return made

    def _make_large(self, content_hash: str, size: int) -> bytes | None:
        with BUDGET.hold(size):
            found = self._services().picture(content_hash)
            return preview(open_upright(*found, enough=_LARGE).image, _LARGE) if found else None

    def _record(self, record_id: str) -> ImageRecord | None:
        return next(iter(self._services().index.get([record_id])), None)

    def _make_boxes(self, record: ImageRecord) -> bytes:
        with BUDGET.hold(record.size):
            image = open_upright(self._services().read(record.path), record.name, enough=_LARGE).image
            image.thumbnail((_LARGE, _LARGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
            return preview(with_boxes(image, record.boxes), _LARGE)


def _picture(data: bytes | None, caching: dict[str, str]) -> Response:
    if not data:
        return Response(status_code=404)
    is_jpeg = data.startswith(_JPEG)  # thumbnails, but for those of earlier versions
    return Response(data, media_type="image/jpeg" if is_jpeg else "image/webp", headers=caching)
