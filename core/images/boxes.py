"""Pictures with what their labels say drawn into them, by supervision."""

import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from core.images.describe import Box
from core.images.lettering import font_file, shortened

_PALETTE = (
    *("#a351fb", "#ff4040", "#ffa1a0", "#ff7633", "#ffb633", "#d1d435", "#4cfb12", "#94cf1a", "#40de8a", "#1b9640"),
    *("#00d6c1", "#2e9caa", "#00c4ff", "#364797", "#6675ff", "#0019ef", "#863aff", "#530087", "#cd3aff", "#ff97ca"),
    "#ff39c9",
)  # supervision's own
_LABELLED = 200  # boxes whose labels are drawn, the largest: more hide the picture, and each takes a millisecond
_LONGEST = 32  # characters
_THINNEST, _LINES = 2, 400  # pixels of a line, and how many of them make the longer side; likewise letters
_SMALLEST, _LETTERS = 12, 60


def with_boxes(image: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """A copy of an upright RGB picture with a frame around each labelled part, and its label.

    A label has one colour in all pictures. Of very many boxes only the largest are labelled.
    """
    import supervision as sv  # takes seconds

    palette = sv.ColorPalette.from_hex(list(_PALETTE))
    ink = sv.ColorPalette(
        [sv.Color.BLACK if _is_light(colour.as_rgb()) else sv.Color.WHITE for colour in palette.colors]
    )
    longest = max(image.size)
    drawn = largest_first(boxes)
    found = sv.Detections(
        xyxy=_corners(drawn, image.size),
        class_id=np.array([_number(box.label) for box in drawn], dtype=np.int64),
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


def largest_first(boxes: Sequence[Box]) -> list[Box]:
    """In the order in which they are drawn: the smaller lie above the larger."""
    return sorted(boxes, key=lambda box: -box.width * box.height)


def label_colour(label: str) -> str:
    """The colour of its boxes in all pictures, as `#rrggbb`."""
    return _PALETTE[_number(label) % len(_PALETTE)]


def _number(label: str) -> int:
    return zlib.crc32(label.encode(errors="replace"))


def _corners(boxes: Sequence[Box], size: tuple[int, int]) -> np.ndarray:
    """In pixels: left, top, right, bottom; an array of shape `(n, 4)`."""
    shares = np.array([[box.left, box.top, box.left + box.width, box.top + box.height] for box in boxes])
    return np.clip(shares.reshape(-1, 4), 0.0, 1.0) * [*size, *size]


def _is_light(rgb: tuple[int, int, int]) -> bool:
    return float(np.dot(rgb, (0.299, 0.587, 0.114))) > 150.0  # ITU-R BT.601
