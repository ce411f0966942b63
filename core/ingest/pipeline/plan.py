"""What there is to do, found out by sizes and times against those in the index; only what may be a copy is opened."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import batched, count

from core.index.filters import Filter
from core.index.index import Index
from core.index.records import Fingerprint, ImageRecord, record_id
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import TO_READ, Plan, Planned, PlannedFile
from core.ingest.journal.refused import Refusal, Refusals
from core.ingest.pipeline.copies import Copies
from core.ingest.pipeline.seen import Seen
from core.sources.source import Found, Skipped, Source

CHUNK = 1000
"""Files after which it is told how far it is."""


def plan(
    sources: Sequence[Source],
    index: Index,
    files: JobFiles,
    refusals: Refusals | None = None,
    *,
    compares: bool = True,
    chunk: int = CHUNK,
) -> Iterator[Plan]:
    """Find the files of the sources, compare them with the index, and write what is to be done into the journal.

    Yields what it comes to so far. Records below a source whose file is gone are noted, except where the source could
    not be read.

    Args:
        compares: Whether copies are to be told from other new files, for which these are read: for somebody who looks
            at the plan. The ingest itself finds all of them anyway.
        chunk: After so many files it is told how far it is.
    """
    planner = _Planner(index, files, refusals, [source.location for source in sources])
    for place, source in enumerate(sources):
        known = 0
        for found in batched(source.find(), chunk):
            known += planner.add(place, found)
            yield planner.plan
        if index.count(Filter.within(source.location)) > known:
            planner.add_gone(place, source)
            yield planner.plan
    planner.recognise_renamed()
    if compares:
        planner.recognise_copies(sources)
    yield planner.plan


class _Planner:
    def __init__(self, index: Index, files: JobFiles, refusals: Refusals | None, locations: Sequence[str]) -> None:
        self._index = index
        self._files = files
        self._refusals = refusals
        self._locations = locations
        self._numbers = count(1)
        self._seen = Seen()  # of overlapping sources each file is read once
        self._skipped: set[int] = set()
        self._gone: Counter[Fingerprint] = Counter()
        self._counts: Counter[str] = Counter()

    @property
    def plan(self) -> Plan:
        return Plan(**self._counts)

    def add(self, place: int, chunk: Iterable[Found | Skipped]) -> int:
        """Note what was found; returns how many of it the index knows."""
        skipped, found = [], {}
        named = [(one, id_, _key(id_)) for one in chunk for id_ in [record_id(one.path)]]
        seen = self._seen.among(key for _, _, key in named)
        met = set[int]()
        for one, id_, key in named:
            if isinstance(one, Found) and key not in seen:
                seen.add(key)
                met.add(key)
                found[id_] = one
            # What is passed over in one place may be found in another: through a link, whose name says more.
            elif isinstance(one, Skipped) and key not in seen and self._is_to_tell(one, key, place):
                self._skipped.add(key)
                skipped.append(one)
        self._seen.add(met)
        known = self._index.fingerprints(list(found))
        changed = [id_ for id_, fingerprint in known.items() if fingerprint != _fingerprint(found[id_])]
        hashes = {record.id: record.content_hash for record in self._index.get(changed)}
        planned = [self._left_out(place, one) for one in skipped]
        refused = self._refused({id_: one for id_, one in found.items() if id_ in hashes or id_ not in known})
        for id_, one in found.items():
            if id_ in refused:
                planned.append(self._failed(place, one, refused[id_], hashes.get(id_, "")))
                continue
            what = Planned.CHANGED if id_ in hashes else Planned.UNCHANGED if id_ in known else Planned.NEW
            planned.append(self._file(place, one.path, one.size, one.mtime_ns, what, hashes.get(id_, "")))
        self._write(planned)
        return len(known)

    def _refused(self, found: Mapping[str, Found]) -> Mapping[str, Refusal]:
        """Of files that would be read those of which it is known what that would come to."""
        return self._refusals.known(found) if self._refusals and found else {}

    def _failed(self, place: int, one: Found, refusal: Refusal, content_hash: str) -> PlannedFile:
        file = self._file(place, one.path, one.size, one.mtime_ns, Planned.FAILED, content_hash)
        return replace(file, reason=refusal.reason, problem=refusal.problem)

    def _is_to_tell(self, one: Skipped, key: int, place: int) -> bool:
        """Not of what is told already, nor of an archive in a folder that is another source of this job."""
        is_source = one.path in self._locations and one.path != self._locations[place]
        return not (key in self._skipped or is_source)

    def add_gone(self, place: int, source: Source) -> None:
        """Note the records below a source that the walk did not meet."""
        for records in self._index.records(Filter.within(source.location)):
            seen = self._seen.among(_key(one.id) for one in records)
            gone = [one for one in records if _key(one.id) not in seen and self._is_gone(one, source)]
            self._seen.add({_key(one.id) for one in gone})
            self._gone.update(Fingerprint(record.size, record.mtime_ns) for record in gone)
            self._write(
                [
                    self._file(place, record.path, record.size, record.mtime_ns, Planned.GONE, record.content_hash)
                    for record in gone
                ]
            )

    def recognise_renamed(self) -> None:
        """Take new files of the size and time of one that is gone for the same one."""
        if not self._gone:
            return
        for chunk in self._files.planned({Planned.NEW}):
            alike = [file.number for file in chunk if self._was(Fingerprint(file.size, file.mtime_ns))]
            self._files.replan(alike, Planned.RENAMED)
            self._counts.update({"renamed": len(alike), "new": -len(alike), "gone": -len(alike)})

    def recognise_copies(self, sources: Sequence[Source]) -> None:
        """Tell files with the same bytes from those that are new, as far as that takes little time."""
        if not self._counts["new"]:
            return
        copies = Copies(sources, self._index, self._files)
        for found in copies.find():
            self._files.note_copies(found)
            self._counts.update({"copy": len(found), "new": -len(found)})
        self._counts["unchecked"] = copies.unchecked

    def _was(self, fingerprint: Fingerprint) -> bool:
        self._gone[fingerprint] -= 1
        return self._gone[fingerprint] >= 0

    def _is_gone(self, record: ImageRecord, source: Source) -> bool:
        if not source.owns(record.path):
            return False
        missed = source.unreachable(record.path)
        self._counts["missed"] += missed
        return not missed

    def _left_out(self, place: int, one: Skipped) -> PlannedFile:
        what = Planned.FAILED if one.failed else Planned.SKIPPED
        return replace(self._file(place, one.path, 0, 0, what), reason=one.reason, problem=one.problem)

    def _file(
        self,
        place: int,
        path: str,
        size: int,
        mtime_ns: int,
        planned: Planned,
        content_hash: str = "",
    ) -> PlannedFile:
        return PlannedFile(next(self._numbers), place, path, size, mtime_ns, planned, content_hash)

    def _write(self, planned: Sequence[PlannedFile]) -> None:
        self._files.add(planned)
        self._counts.update(Counter(file.planned.value for file in planned))
        self._counts["size"] += sum(file.size for file in planned if file.planned in TO_READ)


def _fingerprint(found: Found) -> Fingerprint:
    return Fingerprint(found.size, found.mtime_ns, found.annotated_ns)


def _key(id_: str) -> int:
    return int(id_[:16], 16)  # half of it: a third of the memory, and as good as never the same for two files
