"""The bytes of a file, as they lie on the disk."""

import os
import stat
from pathlib import Path

from core.errors import UnreadableImage
from core.images.reading.refusals import not_given
from core.text.names import printable

MAX_BYTES = 1 << 30
"""The largest file that is read: 1 GiB."""

# A pipe that nobody writes to would block; neither flag exists on every system.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bytes(path: Path) -> bytes:
    """All bytes of a regular file; never waits for a pipe or device.

    Args:
        path: Where it is absolute, it must be resolved: what leads elsewhere now was swapped since the file was found.

    Raises:
        UnreadableImage: it is gone, may not be read, is no regular file, leads elsewhere, changes meanwhile, or is
            larger than `MAX_BYTES`.
    """
    try:
        with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as file:
            status = os.fstat(file.fileno())
            _check_file(path, status)
            data = file.read(status.st_size + 1)
    except FileNotFoundError as error:
        raise UnreadableImage(f"{printable(path)} no longer exists.", "Index its folder again.") from error
    except IsADirectoryError as error:
        raise UnreadableImage(f"{printable(path)} is a folder.", "Choose a picture file.") from error
    except PermissionError as error:
        raise UnreadableImage(
            f"{printable(path)} cannot be read: the app has no permission.",
            "Give the user who runs the app permission to read it.",
        ) from error
    except (OSError, ValueError, MemoryError) as error:
        raise not_given(path, error) from error
    if len(data) != status.st_size:
        raise UnreadableImage(
            f"{printable(path)} changed while it was read.", "Index its folder again once it is whole."
        )
    return data


def _check_file(path: Path, status: os.stat_result) -> None:
    """Of an open file, so that nobody can swap it between the check and the reading."""
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableImage(f"{printable(path)} is not a file.", "Choose a picture file.")
    if path.is_absolute() and (path.resolve() != path or not os.path.samestat(status, path.lstat())):
        raise UnreadableImage(
            f"{printable(path)} points elsewhere now: it, or a folder above it, has become a link.",
            "Index its folder again.",
        )
    if status.st_size > MAX_BYTES:
        raise UnreadableImage(
            f"{printable(path)} is larger than {MAX_BYTES >> 30} GiB.", "Save a smaller version of it."
        )
