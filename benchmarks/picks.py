"""How well the most diverse pictures cover a collection: how far the picture that is least like any of them is.

coco, digits, stamps  as in `benchmarks.suspicious`
rows                  5,000 of the embeddings of IMAGE_SEARCH_TEST_DATA

Picked     the distance, 1 − cosine, of what is picked
Random     the same of pictures drawn by chance, the mean of twenty draws
Farthest   the same of each as far from the others as can be, which is what k-centre mostly means
Possible   no pick comes below: what a linear programme needs to cover those at the edge (of fractions of pictures,
           too, so that the least of whole ones lies above)
Less       by how much the first lies below the second; and at most, were it what is possible

A model stands in for CLIP, which is not on this machine; IMAGE_SEARCH_MODEL=starter measures the starter model.
"""

import argparse
from collections.abc import Iterator

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from benchmarks.data import embeddings, has_embeddings
from benchmarks.labelled import KEPT, Encoder, coco, model, stamps
from benchmarks.suspicious import digits
from benchmarks.table import Target, show
from core.analysis.picks.covering import covering
from core.analysis.picks.diverse import Places, distances, k_centre
from core.vectors import Embeddings

COUNTS = (10, 50, 200)
LESS = 0.25
_DRAWS = 20
_EDGE = 250  # rows that the linear programme covers
_HALVINGS = 8


def sets() -> Iterator[tuple[str, Embeddings]]:
    embedder = model()
    if embedder is not None:
        encoder = Encoder(embedder)
        for one in filter(None, (coco(), digits(KEPT / "digits"), stamps())):
            yield one.name, encoder.pictures(one)
    if has_embeddings():
        yield "rows", embeddings(5_000)


def reach(rows: Embeddings, picked: Places) -> float:
    return float(distances(rows, picked).max())


def by_chance(rows: Embeddings, count: int) -> float:
    draws = (np.random.default_rng(seed).permutation(len(rows))[:count] for seed in range(_DRAWS))
    return float(np.mean([reach(rows, draw) for draw in draws]))


def possible(rows: Embeddings, count: int, found: float) -> float:
    """No so many of the rows cover all at a distance below this one."""
    cosines = rows[k_centre(rows, _EDGE, 0)] @ rows.T
    low, high = 0.0, found
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        near = csr_array((cosines >= 1 - middle).astype(np.float64))
        solved = linprog(np.ones(len(rows)), A_ub=-near, b_ub=-np.ones(near.shape[0]), bounds=(0, 1), method="highs")
        if solved.success and solved.fun <= count + 1e-6:
            high = middle
        else:
            low = middle
    return low


def main() -> None:
    argparse.ArgumentParser(
        "python -m benchmarks.picks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    lines: list[list[object]] = []
    targets = []
    for name, rows in sets():
        for count in (count for count in COUNTS if 2 * count <= len(rows)):
            picked, chance = reach(rows, covering(rows, count)), by_chance(rows, count)
            least = possible(rows, count, picked)
            greedy = reach(rows, k_centre(rows, count, 0))
            less = 1 - picked / chance
            lines.append([name, len(rows), count, picked, chance, greedy, least, less, 1 - least / chance])
            targets.append(Target(f"below random, {name} {count}", less, LESS))
    columns = ["set", "pictures", "N", "picked", "random", "farthest", "possible", "less", "at most"]
    show("Largest distance to what is picked", columns, lines, targets)


if __name__ == "__main__":
    main()
