"""Files named one by one: what a visitor sent at one time."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from core.errors import SourceRefused, SourceUnavailable, UnreadableImage
from core.images.describe import Box, Split
from core.sources.folder import FolderSource
from core.sources.source import Found, Skipped, Source
from core.storage import write_whole
from core.text.names import printable

SUFFIX = ".list"


class ListedSource:
    """Keeps `Source`: some files, whatever else is in their folders.

    Args:
        file: What `write_list` wrote.
        folder: Makes the source of all files in the folder where they are.
    """

    def __init__(self, file: Path, folder: Callable[[str], Source] = lambda path: FolderSource(Path(path))) -> None:
        try:
            where, self._paths = json.loads(file.read_bytes())
        except (OSError, ValueError) as error:
            raise SourceRefused(f"{printable(file)} cannot be read.", "Upload the pictures again.") from error
        self.location = where or str(file)
        self._files = folder(self.location) if where else FolderSource(file)

    def find(self) -> Iterator[Found | Skipped]:
        for path in self._paths:
            try:
                yield self._files.stat(path)
            except UnreadableImage as error:
                yield Skipped(path, str(error), failed=True, problem=error.problem)
            except SourceUnavailable as error:
                yield Skipped(path, str(error), failed=True)

    def owns(self, path: str) -> bool:
        return False  # what else is there is not in question

    def unreachable(self, path: str) -> bool:
        return True

    def stat(self, path: str) -> Found:
        return self._files.stat(path)

    def read(self, path: str) -> bytes:
        return self._files.read(path)

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        return ()

    def splits(self, path: str) -> tuple[Split, ...]:
        return ()

    @property
    def paths(self) -> list[str]:
        return list(self._paths)


def write_list(file: Path, paths: Sequence[Path], folder: Path | None = None) -> None:
    """Name files for a `ListedSource`.

    Args:
        folder: Where they all are, if that is a source as a whole: they count as its. Else the list is one by itself.
    """
    write_whole(file, json.dumps([str(folder) if folder else "", list(map(str, paths))]).encode())
