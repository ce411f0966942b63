"""The map: which way of laying it out, how long it takes, and how much of who is near to whom it keeps.

Method   t-SNE is what the app does (`core.analysis.map.layout`): openTSNE on the graph of the nearest. UMAP takes the
         same graph, PaCMAP finds its own; both with the settings that they come with, on as many threads, where they
         are installed (`pip install umap-learn pacmap`).
Seconds  Without imports, which stand beside: of those that compile themselves the first time in brackets.
Trust    Trustworthiness at 15 neighbours: how little stands together that is not alike (Venna and Kaski 2001).
Kept     Of the 15 nearest pictures so many are among the 15 nearest points.
Clusters At the finest level, and how many of the pictures are in one.
Placed   10,000 further pictures put among those that are there: seconds, and kept of these alone.

Embeddings are those of `IMAGE_SEARCH_TEST_DATA`. 100,000 take some minutes a method on two cores.
"""

import argparse
import os
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import embeddings, has_embeddings
from benchmarks.table import say, show
from core.analysis.map.layout import grouping, laying
from core.analysis.map.layout.measuring import K, quality
from core.analysis.map.layout.placing import placed
from core.analysis.neighbours import graph as graphs
from core.analysis.neighbours.partition import partition
from core.analysis.neighbours.search import nearest as nearest_rows
from core.vectors import Embeddings

COUNTS = (10_000, 100_000)
FURTHER = 10_000

_COLUMNS = ("Method", "Pictures", "Seconds", "CPU s", "Trust", "Kept", "Clusters", "In one", "Placed s", "Placed kept")

type Lay = Callable[[Embeddings, NDArray[np.int32], NDArray[np.float32]], NDArray[np.float64]]


def main() -> None:
    options = _options()
    if not has_embeddings():
        say("The map is left out: IMAGE_SEARCH_TEST_DATA has no embeddings")
        return
    lines = []
    for count in options.rows:
        further = min(FURTHER, count // 10)
        rows = embeddings(count + further)
        began = time.perf_counter()
        indices, cosines = nearest(rows[:count])
        say(f"{count:,}: the graph of the nearest took {time.perf_counter() - began:.1f} s")
        for method in options.methods:
            if line := _measured(method, rows, count, indices, cosines):
                lines.append(line)
                say(" ".join(map(str, line)))
    show("The map", _COLUMNS, lines)


def nearest(rows: Embeddings) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The graph as the app makes it."""

    def read(some: Any) -> Embeddings:
        return np.asarray(rows[some])

    lists = [found for found in partition(len(rows), read) if found is not None][-1]
    indices = np.full((len(rows), graphs.K), -1, np.int32)
    cosines = np.full((len(rows), graphs.K), -np.inf, np.float32)
    for own, found, scores in nearest_rows(np.arange(len(rows)), lists, read, graphs.K):
        indices[own], cosines[own] = found, scores
    return indices, cosines


def _measured(
    method: str, rows: Embeddings, count: int, indices: NDArray[np.int32], cosines: NDArray[np.float32]
) -> list[object] | None:
    needed = {"umap": "umap", "pacmap": "pacmap", "t-sne": "openTSNE"}[method]
    if find_spec(needed) is None:
        say(f"{method} is left out: it is not installed")
        return None
    import_module(needed)
    first = rows[:count]
    began, used = time.perf_counter(), time.process_time()
    places = laying.fitted(_LAY[method](first, indices, cosines))
    seconds, used = time.perf_counter() - began, time.process_time() - used
    half = first.astype(np.float16)
    kept = quality(places, half)
    levels = [grouping.surrounded(labels, indices) for labels in grouping.grouped(places)]
    finest = levels[-1] if levels else np.full(count, grouping.NONE)
    placed_seconds, placed_kept = _placed(rows, count, places)
    return [
        method,
        f"{count:,}",
        f"{seconds:.1f}",
        f"{used:.1f}",
        kept.trustworthiness,
        kept.kept,
        "/".join(str(int(level.max()) + 1) for level in levels),
        f"{(finest >= 0).mean():.0%}",
        f"{placed_seconds:.2f}",
        placed_kept,
    ]


def _placed(rows: Embeddings, count: int, places: NDArray[np.float64]) -> tuple[float, float]:
    """Further pictures put among them: seconds beside finding their neighbours, and how many of the nearest of these
    are kept."""
    cosines = rows[count:] @ rows[:count].T
    near = np.argpartition(-cosines, graphs.K - 1, axis=1)[:, : graphs.K]
    alike = np.take_along_axis(cosines, near, 1)
    order = np.argsort(-alike, axis=1)
    near, alike = np.take_along_axis(near, order, 1), np.take_along_axis(alike, order, 1)
    all_ = np.concatenate([places, np.zeros((len(rows) - count, 2))])
    known = np.arange(len(rows)) < count
    own = np.full((count, graphs.K), -1, np.int32)
    began = time.perf_counter()
    found = placed(
        all_, known, np.concatenate([own, near.astype(np.int32)]), np.concatenate([own, alike]).astype(np.float32)
    )
    seconds = time.perf_counter() - began
    from scipy.spatial import KDTree

    _, around = KDTree(places).query(found[count:], K)
    kept = np.mean([np.isin(one, true[:K]).mean() for one, true in zip(around, near, strict=True)])
    return seconds, round(float(kept), 4)


def _tsne(rows: Embeddings, indices: NDArray[np.int32], cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    begin = laying.beginning(laying.principal(rows.astype(np.float16)))
    return laying.lay_out(laying.attraction(indices), begin, 0, lambda done, now: None, os.cpu_count() or 1)


def _umap(rows: Embeddings, indices: NDArray[np.int32], cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    import umap

    own = np.arange(len(rows), dtype=np.int32)[:, None]
    near = np.concatenate([own, indices[:, :14]], axis=1)
    far = np.concatenate([np.zeros((len(rows), 1)), 1.0 - cosines[:, :14]], axis=1).astype(np.float32)
    model = umap.UMAP(n_neighbors=15, init="pca", metric="cosine", precomputed_knn=(near, far), n_jobs=os.cpu_count())
    return np.asarray(model.fit_transform(rows), np.float64)


def _pacmap(rows: Embeddings, indices: NDArray[np.int32], cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    import pacmap

    return np.asarray(pacmap.PaCMAP(n_components=2).fit_transform(rows, init="pca"), np.float64)


_LAY: dict[str, Lay] = {"t-sne": _tsne, "umap": _umap, "pacmap": _pacmap}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--methods", nargs="+", choices=list(_LAY), default=list(_LAY))
    return parser.parse_args()


if __name__ == "__main__":
    main()
