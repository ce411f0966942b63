"""What was found and what was decided, put together: the groups of a collection, at any level and threshold."""

import hashlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.decisions.decisions import Decided, File, Pair, decided_of
from core.analysis.duplicates.groups.grouping import Cluster, look_alikes, same_pictures
from core.analysis.duplicates.groups.keeper import Candidate, Choice, suggested
from core.analysis.duplicates.model import DISTINCT, REASONS, UNDECIDED, Decision, Level, Reason, Standing
from core.analysis.duplicates.pictures.matrices import Matrix, chained, inverted
from core.analysis.duplicates.scan.facts import UNKNOWN, Facts, quality
from core.analysis.duplicates.scan.pairs import Pairs
from core.analysis.neighbours.graph import digests_of

KEPT, ASIDE = 1, 2
"""Codes of decisions; 0: nothing was decided."""

_CODES = {Decision.KEPT: KEPT, Decision.SET_ASIDE: ASIDE}
_OF_SCAN = ("_by_content", "pixels", "shown", "qualities")
_GROUPS = 400_000  # that are kept
_LISTS = 24  # that are kept: one for each threshold that was looked at
DECISIONS = {KEPT: Decision.KEPT, ASIDE: Decision.SET_ASIDE}
"""By their codes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A group, as far as a list of all of them needs it."""

    key: str
    level: Level
    cluster: Cluster
    """Of contents."""
    records: tuple[int, ...]
    """Places of records."""
    keeper: int
    """The place of the record that is kept, or suggested."""
    size: int
    gain: int
    status: Standing


@dataclass(frozen=True, slots=True)
class Order:
    """How the keeper is chosen."""

    reasons: tuple[Reason, ...] = REASONS
    folders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalog:
    """Of one scan and the decisions at one moment; never changes."""

    facts: Facts
    pairs: Pairs
    threshold: float
    decided: Sequence[Decided] = ()
    distinct: frozenset[Pair] = frozenset()
    _lists: dict[object, list[Found]] = field(default_factory=dict)
    _made: dict[object, Found] = field(default_factory=dict)

    def decided_anew(self, decided: Sequence[Decided], distinct: frozenset[Pair]) -> "Catalog":
        """Of the same scan, with other decisions: what does not depend on these is not computed again."""
        found = Catalog(self.facts, self.pairs, self.threshold, decided, distinct, _made=self._made)
        kept = {*_OF_SCAN, *(("same", "_apart", "_cluster_of") if distinct == self.distinct else ())}
        found.__dict__.update({name: value for name, value in self.__dict__.items() if name in kept})
        return found

    @cached_property
    def decisions(self) -> NDArray[np.int8]:
        """The code of what was decided about each record."""
        known: defaultdict[str, list[Decided]] = defaultdict(list)
        for one in self.decided:
            known[one.content_hash].append(one)
        codes = np.zeros(len(self.facts), np.int8)
        for digest, own in known.items():
            content = self.place(digest)
            records = [] if content is None else self.records(content)
            files = {self.facts.id(record): record for record in records}
            found = decided_of([File(id_, self.facts.path(record)) for id_, record in files.items()], own)
            for id_, decision in found.items():
                codes[files[id_]] = _CODES[decision]
        return codes

    @cached_property
    def _by_content(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self.facts.records_of()

    def records(self, content: int) -> list[int]:
        """The places of the records that have it."""
        order, bounds = self._by_content
        return [int(place) for place in order[bounds[content] : bounds[content + 1]]]

    @cached_property
    def _apart(self) -> frozenset[tuple[int, int]]:
        """Places of contents that were said to be no duplicates."""
        digests = {digest for pair in self.distinct for digest in pair}
        places = {digest: place for digest in digests if (place := self.place(digest)) is not None}
        pairs = ((places[one], places[other]) for one, other in self.distinct if one in places and other in places)
        return frozenset((min(pair), max(pair)) for pair in pairs)

    def place(self, content_hash: str) -> int | None:
        """Of a content; None where it was not scanned."""
        digest = bytes(digests_of([content_hash])[0])
        digests = self.facts.digests
        at = bisect_left(range(len(digests)), digest, key=self.facts.digest)
        return at if at < len(digests) and self.facts.digest(at) == digest else None

    def apart(self, one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) in self._apart

    @cached_property
    def pixels(self) -> NDArray[np.int64]:
        """Of each content."""
        found = np.zeros(len(self.facts.digests), np.int64)
        found[self.facts.row] = self.facts.columns["width"].astype(np.int64) * self.facts.columns["height"]
        return found

    @cached_property
    def shown(self) -> NDArray[np.float32]:
        """The share of each content that is not a frame around another."""
        found = np.ones(len(self.facts.digests), np.float32)
        same = self.pairs.at(self.pairs.same)
        np.minimum.at(found, same.first, same.shown[:, 0])
        np.minimum.at(found, same.second, same.shown[:, 1])
        return found

    @cached_property
    def qualities(self) -> NDArray[np.float64]:
        return quality(self.facts.columns)

    @cached_property
    def same(self) -> list[Cluster]:
        return same_pictures(self.pairs, self.pixels, self.apart)

    @cached_property
    def _cluster_of(self) -> dict[int, Cluster]:
        return {content: cluster for cluster in self.same for content in cluster.members}

    def matrix(self, one: int, other: int) -> Matrix | None:
        """From the picture of the other content to that of the one, where both are the same picture."""
        if one == other:
            return np.eye(2, 3)
        cluster = self._cluster_of.get(one)
        if cluster is None or other not in cluster.matrices:
            return None
        return chained(inverted(cluster.matrices[one]), cluster.matrices[other])

    def clusters(self, level: Level, threshold: float | None = None) -> list[Cluster]:
        match level:
            case Level.SAME_BYTES:
                counts = np.bincount(self.facts.row, minlength=len(self.facts.digests))
                several = (int(place) for place in np.flatnonzero(counts > 1))
                return [Cluster(place, (place,)) for place in several if not self.apart(place, place)]
            case Level.SAME_PICTURE:
                return self.same
            case Level.LOOK_ALIKE:
                least = self.threshold if threshold is None else threshold
                return look_alikes(self.pairs, least, self.same, self.pixels, self.apart)

    def groups(self, level: Level, threshold: float | None = None, order: Order = Order()) -> list[Found]:
        """All of a level, the largest gain first."""
        key = level, threshold if level is Level.LOOK_ALIKE else None, order
        if key not in self._lists:
            if len(self._lists) >= _LISTS:
                self._lists.clear()
            found = (self._known(level, cluster, order) for cluster in self.clusters(level, threshold))
            self._lists[key] = sorted(found, key=lambda one: (-one.gain, -one.size, one.key))
        return self._lists[key]

    def _known(self, level: Level, cluster: Cluster, order: Order) -> Found:
        """Mostly one that was made before: between two decisions few groups change."""
        records = [record for content in cluster.members for record in self.records(content)]
        key = level, cluster.members, order, self.decisions[records].tobytes()
        if key not in self._made:
            if len(self._made) >= _GROUPS:
                self._made.clear()
            self._made[key] = self._group(level, cluster, order)
        return self._made[key]

    def _group(self, level: Level, cluster: Cluster, order: Order) -> Found:
        records = tuple(record for content in cluster.members for record in self.records(content))
        codes = self.decisions[list(records)]
        active = [record for record, code in zip(records, codes.tolist(), strict=True) if code != ASIDE]
        kept = [record for record, code in zip(records, codes.tolist(), strict=True) if code == KEPT]
        chosen = self.choice(kept or active or list(records), order)
        keeper = int(self.facts.places([chosen.id])[0])
        sizes = self.facts.columns["size"]
        gain = int(sum(int(sizes[record]) for record in active if record != keeper and record not in set(kept)))
        is_decided = len(active) < 2 or len(kept) == len(active)
        return Found(
            self._key(level, cluster),
            level,
            cluster,
            records,
            keeper,
            int(sizes[list(records)].sum()),
            0 if is_decided else gain,
            Standing.DECIDED if is_decided else Standing.OPEN,
        )

    def _key(self, level: Level, cluster: Cluster) -> str:
        whole = hashlib.sha256(level.value.encode())
        for content in sorted(cluster.members):
            whole.update(self.facts.digest(content))
        return whole.hexdigest()[:32]

    def choice(self, records: Sequence[int], order: Order) -> Choice:
        return suggested([self.candidate(record) for record in records], order.reasons, order.folders)

    def candidate(self, record: int) -> Candidate:
        row = self.facts.columns[record]
        taken = int(row["taken"])
        return Candidate(
            self.facts.id(record),
            self.facts.path(record),
            int(row["width"]),
            int(row["height"]),
            float(self.qualities[record]),
            int(row["labels"]),
            int(row["tags"]),
            None if taken == UNKNOWN else taken,
            int(row["mtime"]),
            float(self.shown[self.facts.row[record]]),
        )

    def marks(self) -> dict[int, tuple[str, ...]]:
        """What each record is to have in `duplicate:`, of those that have anything."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        for level in Level:
            for group in self.groups(level):
                for record in group.records:
                    found[record].add(level.value)
                    if group.status is Standing.OPEN and not self.decisions[record]:
                        found[record].add(UNDECIDED)
        for record in np.flatnonzero(self.decisions).tolist():
            found[record].add(DECISIONS[int(self.decisions[record])].value)
        for content in {place for pair in self._apart for place in pair}:
            for record in self.records(content):
                found[record].add(DISTINCT)
        return {record: tuple(sorted(values)) for record, values in found.items()}

    @cached_property
    def _groups_of(self) -> dict[int, list[Found]]:
        found: defaultdict[int, list[Found]] = defaultdict(list)
        for level in Level:
            for group in self.groups(level):
                for record in group.records:
                    found[record].append(group)
        return dict(found)

    def groups_of(self, record: int) -> Sequence[Found]:
        """The groups that a record is in, at the suggested threshold, the strictest level first."""
        return self._groups_of.get(record, ())
