"""Rounds of pictures become rounds of embeddings, one ahead of the one that is being stored."""

from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.index.index import Index
from core.ingest.journal.job import PlannedFile
from core.ingest.journal.progress import Verdict
from core.ingest.pipeline.prepare import Prepared
from core.telemetry.context import carried
from core.vectors import Embedding, Embeddings

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Round:
    """Pictures that are embedded and stored together, and the verdicts met between them, by their files' numbers."""

    prepared: list[Prepared]
    verdicts: dict[int, Verdict]
    rows: Mapping[str, Embedding] = field(default_factory=dict)
    """Embeddings that were made where the pictures were read, by content hash; the others are still to be made."""

    @property
    def size(self) -> int:
        return len(self.prepared) + len(self.verdicts)

    def add(self, file: PlannedFile, result: Prepared | Verdict) -> None:
        if isinstance(result, Prepared):
            self.prepared.append(result)
        else:
            self.verdicts[file.number] = result


@dataclass(frozen=True, slots=True)
class Embedded:
    """A round and its embeddings."""

    round: Round
    embeddings: Embeddings
    """An array of shape `(n, dims)`."""
    duplicates_of: list[str]
    """For each picture the path of a file with the same bytes that was known before, or ""."""
    seen: int
    """How many pictures the model has looked at for it; the others it had seen before."""


def embedded(
    rounds: Generator[Round, None, None], embed: Callable[[Round], Embedded]
) -> Generator[Embedded, None, None]:
    """Embed one round ahead in a thread, so that the model works while the consumer stores the round before."""
    ahead: deque[Future[Embedded]] = deque()
    pool = ThreadPoolExecutor(1, thread_name_prefix="embed")
    try:
        for one in rounds:
            ahead.append(pool.submit(carried(embed), one))
            if len(ahead) > 1:
                yield ahead.popleft().result()
        for last in ahead:
            yield last.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        rounds.close()  # ends its threads too; an error that is kept would keep it


class Looks(Protocol):
    """What of a model an ingest needs."""

    dims: int

    def embed_images(self, images: "Sequence[Image.Image]") -> Embeddings: ...


class Embed:
    """Embeds round after round what is not known by its bytes: to the index, or of the round before, which may not be
    stored yet. For one thread."""

    def __init__(self, index: Index, embedder: Looks) -> None:
        self._index = index
        self._embedder = embedder
        self._before: dict[str, tuple[str, Embedding]] = {}

    def __call__(self, round_: Round) -> Embedded:
        prepared = round_.prepared
        images = {p.record.content_hash: p.image for p in prepared}
        stored = self._index.by_content(list(images)) if images else {}
        since = {p.record.content_hash: p.looks_so_since for p in prepared}
        known = self._before | {
            digest: (record.path, row)
            for digest, (record, row) in stored.items()
            if record.described >= since[digest]  # else it was embedded as it looked then
        }
        first = {p.record.content_hash: p.record.path for p in reversed(prepared)}
        new = [digest for digest in images if digest not in known]
        rows = self._rows(round_.rows, {digest: images[digest] for digest in new})
        known |= {digest: (first[digest], rows[digest]) for digest in new}
        paths = [known[p.record.content_hash][0] for p in prepared]
        duplicates_of = ["" if path == p.record.path else path for path, p in zip(paths, prepared, strict=True)]
        self._before = {digest: known[digest] for digest in images}
        vectors = [known[p.record.content_hash][1] for p in prepared]
        empty = np.empty((0, self._embedder.dims), np.float32)
        return Embedded(round_, np.stack(vectors) if vectors else empty, duplicates_of, len(new))

    def _rows(self, made: Mapping[str, Embedding], images: "Mapping[str, Image.Image]") -> Mapping[str, Embedding]:
        missing = [digest for digest in images if digest not in made]
        rows = self._embedder.embed_images([images[digest] for digest in missing]) if missing else ()
        return {**made, **dict(zip(missing, rows, strict=True))}
