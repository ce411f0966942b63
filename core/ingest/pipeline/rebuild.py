"""Another version of the index is built, or one that is there is brought up to date, and takes the place of the one in
use when all is in it. Until then that stays as it is: it is searched, and pictures are indexed, tagged and removed.

What the version lacks is embedded by its own model, from the files, or from thumbnails where these are gone. Of the
same model as the one in use, it gets the embeddings that are there.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import batched, count
from pathlib import Path
from shutil import rmtree
from typing import Protocol

from PIL import Image

from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.errors import ImageSearchError, PicturesLost, SourceUnavailable, StorageFull, UnreadableImage, VersionRefused
from core.images.describe import content_hash
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE, Thumbnails
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord, record_id
from core.index.versions import Gap, Vectors, Version
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import TO_READ, JobState, Plan, Planned, PlannedFile, Rebuild
from core.ingest.journal.progress import Counts, Outcome, Phase, Progress, Verdict
from core.ingest.pipeline.embed import Embedded, Round, embedded
from core.ingest.pipeline.prepare import Prepared
from core.ingest.pipeline.reports import Reports
from core.ingest.pipeline.run import read_in_rounds, within
from core.text.command import command
from core.text.names import printable
from core.text.words import file_size

_log = logging.getLogger(__name__)

_CHUNK = 64
_AT_ONCE = 512  # missing embeddings that are made before they are stored
_LITTLE = 200  # rows that changed during a step: the next one, with which writers wait, takes a moment
_MAX_STEPS = 20  # of catching up, where others write faster than that
_MARGIN = 1.1
_FROM_THUMBNAIL = "The file is gone or has changed; embedded from its thumbnail."
_LOST = "Neither the file nor its thumbnail is there."
_REMOVED = "Removed from the index meanwhile."
_FROM_COPY = "Embedded from a copy."


class Models(Protocol):
    """The model in use, and the one that is to take its place."""

    @property
    def wanted(self) -> str:
        """The id of the one that the settings ask for."""
        ...

    def preprocessing(self, model_id: str) -> int:
        """Of this model, as this version of the app prepares pictures for it."""
        ...

    def load_target(self, model_id: str) -> "Future[Embedder]":
        """Start loading this one, or give the attempt."""
        ...

    def expect(self, embedder: Embedder) -> None:
        """The index is about to hold the embeddings of this model: it is the one to use as soon as it does."""
        ...

    def switched(self) -> None:
        """It does."""
        ...


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """What such a job works with."""

    files: JobFiles
    """Of the job."""
    index: Index
    thumbnails: Thumbnails
    models: Models
    read: Callable[[str], bytes]
    """The bytes of a picture of the index, by the path of its record."""
    note: Callable[[Rebuild], object]
    """Writes down what the job is to do from now on."""
    leftovers: Path
    """Embeddings that an earlier version of the app kept for a job of this kind: removed."""


def wanted_model(job: JobState, models: Models) -> str:
    """The id of the model that a version is made with."""
    return job.rebuild.model_id or models.wanted


def is_of(stamp: ModelStamp | None, model_id: str, models: Models) -> bool:
    """Whether embeddings of this stamp are what this model makes now."""
    return stamp is not None and stamp.model_id == model_id and stamp.preprocessing == models.preprocessing(model_id)


def plan_rebuild(job: JobState, index: Index, files: JobFiles, models: Models) -> Iterator[Plan]:
    """Write every picture into the journal that is to be read for it: none where the embeddings are there."""
    target, current = job.rebuild.version, index.model()
    if target is None and is_of(current, wanted_model(job, models), models):
        yield Plan(changed=index.count())
        return
    version = None if target is None or job.rebuild.is_own else index.versions.open(target)
    if version is not None and _stamp(index, target) == current:
        yield Plan()
        return
    plan, numbers = Plan(), count(1)
    for records in index.records():
        if version is not None:
            there = version.by_content([record.content_hash for record in records])
            records = [record for record in records if record.content_hash not in there]
        files.add([_planned(next(numbers), record) for record in records])
        size = sum(record.size for record in records)
        plan = replace(plan, changed=plan.changed + len(records), size=plan.size + size)
        yield plan
    yield plan


def _planned(number: int, record: ImageRecord) -> PlannedFile:
    size, mtime_ns = record.size, record.mtime_ns
    return PlannedFile(number, 0, record.path, size, mtime_ns, Planned.CHANGED, record.content_hash)


def rebuild(job: JobState, at: Rebuilding) -> Iterator[Progress]:
    """Build the version, or bring it up to date; then swap, where the job is to. Run again, it goes on where it was.

    Closing the iterator stops the work, and leaves the index with the version in use.

    Raises:
        PicturesLost: of some pictures nothing is left to embed, and the job is not to leave them out.
        StorageFull: there is no room for another version.
        VersionRefused: there is no such version, or no model for it.
        ModelUnavailable, IndexUnavailable, SourceUnavailable, JournalUnavailable: as they occur.
    """
    at.files.reopen(Outcome.FAILED)
    work = _Work(job, at)
    yield from work.begin()
    if work.is_done:
        at.index.optimize()
        return
    yield from work.embed()
    yield from work.catch_up()
    work.make_ready()
    if job.rebuild.swaps:
        yield from work.swap()


@dataclass
class _Work:
    job: JobState
    at: Rebuilding
    _lost: dict[str, list[PlannedFile]] = field(default_factory=lambda: defaultdict(list))
    """Of which nothing is left to embed, by their content hash."""
    _without: set[str] = field(default_factory=set)
    """Content hashes of what is left out."""
    _embedder: Embedder | None = None

    def __post_init__(self) -> None:
        self._reports = Reports(self.job, self.at.files, Phase.LOADING)
        self._versions = self.at.index.versions
        self._rebuild = self.job.rebuild
        self.is_done = False
        """Whether the version is in use already: a process was killed right after the swap."""

    def begin(self) -> Iterator[Progress]:
        """Make the version, where there is none yet, and load its model, where it is another than the one in use."""
        current = self.at.index.model()
        model_id = wanted_model(self.job, self.at.models)
        if self._number is not None and self._versions.current() == self._number:
            self.is_done = True
            self.at.models.switched()
            return
        if self._number is not None and self._rebuild.is_own and not self._is_there():
            self.at.files.reopen(Outcome.UPDATED)  # somebody has deleted it
            self._note(version=None)
        if self._number is None:
            if current is None:
                raise VersionRefused("Nothing is in the index.", "Index pictures first.")
            is_same = is_of(current, model_id, self.at.models)
            if not is_same:
                yield from self._load(model_id)
            self._begin(current if self._embedder is None else _stamp_of(self._embedder), copies=is_same)
        else:
            stamp = _stamp(self.at.index, self._number)
            if stamp != current:
                yield from self._load(stamp.model_id)
                self._check_model(stamp)
        assert self._number is not None
        self._target = self._versions.open(self._number)
        self._update = self._versions.update(self._number)
        yield self._reports.begin(self._embedder.model_id if self._embedder else "")

    @property
    def _number(self) -> int | None:
        return self._rebuild.version

    def _note(self, **values: object) -> None:
        self._rebuild = replace(self._rebuild, **values)  # type: ignore[arg-type]
        self.at.note(self._rebuild)

    def _is_there(self) -> bool:
        return any(one.number == self._number for one in self._versions.all())

    def _load(self, model_id: str) -> Iterator[Progress]:
        loading = self.at.models.load_target(model_id)
        while not (embedder := within(loading, seconds=0.25)):
            yield self._reports.last
        self._embedder = embedder

    def _check_model(self, stamp: ModelStamp) -> None:
        assert self._embedder
        if _stamp_of(self._embedder) != stamp:
            raise VersionRefused(
                f"Version {self._number} was made with {stamp.model_id} by an earlier version of the app, which "
                "prepared pictures in another way: what came in since cannot be added to it.",
                f"Build a new version with this model: {command(f'versions build --model {stamp.model_id}')}",
            )

    def _begin(self, stamp: ModelStamp, *, copies: bool) -> None:
        for one in self._versions.all():
            if one.state == "building":  # of a job that was cancelled, or is gone
                self._versions.delete(one.number)
        check_room(self.at.index, stamp)
        self._note(version=self._versions.begin(stamp), copies=copies)
        if self.at.leftovers.is_dir():
            rmtree(self.at.leftovers, ignore_errors=True)

    def embed(self) -> Iterator[Progress]:
        """Embed what was planned, as far as the version has not got it."""
        if self._embedder is None:
            return
        waiting = _Waiting(self.at, self._target, self._embedder)
        with closing(embedded(read_in_rounds(waiting), self._embed)) as rounds:
            for done in rounds:
                prepared = done.round.prepared
                self._target.upsert([p.record for p in prepared], done.embeddings)
                waiting.known.update(p.record.content_hash for p in prepared)
                verdicts = {p.file.number: Verdict(p.file.path, Outcome.UPDATED, p.note) for p in prepared}
                verdicts |= done.round.verdicts
                for number, verdict in done.round.verdicts.items():
                    if verdict.outcome is Outcome.FAILED and (file := waiting.failed.get(number)):
                        self._lost[file.content_hash].append(file)
                self.at.files.conclude(verdicts)
                yield self._reports.stored(done, verdicts)

    def _embed(self, round_: Round) -> Embedded:
        """One row for each picture: equal bytes are embedded once."""
        assert self._embedder
        prepared = round_.prepared
        images = {p.record.content_hash: p.image for p in prepared}
        rows = self._embedder.embed_images(list(images.values())) if images else ()
        known = Vectors(self._embedder.dims, dict(zip(images, rows, strict=True)))
        return Embedded(
            round_, known.rows([p.record.content_hash for p in prepared]), [""] * len(prepared), len(images)
        )

    def catch_up(self) -> Iterator[Progress]:
        """Copy what the version lacks, until little is left."""
        phase = Phase.COPYING if self._rebuild.copies else Phase.CATCHING_UP
        copied = 0
        for _ in range(_MAX_STEPS):
            gap = Gap(more=True)
            while gap.more or gap.missing:
                gap = self._update.step(self._made(gap.missing), self._without)
                copied += gap.copied
                if self._rebuild.copies:
                    total = self.job.plan.found
                    self._reports.last = replace(self._reports.last, counts=Counts(updated=min(total, copied)))
                yield self._reports.phase(phase)
            if gap.changed <= _LITTLE:
                return

    def make_ready(self) -> None:
        """So that it is as fast to search as the one in use."""
        assert self._number is not None
        self._target.optimize()
        self._versions.finish(self._number)
        sample = self._target.sample(1)
        if len(sample):  # what a first search reads is in memory then
            self._target.search(sample[0], 10)

    def swap(self) -> Iterator[Progress]:
        """Put it in the place of the one in use."""
        yield self._reports.phase(Phase.SWITCHING)
        if self._embedder:
            self.at.models.expect(self._embedder)
        while (gap := self._swapped(Gap())).behind or gap.missing:
            yield from self.catch_up()
        self.at.models.switched()
        yield self._reports.concluded(self._settle_lost())

    def _swapped(self, gap: Gap) -> Gap:
        """What is missing at the last moment is embedded, and the swap tried again."""
        for _ in range(_MAX_STEPS):
            gap = self._update.swap(self._made(gap.missing), self._without)
            if not gap.missing:
                break
        return gap

    def _made(self, missing: Sequence[str]) -> Vectors:
        """Embeddings of what other jobs have indexed since this one was planned; of which nothing is left, is left out.

        Raises:
            PicturesLost: that is not to be.
        """
        made = Vectors(self._embedder.dims if self._embedder else 0)
        lost: set[str] = set()
        for chunk in batched(missing[:_AT_ONCE], _CHUNK):
            assert self._embedder
            found = {one: record for one, (record, _) in self.at.index.by_content(chunk).items()}
            images = {one: image for one, record in found.items() if (image := _read(record, self.at, self._embedder))}
            lost |= found.keys() - images.keys()
            if images:
                rows = self._embedder.embed_images([image for image, _ in images.values()])
                made.known.update(zip(images, rows, strict=True))
        if lost and not self.job.prunes:
            raise _lost_pictures(sum(max(1, len(self._lost.get(one, ()))) for one in lost))
        self._without |= lost
        return made

    def _settle_lost(self) -> dict[int, Verdict]:
        """What became of the pictures that failed."""
        verdicts = {
            file.number: _left_out(file) if one in self._without else Verdict(file.path, Outcome.UPDATED, _FROM_COPY)
            for one, files in self._lost.items()
            for file in files
        }
        self.at.files.conclude(verdicts)
        return verdicts


def check_room(index: Index, stamp: ModelStamp) -> None:
    """
    Raises:
        StorageFull: another version of this model does not fit beside those that are there.
    """
    room = index.versions.room(stamp)
    if room.free is not None and room.needed * _MARGIN > room.free:
        raise StorageFull(
            f"Another version of the index takes about {file_size(room.needed)}, and {file_size(room.free)} are free "
            f"at {index.location}.",
            f"Free some space, or delete versions that are not in use: {command('versions')}",
        )


def _stamp(index: Index, number: int | None) -> ModelStamp:
    """
    Raises:
        VersionRefused: there is no such version.
    """
    found: Version | None = next((one for one in index.versions.all() if one.number == number), None)
    if found is None:
        raise VersionRefused(f"There is no version {number}.", f"List them: {command('versions')}")
    return found.stamp


def _stamp_of(embedder: Embedder) -> ModelStamp:
    return ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing)


class _Waiting:
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
            read = _read(record, self._at, self._embedder)
        finally:
            self._fetching.discard(file.number)
        if read is None:
            self.failed[file.number] = replace(file, content_hash=record.content_hash)
            return Verdict(file.path, Outcome.FAILED, _LOST)
        return Prepared(file, record, read[0], None, read[1])


def _read(record: ImageRecord, at: Rebuilding, embedder: Embedder) -> tuple[Image.Image, str] | None:
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
