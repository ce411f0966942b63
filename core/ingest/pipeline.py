"""Files in, records and embeddings out: decoded ahead in threads, embedded in rounds, each stored behind the next."""

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.errors import UnreadableImage
from core.images.describe import content_hash
from core.images.reading import open_upright, read_bytes
from core.images.thumbnails import SIDE, Thumbnails
from core.index.records import ImageRecord, Index, ModelStamp
from core.ingest.plan import Candidate, plan
from core.ingest.progress import Counts, Outcome, Phase, Progress, Rate, Verdict
from core.vectors import Embedding, Embeddings

_SMALLEST_ROUND, _LARGEST_ROUND = 8, 128
# Rounds grow and shrink towards this: progress moves, and the index is not written to all the time.
_ROUND_SECONDS = 1.0
_WORKERS = max(2, os.cpu_count() or 2)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A picture read and shrunk to what the model looks at."""

    record: ImageRecord
    outcome: Outcome
    image: Image.Image


@dataclass(frozen=True, slots=True)
class _Round:
    """Pictures that are embedded and stored together, and the files met between them that could not be read."""

    prepared: list[_Prepared]
    failed: list[Verdict]

    @property
    def records(self) -> tuple[ImageRecord, ...]:
        return tuple(prepared.record for prepared in self.prepared)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return *(Verdict(p.record.path, p.outcome) for p in self.prepared), *self.failed


def ingest(
    paths: Sequence[Path],
    *,
    index: Index,
    load: Callable[[], Future[Embedder]],
    thumbnails: Thumbnails,
    name_of: Callable[[Path], str] = lambda path: path.name,
) -> Iterator[Progress]:
    """Bring the index up to date with folders and files; run again, it finishes what was interrupted.

    A picture that cannot be read becomes a verdict. Closing the iterator stops the work; what was reported as stored
    stays stored.

    Args:
        paths: Existing folders (read recursively) and picture files.
        load: Starts the model, or gives the one that is loaded. Not called when every file is unchanged.
        name_of: What to call the picture of a file.

    Raises:
        ModelUnavailable, ModelMismatch, IndexUnavailable: as soon as they occur; what was stored stays stored.
    """
    counts, found = Counts(), 0
    candidates: list[Candidate] = []
    for step in plan(paths, index):
        found += step.found
        candidates += step.candidates
        counts = counts.plus(unchanged=step.unchanged, failed=len(step.refused))
        yield Progress(Phase.FINDING, found, counts, verdicts=tuple(step.refused))
    if not candidates:
        yield Progress(Phase.INDEXING, found, counts)
        return

    loading = load()
    while not (embedder := _within(loading, seconds=0.25)):
        yield Progress(Phase.LOADING, found, counts)
    index.claim(ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing))

    rate = Rate()
    rate.add(0)
    yield Progress(Phase.INDEXING, found, counts)
    for done, embeddings in _embedded(_rounds(candidates, embedder, thumbnails, name_of), index, embedder):
        index.upsert(done.records, embeddings)
        verdicts = done.verdicts
        counts = counts.plus(**Counter(verdict.outcome.value for verdict in verdicts))
        yield Progress(Phase.INDEXING, found, counts, rate.add(len(verdicts)), verdicts, done.records)
    index.settle()


def _within(loading: Future[Embedder], seconds: float) -> Embedder | None:
    try:
        return loading.result(timeout=seconds)
    except NotYet:
        return None


def _rounds(
    candidates: Sequence[Candidate],
    embedder: Embedder,
    thumbnails: Thumbnails,
    name_of: Callable[[Path], str],
) -> Generator[_Round, None, None]:
    """Read the files ahead in threads, and hand them out in rounds of about a second of the consumer's time."""
    size, waiting = _SMALLEST_ROUND, iter(candidates)
    pending: deque[Future[_Prepared | Verdict]] = deque()
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="read-ahead")

    def read_ahead() -> None:
        # Two rounds at most are in memory, each picture no larger than the model's input.
        while len(pending) < 2 * size + _WORKERS and (candidate := next(waiting, None)):
            pending.append(pool.submit(_prepare, candidate, embedder, thumbnails, name_of))

    try:
        read_ahead()
        while pending:
            results: list[_Prepared | Verdict] = []
            while pending and len(results) < size:
                results.append(pending.popleft().result())
                read_ahead()
            started = time.monotonic()
            yield _Round(
                [result for result in results if isinstance(result, _Prepared)],
                [result for result in results if isinstance(result, Verdict)],
            )
            took = time.monotonic() - started
            if took < _ROUND_SECONDS / 2:
                size = min(_LARGEST_ROUND, size * 2)
            elif took > _ROUND_SECONDS * 2:
                size = max(_SMALLEST_ROUND, size // 2)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _prepare(
    candidate: Candidate, embedder: Embedder, thumbnails: Thumbnails, name_of: Callable[[Path], str]
) -> _Prepared | Verdict:
    path = Path(candidate.path)
    try:
        # Before the bytes: if the file changes meanwhile, the next run sees an old fingerprint and reads it again.
        status = path.stat()
        data = read_bytes(path)
        opened = open_upright(data, path.name, max(SIDE, enough(embedder.crop[0])))
    except (UnreadableImage, OSError) as error:
        return Verdict(candidate.path, Outcome.FAILED, str(error))
    digest = content_hash(data)
    thumbnails.make(digest, opened.image)
    description = opened.describe(digest, status.st_size, status.st_mtime_ns)
    record = ImageRecord(id=candidate.id, path=candidate.path, name=name_of(path), **asdict(description))
    return _Prepared(record, candidate.outcome, embedder.prepare(opened.image))


def _embedded(
    rounds: Generator[_Round, None, None], index: Index, embedder: Embedder
) -> Iterator[tuple[_Round, Embeddings]]:
    """Embed one round ahead in a thread, so that the model works while the consumer stores the round before."""
    embed = _Embed(index, embedder)
    ahead: deque[tuple[_Round, Future[Embeddings]]] = deque()
    pool = ThreadPoolExecutor(1, thread_name_prefix="embed")
    try:
        for one in rounds:
            ahead.append((one, pool.submit(embed, one.prepared)))
            if len(ahead) > 1:
                done, embeddings = ahead.popleft()
                yield done, embeddings.result()
        for done, embeddings in ahead:
            yield done, embeddings.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        rounds.close()  # ends its threads too; an error that is kept would keep it


class _Embed:
    """Embeds round after round what is not known by its bytes: to the index, or of the round before, which may not be
    stored yet. For one thread."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder
        self._before: dict[str, Embedding] = {}

    def __call__(self, prepared: Sequence[_Prepared]) -> Embeddings:
        images = {p.record.content_hash: p.image for p in prepared}
        stored = self._index.by_content(list(images)) if images else {}
        known = self._before | {digest: embedding for digest, (_, embedding) in stored.items()}
        new = [digest for digest in images if digest not in known]
        if new:
            known |= zip(new, self._embedder.embed_images([images[digest] for digest in new]), strict=True)
        self._before = {digest: known[digest] for digest in images}
        rows = [known[p.record.content_hash] for p in prepared]
        return np.stack(rows) if rows else np.empty((0, self._embedder.dims), np.float32)
