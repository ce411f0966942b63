"""What a mirror takes on this machine: bounded, and what was used last stays."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.storage import PART_SUFFIX

_LEFT = 0.9  # of the limit, after some were removed: else each one more would look through all of them
_NOTED_EVERY = 3600.0  # seconds, so that reading writes hardly ever
_WHOLE = frozenset({"analysis", "datasets", "lists"})
"""What is kept as it is: what is read from the disk where it is looked at, and folders whose files belong together."""


class Room:
    """Building it does no I/O. Safe between threads; processes that share the folder may go over the limit by what each
    has added. When a file was used is kept as the time of its last reading.

    Args:
        root: Of the mirror.
        limit: Bytes.
        now: Seconds, by the clock that files have their times from.
    """

    def __init__(self, root: Path, limit: int, now: Callable[[], float]) -> None:
        self._root, self._limit, self._now = root, limit, now
        self._size: int | None = None  # not known before it is asked for
        self._lock = threading.Lock()

    def used(self, path: Path, status: os.stat_result) -> None:
        """A file was read."""
        if status.st_atime < self._now() - _NOTED_EVERY:
            with suppress(OSError):
                os.utime(path, ns=(round(self._now() * 1e9), status.st_mtime_ns))

    def took(self, path: Path) -> None:
        """A file was added; others are removed where there are too many."""
        with suppress(OSError):
            status = path.stat()
            os.utime(path, ns=(round(self._now() * 1e9), status.st_mtime_ns))
            with self._lock:
                if self._size is not None:
                    self._size += status.st_size
                if self._size is None or self._size > self._limit:
                    self._size = self._measured()

    def measure(self) -> None:
        """Look through all files, and remove those that there is no room for."""
        with self._lock:
            self._size = self._measured()

    def _measured(self) -> int:
        files = sorted(self._files(), reverse=True)
        size = sum(one for _, one, _ in files)
        if size <= self._limit:
            return size
        left = 0
        for _, one, path in files:
            if left and left + one > self._limit * _LEFT:  # the one used last is about to be read
                with suppress(OSError):
                    path.unlink(missing_ok=True)
            else:
                left += one
        return left

    def _files(self) -> list[tuple[float, int, Path]]:
        """When each was used last, its bytes, and where it is."""
        files: list[tuple[float, int, Path]] = []
        with suppress(FileNotFoundError):
            for top in self._root.iterdir():
                if top.name not in _WHOLE and top.is_dir():
                    files += _below(top)
        return files


def _below(folder: Path) -> list[tuple[float, int, Path]]:
    files: list[tuple[float, int, Path]] = []
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another process was faster
            if path.suffix != PART_SUFFIX and path.is_file():
                status = path.stat()
                files.append((status.st_atime, status.st_size, path))
    return files
