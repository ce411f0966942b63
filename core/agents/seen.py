"""Pictures as models are given them: JPEG, no larger than was asked for, without what a file says beside its pixels."""

from PIL import Image

from core.errors import ImageSearchError, NotIndexed
from core.images.numbered import as_jpeg, numbered_sheet
from core.images.reading.budget import BUDGET
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE
from core.index.records import ImageRecord
from core.services import Services

MIN_SIDE, MAX_SIDE = 64, 2048
"""Pixels of a picture's longer side."""


class Seen:
    """Of one collection."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def record(self, record_id: str) -> ImageRecord:
        """
        Raises:
            NotIndexed: there is none of this id.
        """
        found = self._services.index.get([record_id])
        if not found:
            raise NotIndexed(f"No picture of the collection has the id {record_id[:64]!r}.", "Use ids of results.")
        return found[0]

    def jpeg(self, record: ImageRecord, side: int, *, boxes: bool = False) -> bytes | None:
        """The picture, its longer side at most so many pixels; None where its file cannot be read.

        Args:
            boxes: Whether what the labels of its dataset say is drawn into it.
        """
        image = self.image(record, side)
        if image is None:
            return None
        if boxes and record.boxes:
            from core.images.boxes import with_boxes

            image = with_boxes(image, record.boxes)
        return as_jpeg(image)

    def sheet(self, records: list[ImageRecord], side: int, numbers: list[int]) -> bytes:
        """Numbered pictures as one, in this order.

        Args:
            side: Pixels of one of them.
            numbers: As many, in the same order.
        """
        return as_jpeg(numbered_sheet([self.image(record, side) for record in records], side, numbers))

    def image(self, record: ImageRecord, side: int) -> Image.Image | None:
        """Upright and RGB, its longer side at most so many pixels; None where it cannot be had."""
        side = max(MIN_SIDE, min(side, MAX_SIDE))
        image: Image.Image | None
        try:
            image = (self._small(record) if side <= SIDE else None) or self._whole(record, side)
        except ImageSearchError:
            image = self._small(record)  # the file is gone, its thumbnail is not
        if image is not None:
            image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return image

    def _small(self, record: ImageRecord) -> Image.Image | None:
        path = self._services.thumbnails.path(record.content_hash)
        if path is None:
            return None
        try:
            with Image.open(path) as kept:
                return kept.convert("RGB")
        except OSError:  # a damaged thumbnail
            return None

    def _whole(self, record: ImageRecord, side: int) -> Image.Image:
        with BUDGET.hold(record.size):
            return open_upright(self._services.read(record.path), record.name, side).image.copy()
