"""From who is near to whom, to places in a plane: t-SNE, whose forces between all points are taken from a grid.

Runs in a process of its own (`process`). The choice and the figures: docs/decisions/0021-map.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

type Places = NDArray[np.float64]
"""Shape `(n, 2)`."""

NEIGHBOURS = 15
"""That each point is drawn to, alike: with so few the plane comes out as with a perplexity of 30, which takes 90."""

_SEED = 7
_FEW = 4  # points: fewer are put in a row
_ALONE = 5_000  # points from which another thread is worth its while
_START = 1e-4  # deviation of the places before the first step


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the work."""

    steps: int
    exaggeration: float
    """How many times as much as it should neighbours attract."""
    momentum: float


PHASES = (Phase(150, 12.0, 0.5), Phase(100, 12.0, 0.8), Phase(350, 2.0, 0.8))
"""First what belongs together comes together, then it spreads. That neighbours keep attracting twice as much leaves
gaps between groups, which people see and clusters are found by."""

STEPS = sum(phase.steps for phase in PHASES)


def attraction(neighbours: NDArray[np.int32]) -> Any:
    """How much each two points attract each other, a sparse symmetric matrix whose values add up to 1.

    Args:
        neighbours: Shape `(n, k)`, the nearest of each first; -1 where there are fewer.
    """
    from scipy.sparse import csr_matrix

    near = neighbours[:, :NEIGHBOURS]
    count = len(near)
    rows = np.repeat(np.arange(count), near.shape[1])
    columns = near.ravel()
    there = columns >= 0
    drawn = csr_matrix((np.ones(int(there.sum())), (rows[there], columns[there])), (count, count))
    both = drawn + drawn.T
    return (both / max(both.sum(), 1.0)).tocsr()


def lay_out(
    forces: Any, begin: Places, step: int, report: Callable[[int, Places], None], threads: int, every: int = 10
) -> Places:
    """
    Args:
        forces: As `attraction` gives them.
        begin: Where the points are at first.
        step: So many steps were done before.
        report: Called now and then with how many steps are done, and the places.
    """
    from openTSNE.tsne import TSNEEmbedding

    if len(begin) <= _FEW:
        return in_a_row(len(begin))

    class Forces:
        P = forces

    places = TSNEEmbedding(
        begin.copy(),
        Forces(),
        negative_gradient_method="auto",
        random_state=_SEED,
        n_jobs=threads if len(begin) >= _ALONE else 1,
    )
    done = 0
    for phase in PHASES:
        left = min(phase.steps, done + phase.steps - step)
        done += phase.steps
        if left <= 0:
            continue
        before = done - left

        def noted(iteration: int, error: float, now: Places, before: int = before) -> None:
            report(before + iteration, np.asarray(now))

        places.optimize(
            left,
            inplace=True,
            exaggeration=phase.exaggeration,
            momentum=phase.momentum,
            learning_rate=max(50.0, len(begin) / phase.exaggeration),
            callbacks=[noted],
            callbacks_every_iters=every,
        )
    return np.asarray(places)


def in_a_row(count: int) -> Places:
    return np.stack([np.linspace(-1.0, 1.0, count) if count > 1 else np.zeros(count), np.zeros(count)], axis=1)


def beginning(places: Places) -> Places:
    """Places as the first step needs them: very near to one another, none on another."""
    if not len(places):
        return places
    moved = places - places.mean(axis=0)
    spread = moved[:, 0].std()
    small = moved / (spread if spread > 0 else 1.0) * _START
    jitter = np.random.default_rng(_SEED).normal(0.0, 0.01 * _START, small.shape)
    return np.asarray(small + jitter, np.float64)


def principal(vectors: NDArray[np.float16], sample: int = 20_000, rows: int = 16_384) -> Places:
    """Where the points are along the two directions in which they differ most.

    Args:
        vectors: Shape `(n, dims)`; read in parts.
        sample: By so many the directions are found.
    """
    rng = np.random.default_rng(_SEED)
    some = np.sort(rng.choice(len(vectors), min(sample, len(vectors)), replace=False))
    known = np.asarray(vectors[some], np.float32)
    mean = known.mean(axis=0)
    _, directions = np.linalg.eigh((known - mean).T @ (known - mean))
    axes = directions[:, :-3:-1]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])])  # else their sign is chance
    parts = [
        (np.asarray(vectors[start : start + rows], np.float32) - mean) @ axes for start in range(0, len(vectors), rows)
    ]
    return np.asarray(np.concatenate(parts), np.float64)


def aligned(places: Places, old: Places) -> tuple[float, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """How places are turned, mirrored, moved and scaled to come as near as can be to where the same points were
    (Procrustes): scale, turn, and the two centres. Shapes `(), (2, 2), (2,), (2,)`."""
    centre, target = places.mean(axis=0), old.mean(axis=0)
    a, b = places - centre, old - target
    u, strengths, v = np.linalg.svd(a.T @ b)
    size = float((a**2).sum())
    return (float(strengths.sum()) / size if size else 1.0), u @ v, centre, target


def moved(places: Places, how: tuple[float, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]) -> Places:
    scale, turn, centre, target = how
    return np.asarray(scale * (places - centre) @ turn + target)


def fitted(places: Places) -> Places:
    """The places so that the longer side goes from -1 to 1."""
    if not len(places):
        return places
    low, high = places.min(axis=0), places.max(axis=0)
    size = float((high - low).max())
    return np.asarray((places - (low + high) / 2) * (2.0 / size if size else 1.0))
