"""Boxes: drawn where they are, each label in a colour of its own."""

import numpy as np
import pytest
from PIL import Image

from core.images.boxes import with_boxes
from core.images.describe import Box
from core.sources.datasets.labels import MAX_BOXES

SIZE = (800, 600)


def drawn(*boxes, size=SIZE):
    return np.asarray(with_boxes(Image.new("RGB", size, "grey"), boxes)).astype(int)


def colour_of(*boxes):
    """Of the lower edge of a box from a quarter to three quarters of the picture."""
    return tuple(drawn(Box(boxes[0], 0.25, 0.25, 0.5, 0.5))[450, 400])


def test_a_frame_stands_where_the_box_is():
    pixels = drawn(Box("cat", 0.25, 0.5, 0.5, 0.25))
    changed = (pixels != 128).any(axis=2)
    assert changed[450, 250:550].all()
    assert changed[320:440, 200].all()
    assert not changed[320:440, 220:580].any()  # within
    assert not changed[500:].any()


def test_a_label_has_one_colour_in_all_pictures():
    assert colour_of("cat") == tuple(drawn(Box("dog", 0, 0, 0.1, 0.1), Box("cat", 0.25, 0.25, 0.5, 0.5))[450, 400])
    assert len({colour_of(label) for label in ("cat", "dog", "bus", "zebra")}) > 1


def test_what_is_in_it_is_written_beside_it():
    cat, dog = (drawn(Box(label, 0.3, 0.3, 0.2, 0.2)) for label in ("cat", "cats"))
    assert (cat != dog).any()


def test_the_picture_itself_is_not_changed():
    picture = Image.new("RGB", SIZE, "grey")
    with_boxes(picture, [Box("cat", 0.1, 0.1, 0.5, 0.5)])
    assert picture.getcolors() == [(SIZE[0] * SIZE[1], (128, 128, 128))]


@pytest.mark.parametrize("label", ["", "\u202eevil\n\nlines", "caf\udce9", "x" * 100_000, "日本 عربي", "%s{}\x00"])
def test_labels_of_any_kind_stay_in_the_picture(label):
    assert drawn(Box(label, 0.25, 0.25, 0.5, 0.5)).shape == (600, 800, 3)


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (0.5, 0.5, 0, 0), (-1, -1, 3, 3), (0.99, 0.99, 5e8, 5e8)])
@pytest.mark.parametrize("size", [SIZE, (1, 1), (1600, 1), (1, 1600)])
def test_boxes_and_pictures_of_any_shape(box, size):
    assert drawn(Box("cat", *box), size=size).shape == (size[1], size[0], 3)


def test_the_most_boxes_that_a_picture_has():
    boxes = [Box(str(n % 80), n % 70 / 70, n / MAX_BOXES, 0.01, 0.01) for n in range(MAX_BOXES)]
    assert (drawn(*boxes) != 128).any()


def test_without_boxes_it_is_a_copy():
    assert (drawn() == 128).all()
