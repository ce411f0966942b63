"""Which new files are copies, byte by byte, of others: found before the ingest as far as that takes little time."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from core.errors import ImageSearchError
from core.images.describe import content_hash
from core.index.filters import Between, Filter
from core.index.index import Index
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import Planned, PlannedFile
from core.ingest.pipeline.read_ahead import ReadAhead
from core.sources.remote.urls import is_url
from core.sources.source import Source
from core.text.names import printable

SECONDS = 3.0
"""How long files are compared."""

MAX_BYTES = 512 << 20
"""Of all files that are read to be compared."""

MAX_FILES = 100_000
"""Whose sizes are compared."""

_MAX_ALIKE = 20  # records of one size that are looked at


class Copies:
    """Files of equal size are read and compared, those of a plan with each other and with the index; at addresses none,
    since reading them is most of the work.

    Args:
        files: Of the job, the new ones among them.
    """

    def __init__(self, sources: Sequence[Source], index: Index, files: JobFiles) -> None:
        self._sources, self._index, self._files = sources, index, files
        self._until = time.monotonic() + SECONDS
        self._bytes_left = MAX_BYTES
        self._indexed: dict[int, dict[str, str]] = {}  # by size: content hashes and paths
        self._is_empty = not index.count()
        self.unchecked = 0
        """How many of the new files were not compared: `find` may have missed copies among these."""

    def find(self) -> Iterator[dict[int, str]]:
        """The copies by their numbers, in parts, and in words what each is a copy of."""
        sizes = Counter(file.size for chunk in self._new() for file in chunk)
        if sizes.total() > MAX_FILES:
            self.unchecked = sizes.total()
            return
        first: dict[str, str] = {}
        for chunk in self._new():
            found = {}
            for file in chunk:
                if is_url(file.path) or not self._has_time(file):
                    self.unchecked += 1
                elif (sizes[file.size] > 1 or self._of_size(file.size)) and (digest := self._digest(file)):
                    original = self._of_size(file.size).get(digest) or first.setdefault(digest, file.path)
                    if original != file.path:
                        found[file.number] = copy_of(original)
            yield found

    def _new(self) -> Iterator[list[PlannedFile]]:
        return self._files.planned({Planned.NEW})

    def _has_time(self, file: PlannedFile) -> bool:
        return time.monotonic() < self._until and file.size <= self._bytes_left

    def _of_size(self, size: int) -> dict[str, str]:
        """What the index has of this size, without records whose file is gone: a copy of these has been moved."""
        if self._is_empty:
            return {}
        if size not in self._indexed:
            records = self._index.browse(Filter((Between("size", size, size + 1),)), limit=_MAX_ALIKE)
            gone = {file.path for file in self._files.gone([one.content_hash for one in records])}
            self._indexed[size] = {one.content_hash: one.path for one in reversed(records) if one.path not in gone}
        return self._indexed[size]

    def _digest(self, file: PlannedFile) -> str:
        """Empty where it cannot be read, or is not in the time that is left: its drive may never answer."""
        self._bytes_left -= file.size
        reading = ReadAhead(iter([file]), self._read, 1, max(0.0, self._until - time.monotonic()))
        reading.fill(1)
        taken = reading.take()
        reading.close()
        if taken and taken[1] is not None:
            return taken[1]
        self.unchecked += 1
        return ""

    def _read(self, file: PlannedFile) -> str:
        try:
            return content_hash(self._sources[file.source].read(file.path))
        except ImageSearchError:  # told by the ingest
            return ""


def copy_of(path: str) -> str:
    """The reason of a copy in the plan and in the report."""
    return f"Copy of {printable(path)}."
