"""The job that scores pictures for class lists, and gives them the classes of those that are applied."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from core.analysis.classes import keeping
from core.analysis.classes.assigning import assigned, names
from core.analysis.classes.keeping import ListScores
from core.analysis.classes.lists import ClassList
from core.analysis.classes.roster import Roster
from core.analysis.classes.scoring import Scoring
from core.analysis.classes.store import ClassLists, Said
from core.analysis.classes.threshold import suggested
from core.analysis.kept import Kept, KeptAnalyses
from core.index.index import Index
from core.index.tags import change_tags
from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Counts, Phase, Progress, Rate

NAME = "classes"

_ROUND = 1_000  # pictures that are scored at once
_MARKED_AT_ONCE = 500


class ClassScan:
    """An `Analysis`."""

    name, title = NAME, "Sort pictures into classes"

    def __init__(self, index: Index, kept: KeptAnalyses, lists: ClassLists, scorer: Callable[[], Scoring]) -> None:
        self._index, self._kept, self._lists, self._scorer = index, kept, lists, scorer

    def plan(self, job: JobState) -> Iterator[Plan]:
        kept, lists = self._kept.of(self.name), self._lists.all()
        roster = Roster.of(self._index)
        behind = max((_behind(keeping.read(kept, one.id), one, roster) for one in lists), default=0)
        if not behind and (keeping.applied(kept) or "") != self._signature(lists, kept):
            behind = len(roster)
        yield Plan(new=behind)

    def run(self, job: JobState) -> Iterator[Progress]:
        total = job.plan.new
        yield Progress(Phase.LOADING, total)
        lists = self._lists.all()
        kept, roster = self._kept.of(self.name), Roster.of(self._index)
        if lists and len(roster):
            scorer = self._scorer()
            done, rate = 0, Rate()
            for count in self._score(kept, lists, roster, scorer):
                done += count
                yield Progress(Phase.LOOKING, total, Counts(updated=min(done, total)), rate.add(count))
        for _ in self._mark(kept, lists, roster):
            yield Progress(Phase.NOTING, total, Counts(updated=total))
        keeping.note_applied(kept, self._signature(lists, kept))
        yield Progress(Phase.NOTING, total, Counts(updated=total))

    def _score(self, kept: Kept, lists: Sequence[ClassList], roster: Roster, scorer: Scoring) -> Iterator[int]:
        """What is not scored yet, of all lists at once: embeddings are read once."""
        tables, texts, known = [], [], []
        for one in lists:
            before = keeping.read(kept, one.id)
            usable = before if keeping.is_current(before, one, scorer.edition) else None
            table, has = _carried(usable, roster, len(one.classes))
            tables.append(table)
            known.append(has)
            texts.append([each.text for each in one.classes])
        embedded = scorer.embedded([text for each in texts for text in each])
        missing = np.flatnonzero(~np.all(known, axis=0))
        for places in batched(missing.tolist(), _ROUND):
            found, rows = _rows(self._index, roster, places)
            scores = scorer.scores(embedded, rows)
            start = 0
            for table, each in zip(tables, texts, strict=True):
                table[found] = scores[:, start : start + len(each)]
                start += len(each)
            yield len(places)
        for one, table, each in zip(lists, tables, texts, strict=True):
            lines = tuple(round(suggested(table[:, at]), 3) for at in range(table.shape[1]))
            keeping.write(kept, one.id, ListScores(scorer.edition, tuple(each), lines, roster, table))

    def _mark(self, kept: Kept, lists: Sequence[ClassList], roster: Roster) -> Iterator[int]:
        """Give all records the classes of the lists that are applied, and take from them those of others."""
        classes: list[set[str]] = [set() for _ in range(len(roster))]
        for one in lists:
            scores = keeping.read(kept, one.id) if one.applied else None
            if scores is None or not keeping.is_current(scores, one, None):
                continue
            said = self._lists.said(one.id)
            places = roster.places_in(scores.roster)
            mask = assigned(one, scores, said)
            for at, called in zip(np.flatnonzero(places >= 0), names(one, mask[places[places >= 0]]), strict=True):
                classes[at].update(called)
            if one.tags:
                yield from self._tag(one, mask, scores.roster, said)
        ids = roster.texts(range(len(roster)))
        for some in batched(zip(ids, classes, strict=True), _MARKED_AT_ONCE):
            yield self._index.mark("class", {id_: tuple(sorted(called)) for id_, called in some})

    def _tag(self, one: ClassList, mask: NDArray[np.bool_], roster: Roster, said: Said) -> Iterator[int]:
        """As tags, too; from what people have said is wrong, the tag is taken."""
        for at, each in enumerate(one.classes):
            ids = roster.texts(np.flatnonzero(mask[:, at]))
            for some in batched(ids, _MARKED_AT_ONCE):
                yield change_tags(self._index, some, [each.name])
        for name, of in said.items():
            wrong = [digest for digest, right in of.items() if not right]
            places = [place for found in roster.with_content(wrong) for place in found]
            yield change_tags(self._index, roster.texts(places), (), [name])

    def _signature(self, lists: Sequence[ClassList], kept: Kept) -> str:
        """Another one whenever records would get other classes; empty where no list is applied."""
        told = [
            [
                one.id,
                one.exclusive,
                one.tags,
                [[each.name, each.text, each.threshold] for each in one.classes],
                sorted((name, sorted(of.items())) for name, of in self._lists.said(one.id).items()),
                keeping.stamp(kept, one.id)[1],
            ]
            for one in lists
            if one.applied
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest() if told else ""


def _behind(scores: ListScores | None, wanted: ClassList, roster: Roster) -> int:
    """How many records are not scored yet."""
    if not keeping.is_current(scores, wanted, None) or scores is None:
        return len(roster)
    return int((roster.places_in(scores.roster) < 0).sum()) or (len(roster) != len(scores.roster))


def _carried(before: ListScores | None, roster: Roster, classes: int) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
    """A table for all records, with what was known of them; and of which it was."""
    table = np.full((len(roster), classes), -np.inf, np.float16)
    if before is None:
        return table, np.zeros(len(roster), np.bool_)
    places = roster.places_in(before.roster)
    has = places >= 0
    table[has] = before.table[places[has]]
    return table, has


def _rows(index: Index, roster: Roster, places: Sequence[int]) -> tuple[list[int], NDArray[np.float32]]:
    """The embeddings of records, and the places of those that are still there."""
    ids = roster.texts(places)
    try:
        return list(places), index.embeddings(ids)
    except KeyError:  # one was removed a moment ago
        there = {record.id for record in index.get(ids)}
        found = [place for place, id_ in zip(places, ids, strict=True) if id_ in there]
        return found, index.embeddings([id_ for id_ in ids if id_ in there])
