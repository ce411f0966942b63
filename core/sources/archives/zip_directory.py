"""ZIP archives whose directory, the list of their members, is read and kept."""

import errno
import os
import stat
import threading
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile, ZipInfo

from core.errors import ArchiveUnavailable, DamagedArchive, DamagedPicture, UnreadableArchive, UnreadableImage
from core.sources.archives.zip_members import Limits, is_bomb, sort_out
from core.sources.reasons import reason
from core.text.names import printable

_KEPT = 4  # archives: a full one takes 200 MB

# A pipe that nobody writes to would block; neither flag exists on every system.
OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_COPY_AGAIN = "Copy it again from where it came from, or unpack it and index the folder."
_UNPACK = "Unpack it and index the folder."


class Directory:
    """An archive as it was when its members were listed. Safe between threads.

    Raises:
        UnreadableArchive: it is no ZIP, damaged, or made to do harm.
    """

    def __init__(self, path: Path, stamp: "_Stamp", limits: Limits) -> None:
        self._path = path
        self._counting = threading.Lock()
        file = _File(path, stamp, limits)
        try:
            self._zip = ZipFile(file)
        except UnreadableArchive:
            raise
        # Among what hostile bytes were seen to raise are BadZipFile, NotImplementedError, UnicodeDecodeError,
        # struct.error, OverflowError and MemoryError.
        except Exception as error:
            raise DamagedArchive(f"{printable(path)} is not a ZIP file, or it is damaged.", _COPY_AGAIN) from error
        file.limits = None
        self.members = sort_out(self._zip.filelist, stamp.size, limits)
        if is_bomb(sum(info.file_size for info in self.members.pictures.values()), stamp.size, limits):
            raise DamagedArchive(
                f"{printable(path)} is a ZIP bomb: unpacked, it would be hundreds of times larger.", _UNPACK
            )

    def unpack(self, info: ZipInfo, name: str, most: int | None = None) -> bytes:
        """The bytes of a member.

        Args:
            name: What to call it in messages.
            most: How many of them at most; all are checked, some are not.

        Raises:
            UnreadableImage: it is damaged.
            UnreadableArchive: the archive is gone, or is another one by now.
        """
        try:
            data = self._unpack(info, info.file_size + 1 if most is None else most)
        except UnreadableImage:
            raise
        except Exception as error:  # as above; zlib.error and EOFError too
            raise DamagedPicture(f"{printable(name)} is damaged in its ZIP file.", _COPY_AGAIN) from error
        if most is None and len(data) < info.file_size:
            raise DamagedPicture(f"{printable(name)} is an incomplete file: its end is missing.", _COPY_AGAIN)
        return data

    def _unpack(self, info: ZipInfo, size: int) -> bytes:
        with self._counting:  # ZipFile counts the members that are open without a lock
            member = self._zip.open(info)
        try:
            return member.read(size)  # never more than it said; at its end the checksum is compared
        finally:
            with self._counting:
                member.close()


def directory_of(path: Path, limits: Limits) -> Directory:
    """The directory of an archive as it is now; parsed again only where the file changed.

    Args:
        path: Resolved: what leads elsewhere now was swapped since somebody was allowed to name it.

    Raises:
        UnreadableArchive: the file is gone or none, or leads elsewhere; or as `Directory`.
    """
    try:
        stamp = _stamp(os.stat(path))  # noqa: PTH116 - as below
        leads_elsewhere = path.resolve() != path
    except (OSError, ValueError) as error:  # ValueError: a NUL byte
        raise _gone(path, error) from error
    if leads_elsewhere:
        raise UnreadableArchive(
            f"{printable(path)} points elsewhere now: it, or a folder above it, has become a link.",
            "Index what it points to.",
        )
    with _parsing:  # threads that come at once wait for the first
        return _parsed(path, stamp, limits)


class _Stamp(NamedTuple):
    """What tells that a file is the same."""

    size: int
    mtime_ns: int


def _stamp(status: os.stat_result) -> _Stamp:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EISDIR, "no file")
    return _Stamp(status.st_size, status.st_mtime_ns)


_parsing = threading.Lock()
_parsed = lru_cache(_KEPT)(Directory)


class _File:
    """An archive for `ZipFile`, opened for each read alone: its drive can be taken out in between, and another file in
    its place is noticed."""

    def __init__(self, path: Path, stamp: _Stamp, limits: Limits) -> None:
        self._path = path
        self._stamp = stamp
        self._position = 0
        self.limits: Limits | None = limits
        """Of the list of members, until that is read."""

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._stamp.size}[whence]
        if position < 0:
            raise OSError("it begins before its beginning")
        self._position = position
        return position

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._stamp.size - self._position)
        size = left if size < 0 else min(size, left)
        if self.limits and size > self.limits.directory:
            raise _too_many(self._path)
        data = self._read(size)
        if self.limits and data.count(b"PK\1\2") > self.limits.members:  # with this each of them begins
            raise _too_many(self._path)
        self._position += len(data)
        return data

    def _read(self, size: int) -> bytes:
        try:
            with os.fdopen(os.open(self._path, OPEN_FLAGS), "rb") as file:
                if _stamp(os.fstat(file.fileno())) != self._stamp:
                    raise UnreadableArchive(f"{printable(self._path)} has changed.", "Index it again.")
                file.seek(self._position)
                return file.read(size)
        except OSError as error:
            raise _gone(self._path, error) from error


def _gone(path: Path, error: Exception) -> ArchiveUnavailable:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return ArchiveUnavailable(f"{printable(path)} cannot be found.", "Connect its drive, or put it back.")
    return ArchiveUnavailable(f"{printable(path)} cannot be read: {reason(error)}.", "Check its drive and permissions.")


def _too_many(path: Path) -> UnreadableArchive:
    return UnreadableArchive(f"{printable(path)} contains more files than are read from a ZIP file.", _UNPACK)
