"""The work of building a version of the index: begun, embedded, caught up with the one in use, swapped."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import batched
from shutil import rmtree

from core.embedding.embedder import Embedder
from core.errors import PicturesLost, VersionRefused
from core.index.index import ModelStamp
from core.index.versions import Gap, Vectors
from core.ingest.journal.job import JobState, PlannedFile
from core.ingest.journal.progress import Counts, Outcome, Phase, Progress, Verdict
from core.ingest.pipeline.embed import Embedded, Round, embedded
from core.ingest.pipeline.rebuild.parts import Rebuilding, is_of, wanted_model
from core.ingest.pipeline.rebuild.pictures import LOST, Waiting, read_picture
from core.ingest.pipeline.rebuild.stamps import check_room, stamp_of, stamp_of_version
from core.ingest.pipeline.reports import Reports
from core.ingest.pipeline.run import read_in_rounds, within
from core.text.command import command

_CHUNK = 64
_AT_ONCE = 512  # missing embeddings that are made before they are stored
_LITTLE = 200  # rows that changed during a step: the next one, with which writers wait, takes a moment
_MAX_STEPS = 20  # of catching up, where others write faster than that
_FROM_COPY = "Embedded from a copy."


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
            self._begin(current if self._embedder is None else stamp_of(self._embedder), copies=is_same)
        else:
            stamp = stamp_of_version(self.at.index, self._number)
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
        if stamp_of(self._embedder) != stamp:
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
        waiting = Waiting(self.at, self._target, self._embedder)
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
            images = {
                one: image for one, record in found.items() if (image := read_picture(record, self.at, self._embedder))
            }
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


def _left_out(file: PlannedFile) -> Verdict:
    return Verdict(file.path, Outcome.REMOVED, LOST)


def _lost_pictures(number: int) -> PicturesLost:
    pictures = "1 picture is" if number == 1 else f"{number:,} pictures are"
    return PicturesLost(
        f"The files and thumbnails of {pictures} gone, so that the new model cannot see "
        f"{'it' if number == 1 else 'them'}. Nothing has been switched yet.",
        "Connect the drive and resume, or leave these pictures out of the index.",
    )
