"""What keeps a LanceDB table fast while it grows: its indices, and the clean-up after many small commits.

The thresholds come from measurements with 512 dimensions (`docs/decisions/`): without an index a search takes 5 ms at
1,000 rows, 15-19 ms at 10,000 and 150 ms at 100,000; with one 10 ms at each of these. Every commit that was not merged
yet adds 0.25 ms to a search, 10,000 rows that are not in the index yet add 8 ms.
"""

from datetime import timedelta
from typing import Any

from lancedb.index import Bitmap, BTree, IvfRq, LabelList

INDEXED_FROM = 10_000
"""Rows from which the vectors are indexed; below, an exact scan is as fast."""

_MERGE_EVERY = 50  # commits
_MOST_UNINDEXED = 10_000  # rows
_TAIL = 1_000  # rows that may stay unindexed when an ingest has ended: they add 4 ms to a search
_KEEP = timedelta(hours=1)  # old versions, for those who are still reading them
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
}


def probes(rows: int) -> int:
    """How many partitions of the vector index a search looks through at least (a partition holds some 8,000 rows).

    50 reaches a recall of 1.0 at 100,000 rows, 100 at a million, also for queries that are unlike the rows.
    """
    return 50 if rows < 500_000 else max(100, rows // 50_000)


def tend(table: Any, version: int) -> bool:
    """Build what is missing and merge what is scattered, after the commit that made `version`.

    Only for the one who holds the lock for writing. Returns whether anything was due.
    """
    due = _is_due(table, version)
    if due:
        _maintain(table)
    return due


def settle(table: Any, _: int) -> bool:
    """Index what is not yet, after the last of many commits; returns whether anything was."""
    indices = {index.columns[0]: index for index in table.list_indices()}
    due = bool("vector" not in indices or indices["vector"].num_unindexed_rows >= _TAIL)
    if due:
        _maintain(table)
    return due


def _maintain(table: Any) -> None:
    _build_scalar_indices(table)
    table.optimize(cleanup_older_than=_KEEP)
    _build_vector_index(table)


def most_parts(rows: int) -> int:
    """Of how many parts the vector index may consist: each merge adds one, which every search has to look through, and
    building it anew takes 4 s at 100,000 rows and 100 s at a million."""
    return 4 + rows // 50_000


def _is_due(table: Any, version: int) -> bool:
    # Versions count the commits of all processes, so that many short runs add up as one long run does.
    indices = {index.columns[0]: index for index in table.list_indices()}
    if version % _MERGE_EVERY == 0 or not _SCALARS.keys() <= indices.keys():
        return True
    if "vector" not in indices and table.count_rows() >= INDEXED_FROM:
        return True
    return bool(indices["id"].num_unindexed_rows >= _MOST_UNINDEXED)


def _build_scalar_indices(table: Any) -> None:
    present = {index.columns[0] for index in table.list_indices()}
    for column, kind in _SCALARS.items():
        if column not in present:
            table.create_index(column, config=kind())


def _build_vector_index(table: Any) -> None:
    rows = table.count_rows()
    if rows < INDEXED_FROM:
        return
    present = [index for index in table.list_indices() if index.columns == ["vector"]]
    if not present or present[0].num_segments > most_parts(rows):
        table.create_index("vector", config=IvfRq(distance_type="cosine", num_bits=4), replace=True)
