"""An exported collection, or vectors that others made, written into a collection on whichever engine."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.errors import ImportRefused, SavedRefused
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord
from core.models import STARTER, ask_for
from core.text.words import pictures
from core.transfer.exporting import Collection
from core.transfer.verifying import Export
from core.vectors import Embeddings

type Rows = Iterator[tuple[list[ImageRecord], Embeddings]]

VERIFYING, WRITING = "Verifying", "Importing"

WRITTEN_AT_ONCE = 8_192
"""Records."""


@dataclass(frozen=True, slots=True)
class Importing:
    """How far it is, and what came of it so far."""

    phase: str
    done: int
    """Records that were looked at in this phase."""
    total: int
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    """Those that were there just so: of an import that is gone on with, what was done before."""
    searches: int = 0


def import_export(folder: Path, collection: Collection, wanted: str) -> Iterator[Importing]:
    """Write an export into a collection: records of the same path are replaced, others stay.

    Everything is verified before anything is written. Killed while it writes, it goes on when it is called again.

    Args:
        wanted: The model that the collection asks for, where nothing is in it.

    Raises:
        ImportRefused: the export is not whole, not sound, or of another model than the collection.
        IndexUnavailable, JournalUnavailable, StorageFull: as they occur.
    """
    export = Export(folder)
    check_model(collection.index, export.stamp.model, wanted)
    at = Importing(VERIFYING, 0, export.total)
    yield at
    for count in export.verify():
        at = replace(at, done=at.done + count)
        yield at
    searches, sources = export.searches(), export.sources()
    at = yield from write(collection.index, export.stamp.model, export.rows(), export.total)
    for location, title in sources:
        if collection.sources.get(location) is None:
            collection.sources.note(location, title, ())
    for name, address in searches:
        with suppress(SavedRefused):  # there are too many
            collection.saved.save(name, address)
            at = replace(at, searches=at.searches + 1)
    yield at


def check_model(index: Index, made_by: ModelStamp, wanted: str) -> None:
    """
    Raises:
        ImportRefused: embeddings of this model do not go into the collection.
    """
    holds = index.model()
    if holds == made_by:
        return
    if holds is None:
        if made_by.model_id in (wanted, STARTER):
            return
        raise ImportRefused(
            f"The embeddings are of {made_by.model_id}, and the collection {index.name} is for {wanted}.",
            "Nothing was imported. Import into a collection of that model, or ask for it: "
            f"{ask_for(made_by.model_id)}.",
        )
    raise ImportRefused(
        f"The embeddings are of {_named(made_by)}, and the collection {index.name} holds {_named(holds)}.",
        "Import into another, empty collection. Nothing was imported.",
    )


def write(index: Index, model: ModelStamp, rows: Rows, total: int) -> Generator[Importing, None, Importing]:
    """Write rows, those that are there just so apart; returns what it came to."""
    at = Importing(WRITING, 0, total)
    yield at
    was_empty = not index.count()
    index.prepare(model)
    for records, embeddings in _grouped(rows):
        before = {} if was_empty else {one.id: one for one in index.get([record.id for record in records])}
        same = _same(index, records, embeddings, before)
        new = [place for place, is_same in enumerate(same) if not is_same]
        if new:
            index.upsert([records[place] for place in new], embeddings[new])
        updated = sum(records[place].id in before for place in new)
        at = replace(
            at,
            done=at.done + len(records),
            added=at.added + len(new) - updated,
            updated=at.updated + updated,
            unchanged=at.unchanged + len(records) - len(new),
        )
        yield at
    index.optimize()
    return at


def _grouped(rows: Rows) -> Rows:
    """The same rows, more at a time: each writing is a commit."""
    records: list[ImageRecord] = []
    parts: list[Embeddings] = []
    for some, embeddings in rows:
        records += some
        parts.append(embeddings)
        if len(records) >= WRITTEN_AT_ONCE:
            yield records, np.concatenate(parts)
            records, parts = [], []
    if records:
        yield records, np.concatenate(parts)


def _same(
    index: Index, records: Sequence[ImageRecord], embeddings: Embeddings, before: dict[str, ImageRecord]
) -> list[bool]:
    """Which of the records are in the index with all that is to be written."""
    known = [place for place, record in enumerate(records) if before.get(record.id) == record]
    same = [False] * len(records)
    if known:
        stored = index.embeddings([records[place].id for place in known])
        for place, row in zip(known, stored, strict=True):
            same[place] = bool(np.allclose(row, embeddings[place], rtol=0, atol=1e-6))
    return same


def in_words(at: Importing) -> str:
    """What an import came to: `Imported 12 pictures: 10 new, 2 updated.`"""
    parts = [(at.added, "new"), (at.updated, "updated"), (at.unchanged, "unchanged")]
    told = ", ".join(f"{number:,} {word}" for number, word in parts if number)
    return f"Imported {pictures(at.done)}{f': {told}' if told else ''}."


def _named(stamp: ModelStamp) -> str:
    return f"{stamp.model_id} ({stamp.dims} dimensions, preprocessing {stamp.preprocessing})"
