"""What datasets say of the pictures of a source: for folders, archives and addresses alike."""

from collections.abc import Iterator

from core.images.describe import Box, Split
from core.sources.datasets import coco
from core.sources.datasets.coco_layout import OTHER_ANNOTATIONS as OTHER_ANNOTATIONS
from core.sources.datasets.coco_layout import CocoLayout
from core.sources.datasets.datafile import NAME_FILES
from core.sources.datasets.files import DatasetFiles, is_part
from core.sources.datasets.splits import ORDER, split_named
from core.sources.datasets.surroundings import Surroundings
from core.sources.datasets.unmatched import Unmatched
from core.sources.datasets.voc_layout import VocLayout
from core.sources.datasets.yolo_layout import YoloLayout
from core.sources.source import NO_PICTURE, Skipped, no_picture, skipped_by_name

NO_NAMES = "Labels without class names: put a data.yaml with `names` in a folder above."
SECOND = "A data file beside another one that is used: move it away, or give it its own `path`."


class Datasets:
    """The datasets of one source, in the layouts of YOLO, Pascal VOC and COCO, asked in this order.

    What was found and read is kept: to see changes, take a new one. Safe between threads.

    Args:
        root: The location of the source; nothing outside it is asked for.
        files: Those of the source.
    """

    def __init__(self, root: str, files: DatasetFiles) -> None:
        self._around = around = Surroundings(root, files)
        self._yolo, self._voc, self._coco = YoloLayout(around), VocLayout(around), CocoLayout(around)
        self._unmatched = Unmatched(lambda file: around.content(file, coco.MAX_COCO_BYTES))

    def files(self, path: str) -> tuple[str, ...]:
        """What says what is in a picture, and in which part of its dataset it is; nothing where nothing does."""
        of_many = self._coco.files(path)
        self._unmatched.picture(path, self._voc.file(path), of_many)
        return (*self._yolo.files(path), *self._voc.files(path), *of_many)

    def unmatched(self) -> Iterator[Skipped]:
        """After all files were met: annotations and pictures that do not go together."""
        return self._unmatched.told()

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        """As `Source.boxes`."""
        for layout in (self._yolo, self._voc):
            if (boxes := layout.boxes(path, size)) is not None:
                return boxes
        return self._coco.boxes(path, size)

    def splits(self, path: str) -> tuple[Split, ...]:
        """As `Source.splits`."""
        yolo = self._yolo.dataset(path.rpartition("/")[0])
        if yolo and yolo.splits and yolo.splits.known:
            return yolo.splits.of(path)
        if self._voc.has(path):
            found: tuple[Split, ...] | None = self._voc.splits(path)
        elif yolo and self._yolo.label_file(path):
            found = ()
        else:
            found = self._coco.splits(path)
        if found is None:
            return ()
        named = split_named(self._around.below(path).split("/")[:-1])
        return found or ((named,) if named else ())

    def skipped(self, path: str, beside: bool) -> Skipped | None:
        """A file that is no picture, and why it is not read; None where it is part of a dataset.

        Args:
            beside: Whether it lies beside a picture that has its name but for the suffix.
        """
        if not is_part(path):
            return skipped_by_name(path)
        reason = self._why_not(path, beside)
        return no_picture(path, reason) if reason else None

    def _why_not(self, path: str, beside: bool) -> str:
        folder, _, name = path.rpartition("/")
        lower = name.lower()
        if lower.endswith(".txt") and lower not in NAME_FILES:
            return self._why_no_text(path, folder, beside)
        if lower.endswith((".yaml", ".yml")) or lower in NAME_FILES:
            return self._why_no_data_file(path, folder)
        if lower.endswith(".json"):
            return self._why_no_annotations(path)
        if lower.endswith(".xml") and self._voc.is_annotation(path):
            self._unmatched.xml(path)
            return ""
        return NO_PICTURE

    def _why_no_text(self, path: str, folder: str, beside: bool) -> str:
        yolo = self._yolo.dataset(folder)
        in_labels = "labels" in self._around.below(folder).split("/")
        if (in_labels or beside) and (yolo or in_labels):
            return "" if yolo else NO_NAMES
        is_list = yolo is not None and path in yolo.lists
        is_image_set = folder.endswith("/ImageSets/Main") and path.rpartition("/")[2].removesuffix(".txt") in ORDER
        return "" if is_list or is_image_set else NO_PICTURE

    def _why_no_data_file(self, path: str, folder: str) -> str:
        here = self._yolo.in_folder(folder)
        place = next((place for place, yolo in enumerate(here) if yolo.path == path), None)
        if place is None:
            return NO_PICTURE
        base = (splits := here[place].splits) and splits.base
        is_second = any((other := yolo.splits) and other.base == base for yolo in here[:place])
        return SECOND if is_second and not here[place].has_parts else ""

    def _why_no_annotations(self, path: str) -> str:
        if self._coco.is_used(path):
            self._unmatched.coco(path)
            return ""
        return OTHER_ANNOTATIONS if self._coco.is_other(path) else NO_PICTURE
