"""The folders around the pictures of a source, as far as datasets are looked for in them."""

from collections.abc import Iterator

from core.errors import UnreadableImage, UnreadableLabels
from core.sources.datasets.files import DatasetFiles, Listing

MAX_CANDIDATES = 20
"""Files of one folder that are looked into."""


class Surroundings:
    """What was listed is kept. Safe between threads.

    Args:
        root: The location of the source; nothing outside it is asked for.
        files: Those of the source.
    """

    def __init__(self, root: str, files: DatasetFiles) -> None:
        self.start = root.rstrip("/") + "/"
        self.files = files
        self._listings: dict[str, Listing] = {}

    def listing(self, folder: str) -> Listing:
        if folder not in self._listings:
            self._listings[folder] = self.files.listing(folder)
        return self._listings[folder]

    def below(self, path: str) -> str:
        """The path as it is from the root on."""
        return path.removeprefix(self.start)

    def above(self, folder: str) -> Iterator[str]:
        """The folder and those above it, up to the root."""
        while self.is_inside(folder):
            yield folder
            folder = folder.rpartition("/")[0]

    def is_inside(self, folder: str) -> bool:
        return f"{folder}/".startswith(self.start)

    def content(self, path: str, most: int) -> bytes:
        """
        Raises:
            UnreadableLabels: it cannot be read.
        """
        try:
            return self.files.read(path, most)
        except UnreadableLabels:
            raise
        except UnreadableImage as error:
            raise UnreadableLabels(error.message, error.remedy) from error


def or_raised[Content](kept: Content | UnreadableLabels) -> Content:
    """What was read, or that it cannot be: as a new error, for a traceback grows each time that it is raised."""
    if isinstance(kept, UnreadableLabels):
        raise UnreadableLabels(kept.message, kept.remedy)
    return kept
