"""How an index is doing: what an engine tells of it, in numbers and in words."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.errors import ImageSearchError
from core.text.words import file_size

type Health = Literal["green", "yellow", "red", "unreachable"]
"""`yellow`: searches are answered, and something should be done. `red`: some of it is missing. `unreachable`: nothing
is known of it now."""

LITTLE_SPACE = 1 << 30
"""Bytes free on a disk below which it is said."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """None: the engine does not say."""

    health: Health
    message: str
    """What is so, in a sentence."""
    remedy: str = ""
    """What to do about it, in a sentence; "" where nothing is to be done."""
    count: int | None = None
    """Records."""
    disk: int | None = None
    """Bytes, with copies on other nodes."""
    memory: int | None = None
    """Bytes that searches keep in memory, or should find there."""
    pieces: int | None = None
    """That a search looks through: segments (Elasticsearch), fragments (LanceDB)."""
    unindexed: int | None = None
    """Records that are not in the vector index yet: they are compared one by one."""
    shards: int | None = None
    replicas: int | None = None
    """Copies of each shard that are asked for."""
    nodes: int | None = None
    free: int | None = None
    """Bytes left on the disk that it is on; of several, on the fullest."""


def unreachable(error: ImageSearchError) -> Statistics:
    """Of an index that does not answer."""
    return Statistics("unreachable", error.message, error.remedy)


def little_space(free: int | None, needed: int) -> str:
    """What is to be said of the disk; "" where there is room for as much again.

    Args:
        needed: Bytes that the index takes: to build it anew takes as many.
    """
    if free is None or free >= max(LITTLE_SPACE, needed):
        return ""
    return f"Only {file_size(free)} are free on its disk."


def folder_size(folder: Path) -> int:
    """Bytes of the files in a folder and below; what vanishes meanwhile does not count."""
    size, waiting = 0, [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return size
