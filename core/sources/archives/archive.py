"""A ZIP archive, read in place: nothing is unpacked to a disk."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from zipfile import ZipInfo

from core.errors import UnreadableArchive, UnreadableImage, UnreadableLabels
from core.images.describe import Box, Split
from core.sources.archives.zip_directory import Directory, directory_of
from core.sources.archives.zip_members import Limits, mtime_ns
from core.sources.datasets.annotations import Datasets
from core.sources.datasets.files import Listing, listing_of
from core.sources.source import Found, Skipped
from core.text.names import printable

LIMITS = Limits()


class ArchiveSource:
    """Keeps `Source`. The path of a picture is that of the archive, `/`, and its name within.

    Args:
        path: Resolved; need not exist.
    """

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        self.location = str(path)
        self._path = path
        self._limits = limits
        self._was_read = False
        self._known: tuple[Directory, Datasets] | None = None

    def check(self) -> None:
        """Open it, to learn at once what is wrong with it.

        Raises:
            UnreadableArchive: it is gone, no ZIP, damaged, or made to do harm.
        """
        self._directory()

    def find(self) -> Iterator[Found | Skipped]:
        self._was_read = False
        try:
            directory = self._directory()
        except UnreadableArchive as error:
            yield Skipped(self.location, str(error), failed=True, problem=error.problem)
        else:
            self._was_read = True
            yield from self._find(directory)

    def owns(self, path: str) -> bool:
        return True

    def unreachable(self, path: str) -> bool:
        return not self._was_read

    def stat(self, path: str) -> Found:
        directory = self._directory()
        return self._found(directory, path, self._member(directory, path))

    def read(self, path: str) -> bytes:
        directory = self._directory()
        return directory.unpack(self._member(directory, path), path)

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        try:
            return self._datasets(self._directory()).boxes(path, size)
        except UnreadableArchive as error:
            raise UnreadableLabels(error.message, error.remedy) from error

    def splits(self, path: str) -> tuple[Split, ...]:
        try:
            return self._datasets(self._directory()).splits(path)
        except UnreadableArchive as error:
            raise UnreadableLabels(error.message, error.remedy) from error

    def _directory(self) -> Directory:
        return directory_of(self._path, self._limits)

    def _find(self, directory: Directory) -> Iterator[Found | Skipped]:
        datasets, members = self._datasets(directory), directory.members
        used: set[str] = set()
        for name, info in members.pictures.items():
            found = self._found(directory, self._full(name), info)
            used.update(datasets.files(found.path))
            yield found
        for path in map(self._full, members.texts):
            is_used = path in used and not path.lower().endswith((".xml", ".json"))  # which is looked into
            if not is_used and (skipped := datasets.skipped(path, beside=False)):
                yield skipped
        yield from datasets.unmatched()
        for one in members.skipped:
            yield replace(one, path=self._full(one.path))

    def _found(self, directory: Directory, path: str, info: ZipInfo) -> Found:
        texts = (directory.members.texts[self._name(file)] for file in self._datasets(directory).files(path))
        # A date that is none is 1 here: 0 would say that there are no labels.
        return Found(path, info.file_size, mtime_ns(info), max((mtime_ns(text) or 1 for text in texts), default=0))

    def _datasets(self, directory: Directory) -> Datasets:
        known = self._known
        if known is None or known[0] is not directory:
            known = self._known = directory, self._new_datasets(directory)
        return known[1]

    def _new_datasets(self, directory: Directory) -> Datasets:
        return Datasets(self.location, _Files(self.location, directory))

    def _member(self, directory: Directory, path: str) -> ZipInfo:
        info = directory.members.pictures.get(self._name(path))
        if info is None:
            raise UnreadableImage(f"{printable(path)} is no longer in its ZIP file.", "Index the ZIP file again.")
        return info

    def _full(self, name: str) -> str:
        return f"{self.location}/{name}"

    def _name(self, path: str) -> str:
        return path.removeprefix(f"{self.location}/")


class _Files:
    """Keeps `DatasetFiles`."""

    def __init__(self, location: str, directory: Directory) -> None:
        self._location, self._directory = location, directory
        self._texts = directory.members.texts
        self._folders = {folder for name in (*self._texts, *directory.members.pictures) for folder in _above(name)}

    @cached_property
    def _listings(self) -> dict[str, Listing]:
        entries: dict[str, list[tuple[str, bool]]] = {}
        for folder in self._folders - {""}:
            entries.setdefault(folder.rpartition("/")[0], []).append((folder.rpartition("/")[2], True))
        for text in self._texts:
            entries.setdefault(text.rpartition("/")[0], []).append((text.rpartition("/")[2], False))
        return {folder: listing_of(found) for folder, found in entries.items()}

    def exists(self, path: str) -> bool:
        return self._name(path) in self._texts

    def is_folder(self, path: str) -> bool:
        return self._name(path) in self._folders

    def listing(self, folder: str) -> Listing:
        return self._listings.get(self._name(folder)) or Listing()

    def read(self, path: str, most: int) -> bytes:
        info = self._texts[self._name(path)]
        if info.file_size > most:
            raise UnreadableLabels(f"{printable(path)} is too large.", "Correct it and index the ZIP file again.")
        return self._directory.unpack(info, path)

    def head(self, path: str, size: int) -> bytes:
        try:
            return self._directory.unpack(self._texts[self._name(path)], path, size)
        except (UnreadableImage, KeyError):
            return b""

    def _name(self, path: str) -> str:
        return "" if path == self._location else path.removeprefix(f"{self._location}/")


def _above(name: str) -> Iterator[str]:
    while name:
        name = name.rpartition("/")[0]
        yield name


def archive_of(path: str) -> Path | None:
    """The archive in which a picture of this path lies: the nearest folder above it that is a file. None for others."""
    if os.path.isabs(path):  # noqa: PTH117 - an address is no path
        for above in Path(path).parents:
            if os.path.isfile(above):  # noqa: PTH113 - the method raises where a name is too long
                return above
            if os.path.isdir(above):  # noqa: PTH112
                break
    return None
