"""What a user typed, as a place that may be read."""

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from core.errors import FolderRefused
from core.sources.reasons import reason
from core.text.names import printable

# What knows pictures by their names is imported where there is a file: it asks Pillow.


def check_path(text: str, roots: Sequence[Path]) -> Path:
    """What a user typed as the resolved path of an existing folder, picture or ZIP archive below one of the roots.

    Raises:
        FolderRefused: it is empty, does not exist, is none of these, may not be read, or lies elsewhere.
    """
    typed = _unquoted(text)
    if not typed:
        raise FolderRefused("No folder was given.", "Type the path of a folder with pictures.")
    return check_kind(_inside(typed, roots))


def check_picture(typed: str, roots: Sequence[Path]) -> Path:
    """A path as the resolved one of an existing picture below one of the roots.

    Raises:
        FolderRefused: it does not exist, is no picture by its name, may not be read, or lies elsewhere.
    """
    from core.images.files import has_picture_suffix

    path, name = _inside(typed, roots), _short(typed)
    if path.is_dir():
        raise FolderRefused(f"{name} is a folder.", "Give the path of one picture, or index the folder.")
    if not path.is_file() or not has_picture_suffix(path.name):
        raise FolderRefused(f"{name} is not a picture, by its name.", "Give the path of a picture.")
    if not os.access(path, os.R_OK):
        raise _not_permitted(name)
    return path


def _inside(typed: str, roots: Sequence[Path]) -> Path:
    """Nobody learns from what is said whether there is something outside the roots.

    Raises:
        FolderRefused: it lies outside, or does not exist.
    """
    allowed = [root.expanduser().resolve() for root in roots]
    lies = _resolved_as_far_as_it_exists(typed)
    if lies is not None and any(lies.is_relative_to(root) for root in allowed):
        path = resolved(typed)
        if any(path.is_relative_to(root) for root in allowed):
            return path
    raise FolderRefused(
        f"{_short(typed)} is outside the folders that the app may read: {', '.join(map(printable, roots)) or 'none'}.",
        "Choose a folder inside these, or add it to IMAGE_SEARCH_ROOTS and restart the app.",
    )


def _resolved_as_far_as_it_exists(typed: str) -> Path | None:
    """None where it begins with a home folder that cannot be told."""
    try:
        path = Path(typed).expanduser()
    except RuntimeError:
        return None
    try:
        return as_spelled(path).resolve()
    except (OSError, ValueError, RuntimeError):  # too long, a loop; NUL, half a character
        return Path(os.path.normpath(Path.cwd() / path))


def check_kind(path: Path) -> Path:
    """The path itself, where it is a folder, picture or archive that may be read.

    Raises:
        FolderRefused: it is not.
    """
    if not path.is_dir() and not (path.is_file() and _is_readable_kind(path)):
        raise FolderRefused(
            f"{printable(path)} is not a folder, a picture or a ZIP file.", "Choose a folder with pictures."
        )
    if not os.access(path, os.R_OK | os.X_OK if path.is_dir() else os.R_OK):
        raise _not_permitted(printable(path))
    return path


def _is_readable_kind(path: Path) -> bool:
    from core.images.files import has_picture_suffix

    return has_picture_suffix(path.name) or is_archive(path)


def is_archive(path: Path) -> bool:
    """By its name."""
    from core.images.files import ARCHIVE_SUFFIX

    return path.suffix.lower() == ARCHIVE_SUFFIX


def _unquoted(text: str) -> str:
    typed = text.strip()
    if len(typed) >= 2 and typed[0] == typed[-1] and typed[0] in "\"'":  # as file managers copy paths
        typed = typed[1:-1]
    return typed


def resolved(typed: str) -> Path:
    """
    Raises:
        FolderRefused: there is nothing, nothing that may be seen, or it is no path.
    """
    name = _short(typed)
    try:
        return as_spelled(Path(typed).expanduser()).resolve(strict=True)
    except PermissionError as error:
        raise _not_permitted(name) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FolderRefused(
            f"{name} does not exist.", "Check the spelling, and that its drive is connected."
        ) from error
    except (OSError, ValueError, RuntimeError) as error:  # too long, a loop; NUL, half a character; no such ~user
        raise FolderRefused(f"{name} cannot be opened: {reason(error)}.", "Check the spelling.") from error


def _short(typed: str) -> str:
    return printable(typed if len(typed) <= 200 else f"{typed[:200]}…")


def as_spelled(path: Path) -> Path:
    """The path with its names as their folders spell them: composed or not (NFC, NFD), so that one folder is one source
    where the system takes both, and is found where it takes one."""
    if str(path).isascii():
        return path
    spelled = Path(path.anchor)
    for part in path.parts[1 if path.anchor else 0 :]:
        spelled /= part if part.isascii() else _spelled(spelled, part)
    return spelled


def _spelled(folder: Path, name: str) -> str:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names alone
    except (OSError, ValueError):
        return name
    composed = unicodedata.normalize("NFC", name)
    return name if name in names else next((n for n in names if unicodedata.normalize("NFC", n) == composed), name)


def _not_permitted(name: str) -> FolderRefused:
    return FolderRefused(
        f"{name} cannot be read: the app has no permission.", "Give the user who runs the app permission to read it."
    )
