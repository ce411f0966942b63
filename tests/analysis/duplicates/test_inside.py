"""The picture within a picture."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.analysis.duplicates.pictures.hashes import hashes_of, nearest_orientation
from core.analysis.duplicates.pictures.inside import inside, inside_hash
from core.images.phash import perceptual_hash
from tests.analysis.drawn import drawn, screenshot


def grey(image):
    return np.asarray(image.convert("L"))


def test_what_is_even_around_it_is_cut_away():
    framed = ImageOps.expand(ImageOps.expand(drawn(1), 7, "black"), (60, 20, 10, 40), "white")
    assert inside(grey(framed)) == (slice(27, 327), slice(67, 467))
    assert inside(grey(drawn(1))) is None


@pytest.mark.parametrize("edit", [screenshot, lambda image: ImageOps.expand(ImageOps.mirror(image), 25, "grey")])
def test_it_has_the_hash_of_the_picture_itself(edit):
    own, other = (hashes_of([found]) for found in (perceptual_hash(drawn(3)), inside_hash(grey(edit(drawn(3))))))
    assert nearest_orientation(own, other)[1] <= 20


@pytest.mark.parametrize("image", [Image.new("L", (1, 1)), Image.new("L", (300, 200), 90), Image.new("L", (400, 3))])
def test_where_there_is_nothing_nothing_is_found(image):
    assert inside(np.asarray(image)) is None
    assert inside_hash(np.asarray(image)) == ""
