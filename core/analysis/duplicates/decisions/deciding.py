"""Deciding, and undoing it: written to the database, then told to the index."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import batched
from typing import Any

import numpy as np

from core.access.actors import Actor
from core.analysis.duplicates.decisions.boxes import lacking, moved
from core.analysis.duplicates.decisions.decisions import Change, Decided, Decisions, Pair
from core.analysis.duplicates.decisions.wishes import Wish
from core.analysis.duplicates.groups.catalog import Catalog
from core.analysis.duplicates.groups.grouping import in_pairs
from core.analysis.duplicates.model import MARKS, Action, Decision
from core.errors import DuplicatesRefused
from core.images.describe import Box
from core.index.filters import AnyOf, Filter
from core.index.index import Index
from core.index.records import ImageRecord
from core.index.tags import MAX_TAGS, merged
from core.text.words import counted

MAX_DISTINCT = 200
"""Pictures of a group that are said to be no duplicates at once: each of each."""

_READ = 1_000  # records at once


class Deciding:
    """Of one index.

    Args:
        catalog: Gives what was found and decided, as it is now.
    """

    def __init__(self, index: Index, decisions: Decisions, catalog: Callable[[], Catalog | None]) -> None:
        self._index, self._decisions, self._catalog = index, decisions, catalog

    def decide(self, wish: Wish, title: str, merge: bool, by: Actor) -> Action:
        """
        Raises:
            DuplicatesRefused: a record is to be kept and set aside, is not in the index, or nothing is asked for.
        """
        records = self._records(wish)
        files = [
            *(_decided(records[id_], Decision.KEPT) for id_ in dict.fromkeys(wish.keep)),
            *(_decided(records[id_], Decision.SET_ASIDE) for id_ in dict.fromkeys(wish.set_aside)),
        ]
        cleared = [(records[id_].content_hash, id_) for id_ in dict.fromkeys(wish.clear)]
        pairs = {
            pair for ids in wish.distinct for pair in _pairs([records[id_].content_hash for id_ in dict.fromkeys(ids)])
        }
        change = Change(title, [*files, *self._seen(files)], cleared, pairs)
        if merge and wish.set_aside:
            tags, boxes = self._merged(wish, records)
            change = replace(change, tags=tags, boxes=boxes)
        action = self._decisions.decide(change, by)
        self._index.retag({id_: new for id_, (_, new) in change.tags.items()})
        self.give_boxes(change.boxes)
        self.note(records)
        return action

    def undo(self, number: int) -> Action:
        """Bring back what was before; tags and labels that were given since stay."""
        action, before = self._decisions.undo(number)
        self._untag(before["tags"])
        for digest, (had, now) in before["boxes"].items():
            gone = {tuple(box) for box in now} - {tuple(box) for box in had}
            self._change_boxes(digest, lambda boxes, gone=gone: [box for box in boxes if tuple(box) not in gone])  # type: ignore[misc]
        hashes = {pair for one in before["distinct"] for pair in one}
        self.note([path_hash for _, path_hash, _, _ in before["files"]], hashes)
        return action

    def note(self, ids: Iterable[str], hashes: Iterable[str] = ()) -> None:
        """Write to these records, and to those in a group with them, what they are to have in `duplicate:`."""
        catalog = self._catalog()
        if catalog is None:
            return
        places = {int(place) for place in catalog.facts.places(list(ids)) if place >= 0}
        contents = (place for digest in hashes if (place := catalog.place(digest)) is not None)
        places |= {record for content in contents for record in catalog.records(content)}
        touched = {
            record for place in places for group in catalog.groups_of(place) for record in group.records
        } | places
        touched |= {record for place in places for record in catalog.records(int(catalog.facts.row[place]))}
        marks = catalog.marks()
        self._index.mark("duplicate", {catalog.facts.id(record): marks.get(record, ()) for record in sorted(touched)})

    def note_all(self) -> Iterable[None]:
        """Write to all records what they are to have; also labels that were given and are lacking again."""
        catalog = self._catalog()
        if catalog is None:
            return
        marks = catalog.marks()
        wanted = {catalog.facts.id(record): values for record, values in marks.items()}
        changed: dict[str, Sequence[str]] = {}
        for records in self._index.records(Filter((AnyOf("duplicate", MARKS),))):
            for record in records:
                own = wanted.pop(record.id, ())
                if record.duplicates != own:
                    changed[record.id] = own
            yield
        changed |= wanted
        for some in batched(changed.items(), _READ):
            self._index.mark("duplicate", dict(some))
            yield
        self.give_boxes(self._decisions.boxes())

    def give_boxes(self, boxes: Mapping[str, Sequence[Box]]) -> None:
        """Give labels to all records of these contents, where they lack them."""
        for digest, given in boxes.items():
            self._change_boxes(digest, lambda had, given=given: [*had, *lacking(had, given)])  # type: ignore[misc]

    def _change_boxes(self, digest: str, change: Callable[[Sequence[Box]], list[Box]]) -> None:
        catalog, found = self._catalog(), self._index.by_content([digest])
        if not found:
            return
        record, embedding = found[digest]
        content = catalog.place(digest) if catalog else None
        ids = [catalog.facts.id(one) for one in catalog.records(content)] if catalog and content is not None else []
        for own in self._index.get(ids or [record.id]):
            boxes = tuple(change(own.boxes))
            if boxes != own.boxes and own.content_hash == digest:
                self._index.upsert([replace(own, boxes=boxes)], embedding[np.newaxis])

    def _records(self, wish: Wish) -> dict[str, ImageRecord]:
        wanted = [*wish.keep, *wish.set_aside, *wish.clear, *(id_ for ids in wish.distinct for id_ in ids)]
        if not wanted:
            raise DuplicatesRefused("Nothing was decided.", "Choose pictures to keep or to set aside.")
        if set(wish.keep) & set(wish.set_aside):
            raise DuplicatesRefused("A picture cannot be kept and set aside.", "Choose one of both.")
        if any(len(set(ids)) > MAX_DISTINCT for ids in wish.distinct):
            raise DuplicatesRefused(
                f"A group of more than {MAX_DISTINCT} pictures cannot be parted at once.", "Raise the threshold."
            )
        ids = list(dict.fromkeys(wanted))
        records = {record.id: record for some in batched(ids, _READ) for record in self._index.get(some)}
        if missing := len(ids) - len(records):
            are = "is" if missing == 1 else "are"
            raise DuplicatesRefused(f"{counted(missing, 'picture')} {are} no longer in the index.", "Reload the page.")
        return records

    def _seen(self, files: Sequence[Decided]) -> list[Decided]:
        """Copies of what is decided about, byte by byte, about which nothing is: so that they are not taken for one of
        these that was moved."""
        catalog = self._catalog()
        if catalog is None:
            return []
        known = {(one.content_hash, one.path_hash) for one in (*files, *self._decisions.files())}
        found = {}
        for digest in {one.content_hash for one in files}:
            content = catalog.place(digest)
            for record in catalog.records(content) if content is not None else ():
                if (digest, id_ := catalog.facts.id(record)) not in known:
                    found[digest, id_] = Decided(digest, id_, catalog.facts.path(record), None)
        return list(found.values())

    def _merged(
        self, wish: Wish, records: Mapping[str, ImageRecord]
    ) -> tuple[dict[str, tuple[Sequence[str], Sequence[str]]], dict[str, list[Box]]]:
        """The tags and labels that what is kept gets from what is set aside."""
        catalog = self._catalog()
        gains: defaultdict[str, list[ImageRecord]] = defaultdict(list)
        for id_ in wish.set_aside:
            if target := self._target(wish, records[id_], records, catalog):
                gains[target].append(records[id_])
        tags: dict[str, tuple[Sequence[str], Sequence[str]]] = {}
        boxes: dict[str, list[Box]] = {}
        kept = {record.id: record for some in batched(gains, _READ) for record in self._index.get(some)}
        for target, givers in gains.items():
            own = kept[target]
            together = merged(own.tags, *(one.tags for one in givers))[:MAX_TAGS]
            if together != own.tags:
                tags[target] = own.tags, together
            given = [box for one in givers for box in self._boxes(own, one, catalog)]
            if new := lacking(own.boxes, given):
                boxes[own.content_hash] = [*boxes.get(own.content_hash, ()), *new]
        return tags, boxes

    def _target(
        self, wish: Wish, record: ImageRecord, records: Mapping[str, ImageRecord], catalog: Catalog | None
    ) -> str | None:
        """What is kept in its place."""
        if wish.kept_for is not None:
            return wish.kept_for.get(record.id)
        if len(wish.keep) == 1:
            return wish.keep[0]
        same = next((id_ for id_ in wish.keep if records[id_].content_hash == record.content_hash), None)
        if same or catalog is None:
            return same
        content = catalog.place(record.content_hash)
        for id_ in wish.keep:
            other = catalog.place(records[id_].content_hash)
            if content is not None and other is not None and catalog.matrix(other, content) is not None:
                return id_
        return None

    def _boxes(self, kept: ImageRecord, giver: ImageRecord, catalog: Catalog | None) -> list[Box]:
        """Those of one that shows the same, as they lie in what is kept; none of a look-alike."""
        if kept.content_hash == giver.content_hash:
            return list(giver.boxes)
        one, other = (catalog.place(record.content_hash) if catalog else None for record in (kept, giver))
        if catalog is None or one is None or other is None or (matrix := catalog.matrix(one, other)) is None:
            return []
        return moved(giver.boxes, matrix)

    def _untag(self, tags: Mapping[str, Any]) -> None:
        records = {record.id: record for some in batched(tags, _READ) for record in self._index.get(some)}
        back = {}
        for id_, record in records.items():
            old, new = tags[id_]
            given = set(new) - set(old)
            back[id_] = [tag for tag in record.tags if tag not in given]
        self._index.retag(back)


def _decided(record: ImageRecord, decision: Decision) -> Decided:
    return Decided(record.content_hash, record.id, record.path, decision)


def _pairs(hashes: Sequence[str]) -> set[Pair]:
    """All of them; of several copies of one content that with itself."""
    return {(min(one, other), max(one, other)) for one, other in in_pairs(hashes)}
