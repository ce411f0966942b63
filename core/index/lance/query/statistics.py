"""How a LanceDB table is doing."""

from pathlib import Path
from typing import Any

from core.index.lance.upkeep import INDEXED_FROM, MAX_UNINDEXED, unindexed
from core.index.statistics import Statistics, folder_size, little_space
from core.storage import free_space
from core.text.words import pictures

_MAX_SMALL = 200  # fragments that are worth merging

EMPTY = "Nothing is indexed yet."


def of_table(table: Any, path: Path, memory: int) -> Statistics:
    """
    Args:
        path: Of the table's folder.
        memory: Bytes that are kept of it.
    """
    told = table.stats()
    rows, fragments, apart = int(told["num_rows"]), told["fragment_stats"], unindexed(table)
    disk, free = folder_size(path), free_space(path)
    message, remedy = _words(rows, apart, int(fragments["num_small_fragments"]), little_space(free, disk))
    return Statistics(
        "yellow" if remedy else "green",
        message,
        remedy,
        count=rows,
        disk=disk,
        memory=memory,
        pieces=int(fragments["num_fragments"]),
        unindexed=apart,
        free=free,
    )


def of_nothing(folder: Path) -> Statistics:
    """Of an index that nobody has made yet."""
    return Statistics("green", EMPTY, count=0, disk=0, memory=0, pieces=0, free=free_space(folder))


def _words(rows: int, apart: int, small: int, space: str) -> tuple[str, str]:
    """What is so, and what to do about it."""
    if space:
        return space, "Free some space: indexing more, or building another version, takes as much again."
    if rows >= INDEXED_FROM and apart > MAX_UNINDEXED:
        return f"{pictures(apart)} are not in the vector index yet: searches take longer.", "Optimize it."
    if small > _MAX_SMALL:
        return f"It is in {small:,} small pieces: searches take longer.", "Optimize it."
    return ("All is well.", "") if rows else (EMPTY, "")
