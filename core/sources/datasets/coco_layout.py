"""Datasets in COCO's layout: one file of annotations for many pictures."""

import threading
from collections.abc import Iterator

from core.errors import UnreadableLabels
from core.images.describe import Box, Split
from core.sources.datasets import coco
from core.sources.datasets.coco import CocoFile
from core.sources.datasets.splits import ORDER, parts, split_named
from core.sources.datasets.surroundings import MAX_CANDIDATES, Surroundings, or_raised
from core.text.names import printable

OTHER_ANNOTATIONS = "COCO annotations without boxes of their own: those in the `instances` file beside it are used."

_OTHER_BOXES = ("captions", "person_keypoints", "panoptic", "stuff", "image_info")  # COCO's other files of a picture


class CocoLayout:
    """A picture is in the nearest annotations in a folder above it that may be about its part."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._reading = threading.RLock()  # a large file is read once for all who wait for it
        self._nearest: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._here: dict[str, tuple[str, ...]] = {}
        self._files: dict[str, CocoFile | UnreadableLabels] = {}

    def files(self, path: str) -> tuple[str, ...]:
        """Those that may be about a picture."""
        return self._of(path.rpartition("/")[0])[1]

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        """Of the first file that has any."""
        return next(filter(None, (file.boxes(place, size) for file, place in self._about(path))), ())

    def splits(self, path: str) -> tuple[Split, ...] | None:
        """The parts that the files which name a picture are of; None where none does."""
        named = {file.split for file, _ in self._about(path)}
        return tuple(split for split in ORDER if split in named) if named else None

    def is_used(self, path: str) -> bool:
        """Whether a file of annotations is read for the pictures around it."""
        folder = path.rpartition("/")[0]
        above = folder.rpartition("/")[0]
        return path in self._in_folder(folder) or (self._around.is_inside(above) and path in self._in_folder(above))

    def is_other(self, path: str) -> bool:
        """Whether a file that is not read has other annotations of pictures, in COCO's form."""
        return path.rpartition("/")[2].startswith(_OTHER_BOXES) and self._is_coco(path)

    def _of(self, folder: str) -> tuple[str, tuple[str, ...]]:
        """The nearest annotations that may be about a folder's pictures, and the folder they are of."""
        if folder not in self._nearest:
            self._nearest[folder] = next(self._above(folder), ("", ()))
        return self._nearest[folder]

    def _above(self, folder: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        split = split_named(self._around.below(folder).split("/"))
        for above in self._around.above(folder):
            found = self._in_folder(above)
            named = {path: split_named([path.rpartition("/")[2]]) for path in found}
            if fit := tuple(path for path in found if not (split and named[path] and named[path] != split)):
                yield above, fit

    def _in_folder(self, folder: str) -> tuple[str, ...]:
        """The annotations in a folder, and in those in it that are called so."""
        if folder not in self._here:
            self._here[folder] = tuple(self._found(folder))
        return self._here[folder]

    def _found(self, folder: str) -> list[str]:
        places = (folder, *(f"{folder}/{name}" for name in self._around.listing(folder).folders))
        names = ((place, name) for place in places for name in self._around.listing(place).data)
        paths = [f"{place}/{name}" for place, name in names if name.lower().endswith(".json")]
        found = [path for path in paths[:MAX_CANDIDATES] if self._is_coco(path)]
        if any(path.rpartition("/")[2].startswith("instances") for path in found):
            found = [path for path in found if not path.rpartition("/")[2].startswith(_OTHER_BOXES)]
        return found

    def _is_coco(self, path: str) -> bool:
        return coco.is_coco(self._around.files.head(path, coco.HEAD))

    def _about(self, path: str) -> Iterator[tuple[CocoFile, int]]:
        """The files that name a picture, and its place in each."""
        folder, files = self._of(path.rpartition("/")[0])
        relative = parts(path.removeprefix(f"{folder}/"))
        unreadable, is_named = None, False
        for file in files:
            try:
                read = self._read(file)
            except UnreadableLabels as error:  # which matters where no other file is about this picture
                unreadable = unreadable or error
                continue
            if (place := read.find(relative)) is not None:
                is_named = True
                yield read, place
        if unreadable and not is_named:
            raise unreadable

    def _read(self, path: str) -> CocoFile:
        with self._reading:
            if path not in self._files:
                try:
                    self._files[path] = CocoFile(self._around.content(path, coco.MAX_COCO_BYTES), printable(path))
                except UnreadableLabels as error:
                    self._files[path] = error
        return or_raised(self._files[path])
