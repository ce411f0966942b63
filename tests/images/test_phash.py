"""perceptual_hash: what stays the same from copy to copy, and what does not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from core.images.appearance import look_at
from core.images.phash import coarse, coarse_distances, distances, packed, perceptual_hash
from core.images.reading.reader import open_upright

SAME = 31  # bits of 255: what PDQ recommends


def apart(left, right):
    """In how many bits two pictures differ, as they are described at ingest."""
    hashes = packed([look_at(left).phash, look_at(right).phash])
    assert hashes.any(axis=1).all()
    return int(distances(hashes[:1], hashes[1:])[0])


@pytest.fixture
def picture(photograph):
    return photograph((640, 480))


@pytest.mark.parametrize("size", [(320, 240), (160, 120), (1280, 960), (641, 479)])
def test_another_size(picture, size):
    assert apart(picture, picture.resize(size, Image.Resampling.LANCZOS)) <= SAME / 2


@pytest.mark.parametrize(("format", "options"), [("JPEG", {"quality": 50}), ("WEBP", {"quality": 30}), ("GIF", {})])
def test_another_format(picture, encoded, format, options):
    copy = open_upright(encoded(picture, format, **options), "x").image
    assert apart(picture, copy) <= SAME


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.3])
def test_another_brightness(picture, factor):
    assert apart(picture, ImageEnhance.Brightness(picture).enhance(factor)) <= SAME


def test_without_colours(picture):
    assert apart(picture, picture.convert("L").convert("RGB")) <= 8


def test_mirrored(picture):
    assert apart(picture, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) <= 8
    smaller = picture.resize((200, 150)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert apart(picture, smaller) <= SAME / 2


def test_upside_down_is_another_picture(picture):
    assert apart(picture, picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)) > 2 * SAME
    assert apart(picture, picture.transpose(Image.Transpose.ROTATE_180)) > 2 * SAME


def test_other_parts_are_other_pictures(photograph):
    large = photograph((1280, 960))
    parts = [
        large.crop((left, top, left + 320, top + 240)) for left in range(0, 1280, 320) for top in range(0, 960, 240)
    ]
    hashes = packed([look_at(part).phash for part in parts])
    first, second = np.triu_indices(len(parts), 1)
    assert distances(hashes[first], hashes[second]).min() > 2 * SAME


def test_a_crop_differs_least_in_the_coarse_bits(picture):
    crop = picture.crop((32, 24, 608, 456))
    hashes = packed([look_at(picture).phash, look_at(crop).phash])
    signs = coarse(hashes)
    assert coarse_distances(signs, signs)[0, 1] <= 20
    assert distances(hashes[:1], hashes[1:])[0] > SAME


def test_pages_of_different_text_are_different_pictures():
    hashes = packed([look_at(page(seed)).phash for seed in range(8)])
    first, second = np.triu_indices(8, 1)
    assert distances(hashes[first], hashes[second]).min() > SAME


def page(seed):
    """Lines of words, broken into paragraphs, all with the same margins."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(image)
    for top in range(70, 800, 18):
        left, right = 70, 550 if rng.random() < 0.8 else rng.integers(120, 500)
        while left < right:
            width = int(rng.integers(8, 60))
            draw.rectangle((left, top, min(left + width, 550), top + 8), fill="black")
            left += width + 6
    return image


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (300, 200), "orange"),
        Image.new("RGB", (1, 1)),
        Image.new("RGB", (1, 10_000)),
        Image.linear_gradient("L").convert("RGB"),
        Image.radial_gradient("L").convert("RGB"),
        ImageOps.expand(Image.new("RGB", (200, 300), "red"), (200, 0, 0, 0)),
    ],
    ids=["one colour", "one pixel", "a line", "a gradient", "rings", "halves"],
)
def test_too_little_structure_has_none(image):
    assert look_at(image).phash == ""


def test_an_almost_even_picture_has_none_however_it_is_compressed(encoded):
    grain = np.random.default_rng(0).integers(120, 123, (600, 800, 3), np.uint8)
    data = encoded(Image.fromarray(grain), "JPEG", quality=60)
    assert look_at(open_upright(data, "x").image).phash == ""


def test_what_has_none_is_like_nothing():
    signs = coarse(packed(["", "", "7f" * 32]))
    assert (coarse_distances(signs, signs)[:2] == 31.5).all()


def test_64_digits_that_begin_with_the_mean_as_0(picture):
    digits = look_at(picture).phash
    assert len(digits) == 64
    assert digits == f"{int(digits, 16):064x}"
    assert int(digits[0], 16) < 8


@pytest.mark.parametrize("size", [(1600, 1200), (3200, 2400), (1200, 1600)])
def test_a_jpeg_decoded_at_a_reduced_scale_has_nearly_the_same(encoded, photograph, size):
    data = encoded(photograph(size), "JPEG", quality=92)
    whole, reduced = open_upright(data, "x"), open_upright(data, "x", enough=600)
    assert reduced.image.size < whole.image.size
    assert apart(whole.image, reduced.image) <= 8


def test_a_small_version_is_enough(picture):
    hashes = packed([perceptual_hash(picture), perceptual_hash(picture.resize((64, 48), Image.Resampling.BOX))])
    assert distances(hashes[:1], hashes[1:])[0] <= 8


def test_distances_count_bits():
    none, one, odd = "0" * 64, "1" + "0" * 63, "5" * 64
    hashes = packed([none, one, odd])
    assert distances(hashes[[0, 0, 0, 1]], hashes[[0, 1, 2, 2]]).tolist() == [0, 1, 0, 1]


def test_coarse_distances_count_bits_both_ways_round(picture):
    images = [picture.crop((x, 0, x + 200, 480)) for x in range(0, 400, 50)]
    hashes = packed([look_at(image).phash for image in images])
    bits = np.unpackbits(hashes.view(np.uint8), axis=1).reshape(-1, 16, 16)[:, :8, :8]
    odd = np.arange(8) % 2 == 1
    for (i, left), (j, right) in ((pair, other) for pair in enumerate(bits) for other in enumerate(bits)):
        fewest = min((left != right).sum(), (left != right ^ odd).sum())
        assert coarse_distances(coarse(hashes), coarse(hashes))[i, j] == fewest
