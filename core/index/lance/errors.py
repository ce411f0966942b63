"""What LanceDB raises, worded for the person who uses the app."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import IndexUnavailable, StorageFull

_FULL = ("No space left", "Disk quota exceeded", "not enough space")
_RUST_SOURCE = re.compile(r"(, \S+\.rs:\d+:\d+)+")


@contextmanager
def worded(folder: Path, name: str) -> Iterator[None]:
    """Turn what the engine raises inside into `IndexUnavailable` or `StorageFull`."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # the engine words broken files as any of these
        raise _expected(error, folder, name) from error


def is_vanished(error: Exception) -> bool:
    """Whether a file was gone: another process cleaned up the version of the table that was being read."""
    return "Not found" in str(error)


def _expected(error: Exception, folder: Path, name: str) -> IndexUnavailable:
    text = str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if full or any(sign in text for sign in _FULL):
        return StorageFull(
            f"There is no space left for the index in {folder}.",
            "Free some space and start again: what was stored before is kept.",
        )
    reason = _RUST_SOURCE.sub("", text).removeprefix("lance error: ")
    if isinstance(error, PermissionError) or "Permission denied" in text:
        remedy = "Give the user who runs the app the right to read and write this folder."
    else:
        remedy = (
            f"Check the folder and its disk. If it is damaged, delete {folder / name}.lance and index the pictures "
            "again, or set IMAGE_SEARCH_DATA_DIR to another folder."
        )
    return IndexUnavailable(f"The index in {folder} cannot be used: {reason}.", remedy)
