"""Datasets that were uploaded file by file: each gets its folder back, so that what lies where says what it did."""

import re
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from core.images.files import has_picture_suffix
from core.storage import copy_whole, writing_in

MAX_FILE_BYTES = 512 << 20
"""The largest file of labels that is taken: annotations of this size are read, see `core.sources.datasets.coco`."""

MAX_PATH = 1000  # characters
_MAX_DEPTH = 20
_MAX_NAME = 255  # bytes, as most file systems have it
_DRIVE = re.compile(r"[a-z]:", re.IGNORECASE)
_UNTITLED = "Uploaded dataset"


def is_inside(path: str) -> bool:
    """Whether it leads from a folder to a file in it, on every system; whoever sent it may want something else."""
    names = path.split("/")
    return (
        len(path) <= MAX_PATH
        and len(names) <= _MAX_DEPTH
        and path.isprintable()
        and "\\" not in path
        and not _DRIVE.match(path)
        and all(_is_name(name) for name in names)
    )


def put(root: Path, files: Mapping[str, Path]) -> Path:
    """A folder with these files; returns it. They take no more room on disk where it can be shared.

    Files that are sent again go into the same folder, with other labels too; other pictures of the same names do not.

    Args:
        root: Where such folders are kept.
        files: By their paths, for which `is_inside` holds.

    Raises:
        StorageFull: the disk is full.
        StorageUnavailable: the folder cannot be written, or a path is a file and a folder.
    """
    top = {path.partition("/")[0] for path in files if "/" in path}
    is_one = len(top) == 1 and all("/" in path for path in files)
    placed = {path.partition("/")[2] if is_one else path: file for path, file in files.items()}
    folder = _free(root.resolve(), next(iter(top)) if is_one else _UNTITLED, placed)
    for path, file in placed.items():
        _place(file, folder / path)
    return folder


def _is_name(name: str) -> bool:
    return bool(name) and not name.startswith(".") and len(name.encode(errors="replace")) <= _MAX_NAME


def _free(root: Path, title: str, files: Mapping[str, Path]) -> Path:
    names = (title if number == 1 else f"{title} {number}" for number in count(1))
    return next(folder for name in names if _fits(folder := root / name, files))


def _fits(folder: Path, files: Mapping[str, Path]) -> bool:
    """Whether none of its pictures would become another one."""
    return not folder.exists() or all(
        _is_same(folder / path, file) for path, file in files.items() if has_picture_suffix(path)
    )


def _is_same(there: Path, file: Path) -> bool:
    try:
        return there.samefile(file) or there.read_bytes() == file.read_bytes()
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _place(file: Path, target: Path) -> None:
    with writing_in(target):
        is_there = target.exists() and target.samefile(file)
    if not is_there:
        copy_whole(file, target)
