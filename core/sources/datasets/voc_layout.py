"""Datasets in Pascal VOC's layout: an XML file for each picture, and lists of the parts."""

from collections.abc import Iterator

from core.images.describe import Box, Split
from core.sources.datasets import voc
from core.sources.datasets.labels import MAX_BYTES
from core.sources.datasets.splits import MAX_LIST_BYTES, ORDER, PictureList
from core.sources.datasets.surroundings import Surroundings
from core.text.names import printable

_LEVELS = 3  # that may lie between the pictures and the folder beside which their annotations are


class VocLayout:
    """A picture has a file of its own, with its name."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._folders: dict[str, tuple[str, ...]] = {}
        self._lists: dict[str, PictureList] = {}

    def file(self, path: str) -> str:
        """The XML file with a picture's name, beside it or where annotations are; empty where there is none."""
        folder, _, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = tuple(self._annotations(folder))
        stem = name.rpartition(".")[0]
        candidates = (f"{annotations}/{stem}.xml" for annotations in self._folders[folder])
        return next(filter(self._around.files.exists, candidates), "")

    def files(self, path: str) -> tuple[str, ...]:
        """What says what is in a picture, and in which part it is."""
        xml = self.file(path)
        return (xml, *(file for _, file in self._lists_beside(xml))) if xml else ()

    def is_annotation(self, path: str) -> bool:
        """Whether a file is in Pascal VOC's form."""
        return voc.is_voc(self._around.files.head(path, voc.HEAD))

    def has(self, path: str) -> bool:
        """Whether it says what is in a picture."""
        return bool(xml := self.file(path)) and self.is_annotation(xml)

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...] | None:
        """None where it says nothing of the picture."""
        if not self.has(path):
            return None
        xml = self.file(path)
        return voc.read_voc(self._around.content(xml, MAX_BYTES), size, printable(xml))

    def splits(self, path: str) -> tuple[Split, ...]:
        """Those whose list names the picture."""
        xml = self.file(path)
        stem = (xml.rpartition("/")[2].rpartition(".")[0],)
        return tuple(split for split, file in self._lists_beside(xml) if self._list(file).names(stem))

    def _annotations(self, folder: str) -> Iterator[str]:
        """Beside the pictures, or with `Annotations` in place of one of the last folders on their path."""
        below = ""
        for above in self._around.above(folder):
            named = [f"{above}/{name}" for name in self._around.listing(above).folders]
            for candidate in named if below else [above, *named]:
                if self._around.listing(candidate).has_xml:
                    yield candidate
                inner = f"{candidate}/{below.partition('/')[2]}".rstrip("/")
                if inner != candidate and self._around.listing(inner).has_xml:
                    yield inner
            below = f"{above.rpartition('/')[2]}/{below}".rstrip("/")
            if below.count("/") == _LEVELS:
                return

    def _lists_beside(self, xml: str) -> Iterator[tuple[Split, str]]:
        above = xml.rpartition("/")[0].rpartition("/")[0]
        for split in ORDER if self._around.is_inside(above) else ():
            if self._around.files.exists(file := f"{above}/ImageSets/Main/{split}.txt"):
                yield split, file

    def _list(self, file: str) -> PictureList:
        if file not in self._lists:
            self._lists[file] = PictureList(self._around.content(file, MAX_LIST_BYTES))
        return self._lists[file]
