"""Annotations in Pascal VOC's XML: a file for each picture.

`supervision.DetectionDataset.from_pascal_voc` decodes every picture of the dataset to learn its size, and draws a mask
as large as the picture for each object. Here the XML of one picture is parsed (by defusedxml, which refuses to declare
entities), outlines are taken out, and supervision reads what is left.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.images.describe import Box
from core.sources.datasets.labels import MAX_BOXES, MAX_BYTES, is_within, legible, refusal, to_box

HEAD = 1024
"""How many bytes tell such a file from other XML."""

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*>\s*)*<annotation\b")
_PIXEL = 1.0  # exporters count from 0 or from 1


def is_voc(head: bytes) -> bool:
    """Whether an XML file that begins so holds annotations."""
    return _BEGINS.match(head[:HEAD]) is not None


def read_voc(data: bytes, size: tuple[int, int], name: str) -> tuple[Box, ...]:
    """The boxes of a picture, in the order of its file.

    Args:
        size: Upright width and height in pixels, where the file does not say.
        name: What to call the file in messages.

    Raises:
        UnreadableLabels: it is too large, no XML, declares entities, or has an object without a name or box.
    """
    root = _parsed(data, name)
    # Imports OpenCV and Matplotlib, which takes seconds: only those who have labels wait for it.
    from supervision.dataset.formats.pascal_voc import detections_from_xml_obj

    try:
        found, classes = detections_from_xml_obj(root, [], resolution_wh=(1, 1))
        width, height = _size(root, size)
        shares = (_clipped(found.xyxy, width, height) / np.array([width, height, width, height])).tolist()
    except Exception as error:  # ValueError, OverflowError … of texts that are no numbers
        raise refusal(name, "has an object without a name, or without a box of numbers") from error
    if not all(map(is_within, shares)):
        raise refusal(name, "has a box outside its picture")
    ids = [] if found.class_id is None else found.class_id.tolist()
    return tuple(to_box(legible(classes[id_]) or str(id_), row) for id_, row in zip(ids, shares, strict=True))


def _parsed(data: bytes, name: str) -> Any:
    from defusedxml.ElementTree import fromstring

    if len(data) > MAX_BYTES:
        raise refusal(name, f"is larger than {MAX_BYTES >> 20} MiB")
    try:
        root = fromstring(data, forbid_dtd=True)
    except Exception as error:  # ParseError, DefusedXmlException, ValueError, LookupError of an encoding …
        raise refusal(name, "is not XML, or declares entities, which are not read") from error
    objects = root.findall("object")
    if len(objects) > MAX_BOXES:
        raise refusal(name, f"has more than {MAX_BOXES} boxes")
    for one in objects:
        for outline in one.findall("polygon"):
            one.remove(outline)
    return root


def _size(root: Any, size: tuple[int, int]) -> tuple[float, float]:
    told = tuple(_numbers(root))
    return (told[0], told[1]) if len(told) == 2 and min(told) > 0 else size


def _numbers(root: Any) -> Iterator[float]:
    for side in ("width", "height"):
        try:
            number = float(root.findtext(f"size/{side}", ""))
        except ValueError:
            return
        if number < 1e9:  # not of what is no number
            yield number


def _clipped(xyxy: Any, width: float, height: float) -> Any:
    """Without what a count from 0 in place of 1 lets stand out."""
    low, high = np.zeros(4), np.array([width, height, width, height])
    outside = (xyxy < low - _PIXEL) | (xyxy > high + _PIXEL)
    return np.where(outside, xyxy, np.clip(xyxy, low, high))
