"""The check of quality as a job: what was not looked at yet is measured, and its flags go into the index."""

import logging
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import batched

import numpy as np
from PIL import Image

from core.analysis.kept import Kept, KeptAnalyses
from core.analysis.quality.flags import flagged, keys
from core.analysis.quality.measured import Marked, Measured, contents_of, ids_of
from core.analysis.quality.measures import Measures
from core.analysis.quality.measuring import measure
from core.errors import ImageSearchError
from core.images.describe import content_hash
from core.images.reading.budget import BUDGET
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE, Thumbnails
from core.index.index import Index
from core.index.records import ImageRecord
from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Counts, Phase, Progress, Rate, Throttle

_THREADS = 2  # NumPy and Pillow let go of Python for most of the time
ROUND = 64
"""Pictures between two reports: a fifth of a second."""
_MARKED_AT_ONCE = 1_000
_SAVE_SECONDS = 15.0

_log = logging.getLogger(__name__)

type Fresh = dict[str, list[str]]
"""The ids that have no flags yet, by content hash."""


class QualityScan:
    """Measures by content, so that copies, and pictures that were moved, are not looked at again.

    Args:
        read: Gives the bytes of a record's file, for pictures without a thumbnail.
    """

    name = "quality"
    title = "Check quality"

    def __init__(self, index: Index, kept: KeptAnalyses, thumbnails: Thumbnails, read: Callable[[str], bytes]) -> None:
        self._index, self._kept, self._thumbnails, self._read = index, kept, thumbnails, read

    def plan(self, job: JobState) -> Iterator[Plan]:
        kept = self._kept.of(self.name)
        yield Plan(new=sum(map(len, self._fresh(Marked.read(kept)).values())))

    def run(self, job: JobState) -> Iterator[Progress]:
        kept = self._kept.of(self.name)
        measured, fresh = self._measured(kept), self._fresh(Marked.read(kept))
        total = sum(map(len, fresh.values()))
        yield from _progress(Phase.LOOKING, total, self._measure(kept, measured, fresh))
        yield from _progress(Phase.NOTING, total, self._mark(measured, fresh))
        self._conclude(kept, measured)
        yield Progress(Phase.NOTING, total, Counts(updated=total))

    def _measured(self, kept: Kept) -> Measured:
        """Of this version; or of one before it: they go by the content."""
        found = Measured.read(kept)
        if found is None:
            others = sorted((one.number for one in self._index.versions.all()), reverse=True)
            found = next(filter(None, (Measured.read(self._kept.of(self.name, one)) for one in others)), None)
        return found or Measured()

    def _fresh(self, marked: Marked) -> Fresh:
        known = marked.by_id()
        fresh: Fresh = {}
        for ids, contents in self._index.contents():
            for id_, content in zip(ids, contents, strict=True):
                if known.get(bytes.fromhex(id_)) != bytes.fromhex(content):
                    fresh.setdefault(content, []).append(id_)
        return fresh

    def _measure(self, kept: Kept, measured: Measured, fresh: Fresh) -> Generator[int]:
        """Those that were not measured; yields how many ids more there is all known of."""
        is_known = measured.places(contents_of(fresh)) >= 0
        contents = list(fresh)
        yield sum(len(fresh[contents[at]]) for at in np.flatnonzero(is_known))
        new: dict[str, Measures] = {}
        saves = Throttle(_SAVE_SECONDS)
        saves()  # not at once
        try:
            with ThreadPoolExecutor(_THREADS, self.name) as pool:
                for some in batched((contents[at] for at in np.flatnonzero(~is_known)), ROUND):
                    records = self._index.get([fresh[content][0] for content in some])
                    looks = pool.map(self._look, records)
                    new |= {record.content_hash: look for record, look in zip(records, looks, strict=True)}
                    if saves():
                        measured.add(new)
                        measured.write(kept)
                        new.clear()
                    yield sum(len(fresh[content]) for content in some)
        finally:
            measured.add(new)
            measured.write(kept)

    def _look(self, record: ImageRecord) -> Measures:
        try:
            if path := self._thumbnails.path(record.content_hash):
                with Image.open(path) as thumbnail:
                    return measure(thumbnail, record.width, record.height)
            with BUDGET.hold(record.size):
                data = self._read(record.path)
                if content_hash(data) == record.content_hash:
                    return measure(open_upright(data, record.name, enough=SIDE).image, record.width, record.height)
        except (ImageSearchError, OSError, ValueError) as error:
            _log.info("Not looked at: %s", error)
        return Measures.of_size(record.width, record.height)

    def _mark(self, measured: Measured, fresh: Fresh) -> Generator[int]:
        places = measured.places(contents_of(fresh))
        flags = flagged(measured.table)
        found: dict[str, Sequence[str]] = {}
        for at, ids in zip(places.tolist(), fresh.values(), strict=True):
            if at >= 0:  # else it was removed meanwhile
                found |= dict.fromkeys(ids, keys(flags[at]))
        for some in batched(found.items(), _MARKED_AT_ONCE):
            self._index.mark("quality", dict(some))
            yield len(some)

    def _conclude(self, kept: Kept, measured: Measured) -> None:
        """What is in the index now, and was measured, has its flags."""
        pairs = [pair for ids, contents in self._index.contents() for pair in zip(ids, contents, strict=True)]
        there = measured.places(contents_of(content for _, content in pairs)) >= 0
        pairs = [pair for pair, has in zip(pairs, there.tolist(), strict=True) if has]
        Marked(ids_of(id_ for id_, _ in pairs), contents_of(content for _, content in pairs)).write(kept)


def _progress(phase: Phase, total: int, counts: Generator[int]) -> Iterator[Progress]:
    rate, done = Rate(), 0
    with closing(counts):
        for count in counts:
            done += count
            yield Progress(phase, total, Counts(updated=done), rate.add(count))
