"""A copy of the data folder as it was at one moment, while the app and its jobs go on.

The order is what makes it sound: a job stores records first and notes its verdicts then, so the job database is copied
before the index. What the index has and the database does not know of yet is found there when the job goes on; the
other way round it would be lost. Files that are named by their content come last: there may be more, never fewer.
"""

import os
import shutil
import sqlite3
from collections.abc import Collection, Generator, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import psutil
from filelock import FileLock

from core.config import Settings
from core.errors import ExportRefused, JournalUnavailable
from core.index.pointer import FIRST
from core.running.note import FILE as RUNNING
from core.runtime.files import is_there
from core.storage import PART_SUFFIX, make_folder, writing_in
from core.store.address import MIRROR
from core.text.names import printable

COLLECTIONS = "collections"
"""In the data folder: where those have their folders that are not the first."""

INDEX = "index"
DATABASE = Path("jobs", "jobs.db")
"""In the data folder, where nothing else is set."""

_TABLE = ".lance"
_UNCHANGING = frozenset(
    {"data", "_indices", "_deletions", "_transactions"}
)  # of a table: written once, under new names
_STAGED = ".snapshot-"
_LEFT_OUT = frozenset({RUNNING, ".previews", ".exports", MIRROR})
_JOURNAL = ("-wal", "-shm", "-journal")


def snapshot(settings: Settings, folder: Path) -> Generator[Path]:
    """Copy everything that cannot be made again; yields each file when it is there.

    Left out are previews and exports that wait to be downloaded. What Elasticsearch, a database of its own server or a
    store keeps, these keep: it is theirs to copy.

    Args:
        folder: Made; nothing may be there. Its parent's disk takes the copy.

    Raises:
        ExportRefused: there is something in its place, or it lies in the data folder.
        JournalUnavailable, StorageFull, StorageUnavailable: as they occur.
    """
    source, target = settings.data_dir, folder.absolute()
    if is_there(target):
        raise ExportRefused(f"{printable(target)} is there already.", "Name a new folder.")
    if target.resolve().is_relative_to(source.resolve()):
        raise ExportRefused(f"{printable(target)} is in the data folder.", "Name a folder outside of it.")
    if not source.is_dir():
        raise ExportRefused(f"There is no data folder {printable(source)}.", "Set IMAGE_SEARCH_DATA_DIR to it.")
    part = target.with_name(f".{target.name}{PART_SUFFIX}")
    with writing_in(target.parent):
        try:
            shutil.rmtree(part, ignore_errors=True)  # of one that was killed
            make_folder(part)
            yield from _copied(source, part, database_file(settings))
            part.replace(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def database_file(settings: Settings) -> Path | None:
    """The SQLite file of the job database; None where it is on a server."""
    if Path(settings.journal).is_absolute():
        return Path(settings.journal)
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(settings.journal)
    except (ArgumentError, ValueError):  # which whoever opens it says
        return None
    return Path(url.database).absolute() if url.get_backend_name() == "sqlite" and url.database else None


def _copied(source: Path, target: Path, journal: Path | None) -> Iterator[Path]:
    collections = [source, *sorted(path for path in (source / COLLECTIONS).glob("*") if path.is_dir())]
    own: set[Path] = set()
    if journal and journal.is_file():
        yield _copy_database(journal, target / DATABASE)  # where the copy looks for it
        own = {journal.with_name(journal.name + ending) for ending in ("", *_JOURNAL)}
    for one in collections:
        if (one / INDEX).is_dir():
            yield from _copy_index(one / INDEX, target / one.relative_to(source) / INDEX)
    left_out = own | {one / name for one in collections for name in (INDEX, *_LEFT_OUT)}
    for file in _files(source, left_out):
        with suppress(FileNotFoundError):  # it has been removed meanwhile
            yield _copy(file, target / file.relative_to(source))


def _copy_database(file: Path, target: Path) -> Path:
    """By SQLite itself, which knows what is written and what is not yet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(file, timeout=30)) as own, closing(sqlite3.connect(target)) as other:
            own.backup(other)
    except sqlite3.Error as error:
        raise JournalUnavailable(
            f"The job database in {printable(file)} cannot be copied.",
            "Check that there is space left and that no other program has locked it.",
        ) from error
    return target


def _copy_index(index: Path, target: Path) -> Iterator[Path]:
    """The tables as they are while nobody writes: their files, which never change, get a second name, within a moment;
    they are copied when others may write again, and be it that they are removed."""
    beside = index.resolve().parent  # on the same disk
    for left in beside.glob(f"{_STAGED}*"):
        if not psutil.pid_exists(int(left.name.removeprefix(_STAGED))):
            shutil.rmtree(left, ignore_errors=True)
    staged = beside / f"{_STAGED}{os.getpid()}"
    try:
        with ExitStack() as locks:
            for lock in _locks(index):
                locks.enter_context(FileLock(lock))
            for file in _files(index):
                _stage(file, staged / file.relative_to(index))
        for file in _files(staged):
            yield _copy(file, target / file.relative_to(staged))
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _locks(index: Path) -> list[Path]:
    """What writers hold: the lock of an index's name, then that of one of its tables; so others wait for nobody."""
    found = [table.name.removesuffix(_TABLE).partition(".") for table in sorted(index.glob(f"*{_TABLE}"))]
    names = dict.fromkeys(index / f".{name}.lock" for name, _, _ in found)
    return [*names, *(index / f".{name}.{number or f'{FIRST:06}'}.lock" for name, _, number in found)]


def _stage(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if any(part in _UNCHANGING for part in file.parts) or file.suffix == ".manifest":
        with suppress(OSError):  # a file system that knows no second names
            os.link(file, target)
            return
    shutil.copy2(file, target)


def _files(folder: Path, left_out: Collection[Path] = ()) -> Iterator[Path]:
    """Without locks, what is being written, and what another snapshot has set aside; also what links lead to."""
    seen: set[tuple[int, int]] = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [
            name for name in sorted(folders) if Path(place, name) not in left_out and _is_new(Path(place, name), seen)
        ]
        for name in sorted(names):
            file = Path(place, name)
            if not name.endswith((".lock", PART_SUFFIX)) and file not in left_out and file.is_file():
                yield file


def _is_new(folder: Path, seen: set[tuple[int, int]]) -> bool:
    """Whether nobody has been there: links may lead in circles."""
    if folder.name.startswith(_STAGED):
        return False
    with suppress(OSError):
        found = folder.stat()
        key = found.st_dev, found.st_ino
        is_new = key not in seen
        seen.add(key)
        return is_new
    return False


def _copy(file: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, target)
    return target
