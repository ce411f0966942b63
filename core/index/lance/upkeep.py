"""What keeps a LanceDB table fast while it grows: its indices, and the clean-up after many small commits.

The thresholds come from measurements with 512 dimensions (`docs/decisions/`): without an index a search takes 5 ms at
1,000 rows, 15-19 ms at 10,000 and 150 ms at 100,000; with one 10 ms at each of these. Every commit that was not merged
yet adds 0.25 ms to a search, 10,000 rows that are not in the index yet add 8 ms.
"""

import math
from datetime import timedelta
from typing import Any

from lancedb.index import Bitmap, BTree, IvfRq, LabelList

from core.index.lance.merges import Merges
from core.index.lance.readers import Readers
from core.index.lance.scan import WHOLE, batches
from core.index.records import FINDINGS

INDEXED_FROM = 10_000
"""Rows from which the vectors are indexed; below, an exact scan is as fast."""

MERGE_EVERY = 50
"""Commits after which what is scattered is merged."""

MAX_UNINDEXED = 10_000
"""Rows that may stay out of the indices."""

_LARGE = 200_000  # rows from which there may be more of either
TAIL = 1_000
"""Rows that may stay unindexed when an ingest has ended: they add 4 ms to a search."""

_SPREAD = -1 / 8
PARTITION = 3_000
"""Rows of one partition when the vector index is built."""

MAX_BITMAPS = 2_000
"""Folders up to which each has a bitmap."""

_RESTING_PARTS = 4  # when an ingest has ended
_GROWN = 0.25  # of the rows, that came after the vector index was built: then an ingest leaves it in one part
_BUILT = "vector_idx_"  # what it is called, before the number of rows that it was built of
_MAX_PARTS = 16  # of the vector index
KEEP = timedelta(hours=1)
"""How long old versions stay while somebody reads the whole table."""

_AT_ONCE = timedelta(milliseconds=1)  # 0 would be warned of
_SCALARS = {
    "id": BTree,
    "content_hash": BTree,
    "folder": BTree,
    "format": Bitmap,
    "taken_at": BTree,
    "width": BTree,
    "height": BTree,
    "size": BTree,
    "camera": Bitmap,
    "lens": Bitmap,
    "shape": Bitmap,
    "labels": LabelList,  # at 100,000 rows a search by label takes 6.5 ms with it, 21 ms without
    "tags": LabelList,
    "colour_names": LabelList,
    "folder_names": LabelList,
    "splits": LabelList,
    **dict.fromkeys(FINDINGS.values(), LabelList),
}


def probes(rows: int, matching: int | None = None) -> int:
    """How many partitions of the vector index a search looks through (a partition holds some 4,000 rows).

    50 reaches a recall of 1.0 at 100,000 rows, 100 at a million, also for queries that are unlike the rows. The nearest
    of few rows lie further apart, in more of the partitions.

    Args:
        matching: So many of the rows meet the condition of a search.
    """
    least = 50 if rows < 500_000 else max(100, rows // 50_000)
    share = min(1.0, max(1, matching) / rows) if matching is not None and rows else 1.0
    return round(least * math.pow(share, _SPREAD))


def partitions(table: Any) -> int:
    """How many the vector index has, about: the engine does not tell. 0 where there is no vector index."""
    return max(1, int(table.count_rows()) // PARTITION) if _vector_indices(table) else 0


def unindexed(table: Any) -> int:
    """Rows that are in no vector index; all where there is none."""
    present = _vector_indices(table)
    return int(present[-1].num_unindexed_rows if present else table.count_rows())


def maintain(table: Any, version: int, readers: Readers) -> bool:
    """Build what is missing and merge what is scattered, after the commit that made `version`.

    Only for the one who holds the lock for writing. Returns whether anything was due.
    """
    due = _is_due(table, version, Merges(readers.folder, table.name))
    if due:
        renew(table, readers)
    return due


def optimize(table: Any, _: int, readers: Readers) -> bool:
    """Index what is not yet, after the last of many commits; returns whether anything was."""
    present, rows = _vector_indices(table), table.count_rows()
    due = bool(not present or present[-1].num_unindexed_rows >= TAIL)
    if due or _is_outgrown(present[-1], rows, _RESTING_PARTS, _GROWN):
        renew(table, readers, _RESTING_PARTS, _GROWN)
        return True
    return False


def renew(table: Any, readers: Readers, parts: int = _MAX_PARTS, grown: float = math.inf) -> None:
    """Build and merge, whether or not it is due.

    Args:
        parts: So many of the vector index may be left.
        grown: Of the rows, that came after it was built: with so many of them it may be left in no more than one.
    """
    _build_scalar_indices(table)
    _build_vector_index(table, parts, grown)
    with readers.cleaning() as nobody_reads:
        older_than = _AT_ONCE if nobody_reads else KEEP
        table.optimize(cleanup_older_than=older_than)
        # Once more, with what can be merged by now that was in different parts of an index: only then, for each merge
        # may write all rows anew, and what it replaces is removed after it.
        table.optimize(cleanup_older_than=older_than)
        # Nothing is left to be done but to remove what a killed process left: nobody else writes now.
        table.optimize(cleanup_older_than=older_than, delete_unverified=nobody_reads)
    Merges(readers.folder, table.name).note(table.version)


def most_parts(rows: int) -> int:
    """The most parts that the vector index may have: each merge adds one, which every search looks through (0.6 ms)."""
    return min(4 + rows // 50_000, _MAX_PARTS)


def level(rows: int) -> int:
    """One more each time the rows have doubled: then the vector index is built anew, which takes 80 µs of processor a
    row. Its partitions grow with the rows, and the engine splits those of more than 16,000, which takes as long as to
    build it, and that again and again."""
    return (rows // INDEXED_FROM).bit_length()


def most_unindexed(rows: int) -> int:
    """After how many new rows they are merged: that writes the indices of columns anew, which takes the longer the more
    rows there are."""
    return MAX_UNINDEXED * max(_LARGE, rows) // _LARGE


def merge_every(rows: int) -> int:
    """After how many commits."""
    return MERGE_EVERY * max(_LARGE, rows) // _LARGE


def _is_due(table: Any, version: int, merges: Merges) -> bool:
    indices = {index.columns[0]: index for index in table.list_indices()}
    rows = table.count_rows()
    if version - merges.last(version) >= merge_every(rows) or not _SCALARS.keys() <= indices.keys():
        return True
    if "vector" not in indices and rows >= INDEXED_FROM:
        return True
    return bool(indices["id"].num_unindexed_rows >= most_unindexed(rows))


def _build_scalar_indices(table: Any) -> None:
    present = {index.columns[0] for index in table.list_indices()}
    for column, kind in _SCALARS.items():
        if column not in present:
            table.create_index(column, config=kind())


def _build_vector_index(table: Any, parts: int, grown: float) -> None:
    rows, present = table.count_rows(), _vector_indices(table)
    if rows < INDEXED_FROM or (present and not _is_outgrown(present[-1], rows, parts, grown)):
        return
    config = IvfRq(distance_type="cosine", num_bits=4, num_partitions=max(1, rows // PARTITION))
    name = f"{_BUILT}{rows}"
    table.create_index("vector", config=config, name=name, replace=True)
    for index in present:
        if index.name != name:
            table.drop_index(index.name)
    _suit_folders(table)


def _vector_indices(table: Any) -> list[Any]:
    """The one that there is; behind others where a process was killed when it had built the next."""
    present = [index for index in table.list_indices() if index.columns == ["vector"]]
    return sorted(present, key=_built_of)


def _built_of(index: Any) -> int:
    """So many rows it was built of; 0 where an earlier version of the app built it, and did not say."""
    number = index.name.removeprefix(_BUILT)
    return int(number) if number.isdecimal() else 0


def _suit_folders(table: Any) -> None:
    """Index the folders as suits their number: a bitmap for each tells which half of a million rows lie in some hundred
    of them in 2 ms, a tree in 13; but a hundred thousand bitmaps are read one by one."""
    folders = batches(table, ["folder"], None, WHOLE)
    found = {folder for batch in folders for folder in batch.column("folder").unique().to_pylist()}
    kind, name = (Bitmap, "folder_bitmap") if len(found) <= MAX_BITMAPS else (BTree, "folder_tree")
    present = [index for index in table.list_indices() if index.columns == ["folder"]]
    if not any(index.index_type == kind.__name__ for index in present):
        table.create_index("folder", config=kind(), name=name)
        for index in present:
            table.drop_index(index.name)


def _is_outgrown(index: Any, rows: int, parts: int, grown: float) -> bool:
    """Whether its parts, with the one that is to come, are too many, or too large. Each costs a search 0.6 ms."""
    coming = index.num_segments + bool(index.num_unindexed_rows)
    if level(index.num_indexed_rows) < level(rows) or coming > min(parts, most_parts(rows)):
        return True
    return bool(coming > 1 and rows - _built_of(index) >= grown * rows)
