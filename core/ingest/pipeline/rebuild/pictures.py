"""The pictures that are read for a version of the index: from their files, or what is left of them."""

import logging
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image

from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.errors import ImageSearchError, SourceUnavailable, UnreadableImage
from core.images.describe import content_hash
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE
from core.index.index import Index
from core.index.records import ImageRecord, record_id
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import TO_READ, PlannedFile
from core.ingest.journal.progress import Outcome, Verdict
from core.ingest.pipeline.prepare import Prepared
from core.ingest.pipeline.rebuild.parts import Rebuilding
from core.text.names import printable

_log = logging.getLogger(__name__)

_FROM_THUMBNAIL = "The file is gone or has changed; embedded from its thumbnail."
LOST = "Neither the file nor its thumbnail is there."
_REMOVED = "Removed from the index meanwhile."


class Waiting:
    """The pictures without a verdict."""

    def __init__(self, at: Rebuilding, target: Index, embedder: Embedder) -> None:
        self._at = at
        self._target = target
        self._embedder = embedder
        self._records: dict[int, ImageRecord] = {}
        self._fetching: set[int] = set()
        self.known: set[str] = set()
        """Content hashes of what the version has."""
        self.failed: dict[int, PlannedFile] = {}

    def __iter__(self) -> Iterator[PlannedFile]:
        for chunk in self._at.files.planned(TO_READ):
            found = {record.path: record for record in self._at.index.get([record_id(file.path) for file in chunk])}
            self._records |= {file.number: found[file.path] for file in chunk if file.path in found}
            self.known |= self._target.by_content([record.content_hash for record in found.values()]).keys()
            yield from chunk

    def is_fetching(self, file: PlannedFile) -> bool:
        return file.number in self._fetching

    def work(self, file: PlannedFile) -> Prepared | Verdict:
        record = self._records.pop(file.number, None)
        if record is None:
            return Verdict(file.path, Outcome.SKIPPED, _REMOVED)
        if record.content_hash in self.known:
            return Verdict(file.path, Outcome.UPDATED)
        self._fetching.add(file.number)
        try:
            read = read_picture(record, self._at, self._embedder)
        finally:
            self._fetching.discard(file.number)
        if read is None:
            self.failed[file.number] = replace(file, content_hash=record.content_hash)
            return Verdict(file.path, Outcome.FAILED, LOST)
        return Prepared(file, record, read[0], None, read[1])


def read_picture(record: ImageRecord, at: Rebuilding, embedder: Embedder) -> tuple[Image.Image, str] | None:
    """What the model is to look at, and what there is to know of it; None where neither the file as it was indexed nor
    its thumbnail is there.

    Raises:
        SourceUnavailable: it cannot be told whether the file is there.
    """
    try:
        data = at.read(record.path)
        if content_hash(data) == record.content_hash:
            image = open_upright(data, record.path, max(SIDE, enough(embedder.crop[0]))).image
            return embedder.prepare(image), ""
    except SourceUnavailable:
        raise
    except ImageSearchError:  # it is gone, or no picture any more
        pass
    except Exception:  # whatever a picture brings about, the others are to be read
        _log.exception("%s stopped what reads it", printable(record.path))
    thumbnail = at.thumbnails.path(record.content_hash)
    if thumbnail is None:
        return None
    try:
        return embedder.prepare(open_upright(thumbnail.read_bytes(), str(thumbnail)).image), _FROM_THUMBNAIL
    except (OSError, UnreadableImage):
        return None


def from_thumbnails(files: JobFiles) -> str:
    """How many pictures were embedded so, as a sentence; empty where none was."""
    number = sum(1 for _ in files.verdicts({Outcome.UPDATED}, _FROM_THUMBNAIL))
    if not number:
        return ""
    return f"{number:,} {'picture' if number == 1 else 'pictures'} embedded from thumbnails: their files are gone."
