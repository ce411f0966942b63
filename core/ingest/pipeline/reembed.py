"""All pictures of the index get the embeddings of another model, which takes the place of the one in use when the last
of them is there. Until then the index stays as it is, and is searched as before.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import batched, count
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.errors import ImageSearchError, PicturesLost, SourceUnavailable, UnreadableImage
from core.images.describe import content_hash
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE, Thumbnails
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord, record_id
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import TO_READ, JobState, Plan, Planned, PlannedFile
from core.ingest.journal.progress import Outcome, Phase, Progress, Verdict
from core.ingest.pipeline.embed import Embedded, Round, embedded
from core.ingest.pipeline.prepare import Prepared
from core.ingest.pipeline.reports import Reports
from core.ingest.pipeline.run import read_in_rounds, within
from core.ingest.pipeline.staging import Staging
from core.text.names import printable

_log = logging.getLogger(__name__)

_CHUNK = 64
_FROM_THUMBNAIL = "The file is gone or has changed; embedded from its thumbnail."
_LOST = "Neither the file nor its thumbnail is there."
_REMOVED = "Removed from the index meanwhile."


class Models(Protocol):
    """The model in use, and the one that is to take its place."""

    def load_target(self) -> "Future[Embedder]":
        """Start loading the one that the settings ask for, or give the attempt."""
        ...

    def expect(self, embedder: Embedder) -> None:
        """The index is about to hold the embeddings of this model: it is the one to use as soon as it does."""
        ...

    def switched(self) -> None:
        """It does."""
        ...


@dataclass(frozen=True, slots=True)
class Reembedding:
    """What such a job works with."""

    files: JobFiles
    """Of the job."""
    index: Index
    thumbnails: Thumbnails
    models: Models
    read: Callable[[str], bytes]
    """The bytes of a picture of the index, by the path of its record."""
    folder: Path
    """Where embeddings are kept until all are there."""


def plan_reembedding(index: Index, files: JobFiles) -> Iterator[Plan]:
    """Write every picture of the index into the journal, to be read again."""
    plan, numbers = Plan(), count(1)
    for records in index.records():
        files.add([_planned(next(numbers), record) for record in records])
        size = sum(record.size for record in records)
        plan = replace(plan, changed=plan.changed + len(records), size=plan.size + size)
        yield plan
    yield plan


def _planned(number: int, record: ImageRecord) -> PlannedFile:
    size, mtime_ns = record.size, record.mtime_ns
    return PlannedFile(number, 0, record.path, size, mtime_ns, Planned.CHANGED, record.content_hash)


def reembed(job: JobState, at: Reembedding) -> Iterator[Progress]:
    """Embed what is not embedded yet, then switch; run again, it goes on where it was.

    Closing the iterator stops the work, and leaves the index with the embeddings that it had.

    Raises:
        PicturesLost: of some pictures nothing is left to embed, and the job is not to leave them out.
        ModelUnavailable, IndexUnavailable, SourceUnavailable, JournalUnavailable: as they occur.
    """
    at.files.reopen(Outcome.FAILED)
    reports = Reports(job, at.files, Phase.LOADING)
    loading = at.models.load_target()
    while not (embedder := within(loading, seconds=0.25)):
        yield reports.last
    yield reports.begin(embedder.model_id)
    stamp = ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing)
    with closing(Staging(at.folder, stamp)) as staged:
        if at.index.model() not in (None, stamp):  # else it was killed right after the switch
            work = _Work(job, at, embedder, staged)
            yield from work.embed(reports)
            work.check()
            yield reports.phase(Phase.SWITCHING)
            at.models.expect(embedder)
            reports.concluded(work.switch(stamp))
            at.models.switched()
        at.index.optimize()
        staged.remove()
    yield reports.phase(Phase.INDEXING)


@dataclass
class _Work:
    job: JobState
    at: Reembedding
    embedder: Embedder
    staged: Staging
    _lost: dict[str, list[PlannedFile]] = field(default_factory=lambda: defaultdict(list))
    """Of which nothing is left to embed, by their content hash."""

    def embed(self, reports: Reports) -> Iterator[Progress]:
        waiting = _Waiting(self.at, self.embedder, self.staged)
        with closing(embedded(read_in_rounds(waiting), self._embed)) as rounds:
            for done in rounds:
                one = done.round
                self.staged.add([p.record.content_hash for p in one.prepared], done.embeddings)
                verdicts = {p.file.number: Verdict(p.file.path, Outcome.UPDATED, p.note) for p in one.prepared}
                verdicts |= one.verdicts
                for number, verdict in one.verdicts.items():
                    if verdict.outcome is Outcome.FAILED:
                        file = waiting.failed[number]
                        self._lost[file.content_hash].append(file)
                self.at.files.conclude(verdicts)
                yield reports.stored(done, verdicts)

    def _embed(self, round_: Round) -> Embedded:
        """One row for each picture: equal bytes are embedded once."""
        prepared = round_.prepared
        images = {p.record.content_hash: p.image for p in prepared}
        known = dict(zip(images, self.embedder.embed_images(list(images.values())), strict=True)) if images else {}
        empty = np.empty((0, self.embedder.dims), np.float32)
        rows = np.stack([known[p.record.content_hash] for p in prepared]) if prepared else empty
        return Embedded(round_, rows, [""] * len(prepared), len(images))

    def check(self) -> None:
        """
        Raises:
            PicturesLost: of some nothing is left to embed, and they are not to be left out.
        """
        lost = sum(len(files) for content_hash, files in self._lost.items() if content_hash not in self.staged)
        if lost and not self.job.prunes:
            raise _lost_pictures(lost)

    def switch(self, stamp: ModelStamp) -> dict[int, Verdict]:
        """Do it, with what has come into the index since; what became of the pictures that failed."""
        without = {one for one in self._lost if one not in self.staged}
        while missing := self.at.index.switch(stamp, self.staged, without):
            without |= self._embed_late(missing)
        left_out = {file.number: _left_out(file) for one in without for file in self._lost.get(one, ())}
        copies = {
            file.number: Verdict(file.path, Outcome.UPDATED, "Embedded from a copy.")
            for one, files in self._lost.items()
            if one not in without
            for file in files
        }
        self.at.files.conclude(left_out | copies)
        return left_out | copies

    def _embed_late(self, missing: Sequence[str]) -> set[str]:
        """Embed what other jobs have indexed since this one was planned; of which nothing is left, is returned."""
        lost: set[str] = set()
        for chunk in batched(missing, _CHUNK):
            found = {one: record for one, (record, _) in self.at.index.by_content(chunk).items()}
            images = {one: image for one, record in found.items() if (image := _read(record, self.at, self.embedder))}
            lost |= found.keys() - images.keys()
            if images:
                rows = self.embedder.embed_images([image for image, _ in images.values()])
                self.staged.add(list(images), rows)
        if lost and not self.job.prunes:
            raise _lost_pictures(len(lost))
        return lost


class _Waiting:
    """The pictures without a verdict."""

    def __init__(self, at: Reembedding, embedder: Embedder, staged: Staging) -> None:
        self._at = at
        self._embedder = embedder
        self._staged = staged
        self._records: dict[int, ImageRecord] = {}
        self._fetching: set[int] = set()
        self.failed: dict[int, PlannedFile] = {}

    def __iter__(self) -> Iterator[PlannedFile]:
        for chunk in self._at.files.planned(TO_READ):
            found = {record.path: record for record in self._at.index.get([record_id(file.path) for file in chunk])}
            self._records |= {file.number: found[file.path] for file in chunk if file.path in found}
            yield from chunk

    def is_fetching(self, file: PlannedFile) -> bool:
        return file.number in self._fetching

    def work(self, file: PlannedFile) -> Prepared | Verdict:
        record = self._records.pop(file.number, None)
        if record is None:
            return Verdict(file.path, Outcome.SKIPPED, _REMOVED)
        if record.content_hash in self._staged:
            return Verdict(file.path, Outcome.UPDATED)
        self._fetching.add(file.number)
        try:
            read = _read(record, self._at, self._embedder)
        finally:
            self._fetching.discard(file.number)
        if read is None:
            self.failed[file.number] = replace(file, content_hash=record.content_hash)
            return Verdict(file.path, Outcome.FAILED, _LOST)
        return Prepared(file, record, read[0], None, read[1])


def _read(record: ImageRecord, at: Reembedding, embedder: Embedder) -> tuple[Image.Image, str] | None:
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


def _left_out(file: PlannedFile) -> Verdict:
    return Verdict(file.path, Outcome.REMOVED, _LOST)


def _lost_pictures(number: int) -> PicturesLost:
    pictures = "1 picture is" if number == 1 else f"{number:,} pictures are"
    return PicturesLost(
        f"The files and thumbnails of {pictures} gone, so that the new model cannot see "
        f"{'it' if number == 1 else 'them'}. Nothing has been switched yet.",
        "Connect the drive and resume, or leave these pictures out of the index.",
    )


def from_thumbnails(files: JobFiles) -> str:
    """How many pictures were embedded so, as a sentence; empty where none was."""
    number = sum(1 for _ in files.verdicts({Outcome.UPDATED}, _FROM_THUMBNAIL))
    if not number:
        return ""
    return f"{number:,} {'picture' if number == 1 else 'pictures'} embedded from thumbnails: their files are gone."
