"""A folder of this machine that mirrors a store: what is read is at hand, what is written is there for all."""

import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from cachetools import LRUCache, TTLCache

from core.errors import StorageUnavailable
from core.storage import Part, remove_broken_off
from core.store.remote import Entry, Remote
from core.store.room import Room

_KNOWN_FOR = 2.0
"""Seconds for which it is believed what the store says of a file that may change; also that it has none."""

_ABSENT_FOR = 10.0
"""Seconds for which it is believed that a file is not there whose name says what is in it."""

_CHECKED = 3600.0
"""Seconds after which it is asked whether the store still has such a file."""

_KNOWN = 20_000
_LOCKS = 64


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A file of the store, and where it is, or would be, on this machine."""

    path: Path
    size: int
    """Bytes."""
    changed: float
    """When it was written, seconds since the epoch by the store's clock."""


class Mirror:
    """Paths are those of files below the root; each is kept in the store under its name below it.

    Files are of two kinds. Of some the name says the content (a hash): such a file is fetched once. Others change:
    whether they have is asked, at most every other second. What is written counts as kept when the store has it; while
    the store is away what is at hand is read, and everything else raises `StorageUnavailable`. Safe between threads and
    processes.

    Args:
        root: On this machine; what is in it may be removed at any time.
        url: Of the store, normalised.
        limit: Bytes that it takes here at most, of files whose name says their content.
        now: Seconds, by the clock that files have their times from.
    """

    def __init__(self, root: Path, url: str, limit: int, now: Callable[[], float] = time.time) -> None:
        self.root = root.resolve()
        self.url = url
        self._limit, self._now = limit, now
        self._remote = Remote(url, now)
        self._room = Room(self.root, limit, now)
        self._knowing = threading.Lock()
        self._known: TTLCache[str, Entry | None] = TTLCache(_KNOWN, _KNOWN_FOR, now)
        self._absent: TTLCache[str, bool] = TTLCache(_KNOWN, _ABSENT_FOR, now)
        self._versions: LRUCache[str, str] = LRUCache(_KNOWN)
        self._fetching = [threading.Lock() for _ in range(_LOCKS)]

    def __reduce__(self) -> tuple[type["Mirror"], tuple[Path, str, int]]:
        return Mirror, (self.root, self.url, self._limit)  # for processes on other machines

    def check(self) -> None:
        """
        Raises:
            StorageUnavailable, StorageFull: the store cannot be used, and why.
        """
        self._remote.check()

    @property
    def trouble(self) -> StorageUnavailable | None:
        """Why the store could not be used when it was asked last; None where it could."""
        return self._remote.trouble

    # What its name says the content of.

    def is_here(self, path: Path) -> bool:
        """Whether a file is at hand, and was compared with the store not long ago; asks nobody."""
        try:
            status = path.stat()
        except OSError:
            return False
        self._room.used(path, status)
        return status.st_mtime > self._now() - _CHECKED

    def has(self, path: Path) -> bool:
        """Whether there is such a file; then it is at hand. One that another process has removed is found to be gone
        within the hour."""
        if self.is_here(path):
            return True
        if path.is_file():
            with suppress(StorageUnavailable):  # what is here may be read meanwhile
                if self._remote.stat(self._name(path)) is None:
                    path.unlink(missing_ok=True)
                    return False
                with suppress(OSError):
                    os.utime(path, (self._now(), self._now()))
            return True
        return self.fetched(path)

    def fetched(self, path: Path) -> bool:
        """Whether there is such a file, whose time is left alone where it is at hand."""
        if path.is_file():
            with suppress(OSError):
                self._room.used(path, path.stat())
            return True
        name = self._name(path)
        with self._knowing:
            if name in self._absent:
                return False
        with self._fetching[hash(name) % _LOCKS]:
            if path.is_file():  # another thread has just fetched it
                return True
            if self._remote.get(name, path):
                self._room.took(path)
                return True
        with self._knowing:
            self._absent[name] = True
        return False

    def push(self, path: Path) -> None:
        """Keep a file of this machine in the store, unless that has it."""
        name = self._name(path)
        if self._remote.stat(name) is None:
            self._remote.put(name, path)
        self._room.took(path)
        self._forget(name)

    def keep(self, path: Path, data: bytes) -> None:
        """Write a file, here and in the store."""
        name = self._name(path)
        with Part(path.parent) as part:
            part.write(data)
            part.finish()
            self._remote.put(name, part.path)  # first: what is not kept there is not here, and what was here stays
            part.move_to(path)
        self._room.took(path)
        self._forget(name)

    # What changes under its name.

    def fresh(self, path: Path) -> bool:
        """Whether there is such a file; then it is at hand as the store has it. While that is away what is here
        counts."""
        name = self._name(path)
        try:
            entry = self._entry(name)
            if entry is None:
                path.unlink(missing_ok=True)
                return False
            if not self._is_at_hand(path, entry):
                with self._fetching[hash(name) % _LOCKS]:
                    return self._is_at_hand(path, entry) or self._fetch(path, entry)
        except StorageUnavailable:
            if not path.is_file():
                raise
        return True

    def write(self, path: Path, data: bytes) -> None:
        """Write a file that may change, in place of the one before."""
        self.keep(path, data)
        name = self._name(path)
        if entry := self._remote.stat(name):
            self._note(path, entry)

    def version(self, *paths: Path) -> int:
        """Another number whenever one of these files was written, by whatever process; 0 where there are none. While
        the store is away those that are here count."""
        try:
            versions = [entry.version for path in paths if (entry := self._entry(self._name(path)))]
        except StorageUnavailable:
            with suppress(OSError):
                if here := [path.stat().st_mtime_ns for path in paths if path.is_file()]:
                    return max(here)
            raise
        return int.from_bytes(blake2b("\n".join(versions).encode(), digest_size=7).digest()) if versions else 0

    # Both.

    def touch(self, path: Path) -> None:
        """Have the store say that the file was written now."""
        name = self._name(path)
        self._remote.put(name, path)
        if entry := self._remote.stat(name):
            self._note(path, entry)

    def found(self, folder: Path) -> list[Mirrored]:
        """All files that the store has below a folder of this machine."""
        entries = self._remote.find(self._name(folder))
        return [Mirrored(self.root / one.name, one.size, one.changed) for one in entries]

    def remove(self, paths: Iterable[Path]) -> None:
        """Remove files, in the store and here; those that are not there count as removed."""
        names = {self._name(path): path for path in paths}
        self._remote.remove(names)
        for name, path in names.items():
            path.unlink(missing_ok=True)
            self._forget(name)

    def remove_below(self, folder: Path) -> None:
        """Remove all files below a folder in the store; those here are left to the caller."""
        self._remote.remove_below(self._name(folder))
        with self._knowing:
            self._known.clear()
            self._absent.clear()

    def clean(self) -> None:
        """Remove what was begun here and never ended, and what there is no room for."""
        remove_broken_off([self.root])
        self._room.measure()

    def _fetch(self, path: Path, entry: Entry) -> bool:
        if not self._remote.get(entry.name, path):  # removed a moment ago
            self._forget(entry.name)
            return False
        self._room.took(path)
        self._note(path, entry)
        return True

    def _is_at_hand(self, path: Path, entry: Entry) -> bool:
        try:
            status = path.stat()
        except OSError:
            return False
        with self._knowing:
            version: str | None = self._versions.get(entry.name)
        if version is not None:
            return version == entry.version
        # Of a process before this one: its time was set to the store's.
        return status.st_size == entry.size and abs(status.st_mtime - entry.changed) < 1e-3

    def _note(self, path: Path, entry: Entry) -> None:
        with suppress(OSError):
            os.utime(path, (self._now(), entry.changed))
        with self._knowing:
            self._known[entry.name] = entry
            self._versions[entry.name] = entry.version

    def _entry(self, name: str) -> Entry | None:
        with self._knowing:
            if name in self._known:
                known: Entry | None = self._known[name]
                return known
        entry = self._remote.stat(name)
        with self._knowing:
            self._known[name] = entry
        return entry

    def _forget(self, name: str) -> None:
        with self._knowing:
            self._known.pop(name, None)
            self._absent.pop(name, None)
            self._versions.pop(name, None)

    def _name(self, path: Path) -> str:
        name = path.relative_to(self.root).as_posix()
        return "" if name == "." else name
