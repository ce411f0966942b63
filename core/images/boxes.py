"""Pictures with what their labels say drawn into them, by supervision."""

import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from core.images.describe import Box
from core.images.lettering import font_file, shortened

_LABELLED = 200  # boxes whose labels are drawn, the largest: more hide the picture, and each takes a millisecond
_LONGEST = 32  # characters
_THINNEST, _LINES = 2, 400  # pixels of a line, and how many of them make the longer side; likewise letters
_SMALLEST, _LETTERS = 12, 60


def with_boxes(image: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """A copy of an upright RGB picture with a frame around each labelled part, and its label.

    A label has one colour in all pictures. Of very many boxes only the largest are labelled.
    """
    import supervision as sv  # takes seconds

    palette = sv.ColorPalette.DEFAULT
    ink = sv.ColorPalette(
        [sv.Color.BLACK if _is_light(colour.as_rgb()) else sv.Color.WHITE for colour in palette.colors]
    )
    longest = max(image.size)
    drawn = sorted(boxes, key=lambda box: -box.width * box.height)
    found = sv.Detections(
        xyxy=_corners(drawn, image.size),
        class_id=np.array([zlib.crc32(box.label.encode(errors="replace")) for box in drawn], dtype=np.int64),
    )
    annotated: Image.Image = sv.BoxAnnotator(palette, max(_THINNEST, longest // _LINES)).annotate(image.copy(), found)
    lettering = sv.RichLabelAnnotator(
        palette,
        text_color=ink,
        font_path=font_file(),
        font_size=max(_SMALLEST, longest // _LETTERS),
        text_padding=3,
        smart_position=True,  # within the picture, and beside one another
    )
    labels = [shortened(box.label, _LONGEST) for box in drawn[:_LABELLED]]
    result: Image.Image = lettering.annotate(annotated, found[:_LABELLED], labels)
    return result


def _corners(boxes: Sequence[Box], size: tuple[int, int]) -> np.ndarray:
    """In pixels: left, top, right, bottom; an array of shape `(n, 4)`."""
    shares = np.array([[box.left, box.top, box.left + box.width, box.top + box.height] for box in boxes])
    return np.clip(shares.reshape(-1, 4), 0.0, 1.0) * [*size, *size]


def _is_light(rgb: tuple[int, int, int]) -> bool:
    return float(np.dot(rgb, (0.299, 0.587, 0.114))) > 150.0  # ITU-R BT.601
