"""Label files in YOLO layout, each with the boxes for one picture; and YAML from whoever wrote it."""

import math
import os
from collections.abc import Mapping, Sequence

import numpy as np
import yaml

from core.errors import UnreadableLabels
from core.images.describe import Box
from core.text.names import printable

MAX_BYTES = 4 << 20
"""The largest data file or label file that is read: 4 MiB."""

MAX_BOXES = 5000
"""The most boxes that one picture has."""

MAX_CLASSES = 100_000
"""The most class names that are read."""

_MAX_DEPTH = 16  # libyaml builds nested lists by recursion in C, which nothing stops
_MAX_NAME = 100
_DECIMALS = 6
_TOLERANCE = 0.01  # how far Ultralytics lets centres and sides lie out of [0, 1] (`verify_image_label`)

# Takes all it reads as text: no dates, no numbers of a million digits, and a class `no` is not False.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def label_path(image_path: str) -> str:
    """Where the labels of a picture are: its last folder `images` becomes `labels`, its suffix `.txt`.

    Without such a folder they lie beside the picture. (Ultralytics, `img2label_paths`.)
    """
    before, images, after = f"/{image_path}".rpartition("/images/")
    path = f"{before}/labels/{after}" if images else f"/{image_path}"
    return os.path.splitext(path[1:])[0] + ".txt"  # noqa: PTH122 - a Path for each of a million pictures is slow


def parse_boxes(
    data: bytes, names: Mapping[int, str], size: tuple[int, int], keypoints: int = 0, name: str = "The label file"
) -> tuple[Box, ...]:
    """The boxes of a picture in the order of its label file; polygons and turned boxes as what encloses them.

    Args:
        data: A line for each: the class, then centre and sides, or the corners of a polygon, in shares of the picture.
        names: Of the classes; one that has none is called by its id.
        size: Upright width and height in pixels.
        keypoints: As in `DataFile`.

    Raises:
        UnreadableLabels: it is too large, or a line is of another kind; the message has the number of the line.
    """
    lines = _lines(data, keypoints, name)
    if not lines:
        return ()
    # Imports OpenCV and Matplotlib, which takes seconds: only those who have labels wait for it.
    from supervision.dataset.formats.yolo import yolo_annotations_to_detections

    with np.errstate(all="ignore"):  # what 32 bits cannot hold is refused below as outside the picture
        found = yolo_annotations_to_detections(list(lines.values()), resolution_wh=size, with_masks=False)
        corners = (found.xyxy / np.array([*size, *size], dtype=np.float32)).tolist()
    for number, row in zip(lines, corners, strict=True):
        if not is_within(row):
            raise refusal(name, "is outside the picture: coordinates are shares of it, from 0 to 1", number)
    ids = [] if found.class_id is None else found.class_id.tolist()
    return tuple(to_box(names.get(id_, str(id_)), row) for id_, row in zip(ids, corners, strict=True))


def read_mapping(data: bytes, name: str) -> dict[object, object]:
    """What a YAML file holds, all of it as texts.

    Raises:
        UnreadableLabels: it is not YAML, too large, uses aliases, or is no mapping.
    """
    _check_length(data, name)
    try:
        _check_structure(data)
        content = yaml.load(data, Loader=_Loader)  # noqa: S506 - it makes texts, lists and mappings only
    except _Excessive as error:
        raise refusal(name, "uses aliases, is nested too deeply, or has too many values") from error
    except Exception as error:  # a parser of hostile bytes: YAMLError, ValueError, RecursionError, MemoryError …
        mark = getattr(error, "problem_mark", None)
        raise refusal(name, "is not YAML" + (f": line {mark.line + 1} cannot be read" if mark else "")) from error
    if not isinstance(content, dict):
        raise refusal(name, "does not map names to values")
    return content


class _Excessive(Exception):
    """It would take far more memory than its bytes."""


def _check_structure(data: bytes) -> None:
    """Refuse what would take far more memory than its bytes: many values, and aliases, which stand for any number."""
    depth = 0
    for count, event in enumerate(yaml.parse(data, Loader=_Loader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _MAX_DEPTH or count > 2 * MAX_CLASSES:
            raise _Excessive


def _lines(data: bytes, keypoints: int, name: str) -> dict[int, str]:
    """The lines with something on them, by their numbers, made of plain numbers and without keypoints."""
    _check_length(data, name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(name, "is not text") from error
    lines: dict[int, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if values := line.split():
            if len(lines) == MAX_BOXES:
                raise refusal(name, f"has more than {MAX_BOXES} boxes")
            lines[number] = _checked(values, keypoints, name, number)
    return lines


def _checked(values: Sequence[str], keypoints: int, name: str, number: int) -> str:
    try:
        numbers = list(map(float, values))
    except ValueError as error:
        raise refusal(name, "is not made of numbers", number) from error
    if len(numbers) < 5 or not all(map(math.isfinite, numbers)):
        raise refusal(name, "is not a class with a box or polygon", number)
    # Before supervision sees it, which would write out a class of 1e999999999 to its last digit.
    if not (0 <= numbers[0] < MAX_CLASSES and numbers[0].is_integer()):
        raise refusal(name, "does not begin with a class", number)
    coordinates = numbers[1:5] if keypoints and len(numbers) == 5 + keypoints else numbers[1:]
    if len(coordinates) <= 5 and min(coordinates[2:4]) < 0:
        raise refusal(name, "has a box with a negative side", number)
    return " ".join([str(int(numbers[0])), *map(repr, coordinates)])


def is_within(corners: Sequence[float]) -> bool:
    """Whether a box lies in its picture, in shares of it: left, top, right and bottom."""
    left, top, right, bottom = corners
    shares = ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
    return all(-_TOLERANCE <= share <= 1 + _TOLERANCE for share in shares)  # not of NaN


def to_box(label: str, corners: Sequence[float]) -> Box:
    """From left, top, right and bottom in shares of the picture."""
    left, top, right, bottom = (round(min(max(share, 0.0), 1.0), _DECIMALS) for share in corners)
    return Box(label, left, top, round(right - left, _DECIMALS), round(bottom - top, _DECIMALS))


def is_id(text: object) -> bool:
    """Whether it is the number of a class, as text."""
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < len(str(MAX_CLASSES))


def legible(text: str) -> str:
    """A class name as people can read it, not too long."""
    return printable(" ".join(text[: 2 * _MAX_NAME].split()))[:_MAX_NAME]


def _check_length(data: bytes, name: str) -> None:
    if len(data) > MAX_BYTES:
        raise refusal(name, f"is larger than {MAX_BYTES >> 20} MiB")


def refusal(name: str, what: str, line: int | None = None) -> UnreadableLabels:
    """What is wrong with a file of a dataset, and on which line."""
    place = name if line is None else f"Line {line} of {name}"
    return UnreadableLabels(f"{place} {what}.", "Correct it and index the dataset again.")
