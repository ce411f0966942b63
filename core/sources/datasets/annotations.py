"""What datasets say of the pictures of a source: for folders, archives and addresses alike."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.errors import UnreadableImage, UnreadableLabels
from core.images.describe import Box, Split
from core.sources.datasets import coco, voc
from core.sources.datasets.coco import CocoFile
from core.sources.datasets.datafile import NAME_FILES, USUAL, YAML, DataFile, read_data_file, read_name_file
from core.sources.datasets.files import DatasetFiles, Listing, is_part
from core.sources.datasets.labels import MAX_BYTES, label_path, parse_boxes
from core.sources.datasets.splits import MAX_LIST_BYTES, ORDER, PictureList, Splits, parts, split_named
from core.sources.datasets.unmatched import Unmatched
from core.sources.source import NO_PICTURE, Skipped, no_picture, skipped_by_name
from core.text.names import printable

NO_NAMES = "Labels without class names: put a data.yaml with `names` in a folder above."
SECOND = "A data file beside another one that is used: move it away, or give it its own `path`."
OTHER_ANNOTATIONS = "COCO annotations without boxes of their own: those in the `instances` file beside it are used."
_OTHER_BOXES = ("captions", "person_keypoints", "panoptic", "stuff", "image_info")  # COCO's other files of a picture
_MAX_CANDIDATES = 20  # files of one folder that are looked into


@dataclass(frozen=True, slots=True)
class _Yolo:
    """A dataset in YOLO layout."""

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


class Datasets:
    """The datasets of one source, in the layouts of YOLO, COCO and Pascal VOC.

    A picture is in the dataset of the nearest data file, or annotations in COCO's form, in a folder above it; in Pascal
    VOC's it has a file of its own. What was found and read is kept: to see changes, take a new one. Safe between
    threads.

    Args:
        root: The location of the source; nothing outside it is asked for.
        files: Those of the source.
    """

    def __init__(self, root: str, files: DatasetFiles) -> None:
        self._start = root.rstrip("/") + "/"
        self._files = files
        self._reading = threading.RLock()  # a large file is read once for all who wait for it
        self._listings: dict[str, Listing] = {}
        self._here: dict[str, list[_Yolo]] = {}
        self._yolo: dict[str, _Yolo | None] = {}
        self._coco: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._here_coco: dict[str, tuple[str, ...]] = {}
        self._annotations: dict[str, tuple[str, ...]] = {}
        self._lists: dict[str, PictureList] = {}
        self._coco_files: dict[str, CocoFile | UnreadableLabels] = {}
        self._unmatched = Unmatched(lambda file: self._content(file, coco.MAX_COCO_BYTES))

    def files(self, path: str) -> tuple[str, ...]:
        """What says what is in a picture, and in which part of its dataset it is; nothing where nothing does."""
        folder = path.rpartition("/")[0]
        yolo = self._yolo_of(folder)
        label_file = self._label_file(path) if yolo else ""
        found = [label_file] if label_file else []
        if yolo and (label_file or yolo.has_parts):
            found += [yolo.path, *yolo.lists]
        if xml := self._xml(path):
            found += [xml, *(file for _, file in self._image_sets(xml))]
        of_many = self._coco_of(folder)[1]
        self._unmatched.picture(path, xml, of_many)
        return (*found, *of_many)

    def unmatched(self) -> Iterator[Skipped]:
        """After all files were met: annotations and pictures that do not go together."""
        return self._unmatched.told()

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        """As `Source.boxes`."""
        folder = path.rpartition("/")[0]
        if (yolo := self._yolo_of(folder)) and (label_file := self._label_file(path)):
            data = _or_raised(yolo.data)
            return parse_boxes(
                self._content(label_file, MAX_BYTES), data.names, size, data.keypoints, printable(label_file)
            )
        if xml := self._voc(path):
            return voc.read_voc(self._content(xml, MAX_BYTES), size, printable(xml))
        for file, place in self._in_coco(path):
            if boxes := file.boxes(place, size):
                return boxes
        return ()

    def splits(self, path: str) -> tuple[Split, ...]:
        """As `Source.splits`."""
        folders = path.removeprefix(self._start).split("/")[:-1]
        yolo = self._yolo_of(path.rpartition("/")[0])
        if yolo and yolo.splits and yolo.splits.known:
            return yolo.splits.of(path)
        if xml := self._voc(path):
            stem = (xml.rpartition("/")[2].rpartition(".")[0],)
            if found := tuple(split for split, file in self._image_sets(xml) if self._list(file).names(stem)):
                return found
        elif not (yolo and self._label_file(path)):
            names = {file.split for file, _ in self._in_coco(path)}
            if not names:
                return ()
            if found := tuple(split for split in ORDER if split in names):
                return found
        named = split_named(folders)
        return (named,) if named else ()

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
            above = folder.rpartition("/")[0]
            used = (*self._coco_here(folder), *(self._coco_here(above) if self._is_inside(above) else ()))
            if path not in used and name.startswith(_OTHER_BOXES) and self._is_coco(path):
                return OTHER_ANNOTATIONS
            if path in used:
                self._unmatched.coco(path)
            return "" if path in used else NO_PICTURE
        if lower.endswith(".xml") and voc.is_voc(self._files.head(path, voc.HEAD)):
            self._unmatched.xml(path)
            return ""
        return NO_PICTURE

    def _why_no_text(self, path: str, folder: str, beside: bool) -> str:
        yolo = self._yolo_of(folder)
        in_labels = "labels" in folder.removeprefix(self._start).split("/")
        if (in_labels or beside) and (yolo or in_labels):
            return "" if yolo else NO_NAMES
        is_list = yolo is not None and path in yolo.lists
        is_image_set = folder.endswith("/ImageSets/Main") and path.rpartition("/")[2].removesuffix(".txt") in ORDER
        return "" if is_list or is_image_set else NO_PICTURE

    def _why_no_data_file(self, path: str, folder: str) -> str:
        here = self._data_files(folder)
        at = next((at for at, yolo in enumerate(here) if yolo.path == path), None)
        if at is None:
            return NO_PICTURE
        base = (splits := here[at].splits) and splits.base
        is_second = any((other := yolo.splits) and other.base == base for yolo in here[:at])
        return SECOND if is_second and not here[at].has_parts else ""

    def _label_file(self, path: str) -> str:
        """The label file of a picture, in YOLO layout; empty where there is none."""
        mapped = self._start + label_path(path.removeprefix(self._start))  # no folder `images` above the root
        if self._files.exists(mapped):
            return mapped
        beside = f"{path.rpartition('.')[0]}.txt"
        return beside if beside != mapped and self._files.exists(beside) else ""

    def _yolo_of(self, folder: str) -> _Yolo | None:
        if folder not in self._yolo:  # asked once for all pictures of a folder
            self._yolo[folder] = self._nearest_yolo(folder)
        return self._yolo[folder]

    def _nearest_yolo(self, folder: str) -> _Yolo | None:
        for above in self._above(folder):
            here = self._data_files(above)
            fit = next((one for one in here if one.declares(folder)), None)
            if fit := fit or next((one for one in here if one.covers(folder)), None):
                return fit
        labels = self._start + label_path(f"{folder}/x".removeprefix(self._start)).rpartition("/")[0]
        return self._yolo_of(labels) if labels not in (folder, folder.removesuffix("/")) else None

    def _data_files(self, folder: str) -> list[_Yolo]:
        """Those in a folder itself, the likeliest first."""
        if folder not in self._here:
            names = self._listing(folder).data
            order = {name: at for at, name in enumerate(USUAL)}
            likeliest = sorted((n for n in names if n.lower().endswith(YAML)), key=lambda n: order.get(n.lower(), 9))
            found = filter(None, (self._data_file(folder, name) for name in likeliest[:_MAX_CANDIDATES]))
            plain = (self._data_file(folder, name) for name in names if name.lower() in NAME_FILES)
            self._here[folder] = list(found) or list(filter(None, plain))[:1]
        return self._here[folder]

    def _data_file(self, folder: str, name: str) -> _Yolo | None:
        path = f"{folder}/{name}"
        read: Callable[[bytes, str], DataFile | None] = read_name_file if name.lower() in NAME_FILES else read_data_file
        try:
            data = read(self._content(path, MAX_BYTES), printable(path))
        except UnreadableLabels as error:  # kept as well: it is the same for every picture
            return _Yolo(path, error, None) if name.lower() == USUAL[0] else None
        if data is None:
            return None
        read_list = lambda file: self._content(file, MAX_LIST_BYTES)  # noqa: E731
        return _Yolo(path, data, Splits(data, folder, self._start, self._files, read_list))

    def _voc(self, path: str) -> str:
        xml = self._xml(path)
        return xml if xml and voc.is_voc(self._files.head(xml, voc.HEAD)) else ""

    def _xml(self, path: str) -> str:
        """The XML file with a picture's name, beside it or where annotations are; empty where there is none."""
        folder, _, name = path.rpartition("/")
        if folder not in self._annotations:
            self._annotations[folder] = tuple(self._xml_folders(folder))
        stem = name.rpartition(".")[0]
        found = (file for one in self._annotations[folder] if self._files.exists(file := f"{one}/{stem}.xml"))
        return next(found, "")

    def _xml_folders(self, folder: str) -> Iterator[str]:
        """Beside the pictures, or with `Annotations` in place of one of the last folders on their path."""
        below = ""
        for above in self._above(folder):
            candidates = [above, *(f"{above}/{name}" for name in self._listing(above).folders)]
            for one in candidates if not below else candidates[1:]:
                if self._listing(one).has_xml:
                    yield one
                inner = f"{one}/{below.partition('/')[2]}".rstrip("/")
                if inner != one and self._listing(inner).has_xml:
                    yield inner
            below = f"{above.rpartition('/')[2]}/{below}".rstrip("/")
            if below.count("/") == 3:
                return

    def _image_sets(self, xml: str) -> Iterator[tuple[Split, str]]:
        """The lists of Pascal VOC's parts, where there are any."""
        above = xml.rpartition("/")[0].rpartition("/")[0]
        for split in ORDER if self._is_inside(above) else ():
            if self._files.exists(file := f"{above}/ImageSets/Main/{split}.txt"):
                yield split, file

    def _list(self, file: str) -> PictureList:
        if file not in self._lists:
            self._lists[file] = PictureList(self._content(file, MAX_LIST_BYTES))
        return self._lists[file]

    def _coco_of(self, folder: str) -> tuple[str, tuple[str, ...]]:
        """The nearest annotations in COCO's form that may be about a folder's pictures, and the folder they are of."""
        if folder not in self._coco:
            self._coco[folder] = next(self._coco_above(folder), ("", ()))
        return self._coco[folder]

    def _coco_above(self, folder: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        split = split_named(folder.removeprefix(self._start).split("/"))
        for above in self._above(folder):
            found = self._coco_here(above)
            named = {path: split_named([path.rpartition("/")[2]]) for path in found}
            if fit := tuple(path for path in found if not (split and named[path] and named[path] != split)):
                yield above, fit

    def _coco_here(self, folder: str) -> tuple[str, ...]:
        """The annotations in a folder, and in those in it that are called so."""
        if folder not in self._here_coco:
            self._here_coco[folder] = tuple(self._found_coco(folder))
        return self._here_coco[folder]

    def _found_coco(self, folder: str) -> list[str]:
        places = (folder, *(f"{folder}/{name}" for name in self._listing(folder).folders))
        names = ((place, name) for place in places for name in self._listing(place).data)
        paths = [f"{place}/{name}" for place, name in names if name.lower().endswith(".json")]
        found = [path for path in paths[:_MAX_CANDIDATES] if self._is_coco(path)]
        if any(one.rpartition("/")[2].startswith("instances") for one in found):
            found = [one for one in found if not one.rpartition("/")[2].startswith(_OTHER_BOXES)]
        return found

    def _is_coco(self, path: str) -> bool:
        return coco.is_coco(self._files.head(path, coco.HEAD))

    def _in_coco(self, path: str) -> Iterator[tuple[CocoFile, int]]:
        folder, files = self._coco_of(path.rpartition("/")[0])
        relative = parts(path.removeprefix(f"{folder}/"))
        unreadable, is_named = None, False
        for file in files:
            try:
                found = self._coco_file(file)
            except UnreadableLabels as error:  # which matters where no other file is about this picture
                unreadable = unreadable or error
                continue
            if (place := found.find(relative)) is not None:
                is_named = True
                yield found, place
        if unreadable and not is_named:
            raise unreadable

    def _coco_file(self, path: str) -> CocoFile:
        with self._reading:
            if path not in self._coco_files:
                try:
                    self._coco_files[path] = CocoFile(self._content(path, coco.MAX_COCO_BYTES), printable(path))
                except UnreadableLabels as error:
                    self._coco_files[path] = error
        return _or_raised(self._coco_files[path])

    def _listing(self, folder: str) -> Listing:
        if folder not in self._listings:
            self._listings[folder] = self._files.listing(folder)
        return self._listings[folder]

    def _above(self, folder: str) -> Iterator[str]:
        """The folder and those above it, up to the root."""
        while self._is_inside(folder):
            yield folder
            folder = folder.rpartition("/")[0]

    def _is_inside(self, folder: str) -> bool:
        return f"{folder}/".startswith(self._start)

    def _content(self, path: str, most: int) -> bytes:
        try:
            return self._files.read(path, most)
        except UnreadableLabels:
            raise
        except UnreadableImage as error:
            raise UnreadableLabels(error.message, error.remedy) from error


def _or_raised[Content](kept: Content | UnreadableLabels) -> Content:
    if isinstance(kept, UnreadableLabels):
        raise UnreadableLabels(kept.message, kept.remedy)
    return kept
