"""Datasets in YOLO's layout: a data file above the pictures, and a label file for each."""

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import UnreadableLabels
from core.images.describe import Box
from core.sources.datasets.datafile import NAME_FILES, USUAL, YAML, DataFile, read_data_file, read_name_file
from core.sources.datasets.labels import MAX_BYTES, label_path, parse_boxes
from core.sources.datasets.splits import MAX_LIST_BYTES, Splits
from core.sources.datasets.surroundings import MAX_CANDIDATES, Surroundings, or_raised
from core.text.names import printable


@dataclass(frozen=True, slots=True)
class YoloDataset:
    """What one data file declares."""

    path: str
    """Of its data file."""
    data: DataFile | UnreadableLabels
    splits: Splits | None

    def declares(self, folder: str) -> bool:
        return self.splits is not None and self.splits.has_folder(folder)

    def covers(self, folder: str) -> bool:
        return self.splits is None or f"{folder}/".startswith(f"{self.splits.base}/")

    @property
    def has_parts(self) -> bool:
        return self.splits is not None and self.splits.known

    @property
    def lists(self) -> tuple[str, ...]:
        return tuple(path for _, path in self.splits.lists) if self.splits else ()


class YoloLayout:
    """A picture is in the dataset of the nearest data file in a folder above it."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._here: dict[str, list[YoloDataset]] = {}
        self._nearest: dict[str, YoloDataset | None] = {}

    def dataset(self, folder: str) -> YoloDataset | None:
        """The one that the pictures of a folder are in."""
        if folder not in self._nearest:  # asked once for all pictures of a folder
            self._nearest[folder] = self._found(folder)
        return self._nearest[folder]

    def files(self, path: str) -> tuple[str, ...]:
        """What says what is in a picture, and in which part it is."""
        dataset = self.dataset(path.rpartition("/")[0])
        if dataset is None:
            return ()
        label_file = self.label_file(path)
        declared = (dataset.path, *dataset.lists) if label_file or dataset.has_parts else ()
        return (*filter(None, [label_file]), *declared)

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...] | None:
        """None where it says nothing of the picture."""
        dataset = self.dataset(path.rpartition("/")[0])
        if dataset is None or not (label_file := self.label_file(path)):
            return None
        data = or_raised(dataset.data)
        content = self._around.content(label_file, MAX_BYTES)
        return parse_boxes(content, data.names, size, data.keypoints, printable(label_file))

    def label_file(self, path: str) -> str:
        """The label file of a picture; empty where there is none."""
        mapped = self._around.start + label_path(self._around.below(path))  # no folder `images` above the root
        if self._around.files.exists(mapped):
            return mapped
        beside = f"{path.rpartition('.')[0]}.txt"
        return beside if beside != mapped and self._around.files.exists(beside) else ""

    def in_folder(self, folder: str) -> list[YoloDataset]:
        """Those whose data file is in a folder itself, the likeliest first."""
        if folder not in self._here:
            names = self._around.listing(folder).data
            order = {name: place for place, name in enumerate(USUAL)}
            likeliest = sorted((n for n in names if n.lower().endswith(YAML)), key=lambda n: order.get(n.lower(), 9))
            found = filter(None, (self._read(folder, name) for name in likeliest[:MAX_CANDIDATES]))
            plain = (self._read(folder, name) for name in names if name.lower() in NAME_FILES)
            self._here[folder] = list(found) or list(filter(None, plain))[:1]
        return self._here[folder]

    def _found(self, folder: str) -> YoloDataset | None:
        for above in self._around.above(folder):
            here = self.in_folder(above)
            fit = next((dataset for dataset in here if dataset.declares(folder)), None)
            if fit := fit or next((dataset for dataset in here if dataset.covers(folder)), None):
                return fit
        labels = self._around.start + label_path(self._around.below(f"{folder}/x")).rpartition("/")[0]
        return self.dataset(labels) if labels not in (folder, folder.removesuffix("/")) else None

    def _read(self, folder: str, name: str) -> YoloDataset | None:
        path = f"{folder}/{name}"
        read: Callable[[bytes, str], DataFile | None] = read_name_file if name.lower() in NAME_FILES else read_data_file
        try:
            data = read(self._around.content(path, MAX_BYTES), printable(path))
        except UnreadableLabels as error:  # kept as well: it is the same for every picture
            return YoloDataset(path, error, None) if name.lower() == USUAL[0] else None
        if data is None:
            return None
        around = self._around
        splits = Splits(data, folder, around.start, around.files, lambda file: around.content(file, MAX_LIST_BYTES))
        return YoloDataset(path, data, splits)
