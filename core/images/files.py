"""Files: which are pictures by their names, and how ours are written."""

import errno
import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pillow_heif
from PIL import Image

from core.errors import IndexUnavailable, StorageFull
from core.images.names import printable
from core.images.reading.raw import SUFFIXES as RAW_SUFFIXES

_EXCLUDED = {
    "EPS",  # Pillow hands it to Ghostscript: a program that is run by a file
    "IPTC",  # a container whose content is opened as any format, EPS among them
    "BUFR", "GRIB", "HDF5", "MPEG",  # recognised only, Pillow cannot draw them
    "WMF",  # drawn on Windows alone: what is found must not depend on the machine
}  # fmt: skip

Image.init()
pillow_heif.register_heif_opener()  # HEIC, what phones write; AVIF is Pillow's own
_SUFFIX_FORMATS = {
    suffix: name
    for suffix, name in Image.registered_extensions().items()
    if (name in Image.OPEN or name == "MPO") and name not in _EXCLUDED  # MPO is opened by the JPEG plugin
}

FORMATS: tuple[str, ...] = tuple(sorted(set(_SUFFIX_FORMATS.values()) & set(Image.OPEN)))
"""Pillow's names of the formats that are opened, whatever a file is called."""

SUFFIXES: frozenset[str] = frozenset(_SUFFIX_FORMATS) | RAW_SUFFIXES
"""Lower-case endings of file names, with the dot, that say a file is a picture."""

_LEFT_OUT = {
    "@eadir", "@tmp", "#recycle", "#snapshot", "__macosx", "$recycle.bin", "system volume information", "lost+found",
    "thumbs.db", "ehthumbs.db", "desktop.ini",
}  # fmt: skip


ARCHIVE_SUFFIX = ".zip"

PART_SUFFIX = ".part"
"""Of files that are being written; their names begin with a dot."""

_BROKEN_OFF = timedelta(days=1)

_WHY_NOT = {
    **dict.fromkeys((errno.EACCES, errno.EPERM), ": the app has no permission"),
    errno.EROFS: ": its drive is read-only",
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), ": there is a file in its place"),
    **dict.fromkeys((errno.EIO, errno.ENODEV, errno.ESTALE), ": its drive does not answer"),
}


def has_picture_suffix(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122 - a Path for each name is slow


def suffix_of(format_name: str) -> str:
    """The ending that a file of this format gets, with the dot."""
    own = f".{format_name.lower()}"
    return own if own in SUFFIXES else next(suffix for suffix, name in _SUFFIX_FORMATS.items() if name == format_name)


def is_left_out(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or what systems keep for themselves."""
    return name.startswith(".") or name.lower() in _LEFT_OUT


def make_folder(folder: Path) -> None:
    """
    Raises:
        StorageFull: the disk or quota is used up.
        IndexUnavailable: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of ours so that no reader ever sees half of it, from any number of threads and processes.

    Raises:
        StorageFull: the disk or quota is used up.
        IndexUnavailable: the folder cannot be written.
    """
    try:
        handle, name = _part(path.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise not_written(path.parent, error) from error


def _part(folder: Path) -> tuple[int, str]:
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


def not_written(folder: Path, error: OSError) -> IndexUnavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"There is no space left for {printable(folder)}.", "Free some space and start again.")
    return IndexUnavailable(
        f"{printable(folder)} cannot be written{_WHY_NOT.get(error.errno or 0, '')}.",
        "Give the user who runs the app permission to write there, or set IMAGE_SEARCH_DATA_DIR to another folder.",
    )
