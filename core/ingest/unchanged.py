"""A folder that is as it was when the last scan of it ended: nothing in it is new, and nobody need be asked.

To find that out by the index and the journal takes four times as long as to look at the folder, most of it to import
them. So a scan from the command line that leaves nothing to do leaves a note: what the folder and the index were like
then, since when the journal has known the folder, and what there is to tell. Whatever is not quite certain, the scan
itself finds out.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.index.pointer import Pointer, table_name
from core.migrations import HEAD, VERSION_TABLE

if TYPE_CHECKING:
    from sqlite3 import Connection

MAX_ENTRIES = 200_000
"""Of a folder; for larger ones it is as fast to let the scan find out."""

_MAX_FAILURES = 100
_BUSY_SECONDS = 1.0
READERS = ("pillow", "pillow-heif")
"""Packages that open pictures: what an older release refused may be read by a newer."""

_REVISION = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a name of ours


@dataclass(frozen=True, slots=True)
class Told:
    """What a scan that finds nothing new has to tell."""

    total: int
    counts: Mapping[str, int]
    """By outcome."""
    problems: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[tuple[str, str], ...] = ()
    """Paths and reasons."""


class Untouched:
    """Of one folder, looked at now.

    Args:
        location: Of the folder, resolved.
    """

    def __init__(self, settings: Settings, location: str) -> None:
        self._location = location
        self._scope = f"lancedb/{settings.index_name}"  # as the journal has it
        self._index, self._name = settings.data_dir / "index", settings.index_name
        self._journal = Path(settings.journal)
        name = hashlib.sha256(os.fsencode(f"{self._scope} {location}")).hexdigest()[:32]
        self._file = settings.data_dir / "jobs" / "untouched" / f"{name}.json"
        self._is_possible = not settings.uses_elasticsearch and settings.journal_url is None
        self._look = look_of(location) if self._is_possible else None

    def told(self) -> Told | None:
        """What there is to tell; None where it takes a scan to know. The folder then counts as scanned just now."""
        if self._look is None or not self._file.is_file():
            return None
        try:
            noted = json.loads(self._file.read_bytes())
            if noted["state"] != self._state(bool(noted["failures"])) or not self._note_checked(noted["known_since"]):
                return None
            failures = tuple((path, reason) for path, reason in noted["failures"])
            return Told(noted["total"], noted["counts"], noted["problems"], failures)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def edition(self) -> str:
        """Another text after each change of the index; empty where there is none."""
        try:
            number = Pointer(self._index, self._name).read().current
            table = self._index / f"{table_name(self._name, number)}.lance"
            versions = table / "_versions"
            hint = (versions / "latest_version_hint.json").read_text()
            return f"{hint} {versions.stat().st_mtime_ns} {table.stat().st_ino}"
        except (OSError, ValueError):
            return ""

    def leave(self, told: Told, edition: str) -> None:
        """Leave the note of a scan that ended, unless the folder or the index has changed since it was looked at.

        Args:
            edition: Of the index in which all of it is.
        """
        from core.storage import write_whole

        if self._look is None or len(told.failures) > _MAX_FAILURES or self._look != look_of(self._location):
            return
        state = self._state(bool(told.failures))
        known_since = self._known_since()
        if edition and edition == self.edition() and known_since is not None:
            note = {"state": state, "known_since": known_since, **asdict(told)}
            write_whole(self._file, json.dumps(note).encode())

    def _state(self, fails: bool) -> list[str]:
        """What must not have changed; where files were refused, what refused them too."""
        from importlib.metadata import version

        from core.running.note import code_edition

        readers = [version(package) for package in READERS] if fails else []
        return [self._location, str(self._look), self.edition(), code_edition(), *readers]

    def _known_since(self) -> float | None:
        """When the folder became a source of the journal: another moment where it was forgotten meanwhile, or in
        another journal. None where it is none."""
        query = "SELECT added_at FROM sources WHERE index_name = ? AND location = ?"
        with self._open_journal() as journal:
            row = journal.execute(query, (self._scope, self._location)).fetchone() if journal else None
        return float(row[0]) if row else None

    def _note_checked(self, known_since: float) -> bool:
        """As `KnownSources.note`; False where the folder is no source any more, or is one of another journal."""
        update = "UPDATE sources SET checked_at = ? WHERE index_name = ? AND location = ? AND added_at = ?"
        values = time.time(), self._scope, self._location, float(known_since)
        with self._open_journal() as journal:
            return journal is not None and journal.execute(update, values).rowcount == 1

    @contextmanager
    def _open_journal(self) -> "Iterator[Connection | None]":
        """The journal, without SQLAlchemy, whose import takes longer than all else of this; its changes are kept at the
        end. None where there is none, or none with the tables of this version: what becomes of those of an earlier or
        a newer one is not for this to say.

        Raises:
            OSError: it does not answer.
        """
        import sqlite3

        if not self._journal.is_file():
            yield None
            return
        try:
            with closing(sqlite3.connect(self._journal, timeout=_BUSY_SECONDS)) as connection, connection:
                (revision,) = connection.execute(_REVISION).fetchone() or ("",)
                yield connection if revision == HEAD else None
        except (sqlite3.Error, UnicodeError) as error:
            raise OSError(f"The database of jobs cannot be read: {error}") from error


def look_of(folder: str) -> str | None:
    """What is in a folder, by names, sizes and times; None where that does not tell all: something cannot be read, or
    leads elsewhere."""
    if not os.path.isdir(folder):  # noqa: PTH112 - as below
        return None
    digest, count = hashlib.sha256(), 0
    try:
        for line in _entries(folder):
            count += 1
            if line is None or count > MAX_ENTRIES:
                return None
            digest.update(line)
    except OSError:
        return None
    return digest.hexdigest()


def _entries(folder: str) -> Iterator[bytes | None]:
    """In an order of its own for each state of a folder. None for what leads elsewhere."""
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        for entry in entries:
            if entry.is_symlink() or entry.is_junction():
                yield None
            elif entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
                yield os.fsencode(f"{entry.path}\0folder\0")
            else:
                status = entry.stat(follow_symlinks=False)
                yield os.fsencode(f"{entry.path}\0{status.st_size} {status.st_mtime_ns} {status.st_mode}\0")
