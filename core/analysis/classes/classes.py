"""Class lists with what is known of them: how many pictures each class has, where its line is, how often it holds."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.access.actors import APP, Actor
from core.access.audit import Audit
from core.access.roles import Role
from core.analysis.classes import keeping
from core.analysis.classes.assigning import assigned, thresholds
from core.analysis.classes.keeping import ListScores
from core.analysis.classes.lists import ClassList, ClassOf
from core.analysis.classes.precision import Precision, precision
from core.analysis.classes.roster import Places
from core.analysis.classes.scan import NAME
from core.analysis.classes.store import ClassLists, Said
from core.analysis.kept import KeptAnalyses
from core.cache import LRUCache
from core.errors import ClassesRefused
from core.images.describe import is_content_hash
from core.index.index import Index
from core.index.records import ImageRecord

MAX_SAID = 1_000
"""Pictures that something is said of at once."""

_POINTS = 200  # of a curve
_LISTS = 8  # whose scores are held open


class Order(StrEnum):
    BEST = "best"
    DOUBTFUL = "doubtful"
    """Those nearest to the line first."""
    SAMPLE = "sample"
    """Those that are of the class, by chance: what is right of these is right of all."""


@dataclass(frozen=True, slots=True)
class ClassState:
    """What is known of a class; None where it was not scored yet."""

    of: ClassOf
    suggested: float | None
    used: float | None
    """The line: that of the class, or the one that is suggested."""
    count: int | None
    """How many records are of it."""
    yes: int
    no: int
    precision: Precision
    """Of those above the line that people have looked at."""


@dataclass(frozen=True, slots=True)
class ListState:
    list: ClassList
    classes: Sequence[ClassState]

    @property
    def scored(self) -> bool:
        return all(one.count is not None for one in self.classes)


@dataclass(frozen=True, slots=True)
class ScoredPicture:
    record: ImageRecord
    score: float
    right: bool | None
    """What people have said; None: nothing."""


@dataclass(frozen=True, slots=True)
class ClassPage:
    state: ClassState
    total: int
    curve: Sequence[tuple[float, int]]
    """How many contents have at least which score, the highest score first."""
    pictures: Sequence[ScoredPicture]


class Classes:
    """Of one index.

    Args:
        analyse: Begins the job that scores and marks.
        used: The labels and clusters that pictures have, as classes to begin with.
    """

    def __init__(
        self,
        index: Index,
        kept: KeptAnalyses,
        lists: ClassLists,
        audit: Audit,
        analyse: Callable[[Actor], int],
        used: Callable[[], Mapping[str, Mapping[str, int]]],
    ) -> None:
        self._index, self._kept, self.lists, self._audit = index, kept, lists, audit
        self._analyse, self._used = analyse, used
        self._scores: LRUCache[ListScores | None] = LRUCache(_LISTS, "class_scores")

    def states(self) -> list[ListState]:
        """All lists, by name."""
        return [self.state(one) for one in self.lists.all()]

    def state(self, one: ClassList) -> ListState:
        scores, said = self._read(one), self.lists.said(one.id)
        mask = assigned(one, scores, said) if scores else None
        counts = mask.sum(axis=0) if mask is not None else None
        return ListState(
            one,
            [
                self._of_class(one, each, scores, said, int(counts[at]) if counts is not None else None)
                for at, each in enumerate(one.classes)
            ],
        )

    def offers(self) -> dict[str, list[str]]:
        """Names to begin with: of the labels, and of the clusters."""
        used = self._used()
        return {"labels": list(used.get("label", {})), "clusters": list(used.get("cluster", {}))}

    def add(self, name: str, classes: Sequence[ClassOf], *, exclusive: bool = False, by: Actor = APP) -> ClassList:
        """Keep a list, and begin to score the pictures.

        Raises:
            ClassesRefused: something about it is wrong.
            AccessDenied: they may not; likewise all that take `by`.
        """
        by.check(Role.EDITOR)
        added = self.lists.add(ClassList(0, name, tuple(classes), exclusive))
        self._audit.note(by, "Made a class list", added.name)
        self._analyse(by)
        return added

    def change(
        self,
        list_id: int,
        *,
        name: str | None = None,
        classes: Sequence[ClassOf] | None = None,
        exclusive: bool | None = None,
        thresholds: Mapping[str, float | None] | None = None,
        by: Actor = APP,
    ) -> ClassList:
        """What is None stays. Pictures get what follows from it with `apply`; new classes are scored at once.

        Raises:
            NoSuchClassList: there is none of this id; likewise all that take one.
            ClassesRefused: something about it is wrong.
        """
        by.check(Role.EDITOR)
        before = self.lists.get(list_id)
        wanted = replace(
            before,
            name=before.name if name is None else name,
            classes=before.classes if classes is None else tuple(classes),
            exclusive=before.exclusive if exclusive is None else exclusive,
        )
        for of, threshold in (thresholds or {}).items():
            wanted = wanted.with_threshold(of, threshold)
        changed = self.lists.change(wanted)
        if [one.text for one in changed.classes] != [one.text for one in before.classes]:
            self._audit.note(by, "Changed a class list", changed.name)
            self._analyse(by)
        return changed

    def delete(self, list_id: int, by: Actor = APP) -> None:
        """Its classes leave the pictures; tags stay."""
        by.check(Role.EDITOR)
        one = self.lists.get(list_id)
        self.lists.delete(list_id)
        self._audit.note(by, "Deleted a class list", one.name)
        if one.applied:
            self._analyse(by)

    def apply(self, list_id: int, *, tags: bool = False, by: Actor = APP) -> int:
        """Have its classes found by searches, now and in what comes in; returns the id of the job that sees to it.

        Args:
            tags: Whether pictures get them as tags, too.
        """
        return self._set_applied(list_id, True, tags, by)

    def withdraw(self, list_id: int, by: Actor = APP) -> int:
        """Take its classes from the pictures; tags stay. Returns the id of the job that sees to it."""
        return self._set_applied(list_id, False, False, by)

    def _set_applied(self, list_id: int, applied: bool, tags: bool, by: Actor) -> int:
        by.check(Role.EDITOR)
        changed = self.lists.change(replace(self.lists.get(list_id), applied=applied, tags=tags))
        self._audit.note(by, "Applied a class list" if applied else "Withdrew a class list", changed.name)
        return self._analyse(by)

    def score(self, by: Actor = APP) -> int:
        """Score what is not scored yet; returns the job's id."""
        return self._analyse(by)

    def pictures(
        self, list_id: int, name: str, order: Order = Order.BEST, offset: int = 0, limit: int = 60
    ) -> ClassPage:
        """The pictures that a class may fit, of equal bytes one.

        Raises:
            ClassesRefused: it has no such class, or is not scored yet.
        """
        one = self.lists.get(list_id)
        of, scores, said = one.of(name), self._read(one), self.lists.said(list_id)
        if scores is None:
            raise ClassesRefused("These classes are not scored yet.", "Wait until the job has ended.")
        state = self._of_class(one, of, scores, said, None)
        column, places = self._column(scores, of)
        assert state.used is not None
        ranked = _ranked(column, places, order, state.used, name)
        page = ranked[offset : offset + limit]
        ids = scores.roster.texts(places[page])
        records = {record.id: record for record in self._index.get(ids)}
        spoken = said.get(name, {})
        shown = [
            ScoredPicture(records[id_], round(float(column[at]), 3), spoken.get(records[id_].content_hash))
            for id_, at in zip(ids, page, strict=True)
            if id_ in records
        ]
        count = int(assigned(one, scores, said)[:, scores.column(of.text)].sum())
        return ClassPage(replace(state, count=count), len(ranked), _curve(column), shown)

    def say(self, list_id: int, name: str, said: Mapping[str, bool | None], by: Actor = APP) -> ClassState:
        """Keep what people say of pictures, by content hash: one of the class, not, or nothing (None).

        Raises:
            ClassesRefused: it has no such class, there are too many, or something is no content hash.
        """
        by.check(Role.EDITOR)
        one = self.lists.get(list_id)
        of = one.of(name)
        if len(said) > MAX_SAID or not all(map(is_content_hash, said)):
            raise ClassesRefused("This cannot be said of pictures.", f"Name {MAX_SAID:,} at most, by their hashes.")
        self.lists.say(list_id, of.name, said)
        return next(each for each in self.state(one).classes if each.of.name == of.name)

    def _read(self, one: ClassList) -> ListScores | None:
        kept = self._kept.of(NAME)
        found = self._scores.get(keeping.stamp(kept, one.id), lambda: keeping.read(kept, one.id))
        return found if keeping.is_current(found, one, None) else None

    def _column(self, scores: ListScores, of: ClassOf) -> tuple[NDArray[np.float32], Places]:
        """The scores of a class, and the places of the records that they are of: of equal bytes the first."""
        first = scores.roster.firsts
        return np.asarray(scores.table[first, scores.column(of.text)], np.float32), first

    def _of_class(
        self, one: ClassList, of: ClassOf, scores: ListScores | None, said: Said, count: int | None
    ) -> ClassState:
        spoken = said.get(of.name, {})
        yes = sum(spoken.values())
        if scores is None:
            return ClassState(of, None, None, None, yes, len(spoken) - yes, precision(0, 0))
        place = scores.column(of.text)
        used = float(thresholds(one, scores)[one.classes.index(of)])
        above = {digest: right for digest, right in spoken.items() if _reaches(scores, place, digest, used)}
        return ClassState(
            of,
            scores.suggested[place],
            round(used, 3),
            count,
            yes,
            len(spoken) - yes,
            precision(sum(above.values()), len(above)),
        )


def _reaches(scores: ListScores, place: int, digest: str, line: float) -> bool:
    found = scores.roster.with_content([digest])[0]
    return bool(len(found)) and float(scores.table[found[0], place]) >= line


def _ranked(column: NDArray[np.float32], places: Places, order: Order, line: float, name: str) -> Places:
    """The places in the column, in an order."""
    match order:
        case Order.BEST:
            return np.argsort(-column, kind="stable")
        case Order.DOUBTFUL:
            return np.argsort(np.abs(column - line), kind="stable")
        case Order.SAMPLE:
            there = np.flatnonzero(column >= line)
            seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
            return np.random.default_rng(seed).permutation(there)


def _curve(column: NDArray[np.float32]) -> list[tuple[float, int]]:
    falling = np.sort(column[np.isfinite(column)])[::-1]
    if not len(falling):
        return []
    wanted = np.unique(np.concatenate([np.arange(min(50, len(falling))), np.geomspace(1, len(falling), _POINTS) - 1]))
    return [(round(float(falling[int(at)]), 3), int(at) + 1) for at in np.unique(wanted.astype(int))]
