"""How good the labels of a collection are: what a check found, and what people have said of it since."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from core.access.actors import APP, Actor
from core.access.audit import Audit
from core.access.roles import Role
from core.analysis.kept import KeptAnalyses
from core.analysis.labels import found
from core.analysis.labels.boxes import PROBLEMS
from core.analysis.labels.corrected import corrected
from core.analysis.labels.decisions import Decision, Decisions
from core.analysis.labels.found import Listed, Suspicious, Unlabelled
from core.analysis.labels.leakage import LEVELS, SURE, WORDS, Leak, Leakage, Level
from core.analysis.labels.scan import NAME
from core.cache import LRUCache
from core.errors import InvalidQuery
from core.index.index import Index
from core.index.records import ImageRecord
from core.text.csv_file import as_csv
from core.text.names import printable, utf8_safe
from core.text.words import counted

_COLUMNS = ("path", "label", "kind", "verdict", "should_be", "decided_at", "by", "content_hash")


@dataclass(frozen=True, slots=True)
class Health:
    """The check in short; zeros where nobody has checked."""

    made: float | None
    """When, in seconds since the epoch."""
    pictures: int
    labelled: int
    labels: int
    splits: Mapping[str, int]
    suspicious: int
    missing: int
    unlabelled: int
    """Pictures without labels that look like one."""
    leaks: Mapping[str, int]
    """By level; empty where duplicates were not looked for."""
    decisions: int
    behind: int
    """Pictures that came since."""


@dataclass(frozen=True, slots=True)
class Suspect:
    record: ImageRecord
    label: str
    quality: float
    looks_like: Sequence[tuple[str, float]]
    neighbours: Sequence[ImageRecord]
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Suspects:
    total: int
    issues: int
    reviewed: int
    rows: Sequence[Suspect]


class Labels:
    """Of one index."""

    def __init__(
        self,
        index: Index,
        kept: KeptAnalyses,
        decisions: Decisions,
        audit: Audit,
        analyse: Callable[[Actor, bool], Sequence[int]],
        leakage: Leakage,
    ) -> None:
        self._index, self._kept, self.decisions, self._audit = index, kept, decisions, audit
        self._analyse, self.leakage = analyse, leakage
        self._suspicious: LRUCache[Suspicious | None] = LRUCache(4, "suspicious")
        self._unlabelled: LRUCache[Unlabelled | None] = LRUCache(2, "unlabelled")

    def begin(self, *, again: bool = False, by: Actor = APP) -> Sequence[int]:
        """Look at all labels, in the background, and for duplicates where that was not done: leakage is told by them.
        Returns the ids of the jobs, that of the check last.

        Raises:
            AccessDenied: they may not.
        """
        by.check(Role.EDITOR)
        return self._analyse(by, again)

    def health(self) -> Health:
        told, count = self._report(), self._index.count()
        if told is None:
            facets = self._index.facets(fields=["label", "split"])
            labels, splits = facets["label"], facets["split"]
            has = _count_labelled(self._index, labels)
            return Health(None, count, has, len(labels), splits, 0, 0, 0, {}, self.decisions.count(), 0)
        leaks = self.leakage.counts() if self.leakage.is_known else {}
        return Health(
            told["made"],
            count,
            told["labelled"],
            told["labels"],
            told["splits"],
            told["suspicious"],
            told["missing"],
            told["unlabelled"],
            leaks,
            self.decisions.count(),
            max(0, count - told["pictures"]),
        )

    def suspects(
        self, kind: Listed = "given", label: str = "", offset: int = 0, limit: int = 50, *, only_open: bool = False
    ) -> Suspects:
        """Pairs of a picture and a label, the most suspicious first.

        Args:
            kind: Labels that are given, or such that may be missing.
            label: Only these.
            only_open: Whether those that something was said of are left out.
        """
        listed = self._listed(kind)
        if listed is None:
            return Suspects(0, 0, 0, [])
        said = {(one.content_hash, one.label) for one in self.decisions.all()}
        places = [
            at
            for at in range(len(listed))
            if (not label or listed.labels[at] == label)
            and not (only_open and (listed.digests[at], listed.labels[at]) in said)
        ]
        reviewed = sum((listed.digests[at], listed.labels[at]) in said for at in range(len(listed)))
        rows = self._suspects(listed, places[offset : offset + limit])
        return Suspects(len(places), listed.issues, reviewed, rows)

    def decide(self, said: Sequence[Decision], by: Actor = APP) -> int:
        """Keep what people say of labels.

        Raises:
            LabelsRefused: as `Decisions.save`.
            AccessDenied: they may not.
        """
        by.check(Role.EDITOR)
        kept = self.decisions.save(said, by)
        self._audit.note(by, "Reviewed labels", counted(len(said), "decision"))
        return kept

    def decisions_csv(self) -> Iterator[bytes]:
        """All of them, a row for each picture that has the content; of what is gone, one without a path."""
        return as_csv(_COLUMNS, self._decision_rows())

    def corrected(self) -> Iterator[bytes]:
        """The labels of all pictures in COCO's format, as people have corrected them."""
        return corrected(self._index, list(self.decisions.all()))

    def leaks(self, level: Level | None = None) -> list[Leak]:
        """Of one level; None: of those of which it is known that they are the same."""
        levels: Sequence[Level] = SURE if level is None else (level,)
        found: dict[tuple[str, str], Leak] = {}
        for leak in (leak for one in levels for leak in self.leakage.pairs(one)):
            found.setdefault(leak.key, leak)
        return list(found.values())

    def leaks_csv(self) -> Iterator[bytes]:
        rows = (
            (WORDS[leak.level], leak.how, f"{leak.cosine:.4f}", *_side(leak.one), *_side(leak.other))
            for level in LEVELS
            for leak in self.leakage.pairs(level)
        )
        return as_csv(("level", "how", "cosine", "split", "path", "other_split", "other_path"), rows)

    def balance(self) -> dict[str, Any]:
        """As `Counting.told`; as it was counted by the check, or is now where there was none."""
        told = self._report()
        return told["balance"] if told else {"splits": [], "rows": [], "notes": []}

    def boxes(self) -> dict[str, Any]:
        """As `Measuring.told`, without what is listed."""
        told = self._report()
        boxes: dict[str, Any] = told["boxes"] if told else {}
        return {name: value for name, value in boxes.items() if name != "listed"}

    def box_problems(self, kind: str, offset: int = 0, limit: int = 60) -> list[tuple[ImageRecord, list[int]]]:
        """Pictures with a problem, and the places of their boxes that have it.

        Raises:
            InvalidQuery: there is no such problem.
        """
        if kind not in PROBLEMS:
            raise InvalidQuery(f"There is no problem “{printable(kind[:40])}”.", f"Use one of {', '.join(PROBLEMS)}.")
        told = self._report()
        listed = told["boxes"]["listed"].get(kind, []) if told else []
        page = dict(cast(list[tuple[str, list[int]]], listed[offset : offset + limit]))
        return [
            (record, [place for place in page[record.id] if place < len(record.boxes)])
            for record in self._index.get(list(page))
        ]

    def unlabelled(self, offset: int = 0, limit: int = 60) -> tuple[int, list[tuple[ImageRecord, str, float]]]:
        """How many pictures without labels look like one, and some of them: the likeliest first."""
        kept = self._kept.of(NAME)
        listed = self._unlabelled.get(found.stamp(kept, "unlabelled"), lambda: found.read_unlabelled(kept))
        if listed is None:
            return 0, []
        page = range(offset, min(len(listed), offset + limit))
        records = {record.id: record for record in self._index.get([listed.ids[at] for at in page])}
        rows = [
            (records[listed.ids[at]], listed.labels[at], float(listed.shares[at]))
            for at in page
            if listed.ids[at] in records and not records[listed.ids[at]].boxes
        ]
        return len(listed), rows

    def _report(self) -> dict[str, Any] | None:
        return found.report(self._kept.of(NAME))

    def _listed(self, kind: Listed) -> Suspicious | None:
        kept = self._kept.of(NAME)
        return self._suspicious.get(found.stamp(kept, kind), lambda: found.read(kept, kind))

    def _suspects(self, listed: Suspicious, places: Sequence[int]) -> list[Suspect]:
        wanted = {id_ for at in places for id_ in (listed.ids[at], *listed.neighbours[at])}
        records = {record.id: record for record in self._index.get(sorted(wanted))}
        said = self.decisions.of([listed.digests[at] for at in places])
        return [
            Suspect(
                records[listed.ids[at]],
                listed.labels[at],
                float(listed.quality[at]),
                listed.looks_like[at],
                [records[id_] for id_ in listed.neighbours[at] if id_ in records],
                said.get((listed.digests[at], listed.labels[at])),
            )
            for at in places
            if listed.ids[at] in records
        ]

    def _decision_rows(self) -> Iterator[tuple[Any, ...]]:
        from datetime import UTC, datetime

        for one in self.decisions.all():
            moment = datetime.fromtimestamp(one.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            record = self._index.by_content([one.content_hash]).get(one.content_hash)
            path = utf8_safe(record[0].path) if record else ""
            yield path, one.label, one.kind, one.verdict, one.replacement, moment, one.who, one.content_hash


def _side(record: ImageRecord) -> tuple[str, str]:
    return "; ".join(record.splits), utf8_safe(record.path)


def _count_labelled(index: Index, labels: Mapping[str, int]) -> int:
    from core.index.filters import AnyOf, Filter

    return index.count(Filter((AnyOf("label", tuple(labels)),))) if labels else 0
