"""Where the pictures of an index are from: how a location is opened, what it is called, what the index has of it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import SourceRefused
from core.index.filters import Filter
from core.index.index import Index, Totals
from core.index.records import record_id
from core.ingest.journal.job import JobState
from core.ingest.journal.journal import Journal
from core.ingest.journal.sources import KnownSource
from core.sources.archives.archive import archive_of
from core.sources.factory import is_one_picture, open_source, read_file
from core.sources.folder import FolderSource
from core.sources.listed import SUFFIX, ListedSource
from core.sources.presence import is_absent, is_below, is_gone, mounts_above
from core.sources.remote.urls import check_url, is_url
from core.sources.source import Source

if TYPE_CHECKING:  # where there is no store nobody imports it
    from core.sources.sent import Sent


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source and what the index has of it."""

    known: KnownSource
    totals: Totals
    is_there: bool
    """Whether it can be reached, as far as that is told at once: addresses are taken to be there."""
    is_own: bool = False
    """Whether the app keeps it in its data folder: a location that says nothing to people."""


class Locations:
    """Building it does no I/O.

    Args:
        index: What is filled from them.
        journal: Knows those that were read before.
        folder: In the data folder, where lists are kept.
        name_of: What to call the picture of a path.
        urls: Addresses below which pictures may be read, from public servers only; None: all addresses.
        sent: What visitors sent, where a store has it.
    """

    def __init__(
        self,
        index: Index,
        journal: Journal,
        folder: Path,
        name_of: Callable[[str], str],
        urls: Sequence[str] | None,
        sent: "Sent | None" = None,
    ) -> None:
        self._index, self._journal, self._folder = index, journal, folder
        self._name_of, self._urls, self._sent = name_of, urls, sent

    def open(self, location: str) -> Source:
        """
        Raises:
            SourceRefused: it may not be read, or cannot.
        """
        known = self._journal.sources.get(location)
        if is_url(location) and self._urls is not None:
            check_url(location, self._urls)
        mounts = known.mounts if known else frozenset[str]()
        return _open(location, mounts, self._folder, self._urls is not None, self._sent)

    def opening(self, locations: Sequence[str]) -> Callable[[], list[Source]]:
        """Opens these as `open` does, in another process that has neither journal nor index; raises as `open`."""
        for location in locations:
            self.open(location)
        known = {one.location: one.mounts for one in self._journal.sources.all()}
        places = [(location, known.get(location, frozenset[str]())) for location in locations]
        return partial(_opened, places, self._folder, self._urls is not None, self._sent)

    def read(self, path: str) -> bytes:
        """As `Library.read`."""
        if is_url(path) and self._urls is not None:
            check_url(path, self._urls)
        return read_file(self._sent.at_hand(path) if self._sent else path, public_only=self._urls is not None)

    def states(self) -> list[SourceState]:
        """Of all that are known, by location."""
        return [
            SourceState(
                known,
                self._totals(known.location),
                is_url(known.location) or self._was_sent(known.location) or not is_absent(known.location),
                is_below(known.location, str(self._folder.parent)) or self._was_sent(known.location),
            )
            for known in self._journal.sources.all()
        ]

    def listed(self, location: str) -> list[str]:
        """The files of a source that is a list of them; none of others."""
        if not location.endswith(SUFFIX):
            return []
        with suppress(SourceRefused):  # the list is gone
            source = self.open(location)
            return source.paths if isinstance(source, ListedSource) and source.location == location else []
        return []

    def title(self, locations: Sequence[str]) -> str:
        """What to call a job that reads them."""
        if len(locations) != 1:
            return f"{len(locations):,} sources"
        known = self._journal.sources.get(locations[0]) if locations[0].endswith(SUFFIX) else None
        return known.title if known else self._name_of(locations[0].rstrip("/")) or locations[0]

    def gone_elsewhere(self) -> Callable[[str], bool]:
        """Tells whether the file of a record is gone for certain, of those that sources of this machine have: the index
        may have others."""
        known = self._journal.sources.all()
        mounts = frozenset[str]().union(*(one.mounts for one in known))

        def is_gone_for_certain(path: str) -> bool:
            if is_url(path) or not any(is_below(path, one.location) for one in known):
                return False
            if self._sent and self._sent.covers(path):
                return self._sent.is_gone(path)
            return archive_of(path) is None and is_gone(path, mounts)

        return is_gone_for_certain

    def _was_sent(self, location: str) -> bool:
        return self._sent is not None and self._sent.covers(location)

    def _totals(self, location: str) -> Totals:
        paths = self.listed(location)
        if not paths:
            return self._index.totals(Filter.within(location))
        records = self._index.get([record_id(path) for path in paths])
        return Totals(len(records), sum(record.size for record in records))


def _opened(
    places: Sequence[tuple[str, frozenset[str]]], lists: Path, public_only: bool, sent: "Sent | None"
) -> list[Source]:
    return [_open(place, mounts, lists, public_only, sent) for place, mounts in places]


def _open(location: str, mounts: frozenset[str], lists: Path, public_only: bool, sent: "Sent | None") -> Source:
    if sent:
        if source := sent.source(location):
            return source
        location = sent.at_hand(location)
    return open_source(location, mounts, lists=lists, public_only=public_only)


class Readings:
    """Notes what jobs read as sources of the index: what was only looked at, and is then discarded, is none.

    Args:
        locations: How they are opened and called.
        journal: Where they are noted.
    """

    def __init__(self, locations: Locations, journal: Journal) -> None:
        self._locations, self._journal = locations, journal
        self._looked_at: dict[int, list[tuple[str, str, frozenset[str]]]] = {}

    def planned(self, job: JobState, sources: Sequence[Source]) -> None:
        """A job has looked at these."""
        found = [self._read_now(job, source) for source in sources if not is_one_picture(source)]
        self._looked_at[job.id] = [one for one in found if not (job.auto_start or self._is_known(one))]
        for one in found:
            if one not in self._looked_at[job.id]:
                self._journal.sources.note(*one)

    def started(self, job: JobState) -> None:
        """Somebody has started the job: what it looked at is a source now."""
        if job.id in self._looked_at:
            for one in self._looked_at.pop(job.id):
                self._journal.sources.note(*one)
            return
        for source in map(self._locations.open, job.sources):  # another process has looked
            if not is_one_picture(source) and not self._is_known(one := self._read_now(job, source)):
                self._journal.sources.note(one[0], one[1], mounts_above(Path(one[0])))

    def _read_now(self, job: JobState, source: Source) -> tuple[str, str, frozenset[str]]:
        """What is to be noted of a source that was read: location, title, mounts."""
        mounts = source.mounts if isinstance(source, FolderSource) else frozenset[str]()
        is_job = len(job.sources) == 1 and (source.location in job.sources or isinstance(source, ListedSource))
        is_own = isinstance(source, ListedSource) and source.location not in job.sources
        title = job.title if is_job and not is_own else self._locations.title([source.location])
        return source.location, title, mounts

    def _is_known(self, one: tuple[str, str, frozenset[str]]) -> bool:
        return self._journal.sources.get(one[0]) is not None
