"""Which labels belong to a picture of a source: for folders, archives and addresses alike."""

from collections.abc import Callable

from core.errors import UnreadableImage, UnreadableLabels
from core.images.describe import Box
from core.images.names import shown
from core.sources.labels import DATA_FILE, label_path, parse_boxes, read_keypoints, read_names


class Datasets:
    """The datasets of one source: a picture is in that of the nearest `data.yaml` in a folder above it.

    What was found and read is kept: to see changes, take a new one. Safe between threads.

    Args:
        root: The location of the source; nothing outside it is asked for.
        exists: Whether there is a file of this path, which begins with the root.
        read: Its content, or UnreadableImage. More than `labels.MAX_BYTES` and one byte are never needed.
    """

    def __init__(self, root: str, exists: Callable[[str], bool], read: Callable[[str], bytes]) -> None:
        self._start = root.rstrip("/") + "/"
        self._exists = exists
        self._read = read
        self._data_files: dict[str, str | None] = {}
        self._classes: dict[str, tuple[dict[int, str], int] | UnreadableLabels] = {}

    def files(self, path: str) -> tuple[str, ...]:
        """What says what is in a picture: its label file and the data.yaml; nothing where one of them is missing."""
        data_file = self._data_file(path)
        if data_file is None:
            return ()
        label_file = self._start + label_path(path.removeprefix(self._start))  # no folder `images` above the root
        return (label_file, data_file) if self._exists(label_file) else ()

    def holds(self, path: str) -> bool:
        """Whether a file that is no picture is part of a dataset: a data.yaml, or a text in a folder `labels`."""
        *folders, name = path.removeprefix(self._start).split("/")
        is_labels = name.endswith(".txt") and "labels" in folders
        return (name == DATA_FILE or is_labels) and self._data_file(path) is not None

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        """As `Source.boxes`."""
        files = self.files(path)
        if not files:
            return ()
        label_file, data_file = files
        names, keypoints = self._classes_of(data_file)
        return parse_boxes(self._content(label_file), names, size, keypoints, shown(label_file))

    def _data_file(self, path: str) -> str | None:
        folder = path.rpartition("/")[0]
        if folder not in self._data_files:  # asked once for all pictures of a folder
            self._data_files[folder] = self._nearest_data_file(folder)
        return self._data_files[folder]

    def _nearest_data_file(self, folder: str) -> str | None:
        while f"{folder}/".startswith(self._start):
            if self._exists(data_file := f"{folder}/{DATA_FILE}"):
                return data_file
            folder = folder.rpartition("/")[0]
        return None

    def _classes_of(self, data_file: str) -> tuple[dict[int, str], int]:
        if data_file not in self._classes:
            self._classes[data_file] = self._read_classes(data_file)
        classes = self._classes[data_file]
        if isinstance(classes, UnreadableLabels):
            raise UnreadableLabels(classes.message, classes.remedy)
        return classes

    def _read_classes(self, data_file: str) -> tuple[dict[int, str], int] | UnreadableLabels:
        try:
            data, name = self._content(data_file), shown(data_file)
            return read_names(data, name), read_keypoints(data, name)
        except UnreadableLabels as error:  # kept as well: it is the same for every picture
            return error

    def _content(self, path: str) -> bytes:
        try:
            return self._read(path)
        except UnreadableImage as error:
            raise UnreadableLabels(error.message, error.remedy) from error
