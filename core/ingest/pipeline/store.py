"""The last stage: thumbnails and records are written, what they replace is taken away, and verdicts are noted."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from typing import Any

from core.errors import UnreadableImage
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.index.records import FINDINGS, ImageRecord, record_id
from core.index.tags import merged
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import Planned, PlannedFile
from core.ingest.journal.progress import Outcome, Verdict
from core.ingest.pipeline.copies import copy_of
from core.ingest.pipeline.embed import Embedded
from core.ingest.pipeline.prepare import Prepared
from core.ingest.pipeline.remove import delete_records, remove_orphans
from core.sources.source import Source
from core.text.names import printable
from core.vectors import Embeddings

_KEPT = "The file is missing; its record is kept. To remove such records, scan the source again and choose that."
_BACK = "The file is there again. Scan the source again."


class Store:
    """For one thread, and one job.

    Everything it does may be done again without harm, and the verdicts come last: what a crash cuts short is repeated.

    Args:
        is_gone: Whether the file of a path that another source may have is gone for certain.
        upsert: Stores records, as `Index.upsert` does; by default that one.
    """

    def __init__(
        self,
        files: JobFiles,
        index: Index,
        thumbnails: Thumbnails,
        is_gone: Callable[[str], bool],
        upsert: Callable[[Sequence[ImageRecord], Embeddings], None] | None = None,
    ) -> None:
        self._files = files
        self._index = index
        self._thumbnails = thumbnails
        self._is_gone = is_gone
        self._upsert = upsert or index.upsert
        # Paths that others took the place of, and theirs; of the round before too: the next was embedded while it was
        # stored, and may name them.
        self._moved: dict[str, str] = {}

    def round(self, done: Embedded) -> dict[int, Verdict]:
        """Store a round; returns what became of its files, by their numbers."""
        one = done.round
        self._thumbnails.keep_all({new.record.content_hash: new.thumbnail for new in one.prepared if new.thumbnail})
        replaced = self._index.get([prepared.record.id for prepared in one.prepared])
        verdicts, moved = self._judged(done)
        left = [record_id(file.path) for file in moved]
        tagged = self._tagged(one.prepared, [*replaced, *self._index.get(left)])
        self._upsert(tagged, done.embeddings)
        if left:
            self._index.delete(left)
        remove_orphans(_replaced(one.prepared, replaced), self._index, self._thumbnails)
        self._files.conclude(verdicts, [file.number for file in moved])
        return verdicts

    def _tagged(self, prepared: Sequence[Prepared], before: Sequence[ImageRecord]) -> list[ImageRecord]:
        """The new records, with the tags of those they take the place of, and what was found out about the same
        bytes."""
        known, tagged = {record.path: record for record in before}, []
        old = {new: path for path, new in self._moved.items()}
        for record in (one.record for one in prepared):
            took_over = [known[path] for path in (record.path, old.get(record.path, "")) if path in known]
            tags = merged(*(one.tags for one in took_over))
            tagged.append(replace(record, tags=tags, **_findings(record, took_over)) if took_over else record)
        return tagged

    def _judged(self, done: Embedded) -> tuple[dict[int, Verdict], list[PlannedFile]]:
        """The verdicts, and the records that some of the files take the place of."""
        one = done.round
        verdicts, moved = dict(one.verdicts), dict[str, str]()
        gone = self._files.gone([prepared.record.content_hash for prepared in one.prepared])
        left: list[PlannedFile] = []
        for prepared, duplicate_of in zip(one.prepared, done.duplicates_of, strict=True):
            if old := self._left_behind(prepared, duplicate_of, gone, moved.keys() | self._moved.keys()):
                left.append(old)
                moved[old.path] = prepared.record.path
            known_as = moved.get(duplicate_of) or self._moved.get(duplicate_of, duplicate_of)
            verdicts[prepared.file.number] = _verdict(prepared, old, known_as)
        self._moved = moved
        return verdicts, left

    def gone(self, sources: Sequence[Source], prunes: bool) -> Iterator[dict[int, Verdict]]:
        """Remove the records whose files are gone, or say that they are kept; what came of each, in parts."""
        for chunk in self._files.planned({Planned.GONE}):
            verdicts = {file.number: Verdict(file.path, Outcome.MISSING, _KEPT) for file in chunk}
            if prunes:
                verdicts = {file.number: _pruned(file, sources[file.source]) for file in chunk}
                gone = [file for file in chunk if verdicts[file.number].outcome is Outcome.REMOVED]
                ids = [(record_id(file.path), file.content_hash) for file in gone]
                delete_records(ids, self._index, self._thumbnails)
            self._files.conclude(verdicts)
            yield verdicts

    def _left_behind(
        self, prepared: Prepared, duplicate_of: str, gone: list[PlannedFile], moved: Set[str]
    ) -> PlannedFile | None:
        """The record that a new file takes the place of, with its bytes and without a file; taken out of `gone`."""
        if prepared.file.planned is Planned.CHANGED:
            return None
        for at, file in enumerate(gone):
            if file.content_hash == prepared.record.content_hash:
                return gone.pop(at)
        if duplicate_of and duplicate_of not in moved and self._is_gone(duplicate_of):
            return PlannedFile(0, 0, duplicate_of, 0, 0, Planned.GONE)
        return None


def _findings(record: ImageRecord, took_over: Sequence[ImageRecord]) -> dict[str, Any]:
    same = next((one for one in took_over if one.content_hash == record.content_hash), record)
    return {field: getattr(same, field) for field in FINDINGS.values()}


def _replaced(prepared: Sequence[Prepared], records: Sequence[ImageRecord]) -> set[str]:
    """The bytes that these files had before: as planned, and as another job may have stored them meanwhile."""
    before = {p.file.content_hash for p in prepared if p.file.content_hash}
    before |= {record.content_hash for record in records}
    return before - {p.record.content_hash for p in prepared}


def _verdict(prepared: Prepared, old: PlannedFile | None, duplicate_of: str) -> Verdict:
    path, note = prepared.record.path, prepared.note
    if old:
        return Verdict(path, Outcome.RENAMED, f"Was {printable(old.path)}. {note}".rstrip())
    if prepared.file.planned is Planned.CHANGED:
        return Verdict(path, Outcome.UPDATED, note)
    if duplicate_of:
        return Verdict(path, Outcome.DUPLICATE, f"{copy_of(duplicate_of)} {note}".rstrip())
    return Verdict(path, Outcome.ADDED, note)


def _pruned(file: PlannedFile, source: Source) -> Verdict:
    try:
        source.stat(file.path)
    except UnreadableImage:
        return Verdict(file.path, Outcome.REMOVED)
    return Verdict(file.path, Outcome.MISSING, _BACK)
