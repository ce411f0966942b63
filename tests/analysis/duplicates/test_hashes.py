"""One stored hash tells of a picture in all eight orientations, and near ones are found without comparing all."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.analysis.duplicates.pictures.hashes import ORIENTATIONS, HashTable, hashes_of, near_pairs, oriented
from core.images.phash import perceptual_hash
from tests.analysis.drawn import drawn

TURNS = {
    0: lambda image: image,
    1: ImageOps.flip,
    2: ImageOps.mirror,
    3: lambda image: image.transpose(Image.Transpose.ROTATE_180),
    4: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    5: lambda image: ImageOps.flip(image.transpose(Image.Transpose.TRANSPOSE)),
    6: lambda image: ImageOps.mirror(image.transpose(Image.Transpose.TRANSPOSE)),
    7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
}


def small(image: Image.Image) -> Image.Image:
    return image.resize((64, 64 * image.height // image.width))


@pytest.fixture(scope="module")
def pictures():
    return [small(drawn(seed)) for seed in range(40)]


@pytest.mark.parametrize("code", TURNS)
def test_a_turned_picture_has_the_turned_hash(pictures, code):
    turned = hashes_of([perceptual_hash(TURNS[code](image)) for image in pictures])
    known = oriented(hashes_of([perceptual_hash(image) for image in pictures]), ORIENTATIONS[code])
    assert np.bitwise_count(turned ^ known).sum(axis=1).max() <= 4  # coefficients near zero round otherwise


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_inverse_takes_it_back(pictures, orientation):
    hashes = hashes_of([perceptual_hash(image) for image in pictures[:5]])
    there = oriented(oriented(hashes, orientation), orientation.inverse)
    there.view(np.uint8)[:, 0] &= 0x7F  # the place of the mean says nothing
    assert np.bitwise_count(there ^ hashes).sum() == 0


def test_near_pairs_are_found_in_every_orientation(pictures):
    hashes = hashes_of([perceptual_hash(TURNS[code](image)) for image in pictures[:20] for code in (0, 5, 2)])
    found = {}
    for near in near_pairs(hashes):
        found |= dict(zip(zip(near.first.tolist(), near.second.tolist(), strict=True), near.orientation, strict=True))
    wanted = {(3 * at + one, 3 * at + other) for at in range(20) for one, other in ((0, 1), (0, 2), (1, 2))}
    assert set(found) == wanted
    for (first, second), code in found.items():
        turned = oriented(hashes[[second]], ORIENTATIONS[code])
        assert np.bitwise_count(hashes[[first]] ^ turned).sum() <= 8


def test_of_old_ones_no_pairs_are_found_again(pictures):
    hashes = hashes_of([perceptual_hash(image) for image in (*pictures[:5], *pictures[:5])])
    new = np.zeros(10, np.bool_)
    new[9] = True
    found = {
        pair for near in near_pairs(hashes, new) for pair in zip(near.first.tolist(), near.second.tolist(), strict=True)
    }
    assert found == {(4, 9)}


def test_the_table_finds_what_is_near_to_another(pictures):
    table = HashTable(hashes_of([perceptual_hash(image) for image in pictures]))
    for code, turn in TURNS.items():
        near = table.near(hashes_of([perceptual_hash(turn(pictures[7]))]), 44)
        assert [(place, found) for place, found, _ in near] == [(7, code)]


def test_what_has_no_hash_is_near_to_nothing():
    hashes = hashes_of(["", "", "f" * 64])
    assert [len(near.first) for near in near_pairs(hashes)] == []
    assert HashTable(hashes).near(hashes_of([""]), 255) == []
    assert HashTable(hashes_of([])).near(hashes_of(["f" * 64]), 255) == []


def test_very_many_equal_ones_do_not_take_forever():
    hashes = np.tile(hashes_of([perceptual_hash(drawn(1))]), (3000, 1))
    assert max(len(near.first) for near in near_pairs(hashes)) < 3000 * 8 * 48
