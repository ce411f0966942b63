"""Which pictures of a dataset are for training, for tuning and for the final test, as its data file says."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from core.errors import UnreadableLabels
from core.images.describe import Split
from core.sources.datasets.datafile import DataFile

MAX_LIST_BYTES = 32 << 20
"""The largest list of pictures that is read: about half a million of them."""

ORDER: tuple[Split, ...] = ("train", "val", "test")

_MAX_DEPTH = 12  # folders of a path from elsewhere that are looked for
_DRIVE = re.compile(r"[A-Za-z]:")
_NAMED = re.compile(
    r"(?:^|[^a-z])(?:(train|training)|(val|valid|validation|dev)|(test|testing))(?:[_-]?(?:19|20)\d\d)?(?:$|[^a-z0-9])"
)

type Parts = tuple[str, ...]


class Tree(Protocol):
    """The files of a source, as far as they are asked for."""

    def exists(self, path: str) -> bool:
        """Whether there is a file of this path."""
        ...

    def is_folder(self, path: str) -> bool: ...


class Splits:
    """The parts of one dataset.

    What its data file names may have lain elsewhere, on another machine: folders and lists are looked for by the
    longest end of their paths that is there. Nothing outside the root is asked for.

    Args:
        data: What the data file says.
        folder: In which it lies, at or below the root.
        root: The location of the source, with a `/` at its end.
        read: The content of a list, at most `MAX_LIST_BYTES` and one byte of it.
    """

    def __init__(self, data: DataFile, folder: str, root: str, tree: Tree, read: Callable[[str], bytes]) -> None:
        self._root, self._folder, self._tree, self._read = root, folder, tree, read
        self.base = self._base(data.path)
        """The folder of the dataset."""
        self._folders: list[tuple[Split, str]] = []
        self.lists: list[tuple[Split, str]] = []
        """Texts that name pictures, by their paths."""
        self._read_lists: dict[str, PictureList] = {}
        for split, entries in data.splits.items():
            for found in dict.fromkeys(filter(None, map(self._found, entries))):
                (self.lists if tree.exists(found) else self._folders).append((split, found))

    @property
    def known(self) -> bool:
        """Whether anything of what the data file names is there."""
        return bool(self._folders or self.lists)

    def has_folder(self, folder: str) -> bool:
        """Whether it is part of the dataset by name."""
        return any(_is_below(folder, named) for _, named in self._folders)

    def of(self, path: str) -> tuple[Split, ...]:
        """The parts that a picture is in.

        Raises:
            UnreadableLabels: a list cannot be read.
        """
        found = {split for split, folder in self._folders if _is_below(path, folder)}
        found |= {split for split, file in self.lists if split not in found and self._lists(file, path)}
        return tuple(split for split in ORDER if split in found)

    def _lists(self, file: str, path: str) -> bool:
        if file not in self._read_lists:
            self._read_lists[file] = PictureList(self._read(file))
        bases = dict.fromkeys((file.rpartition("/")[0], self.base, self._folder))
        return any(self._read_lists[file].names(parts(path.removeprefix(f"{base}/"))) for base in bases)

    def _base(self, text: str) -> str:
        candidates = self._candidates(text, self._folder) if text else ()
        return next((one for one in candidates if self._tree.is_folder(one)), self._folder)

    def _found(self, entry: str) -> str | None:
        candidates = [one for base in dict.fromkeys((self.base, self._folder)) for one in self._candidates(entry, base)]
        return next((one for one in candidates if self._tree.is_folder(one) or self._tree.exists(one)), None)

    def _candidates(self, text: str, base: str) -> Iterator[str]:
        """The paths that a text may stand for, the likeliest first."""
        if "://" in text:
            return
        slashed = text.replace("\\", "/")
        if slashed.startswith(self._root) and (own := self._joined("", parts(slashed.removeprefix(self._root)))):
            yield own
        steps = parts(slashed)
        if (joined := self._joined(base, steps)) and not _is_absolute(slashed):
            yield joined
        # Roboflow's `../train/images` means the folder beside the file, not the one above.
        ends = [one for one in steps if one != ".."][-_MAX_DEPTH:]
        starts = range(len(ends)) if _is_absolute(slashed) or steps[:1] == ("..",) else ()
        for start in starts:
            yield "/".join((base, *ends[start:]))

    def _joined(self, base: str, steps: Parts) -> str | None:
        """The path from a folder; None where it leads out of the root."""
        above = [part for part in base.removeprefix(self._root.rstrip("/")).split("/") if part]
        for step in steps:
            if step != "..":
                above.append(step)
            elif above:
                above.pop()
            else:
                return None
        return "/".join((self._root.rstrip("/"), *above))


class PictureList:
    """A text that names a picture on each line, by paths of whatever machine.

    Raises:
        UnreadableLabels: it is too large.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_LIST_BYTES:
            raise UnreadableLabels(
                f"A list of pictures is larger than {MAX_LIST_BYTES >> 20} MiB.",
                "Name folders in the data file instead.",
            )
        self._lines: dict[str, list[Parts]] = {}
        for line in data.decode("utf-8-sig", "replace").splitlines():
            if steps := tuple(one for one in parts(line.strip().strip("\"'").replace("\\", "/")) if one != ".."):
                self._lines.setdefault(steps[-1], []).append(steps[:-1])

    def names(self, relative: Parts) -> bool:
        """Whether a line stands for the picture of this path, told from the folder that lines may begin in."""
        above = relative[:-1]
        lines = self._lines.get(relative[-1], ()) if relative else ()
        return any(above == line[len(line) - len(above) :] for line in lines if len(line) >= len(above))


def split_named(names: Iterable[str]) -> Split | None:
    """The part that the last of these names says, of files or folders: `train2017`, `instances_val2017.json`."""
    for name in reversed(list(names)):
        if matched := _NAMED.search(name.lower()):
            return ORDER[(matched.lastindex or 1) - 1]
    return None


def parts(path: str) -> Parts:
    """The names on a path, composed (NFC), without what stands for the place itself, and without a drive."""
    names = _DRIVE.sub("", path, count=1) if _DRIVE.match(path) else path
    composed = names if names.isascii() else unicodedata.normalize("NFC", names)
    return tuple(part for part in composed.split("/") if part not in {"", "."})


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "~")) or bool(_DRIVE.match(path))


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
