"""A ZIP archive, read in place: nothing is unpacked to a disk."""

import os
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipInfo

from core.errors import UnreadableArchive, UnreadableImage, UnreadableLabels
from core.images.describe import Box
from core.images.names import shown
from core.sources import labels
from core.sources.datasets import Datasets
from core.sources.directory import Directory, directory_of
from core.sources.members import Limits, mtime_ns
from core.sources.source import NO_PICTURE, Found, PassedOver

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

    def find(self) -> Iterator[Found | PassedOver]:
        self._was_read = False
        try:
            directory = self._directory()
        except UnreadableArchive as error:
            yield PassedOver(self.location, str(error), failed=True)
        else:
            self._was_read = True
            yield from self._find(directory)

    def owns(self, path: str) -> bool:
        return True

    def misses(self, path: str) -> bool:
        return not self._was_read

    def look(self, path: str) -> Found:
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

    def _directory(self) -> Directory:
        return directory_of(self._path, self._limits)

    def _find(self, directory: Directory) -> Iterator[Found | PassedOver]:
        datasets, members = self._datasets(directory), directory.members
        used: set[str] = set()
        for name, info in members.pictures.items():
            found = self._found(directory, self._full(name), info)
            used.update(datasets.files(found.path))
            yield found
        for path in map(self._full, members.texts):
            if not (path in used or datasets.holds(path)):
                yield PassedOver(path, NO_PICTURE)
        for one in members.passed_over:
            yield PassedOver(self._full(one.path), one.reason, one.failed)

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
        texts = directory.members.texts

        def read(path: str) -> bytes:
            info = texts[self._name(path)]
            if info.file_size > labels.MAX_BYTES:
                raise UnreadableLabels(f"{shown(path)} is too large.", "Correct it and index the archive again.")
            return directory.unpack(info, path)

        return Datasets(self.location, lambda path: self._name(path) in texts, read)

    def _member(self, directory: Directory, path: str) -> ZipInfo:
        info = directory.members.pictures.get(self._name(path))
        if info is None:
            raise UnreadableImage(f"{shown(path)} is no longer in its archive.", "Index the archive again.")
        return info

    def _full(self, name: str) -> str:
        return f"{self.location}/{name}"

    def _name(self, path: str) -> str:
        return path.removeprefix(f"{self.location}/")


def archive_of(path: str) -> Path | None:
    """The archive in which a picture of this path lies: the nearest folder above it that is a file. None for others."""
    if os.path.isabs(path):  # noqa: PTH117 - an address is no path
        for above in Path(path).parents:
            if os.path.isfile(above):  # noqa: PTH113 - the method raises where a name is too long
                return above
            if os.path.isdir(above):  # noqa: PTH112
                break
    return None
