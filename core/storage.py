"""Files of ours on disk: each is written beside its place and moved there when it is whole, so that no reader ever sees
half of one, from any number of threads and processes. What keeps that from being done is told here alone.
"""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import StorageFull, StorageUnavailable
from core.text.names import printable

PART_SUFFIX = ".part"
"""Of files that are being written; their names begin with a dot."""

_BROKEN_OFF = timedelta(days=1)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_WHY_NOT = {
    **dict.fromkeys((errno.EACCES, errno.EPERM), ": the app has no permission"),
    errno.ENAMETOOLONG: ": its name is too long",
    errno.EROFS: ": its drive is read-only",
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), ": there is a file in its place"),
    **dict.fromkeys((errno.EIO, errno.ENODEV, errno.ESTALE), ": its drive does not answer"),
}


@contextmanager
def writing_in(folder: Path) -> Iterator[None]:
    """Within, what keeps a file in this folder from being written is told to people.

    Raises:
        StorageFull: the disk or quota is used up.
        StorageUnavailable: the folder cannot be made or written.
    """
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise no_space(folder) from error
        raise StorageUnavailable(
            f"{printable(folder)} cannot be written{_WHY_NOT.get(error.errno or 0, '')}.",
            "Give the user who runs the app permission to write there, or set IMAGE_SEARCH_DATA_DIR to another folder.",
        ) from error


def is_full(error: BaseException) -> bool:
    """Whether it is the disk or quota that is used up."""
    return isinstance(error, OSError) and error.errno in _FULL


def no_space(folder: Path) -> StorageFull:
    return StorageFull(f"There is no space left for {printable(folder)}.", "Free some space and start again.")


def check_writable(folder: Path) -> None:
    """Write a file and remove it; raises as `writing_in`."""
    with Part(folder) as part:
        part.write(bytes(4096))
        part.finish()


def make_folder(folder: Path, *, private: bool = False) -> None:
    """Make a folder and those above it, where they are not there; raises as `writing_in`.

    Args:
        private: Whether nobody but our own user may look into it.
    """
    with writing_in(folder):
        folder.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file; raises as `writing_in`."""
    with Part(path.parent) as part:
        part.write(data)
        part.move_to(path)


def write_durably(path: Path, data: bytes) -> None:
    """As `write_whole`; when it returns, file and place outlast a loss of power."""
    with Part(path.parent) as part:
        part.write(data)
        part.sync()
        part.move_to(path)
    with suppress(OSError):  # some systems open no folders
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def copy_whole(source: Path, path: Path) -> None:
    """Give a file another place beside its own, where it takes no room on disk of its own if the file system can do
    that; raises as `writing_in`."""
    with Part(path.parent) as part:
        part.become(source)
        part.move_to(path)


class Part:
    """A file that is being written, for one thread; closing it removes what was not moved to its place.

    Every method but `close` raises as `writing_in`.

    Args:
        folder: On the same file system as its place. Made where it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with writing_in(folder):
            handle, name = _made(folder)
        self.path = Path(name)
        self.size = 0
        """Bytes written."""
        self._file = os.fdopen(handle, "wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        """The next bytes."""
        with writing_in(self._folder):
            self._file.write(data)
        self.size += len(data)

    def sync(self) -> None:
        """Have what was written safely on disk."""
        with writing_in(self._folder):
            self._file.flush()
            os.fsync(self._file.fileno())

    def become(self, source: Path) -> None:
        """Be what this file is, in place of what was written."""
        self.finish()
        with writing_in(self._folder):
            self.path.unlink()  # a name that nobody else takes
            try:
                os.link(source, self.path)
            except OSError:  # another file system, or one that shares nothing
                shutil.copyfile(source, self.path)

    def finish(self) -> None:
        """Nothing more is written: it can be read."""
        with writing_in(self._folder):
            self._file.close()

    def move_to(self, path: Path) -> None:
        """Give it its place, and that of whatever is there."""
        self.finish()
        with writing_in(path.parent):
            try:
                self.path.replace(path)
            except FileNotFoundError:  # mostly the folder is there
                path.parent.mkdir(parents=True, exist_ok=True)
                self.path.replace(path)

    def close(self) -> None:
        with suppress(OSError):  # a full disk, of which writing has told
            self._file.close()
        with suppress(OSError):  # what is left is removed a day later
            self.path.unlink(missing_ok=True)


def _made(folder: Path) -> tuple[int, str]:
    """A new file in the folder, which is made where it is not there: mostly it is."""
    try:
        return tempfile.mkstemp(dir=folder, prefix=".", suffix=PART_SUFFIX)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(dir=folder, prefix=".", suffix=PART_SUFFIX)


def remove_broken_off(folders: Iterable[Path]) -> int:
    """Remove files below these folders whose writing was broken off a day ago or longer, by a process that was killed;
    returns how many. What is younger may still be arriving.
    """
    oldest, removed = time.time() - _BROKEN_OFF.total_seconds(), 0
    for folder in folders:
        for part in folder.glob(f"**/.*{PART_SUFFIX}"):
            with suppress(OSError):  # another process was faster
                if part.stat().st_mtime < oldest:
                    part.unlink()
                    removed += 1
    return removed


def free_space(folder: Path) -> int | None:
    """Bytes that are free where the folder is, or would be; None where that is not to be found out."""
    for one in (folder, *folder.parents):
        try:
            return shutil.disk_usage(one).free
        except FileNotFoundError:
            continue
        except OSError:
            break
    return None
