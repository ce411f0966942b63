"""Folders and files: which are pictures, which may be read, and how ours are written."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pillow_heif
from PIL import Image

from core.errors import FolderRefused, IndexUnavailable, StorageFull
from core.images.names import shown

type OnRefused = Callable[[Path, str], None]
"""Is told the folder that could not be listed, and why."""

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

SUFFIXES: frozenset[str] = frozenset(_SUFFIX_FORMATS)
"""Lower-case endings of file names, with the dot, that say a file is a picture."""

_LEFT_OUT = {
    "@eadir", "@tmp", "#recycle", "#snapshot", "__macosx", "$recycle.bin", "system volume information", "lost+found",
    "thumbs.db", "ehthumbs.db", "desktop.ini",
}  # fmt: skip
_CACHE_TAG = "CACHEDIR.TAG"  # bford.info/cachedir: such a folder holds what can be made again, our thumbnails too


def find_images(root: Path, on_refused: OnRefused | None = None) -> Iterator[Path]:
    """Every picture below a folder, once, as a resolved path; lazily, each folder sorted by name.

    Left out below the root: dot files, what systems keep for themselves, and folders with a `CACHEDIR.TAG`. Symbolic
    links are followed as far as the root's edge; where they lead to what is found anyway, it is found there.

    Args:
        root: A folder, or one file, which is yielded where its name is a picture's.
        on_refused: Called for each folder that cannot be listed (the root too), which is then passed over.
    """
    tell = on_refused or (lambda folder, reason: None)
    try:
        root = root.resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a NUL byte; RuntimeError: a loop
        return tell(root, _reason(error))
    if root.is_dir():
        yield from _walk(root, tell)
    elif root.is_file() and has_picture_suffix(root.name):
        yield root


def has_picture_suffix(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in SUFFIXES  # noqa: PTH122 - a Path for each name is slow


def suffix_of(format_name: str) -> str:
    """The ending that a file of this format gets, with the dot."""
    own = f".{format_name.lower()}"
    return own if own in SUFFIXES else next(suffix for suffix, name in _SUFFIX_FORMATS.items() if name == format_name)


def _walk(root: Path, tell: OnRefused) -> Iterator[Path]:
    seen: set[Path] = set()  # only what lies aside: the rest is met once by construction, and memory stays flat
    pending = [_listed(root, root, False, tell)]  # not recursion: folders may be nested deeper than its limit
    while pending:
        found = next(pending[-1], None)
        if found is None:
            pending.pop()
            continue
        path, is_folder, aside = found
        if aside:
            if path in seen:
                continue
            seen.add(path)
        if is_folder:
            pending.append(_listed(path, root, aside, tell))
        else:
            yield path


def _listed(folder: Path, root: Path, aside: bool, tell: OnRefused) -> Iterator[tuple[Path, bool, bool]]:
    """Path, whether it is a folder, and whether it lies aside: where the walk comes through a link alone."""
    for entry in _entries(folder, folder == root, tell):
        if not (entry.is_symlink() or entry.is_junction()):
            yield Path(entry.path), entry.is_dir(), aside
        elif target := _target_aside(entry, root):
            yield target, target.is_dir(), True


def _entries(folder: Path, is_root: bool, tell: OnRefused) -> list[os.DirEntry[str]]:
    wanted, tagged = [], False
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                tagged = tagged or entry.name == _CACHE_TAG
                if _is_wanted(entry):
                    wanted.append(entry)
    except OSError as error:
        tell(folder, _reason(error))
    return [] if tagged and not is_root else sorted(wanted, key=lambda entry: entry.name)


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    if _is_left_out(entry.name):
        return False
    try:
        return entry.is_dir() or (has_picture_suffix(entry.name) and entry.is_file())
    except OSError:  # a link that leads where one may not look, or in circles
        return False


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or name.lower() in _LEFT_OUT


def _target_aside(entry: os.DirEntry[str], root: Path) -> Path | None:
    """Where a link leads; None where that is outside the root, or is met by the walk without the link."""
    try:
        target = Path(entry.path).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    if not target.is_relative_to(root):
        return None
    aside = any(map(_is_left_out, target.relative_to(root).parts))
    return target if aside or (target.is_file() and not has_picture_suffix(target.name)) else None


def check_folder(text: str, roots: Sequence[Path]) -> Path:
    """What a user typed as the resolved path of an existing folder, or one picture, below one of the roots.

    Raises:
        FolderRefused: it is empty, does not exist, is neither, may not be read, or lies elsewhere.
    """
    typed = _unquoted(text)
    if not typed:
        raise FolderRefused("No folder was given.", "Type the path of a folder with pictures.")
    path = _resolved(typed)
    if not any(path.is_relative_to(root.expanduser().resolve()) for root in roots):
        raise FolderRefused(
            f"{shown(path)} is outside the folders that may be indexed: {', '.join(map(shown, roots)) or 'none'}.",
            "Choose a folder below one of these, or add it to the variable IMAGE_SEARCH_ROOTS and start again.",
        )
    if not path.is_dir() and not (path.is_file() and has_picture_suffix(path.name)):
        raise FolderRefused(f"{shown(path)} is neither a folder nor a picture.", "Choose a folder with pictures.")
    if not os.access(path, os.R_OK | os.X_OK if path.is_dir() else os.R_OK):
        raise _not_permitted(shown(path))
    return path


def _unquoted(text: str) -> str:
    typed = text.strip()
    if len(typed) >= 2 and typed[0] == typed[-1] and typed[0] in "\"'":  # as file managers copy paths
        typed = typed[1:-1]
    return typed


def _resolved(typed: str) -> Path:
    name = shown(typed if len(typed) <= 200 else f"{typed[:200]}…")
    try:
        return Path(typed).expanduser().resolve(strict=True)
    except PermissionError as error:
        raise _not_permitted(name) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FolderRefused(f"{name} does not exist.", "Check the spelling, and that its drive is there.") from error
    except (OSError, ValueError, RuntimeError) as error:  # too long, a loop; NUL, half a character; no such ~user
        raise FolderRefused(f"{name} cannot be a folder: {_reason(error)}.", "Check the spelling.") from error


def _not_permitted(name: str) -> FolderRefused:
    return FolderRefused(f"{name} may not be read by this app.", "Give the user who runs it the permission to read it.")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of ours so that no reader ever sees half of it, from any number of threads and processes.

    Raises:
        StorageFull: the disk or quota is used up.
        IndexUnavailable: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise _not_written(path.parent, error) from error


def _not_written(folder: Path, error: OSError) -> IndexUnavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"There is no space left for {shown(folder)}.", "Free some space and start again.")
    return IndexUnavailable(
        f"{shown(folder)} cannot be written: {_reason(error)}.",
        "Give the user who runs the app the permission, or set IMAGE_SEARCH_DATA_DIR to another folder.",
    )
