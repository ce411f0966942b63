"""Groups as they are shown: with the records as they are now, and what each is beside the keeper."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from core.analysis.duplicates.groups.catalog import ASIDE, DECISIONS, KEPT, Catalog, Found, Order
from core.analysis.duplicates.groups.words import how
from core.analysis.duplicates.model import Group, Level, Member
from core.analysis.neighbours.graph import Neighbours
from core.index.index import Index
from core.index.records import ImageRecord

MAX_MEMBERS = 500
"""Of a group that are shown."""

_RANKS = {level: rank for rank, level in enumerate(Level)}


class Showing:
    """Of one catalog.

    Args:
        graph: Gives the graph that the catalog was made with, None where it is gone.
    """

    def __init__(self, index: Index, catalog: Catalog, graph: Callable[[], Neighbours | None], order: Order) -> None:
        self._index, self._catalog, self._graph, self._order = index, catalog, graph, order

    def groups(self, found: Sequence[Found]) -> Iterator[Group]:
        """Those of which there are still records."""
        facts = self._catalog.facts
        chosen = {group.key: _some(group) for group in found}
        ids = dict.fromkeys(facts.id(record) for records in chosen.values() for record in records)
        records = {record.id: record for record in self._index.get(list(ids))}
        for group in found:
            there = {place: records[id_] for place in chosen[group.key] if (id_ := facts.id(place)) in records}
            if there:
                yield self._group(group, there)

    def _group(self, found: Found, records: dict[int, ImageRecord]) -> Group:
        keeper = found.keeper if found.keeper in records else next(iter(records))
        members = [self._member(found, keeper, place, records) for place in records]
        members.sort(key=lambda one: (one.how != "", _RANKS[one.level], -one.cosine, one.record.path))
        words, reason = "You keep this one", None
        if self._catalog.decisions[keeper] != KEPT:
            active = [place for place in found.records if self._catalog.decisions[place] != ASIDE]
            choice = self._catalog.choice(active or found.records, self._order)
            words, reason = choice.words, choice.reason
        return Group(
            found.key,
            found.level,
            tuple(members),
            records[keeper].id,
            words,
            reason,
            found.size,
            found.gain,
            found.status,
            len(found.records),
        )

    def _member(self, found: Found, keeper: int, place: int, records: dict[int, ImageRecord]) -> Member:
        record, quality = records[place], float(self._catalog.qualities[place])
        decision = DECISIONS.get(int(self._catalog.decisions[place]))
        if place == keeper:
            return Member(record, found.level, 1.0, "", decision, quality)
        level, cosine, words = self.relation(records[keeper], keeper, record, place)
        return Member(record, level, cosine, words, decision, quality)

    def relation(self, kept: ImageRecord, kept_place: int, record: ImageRecord, place: int) -> tuple[Level, float, str]:
        """How a record stands to the one that is kept: the level, the cosine, and in words."""
        row = self._catalog.facts.row
        one, other = int(row[kept_place]), int(row[place])
        if one == other:
            return Level.SAME_BYTES, 1.0, "the same file"
        cosine, matrix = self.cosine(one, other), self._catalog.matrix(one, other)
        if matrix is None:
            return Level.LOOK_ALIKE, cosine, f"look-alike, {cosine:.3f}"
        return Level.SAME_PICTURE, cosine, how(kept, record, matrix)

    def cosine(self, one: int, other: int) -> float:
        """Of the embeddings of two contents; 0 where they are not known."""
        if (graph := self._graph()) is None:
            return 0.0
        rows = graph.rows_of([self._catalog.facts.digest(place).hex() for place in (one, other)])
        if (rows < 0).any():
            return 0.0
        vectors = graph.read(rows)
        return round(float(np.clip(vectors[0] @ vectors[1], -1, 1)), 4)


def _some(group: Found) -> list[int]:
    """Its keeper, and as many others as are shown."""
    return [group.keeper, *(record for record in group.records if record != group.keeper)][:MAX_MEMBERS]
