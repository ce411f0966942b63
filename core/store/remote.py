"""The files of a store, by their names below its URL, through whatever fsspec has a driver for."""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import StorageFull, StorageUnavailable, StoreUnavailable
from core.storage import PART_SUFFIX, Part, is_full, no_space
from core.store.failures import is_missing, told

if TYPE_CHECKING:  # where there is no store nobody imports it
    from fsspec import AbstractFileSystem

AWAY = 5.0
"""Seconds for which a store that did not answer is not asked again: a page asks for dozens of files at a time."""

_PROBE = ".reachable"
_PROBED = 60.0
"""Seconds after which it is tried anew whether the store can be written."""

_PATTERN = re.compile(r"[*?\[]")  # what drivers take for one where they are given many names
_TIMES = ("LastModified", "last_modified", "updated", "mtime", "modified", "created")
_TAGS = ("ETag", "etag")
# Seconds and attempts: whoever waits for a page is told soon, and what is written is tried again by its job.
_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {
        "config_kwargs": {
            "connect_timeout": 3,
            "read_timeout": 15,
            "max_pool_connections": 32,
            "retries": {"max_attempts": 2, "mode": "standard"},
        }
    },
    "gs": {"requests_timeout": 20},
    "az": {"connection_timeout": 3, "read_timeout": 15},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the store."""

    name: str
    """Below the store's URL: `thumbnails/ab/abcd.jpg`."""
    size: int
    """Bytes."""
    changed: float
    """When it was written, seconds since the epoch by the store's clock; 0 where it does not say."""
    version: str
    """Another one for each content that it has had."""


class Remote:
    """Safe between threads. Building it imports nothing and asks nobody; everything else raises `StorageUnavailable` or
    `StorageFull` where the store cannot be used.

    Args:
        url: Normalised.
    """

    def __init__(self, url: str, now: Callable[[], float] = time.monotonic) -> None:
        self.url, self._now = url, now
        self._scheme, _, path = url.partition("://")
        self._base = path.rstrip("/")
        self._making = threading.Lock()
        self._written = -inf
        self._away: tuple[float, StorageUnavailable] | None = None

    def get(self, name: str, path: Path) -> bool:
        """Fetch a file, which is in its place when it is whole; returns whether there is one."""
        with Part(path.parent) as part:
            part.finish()
            try:
                self._asked(lambda files: _fetched(files, self._key(name), part.path))
            except FileNotFoundError:
                return False
            part.move_to(path)
        return True

    def put(self, name: str, path: Path) -> None:
        """Keep a file under this name, in place of what has it; readers see either as a whole."""
        if self._scheme == "file":
            self._asked(lambda _: _copied(path, Path(self._key(name))))
        else:
            self._asked(lambda files: files.put_file(str(path), self._key(name)), writes=True)

    def stat(self, name: str) -> Entry | None:
        """What is known of a file; None where there is none."""
        try:
            info = self._asked(lambda files: files.info(self._key(name)))
        except FileNotFoundError:
            return None
        return None if info["type"] == "directory" else self._entry(info)

    def find(self, folder: str = "") -> list[Entry]:
        """All files below a folder, and those below its folders."""
        key = self._key(folder)
        try:
            found = self._asked(lambda files: files.find(key, detail=True))
        except FileNotFoundError:
            return []
        above = f"{key.strip('/')}/"  # some would list what only begins like it
        files = [info for info in found.values() if info["type"] != "directory"]
        names = (info["name"].strip("/") for info in files)
        return [
            self._entry(info)
            for info, name in zip(files, names, strict=True)
            if name.startswith(above) and _is_plain(name) and not _is_part(name)
        ]

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; those that are gone already count as removed."""
        left = list(map(self._key, names))
        many = [key for key in left if self._scheme in _OPTIONS and not _PATTERN.search(key)]
        if len(many) > 1:  # object stores take many at a time
            with suppress(FileNotFoundError):
                self._asked(lambda files: files.rm(many))
                left = [key for key in left if _PATTERN.search(key)]
        for key in left:
            with suppress(FileNotFoundError):
                self._asked(partial(_remove, key=key))

    def remove_below(self, folder: str = "") -> None:
        """Remove all files below a folder.

        Raises:
            StorageUnavailable: some of them stay, too.
        """
        if not (names := [entry.name for entry in self.find(folder)]):
            return
        self.remove(names)
        if self.find(folder):
            raise StoreUnavailable(
                f"Files in the store {self.url} cannot be removed.",
                "Give its keys permission to delete, and try again.",
            )

    @property
    def trouble(self) -> StorageUnavailable | None:
        """Why it could not be used the last time; None where it could."""
        return self._away[1] if self._away else None

    def check(self) -> None:
        """Write a file, once a minute, and read what is known of it."""
        key = self._key(_PROBE)
        self._asked(lambda files: self._probe(files, key), writes=True)

    def _probe(self, files: "AbstractFileSystem", key: str) -> None:
        if self._scheme == "file":
            Path(key).parent.mkdir(parents=True, exist_ok=True)
        if self._now() > self._written + _PROBED:
            files.pipe_file(key, b"")
            self._written = self._now()
        try:
            files.info(key)
        except FileNotFoundError:  # somebody has emptied it
            self._written = -inf
            files.pipe_file(key, b"")

    @cached_property
    def _files(self) -> "AbstractFileSystem":
        return driver(self._scheme)

    def _asked[T](self, work: "Callable[[AbstractFileSystem], T]", *, writes: bool = False) -> T:
        """What the work returns.

        Args:
            writes: Whether what is not found is the bucket.

        Raises:
            FileNotFoundError: there is no such file.
        """
        if self._away and self._now() < self._away[0]:
            raise self._away[1]
        try:
            with self._making:  # once, and not by each of the threads that come first
                files = self._files
            done = work(files)
        except StorageUnavailable:
            raise
        except Exception as error:
            if is_missing(error) and not writes:
                raise FileNotFoundError(str(error)) from error
            failed = told(self.url, error)
            waits = 0.0 if isinstance(failed, StorageFull) else AWAY  # a full one can be read
            self._away = self._now() + waits, failed
            raise failed from error
        self._away = None
        return done

    def _key(self, name: str) -> str:
        return f"{self._base}/{name}" if name else self._base

    def _entry(self, info: dict[str, Any]) -> Entry:
        name = info["name"].strip("/").removeprefix(self._base.strip("/")).lstrip("/")
        moment = next((info[key] for key in _TIMES if info.get(key)), 0.0)
        changed = _seconds(moment)
        tag = next((str(info[key]).strip('"') for key in _TAGS if info.get(key)), "")
        size = int(info.get("size") or 0)
        return Entry(name, size, changed, f"{tag or changed}-{info.get('ino', '')}-{size}")


def driver(scheme: str) -> "AbstractFileSystem":
    """What reads and writes such stores, new."""
    import fsspec

    # What FSSPEC_S3 and its like say comes first, as for pictures that are read from such stores.
    options = _OPTIONS.get(scheme, {}) | fsspec.config.conf.get(scheme, {})
    made = fsspec.filesystem(scheme, skip_instance_cache=True, use_listings_cache=False, **options)
    if scheme == "s3":
        made.retries = 2
    return made


def _fetched(files: "AbstractFileSystem", key: str, path: Path) -> None:
    try:
        files.get_file(key, str(path))
    except OSError as error:
        if is_full(error):  # this machine, of which the store knows nothing
            raise no_space(path.parent) from error
        raise


def _remove(files: "AbstractFileSystem", key: str) -> None:
    files.rm_file(key)


def _is_plain(name: str) -> bool:
    """Whether it leads where it says: in a bucket a file may be called anything."""
    return not {"", ".", ".."} & set(name.split("/")) and name.isprintable() and "\\" not in name


def _is_part(name: str) -> bool:
    """Whether it is being written, on a drive that several machines have."""
    last = name.rpartition("/")[2]
    return last.startswith(".") and last.endswith(PART_SUFFIX)


def _copied(source: Path, target: Path) -> None:
    with Part(target.parent) as part:
        part.finish()
        shutil.copyfile(source, part.path)
        part.move_to(target)


def _seconds(moment: object) -> float:
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return 0.0
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return float(moment) if isinstance(moment, int | float) else 0.0
