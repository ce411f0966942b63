"""What LanceDB raises, worded for the person who uses the app."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from core.errors import IndexUnavailable, StorageFull
from core.index.pointer import Lost

_log = logging.getLogger(__name__)

PANICS = frozenset({"PanicException", "RustPanic"})
"""What the engine's Rust code raises where it gives up."""

_FULL = ("No space left", "Disk quota exceeded", "not enough space")
_NOT_PERMITTED = ("Permission denied", "Operation not permitted", "Read-only file system")
_REASONS = {
    "Not found": "one of its files is missing",
    "No such file": "one of its files is missing",
    "Not a directory": "there is a file where its folder should be",
    "File exists": "there is a file where its folder should be",
    "Is a directory": "there is a folder where one of its files should be",
    "Too many open files": "this machine has too many files open",
    "Input/output error": "its disk reports an error",
}
"""By what the system says, in the engine's words too."""


class Damaged(ValueError):
    """Something is wrong with the table that the engine does not notice, told in words."""


@contextmanager
def translate_errors(folder: Path, name: str) -> Iterator[None]:
    """Turn what the engine raises inside into `IndexUnavailable` or `StorageFull`."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, pa.ArrowException) as error:  # broken files are any of these
        raise _expected(error, folder, name) from error
    except BaseException as error:
        if not is_panic(error):
            raise
        raise _expected(error, folder, name) from error


def is_panic(error: BaseException) -> bool:
    """Whether the engine gave up in its Rust code: no `Exception`, and in no module that could be imported."""
    return type(error).__name__ in PANICS


def is_vanished(error: Exception) -> bool:
    """Whether a file was gone: another process cleaned up the version of the table that was being read."""
    return "Not found" in str(error)


def _expected(error: BaseException, folder: Path, name: str) -> IndexUnavailable | StorageFull:
    _log.debug("The index in %s", folder, exc_info=error)
    text = str(error)
    if _is(error, errno.ENOSPC, errno.EDQUOT) or any(sign in text for sign in _FULL):
        return StorageFull(
            f"There is no space left for the index in {folder}.",
            "Free some space and start again: what was stored before is kept.",
        )
    if _is(error, errno.EACCES, errno.EPERM, errno.EROFS) or any(sign in text for sign in _NOT_PERMITTED):
        return IndexUnavailable(
            f"The app may not read or write the index in {folder}.",
            "Give the user who runs the app permission to read and write this folder.",
        )
    return IndexUnavailable(
        f"The index in {folder} cannot be used: {_reason(error)}.",
        f"Check the folder and its disk, or put the folder back from a backup. If it stays damaged, delete "
        f"{folder / name}.lance and index the pictures again, or set IMAGE_SEARCH_DATA_DIR to another folder. The "
        "pictures themselves are not affected.",
    )


def _is(error: BaseException, *codes: int) -> bool:
    return isinstance(error, OSError) and error.errno in codes


def _reason(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, Damaged | Lost):
        return text
    return next((words for sign, words in _REASONS.items() if sign in text), "one of its files is damaged")
