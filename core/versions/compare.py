"""Two versions of an index beside each other, on the queries that people ask."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from core.embedding.embedder import Embedder
from core.index.index import Index
from core.index.versions import Version
from core.vectors import Embedding

K = 10
"""Results of each query that are compared."""

MAX_TEXTS = 30
"""Words that are searched for."""

MAX_PICTURES = 20
"""Pictures of the collection that are searched with."""

_WARM_UP = 2  # searches of each that are not measured
_WORST = 5


@dataclass(frozen=True, slots=True)
class Side:
    """How one version answered."""

    version: int
    model_id: str
    count: int
    """Records."""
    p50_ms: float
    """Of a search in the index, without embedding the query; likewise the next."""
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A query that the two answer most differently."""

    query: str
    """The words, or the name of the picture."""
    overlap: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A version beside the one in use."""

    current: Side
    other: Side
    overlap: float
    """The share of the first ten results that both have, on average; 1.0: the same pictures."""
    texts: int
    """Queries of words; likewise the next, of pictures."""
    pictures: int
    most_different: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Query:
    name: str
    embeddings: tuple[Embedding, Embedding]
    own: str = ""
    """The id of the picture that is searched with: it finds itself."""


def compare(
    versions: tuple[Version, Version],
    indices: tuple[Index, Index],
    embedders: Callable[[], tuple[Embedder, Embedder]],
    texts: Sequence[str],
) -> Comparison:
    """
    Args:
        versions: The one in use, and another; likewise the others.
        embedders: Called where there is anything to search for.
        texts: The most telling first.
    """
    queries = list(chain(_of_texts(embedders, texts[:MAX_TEXTS]), _of_pictures(indices))) if versions[0].count else []
    for query in queries[:_WARM_UP]:
        for index, embedding in zip(indices, query.embeddings, strict=True):
            index.search(embedding, K + 1)
    seconds: tuple[list[float], list[float]] = ([], [])
    differences = []
    for query in queries:
        found = []
        for index, embedding, took in zip(indices, query.embeddings, seconds, strict=True):
            started = time.perf_counter()
            hits = index.search(embedding, K + 1)
            took.append(time.perf_counter() - started)
            found.append([hit.record.id for hit in hits if hit.record.id != query.own][:K])
        differences.append(Difference(query.name, overlap(*found)))
    pictures = sum(bool(query.own) for query in queries)
    sides = [_side(version, took) for version, took in zip(versions, seconds, strict=True)]
    mean = float(np.mean([one.overlap for one in differences])) if differences else 1.0
    worst = sorted((one for one in differences if one.overlap < 1), key=lambda one: one.overlap)[:_WORST]
    return Comparison(sides[0], sides[1], round(mean, 4), len(queries) - pictures, pictures, tuple(worst))


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of results that both have; 1.0 where neither has any."""
    most = max(len(one), len(other))
    return len({*one} & {*other}) / most if most else 1.0


def _of_texts(embedders: Callable[[], tuple[Embedder, Embedder]], texts: Sequence[str]) -> Iterator[_Query]:
    if not texts:
        return
    rows = [one.embed_texts([one.fit_text(text) for text in texts]) for one in embedders()]
    yield from (_Query(text, (a, b)) for text, a, b in zip(texts, *rows, strict=True))


def _of_pictures(indices: tuple[Index, Index]) -> Iterator[_Query]:
    """Ids are hashes: the first of them are as good as random."""
    found = indices[0].browse(limit=MAX_PICTURES)
    there = {record.id for record in indices[1].get([record.id for record in found])}
    both = [record for record in found if record.id in there]
    if both:
        rows = [index.embeddings([record.id for record in both]) for index in indices]
        yield from (_Query(record.name, (a, b), record.id) for record, a, b in zip(both, *rows, strict=True))


def _side(version: Version, seconds: Sequence[float]) -> Side:
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000 if seconds else (0.0, 0.0)
    return Side(version.number, version.stamp.model_id, version.count, round(float(p50), 2), round(float(p95), 2))
