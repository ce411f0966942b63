"""Pictures that tell what a collection is like: typical ones, and such as nothing else is like."""

import numpy as np
from numpy.typing import NDArray

from core.analysis.neighbours.graph import Neighbours

NEIGHBOUR = 5
"""How far the nearest so many lie says how alone a picture is: bursts have fewer."""

_SHOWN = 24
_CANDIDATES = 600
_ALIKE = 0.9  # two typical ones are not to be the same scene twice
_AT_ONCE = 8_192
_FEWEST = 2 * NEIGHBOUR  # pictures of which some can be said to be alone

type Ranking = list[tuple[str, float]]
"""Content hashes with a number, the first one first."""


def typical(graph: Neighbours, count: int = _SHOWN) -> Ranking:
    """Those that have most in common with all others: the mean of their cosines is highest."""
    if not len(graph):
        return []
    blocks = [np.arange(start, min(start + _AT_ONCE, len(graph))) for start in range(0, len(graph), _AT_ONCE)]
    mean = np.sum([graph.read(block).sum(axis=0, dtype=np.float64) for block in blocks], axis=0) / len(graph)
    scores = np.concatenate([graph.read(block) @ mean.astype(np.float32) for block in blocks])
    order = np.argsort(-scores, kind="stable")[:_CANDIDATES]
    chosen = _unlike(graph.read(order), count)
    contents = graph.contents
    return [(contents[order[at]], float(scores[order[at]])) for at in chosen]


def outliers(graph: Neighbours, count: int = _SHOWN) -> Ranking:
    """Those whose nearest are furthest, with the cosine of the `NEIGHBOUR`-th."""
    if len(graph) < _FEWEST:
        return []
    cosines = graph.cosines[:, NEIGHBOUR - 1]
    order = np.argsort(cosines, kind="stable")[:_CANDIDATES]
    chosen = _unlike(graph.read(order), count)
    contents = graph.contents
    return [(contents[order[at]], float(cosines[order[at]])) for at in chosen]


def _unlike(rows: NDArray[np.float32], count: int) -> list[int]:
    """The first ones of which none is like another."""
    chosen: list[int] = []
    for at, row in enumerate(rows):
        if len(chosen) == count:
            break
        if not chosen or float((rows[chosen] @ row).max()) < _ALIKE:
            chosen.append(at)
    return chosen
