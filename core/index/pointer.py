"""Which table of a folder is the index: one for each version, and a small file that says which of them is in use.

The first version is the table of the index's own name, as it was before there were others; without the file it is in
use. Nothing here needs the engine.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from core.storage import write_durably

FIRST = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What is noted of a version."""

    made_at: float | None = None
    """Seconds since the epoch; likewise the next."""
    retired_at: float | None = None
    ready: bool = True
    going: bool = False
    """Whether it is being deleted."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the file says."""

    current: int = FIRST
    last: int = FIRST
    """The highest number that was given."""
    entries: Mapping[int, Entry] = field(default_factory=lambda: {FIRST: Entry()})

    def with_entry(self, number: int, entry: Entry | None) -> "Manifest":
        """A copy, with this noted of a version; without the version where it is None."""
        others = {known: of for known, of in self.entries.items() if known != number}
        entries = others if entry is None else {**others, number: entry}
        return replace(self, entries=entries, last=max(self.last, number))


class Lost(ValueError):
    """The file is gone, though there are versions that it must have named."""


def table_name(name: str, number: int) -> str:
    """No index can have such a name: there is a dot in it."""
    return name if number == FIRST else f"{name}.{number:06}"


class Pointer:
    """The file of one index. Safe to share between threads; one process at a time writes it.

    Args:
        folder: Where the tables are.
        name: Of the index.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self.path = folder / f"{name}.versions.json"
        self._read: tuple[tuple[int, int, int], Manifest] | None = None
        self._is_first = False

    def read(self) -> Manifest:
        """What it says now: mostly found out by its time alone.

        Raises:
            ValueError: it is damaged.
            Lost: it is gone.
            OSError: it cannot be read.
        """
        try:
            status = os.stat(self.path)  # noqa: PTH116 - a third faster, with every read of the index
        except (FileNotFoundError, NotADirectoryError):
            return self._first()
        seen = status.st_mtime_ns, status.st_ino, status.st_size
        read = self._read
        if read is None or read[0] != seen:
            read = self._read = seen, _parsed(self.path.read_bytes())
        return read[1]

    def write(self, manifest: Manifest) -> None:
        """In one step, safely on disk when it returns; raises as `core.storage.writing_in`."""
        entries = {str(number): asdict(entry) for number, entry in sorted(manifest.entries.items())}
        text = json.dumps({"current": manifest.current, "last": manifest.last, "versions": entries}, indent=1)
        write_durably(self.path, text.encode())

    def _first(self) -> Manifest:
        if not self._is_first or self._read:
            others = re.compile(re.escape(self._name) + r"\.\d{6}\.lance")
            if self._folder.is_dir() and any(others.fullmatch(name) for name in os.listdir(self._folder)):  # noqa: PTH208
                raise Lost(f"{self.path.name}, which says which version is in use, is missing")
            self._is_first, self._read = True, None
        return Manifest()


def _parsed(data: bytes) -> Manifest:
    try:
        told = json.loads(data)
        entries = {int(number): Entry(**entry) for number, entry in told["versions"].items()}
        manifest = Manifest(int(told["current"]), int(told["last"]), entries)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("the file that says which version is in use is damaged") from error
    if manifest.current not in manifest.entries:
        raise ValueError("the file that says which version is in use is damaged")
    return manifest
