"""Picking so many pictures: what to label next, what to show of a collection, what to try a model on."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, cast, get_args

import numpy as np

from core.analysis.picks.balanced import balanced
from core.analysis.picks.covering import covering
from core.analysis.picks.diverse import Places, distances
from core.analysis.picks.pool import MAX_POOL, Find, Pool, everything, matches
from core.analysis.picks.typical import typical
from core.errors import InvalidQuery
from core.index.filters import Filter, TextField
from core.index.index import Index
from core.search.query import Search
from core.text.words import counted, pictures

MAX_PICKS = 5_000

MAX_SEED = 2**32 - 1

type Kind = Literal["label", "cluster", "class", "tag", "split"]
"""What a pick can be balanced by."""

KINDS: tuple[Kind, ...] = get_args(Kind.__value__)


class How(StrEnum):
    DIVERSE = "diverse"
    """Whatever there is, one of them is as near as can be."""
    TYPICAL = "typical"
    """The middle of each of as many groups."""
    BALANCED = "balanced"
    """As many of each label or cluster."""
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Picked:
    ids: Sequence[str]
    """Of the records, in the order in which they were picked."""
    kinds: Sequence[str]
    """What each was picked for, where they were balanced; else empty."""
    counts: Mapping[str, int]
    """How many were picked for each kind."""
    pool: int
    """How many were picked from: of equal bytes only one."""
    of: int
    """How many there were."""
    farthest: float
    """How far the picture that is least like any that was picked is from them: 1 − cosine."""
    mean: float
    """How far all are in the mean."""
    notes: Sequence[str]


class Picks:
    """Of one index.

    Args:
        find: Gives the first so many results of a search.
        resolved: A filter with the values that records have.
    """

    def __init__(self, index: Index, find: Find, resolved: Callable[[Filter], Filter]) -> None:
        self._index, self._find, self._resolved = index, find, resolved

    def pick(self, search: Search, count: int, how: How = How.DIVERSE, by: Kind = "label", seed: int = 0) -> Picked:
        """
        Args:
            search: What to pick from; one that asks for nothing stands for all pictures that its filter lets through.
            by: What to balance by.
            seed: The same one picks the same again, as long as the pictures are the same.

        Raises:
            InvalidQuery: the numbers are out of range, there is nothing to pick from, or nothing to balance by.
        """
        _check(count, seed)
        field = cast(TextField, by) if how is How.BALANCED else None
        pool = self._index.consistent(lambda: self._pool(search, seed, field))
        if not pool.ids:
            raise InvalidQuery("There is nothing to pick from: no picture matches.", "Change the search.")
        places, kinds = _picked(pool, count, how, seed, by)
        far = distances(pool.rows, places)
        return Picked(
            [pool.ids[place] for place in places],
            kinds,
            dict(sorted(Counter(kinds).items(), key=lambda item: (-item[1], item[0]))),
            len(pool.ids),
            pool.of,
            float(far.max()),
            float(far.mean()),
            _notes(pool, places, count, by, balances=how is How.BALANCED),
        )

    def _pool(self, search: Search, seed: int, by: TextField | None) -> Pool:
        if search.browses:
            return everything(self._index, self._resolved(search.where), seed, by)
        return matches(self._index, self._find, search, seed, by)


def _check(count: int, seed: int) -> None:
    if not 1 <= count <= MAX_PICKS:
        raise InvalidQuery(f"{counted(count, 'picture')} cannot be picked.", f"Pick 1 to {MAX_PICKS:,}.")
    if not 0 <= seed <= MAX_SEED:
        raise InvalidQuery(f"The seed cannot be {seed}.", f"Use a whole number from 0 to {MAX_SEED:,}.")


def _picked(pool: Pool, count: int, how: How, seed: int, by: Kind) -> tuple[Places, list[str]]:
    match how:
        case How.DIVERSE:
            return covering(pool.rows, count), []
        case How.TYPICAL:
            return typical(pool.rows, count, seed), []
        case How.RANDOM:
            return np.arange(min(count, len(pool.ids))), []
        case How.BALANCED:
            shares = balanced(pool.kinds, count)
            if not shares:
                raise InvalidQuery(f"No picture has a {by} to balance by.", "Pick by something else.")
            return np.array([share.place for share in shares], np.intp), [share.kind for share in shares]


def _notes(pool: Pool, places: Places, count: int, by: Kind, *, balances: bool) -> list[str]:
    notes = []
    without = sum(not kinds for kinds in pool.kinds) if balances else 0
    if without:
        notes.append(f"{pictures(without)} without a {by} {'was' if without == 1 else 'were'} left out.")
    if len(places) < count:
        notes.append(f"There {'is' if len(places) == 1 else 'are'} only {pictures(len(places))} to pick.")
    if pool.of > MAX_POOL:
        notes.append(f"Picked from {pictures(len(pool.ids))}, drawn by chance from {pool.of:,}.")
    return notes
