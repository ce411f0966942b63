"""Pictures as plain values that were not searched for, with what their labels say is where."""

from typing import TypedDict

from core.images.boxes import label_colour, largest_first
from core.images.describe import Box
from core.index.records import ImageRecord
from core.search.output.response import Item, described, item
from core.search.results import Result
from core.text.names import utf8_safe

MAX_BOXES = 200
"""Of one picture, the largest: more hide it."""

_SHARE = 5  # decimals: a tenth of a pixel of the largest pictures


@described
class LabelledBox(TypedDict):
    """A labelled part of a picture, in shares of its width and height from 0 to 1."""

    label: str
    colour: str
    """As `#rrggbb`, the same for a label in all pictures."""
    left: float
    top: float
    width: float
    height: float


@described
class Picture(Item):
    """A picture, with its boxes."""

    labelled_boxes: list[LabelledBox]
    """The largest first, 200 at most; `boxes` is how many there are."""


def picture(record: ImageRecord) -> Picture:
    """All of it is JSON, whatever labels and files are called."""
    boxes = largest_first(record.boxes)[:MAX_BOXES]
    return Picture(**item(Result.of(record), scored=False), labelled_boxes=[_labelled(box) for box in boxes])


def _labelled(box: Box) -> LabelledBox:
    left, top, width, height = (round(float(share), _SHARE) for share in box[1:])
    return LabelledBox(
        label=utf8_safe(box.label), colour=label_colour(box.label), left=left, top=top, width=width, height=height
    )
