"""One file, read and made ready: what the model looks at, what the index keeps, and a thumbnail."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields

from PIL import Image

from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.errors import ArchiveUnavailable, ImageSearchError, SourceUnavailable, UnreadableImage, UnreadableLabels
from core.images.describe import Box, Description, Split, content_hash
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE, Thumbnails, miniature
from core.index.records import ImageRecord, record_id
from core.ingest.journal.job import Planned, PlannedFile
from core.ingest.journal.progress import Outcome, Verdict
from core.sources.source import Found, Source
from core.text.names import printable

_log = logging.getLogger(__name__)

_DESCRIBED = [field.name for field in fields(Description)]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture read and shrunk to what the model looks at."""

    file: PlannedFile
    record: ImageRecord
    image: Image.Image
    thumbnail: bytes | None
    """JPEG; None where there is one already."""
    note: str
    """What else there is to know: of labels that could not be read."""
    looks_so_since: int = 0
    """As `OpenedImage.looks_so_since`: what an older description says of it, its embedding is not of this picture."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Called in threads, for one file after the other."""

    sources: Sequence[Source]
    embedder: Embedder
    thumbnails: Thumbnails
    name_of: Callable[[str], str]
    _fetching: set[int] = field(default_factory=set)

    def __call__(self, file: PlannedFile) -> Prepared | Verdict:
        """
        Raises:
            SourceUnavailable: nothing is wrong with this file more than with all others.
        """
        try:
            return self._prepared(file, self.sources[file.source])
        except ArchiveUnavailable as error:  # it was there when it was planned
            raise SourceUnavailable(error.message, error.remedy) from error
        except UnreadableImage as error:
            return Verdict(file.path, Outcome.FAILED, str(error), error.problem)
        except ImageSearchError:
            raise
        except Exception:  # whatever a picture brings about, the others are to be read
            _log.exception("%s stopped what reads it", printable(file.path))
            return Verdict(file.path, Outcome.FAILED, f"{printable(file.path)} cannot be used. Save it as JPEG.")

    def is_fetching(self, file: PlannedFile) -> bool:
        """Whether its source has not given it yet."""
        return file.number in self._fetching

    def _fetch(self, file: PlannedFile, source: Source) -> tuple[Found, bytes]:
        self._fetching.add(file.number)
        try:
            # First what it is, then its bytes: if it changes meanwhile, the next run sees an old fingerprint.
            return source.stat(file.path), source.read(file.path)
        finally:
            self._fetching.discard(file.number)

    def _prepared(self, file: PlannedFile, source: Source) -> Prepared | Verdict:
        found, data = self._fetch(file, source)
        try:
            opened = open_upright(data, file.path, max(SIDE, enough(self.embedder.crop[0])))
        except UnreadableImage as error:
            # There may be more memory the next time; without a time of its last change it could change unseen.
            lasts = found.mtime_ns != 0 and not isinstance(error.__cause__, MemoryError)
            return Verdict(file.path, Outcome.FAILED, str(error), error.problem, found if lasts else None)
        digest = content_hash(data)
        description = opened.describe(digest, found.size, found.mtime_ns)
        boxes, splits, note = _labels(source, file.path, opened.size)
        record = ImageRecord(
            **{name: getattr(description, name) for name in _DESCRIBED},
            id=record_id(file.path),
            path=file.path,
            name=self.name_of(file.path),
            boxes=boxes,
            splits=splits,
            annotated_ns=found.annotated_ns,
        )
        is_outdated = file.planned is Planned.CHANGED and opened.looks_so_since > 0
        is_kept = self.thumbnails.path(digest) is not None and not is_outdated
        thumbnail = None if is_kept else miniature(opened.image)
        return Prepared(file, record, self.embedder.prepare(opened.image), thumbnail, note, opened.looks_so_since)


def _labels(source: Source, path: str, size: tuple[int, int]) -> tuple[tuple[Box, ...], tuple[Split, ...], str]:
    """What its dataset says of a picture, and what of it cannot be read: no reason to do without the picture."""
    boxes, splits, note = tuple[Box, ...](), tuple[Split, ...](), ""
    try:
        splits = source.splits(path)
        boxes = source.boxes(path, size)
    except UnreadableLabels as error:
        note = f"Without labels: {error}"
    return boxes, splits, note
