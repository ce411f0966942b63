"""look_at: dominant colours, brightness, sharpness."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from core.images.appearance import look_at
from core.images.describe import Colour
from core.images.reading.reader import open_upright


def halves(left, right, share=0.5, size=(400, 300)):
    image = Image.new("RGB", size, right)
    image.paste(left, (0, 0, round(size[0] * share), size[1]))
    return image


def rgb(colour):
    return np.array([int(colour.rgb[place : place + 2], 16) for place in (1, 3, 5)])


class TestColours:
    @pytest.mark.parametrize("colour", ["#ff0000", "#00ff00", "#000000", "#ffffff", "#123456", "#808080"])
    def test_a_picture_of_one_colour_is_that_colour(self, colour):
        assert look_at(Image.new("RGB", (300, 200), colour)).colours == (Colour(colour, 1.0),)

    def test_the_largest_comes_first(self):
        blue, red = look_at(halves("red", "blue", share=0.25)).colours
        assert (blue.rgb, red.rgb) == ("#0000ff", "#ff0000")
        assert [blue.share, red.share] == pytest.approx([0.75, 0.25], abs=0.02)

    def test_what_looks_alike_is_one(self):
        (colour,) = look_at(halves("#c80000", "#d21008")).colours
        assert colour.share == 1
        assert np.abs(rgb(colour) - (205, 8, 4)).max() <= 2

    def test_what_does_not_is_two(self):
        assert len(look_at(halves("#c80000", "#c86400")).colours) == 2

    def test_what_covers_next_to_nothing_is_left_out(self):
        assert [colour.rgb for colour in look_at(halves("red", "blue", share=0.02)).colours] == ["#0000ff"]

    def test_five_at_most(self):
        hues = [Image.new("HSV", (100, 100), (hue, 255, 200)).convert("RGB") for hue in range(0, 256, 32)]
        image = Image.new("RGB", (800, 100))
        for place, hue in enumerate(hues):
            image.paste(hue, (place * 100, 0))
        colours = look_at(image).colours
        assert len(colours) == 5
        assert sum(colour.share for colour in colours) <= 1

    def test_even_noise_has_one(self):
        noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
        assert 1 <= len(look_at(Image.fromarray(noise)).colours) <= 5

    def test_shares_fall_and_are_of_the_whole(self, photograph):
        shares = [colour.share for colour in look_at(photograph((640, 480))).colours]
        assert shares == sorted(shares, reverse=True)
        assert 0.5 < sum(shares) <= 1


class TestBrightness:
    # L* of the sRGB primaries, of black, white and the grey half as light as white (CIE 15:2018, IEC 61966-2-1).
    @pytest.mark.parametrize(
        ("colour", "lightness"),
        [("black", 0), ("white", 1), ("#777777", 0.5), ("#ff0000", 0.532), ("#00ff00", 0.877), ("#0000ff", 0.323)],
    )
    def test_is_lightness(self, colour, lightness):
        assert look_at(Image.new("RGB", (30, 20), colour)).brightness == pytest.approx(lightness, abs=2e-3)

    def test_is_the_mean(self):
        assert look_at(halves("black", "white")).brightness == pytest.approx(0.5, abs=0.01)


class TestSharpness:
    def test_of_an_even_area_is_none(self):
        assert look_at(Image.new("RGB", (300, 200), "orange")).sharpness == 0

    def test_falls_with_blur(self, photograph):
        image = photograph((1200, 900))
        found = [look_at(image.filter(ImageFilter.GaussianBlur(radius))).sharpness for radius in (0, 2, 5, 10, 20)]
        assert found == sorted(found, reverse=True)
        assert found[-1] < found[0] / 5

    def test_is_hardly_changed_by_size(self, photograph):
        image = photograph((2400, 1800))
        sizes = ((2400, 1800), (1600, 1200), (1000, 750), (800, 600))
        found = [look_at(image.resize(size, Image.Resampling.LANCZOS)).sharpness for size in sizes]
        assert found == pytest.approx([found[0]] * len(sizes), rel=0.1)

    def test_a_small_picture_has_no_detail_that_it_does_not_show(self, photograph):
        large = photograph((1200, 900))
        small = large.resize((60, 45), Image.Resampling.LANCZOS)
        assert look_at(small).sharpness < look_at(large).sharpness / 2


@pytest.mark.parametrize("size", [(1600, 1200), (3200, 2400), (1200, 1600)])
def test_a_jpeg_decoded_at_a_reduced_scale_looks_the_same(encoded, photograph, size):
    areas = halves("#204080", "#d0b060", share=0.3, size=size)
    areas.paste("#702020", (0, 0, size[0], size[1] // 4))
    data = encoded(Image.blend(areas, photograph(size), 0.3), "JPEG", quality=92)
    whole, reduced = open_upright(data, "x"), open_upright(data, "x", enough=600)
    assert reduced.image.size < whole.image.size
    expected, look = look_at(whole.image), look_at(reduced.image)
    assert look.brightness == pytest.approx(expected.brightness, abs=0.005)
    assert look.sharpness == pytest.approx(expected.sharpness, rel=0.05)
    assert len(look.colours) == len(expected.colours) >= 3
    for colour, other in zip(look.colours, expected.colours, strict=True):
        assert np.abs(rgb(colour) - rgb(other)).max() <= 16
        assert colour.share == pytest.approx(other.share, abs=0.05)


def test_looks_the_same_every_time_and_either_way_up(photograph):
    image = photograph((640, 480))
    assert look_at(image) == look_at(image.copy())
    turned = look_at(image.transpose(Image.Transpose.ROTATE_180))
    assert turned.brightness == pytest.approx(look_at(image).brightness, abs=0.001)
    assert turned.sharpness == pytest.approx(look_at(image).sharpness, rel=0.02)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 10_000), (20_000, 3), (255, 257)])
def test_any_shape(size):
    look = look_at(Image.new("RGB", size, "#306090"))
    assert look.colours == (Colour("#306090", 1.0),)
    assert look.sharpness == 0
