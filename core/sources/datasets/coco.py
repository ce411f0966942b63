"""Annotations in COCO's JSON: one file with the boxes of many pictures.

`supervision.DetectionDataset.from_coco` reads such a file as a whole into dictionaries, ten times its size in memory,
and opens every picture that it names. Here it is read in one pass over a stream, what is kept of a box takes 24 bytes,
and supervision turns those of one picture into detections.
"""

import math
import re
from array import array
from collections.abc import Collection, Iterator
from io import BytesIO
from typing import Any

import ijson
import numpy as np
from ijson.common import ObjectBuilder

from core.errors import UnreadableLabels
from core.images.describe import Box
from core.sources.datasets.labels import MAX_BOXES, MAX_CLASSES, is_within, legible, refusal, to_box
from core.sources.datasets.splits import Parts, parts, split_named

MAX_COCO_BYTES = 512 << 20
"""The largest file that is read: 512 MiB, a little more than COCO's own."""

HEAD = 4096
"""How many bytes tell such a file from other JSON."""

MAX_IMAGES = 1_000_000
"""Of one file of annotations."""

MAX_ANNOTATIONS = 5_000_000
"""Of one file."""

_MAX_DEPTH = 16
_MAX_EVENTS = 10_000  # names and values of one image or annotation, without outlines
_STARTS, _ENDS = {"start_map", "start_array"}, {"end_map", "end_array"}
_ITEM = 3  # how deep an image or annotation is: in a list, in the whole
_BEGINS = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:images|annotations|categories|licenses|info)"\s*:'
    rb"|(?:\xef\xbb\xbf)?\s*\{.*\"(?:images|annotations|categories)\"\s*:\s*\[",
    re.DOTALL,
)
# Outlines are most of such a file, and nothing is made of them.
_OUTLINES = re.compile(rb'"(?:segmentation|counts|keypoints)"\s*:\s*\[[\[\]\d.,\seE+-]*\]')


def is_coco(head: bytes) -> bool:
    """Whether a JSON file that begins so is likely to hold annotations."""
    return _BEGINS.match(head[:HEAD]) is not None


class CocoFile:
    """What one file says, by the pictures.

    Args:
        data: Its content.
        name: What to call it in messages.

    Raises:
        UnreadableLabels: it is too large, no JSON, or of another form.
    """

    def __init__(self, data: bytes, name: str) -> None:
        if len(data) > MAX_COCO_BYTES:
            raise refusal(name, f"is larger than {MAX_COCO_BYTES >> 20} MiB")
        self._name = name
        self.split = split_named([name.rpartition("/")[2]])
        """The part of the dataset that its name says."""
        self._classes: dict[int, str] = {}
        self._places: dict[str, int] = {}
        self._sizes: dict[int, tuple[float, float]] = {}
        self._by_name: dict[str, list[tuple[Parts, int]]] = {}
        self._owner, self._class, self._corners = array("q"), array("q"), array("d")
        try:
            self._read(_OUTLINES.sub(b'"":0', data))
        except UnreadableLabels:
            raise
        except Exception as error:  # a parser of hostile bytes: JSONError, ValueError, TypeError, OverflowError …
            raise refusal(name, "is not a COCO annotations file") from error
        self._order = np.argsort(np.asarray(self._owner), kind="stable")
        self._sorted = np.asarray(self._owner)[self._order]

    def find(self, path: Parts) -> int | None:
        """The place of a picture in the file, by the longest end of its path; None where it is not there."""
        best, longest, split = None, -1, split_named(path[:-1])
        for above, place in self._by_name.get(path[-1], ()) if path else ():
            alike, other = _alike(above, path[:-1]), split_named(above)
            if alike > longest and not (split and other and split != other):
                best, longest = place, alike
        return best

    def boxes(self, place: int, size: tuple[int, int]) -> tuple[Box, ...]:
        """The boxes of a picture, in the order of the file.

        Args:
            size: Upright width and height in pixels, where the file does not say.

        Raises:
            UnreadableLabels: there are too many, or one lies outside the picture.
        """
        first, last = np.searchsorted(self._sorted, [place, place + 1])
        if last - first > MAX_BOXES:
            raise refusal(self._name, f"has more than {MAX_BOXES} boxes for one picture")
        if first == last:
            return ()
        # Imports OpenCV and Matplotlib, which takes seconds: only those who have labels wait for it.
        from supervision.dataset.formats.coco import coco_annotations_to_detections

        annotations = [self._annotation(at) for at in self._order[first:last].tolist()]
        width, height = self._sizes[place] if min(self._sizes[place]) > 0 else size
        try:
            found = coco_annotations_to_detections(annotations, size, with_masks=False, use_iscrowd=False)
        except ValueError as error:
            raise refusal(self._name, "has a box with a negative side") from error
        shares = (found.xyxy / np.array([width, height, width, height], np.float32)).tolist()
        if not all(map(is_within, shares)):
            raise refusal(self._name, "has a box outside its picture")
        ids = [] if found.class_id is None else found.class_id.tolist()
        return tuple(to_box(self._classes.get(id_, str(id_)), row) for id_, row in zip(ids, shares, strict=True))

    def _annotation(self, at: int) -> dict[str, Any]:
        return {"category_id": self._class[at], "bbox": self._corners[4 * at : 4 * at + 4].tolist()}

    def _read(self, data: bytes) -> None:
        add = {"images": self._add_image, "annotations": self._add_annotation, "categories": self._add_category}
        for section, value in _items(data, add.keys()):
            add[section](value)
            self._check_size("images", len(self._sizes), MAX_IMAGES)
            self._check_size("annotations", len(self._owner), MAX_ANNOTATIONS)
            self._check_size("categories", len(self._classes), MAX_CLASSES)
        if not self._sizes:
            raise refusal(self._name, "lists no pictures under `images`")

    def _check_size(self, what: str, count: int, most: int) -> None:
        if count > most:
            raise refusal(self._name, f"has more than {most:,} {what}")

    def _add_category(self, one: dict[str, Any]) -> None:
        self._classes[int(one["id"])] = legible(str(one["name"])) or str(one["id"])

    def _add_image(self, one: dict[str, Any]) -> None:
        path = tuple(part for part in parts(str(one["file_name"]).replace("\\", "/")) if part != "..")
        if path:
            place = self._place_of(one["id"])
            self._by_name.setdefault(path[-1], []).append((path[:-1], place))
            self._sizes[place] = _number(one.get("width")), _number(one.get("height"))

    def _add_annotation(self, one: dict[str, Any]) -> None:
        bbox = one.get("bbox")
        if not isinstance(bbox, list) or len(bbox) != 4:  # captions have none
            return
        corners = [float(number) for number in bbox]
        if not all(map(math.isfinite, corners)):
            raise refusal(self._name, "has a box that is not made of numbers")
        self._owner.append(self._place_of(one["image_id"]))
        self._class.append(int(one["category_id"]))
        self._corners.extend(corners)

    def _place_of(self, image_id: object) -> int:
        """By what the file numbers or calls an image, which may come before it or after."""
        return self._places.setdefault(str(image_id), len(self._places))


def _items(data: bytes, sections: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the lists of a JSON file hold, one by one.

    ijson's own `items` keeps the way to each value as a text, whose length is that of the nesting.
    """
    depth, section, size = 0, "", 0
    builder: ObjectBuilder | None = None
    for event, value in ijson.basic_parse(BytesIO(data), use_float=True):
        depth += event in _STARTS
        size += 1
        if depth > _MAX_DEPTH or (builder and size > _MAX_EVENTS):
            raise ValueError("nested too deeply, or one thing too large")
        if depth == 1 and event == "map_key":
            section = value
        elif depth == _ITEM and event == "start_map" and builder is None and section in sections:
            builder, size = ObjectBuilder(), 0
        if builder:
            builder.event(event, value)
        depth -= event in _ENDS
        if builder and depth < _ITEM:
            yield section, builder.value
            builder = None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _alike(one: Parts, other: Parts) -> int:
    """How many of the last names are the same."""
    same = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        same += 1
    return same
