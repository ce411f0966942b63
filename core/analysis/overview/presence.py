"""Which everyday concepts a collection shows: as searches for them say."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.vectors import Embeddings

_KIN = 6  # concepts from which it is told how many pictures of another were to be expected

_APPEARANCES = frozenset(
    {
        *("red", "green", "blue", "yellow", "orange colour", "pink", "stripes", "silhouette", "reflection in water"),
        *("wood", "metal", "glass", "plastic", "paper", "leather", "stone", "concrete", "fabric", "fur"),
        *("dark picture", "blurry picture"),
    }
)
"""Concepts of which nobody misses any."""


@dataclass(frozen=True, slots=True)
class Presence:
    """How many pictures show a concept."""

    concept: str
    matched: int
    """As many as a search for it finds."""
    at_least: bool
    """Whether there may be more."""
    best: str
    """The content hash of the picture that shows it best; "" where none does."""
    expected: float = 0.0
    """How many pictures show what is most like it, as the mean of logarithms: much of what is like it, and nothing of
    it itself, is a gap."""

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Self:
        return cls(**plain)

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self)


def expectations(bank: Embeddings, matched: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many pictures were to be expected of each concept, by what is most like it, shape `(m,)`.

    Args:
        bank: Embeddings of the concepts, shape `(m, dims)`.
        matched: How many pictures show each.
    """
    away = bank - bank.mean(axis=0)
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    alike = away @ away.T
    np.fill_diagonal(alike, -np.inf)
    kin = np.argsort(-alike, axis=1)[:, :_KIN]
    weights = np.clip(np.take_along_axis(alike, kin, axis=1), 0.0, None)
    logs = np.log1p(matched)[kin]
    return np.asarray((weights * logs).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9))


def absent(found: list[Presence], pictures: int, count: int, known: Collection[str] = ()) -> list[Presence]:
    """What is nearly missing: the largest gaps first.

    Args:
        known: What people say is there, whatever the model sees.
    """
    few = max(0, pictures // 1_000)  # one in a thousand is as good as none
    there = set(map(str.casefold, known))
    missing = [
        one for one in found if one.matched <= few and not _is_appearance(one.concept) and one.concept not in there
    ]
    return sorted(missing, key=lambda one: (-one.expected, one.matched, one.concept))[:count]


def rare(found: list[Presence], count: int) -> list[Presence]:
    """What is seldom seen: the least of it first."""
    seen = [one for one in found if one.matched and one.best and not _is_appearance(one.concept)]
    return sorted(seen, key=lambda one: (one.matched, one.concept))[:count]


def frequent(found: list[Presence], count: int) -> list[Presence]:
    """What is seen most."""
    return sorted((one for one in found if one.matched), key=lambda one: (-one.matched, one.concept))[:count]


def _is_appearance(concept: str) -> bool:
    return concept in _APPEARANCES or concept.startswith("black and white")
