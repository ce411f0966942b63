"""What can be said of a path at which there is nothing: a file was deleted, or a drive is not there."""

import os
import stat
from collections.abc import Set
from pathlib import Path


def is_below(path: str, folder: str) -> bool:
    """Whether it is the folder or lies in it, by its name; addresses too."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def mounts_above(path: Path) -> set[str]:
    """The folders on which drives are mounted, of this and those above it."""
    return {str(folder) for folder in (path, *path.parents) if os.path.ismount(folder)}


def is_absent(path: str) -> bool:
    """Whether there is nothing for certain: False too where one may not look."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):  # ValueError: a NUL byte
        return False
    return False


def is_replaced(path: str) -> bool:
    """Whether something else has the name of what was a file: a folder, a pipe. Links stay what they are."""
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):  # ValueError: a NUL byte
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISLNK(mode))


def has_something(path: str) -> bool:
    """Whether it is a file, or a folder with anything in it, on a drive that answers."""
    try:
        with os.scandir(path) as entries:
            return next(entries, None) is not None
    except NotADirectoryError:
        return True
    except OSError:
        return False


def is_gone(path: str, mounts: Set[str]) -> bool:
    """Whether a file that was there is gone for certain: what is left of the folders above it has other things in it,
    and none of these drives is missing.

    Args:
        mounts: Folders on which drives were mounted when it was there.
    """
    if not is_absent(path) or any(is_below(path, one) and not os.path.ismount(one) for one in mounts):
        return False
    return has_something(next(str(folder) for folder in Path(path).parents if not is_absent(str(folder))))
