"""Pictures of phones: HEIC, and AVIF."""

from datetime import datetime

import pytest
from PIL import Image
from PIL.ExifTags import Base

from core.errors import UnreadableImage
from core.images.reading import open_upright


def corner_marked() -> Image.Image:
    image = Image.new("RGB", (640, 480), "red")
    image.paste("blue", (0, 0, 80, 80))
    return image


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
def test_is_opened_and_described(encoded, format):
    exif = Image.Exif()
    exif[Base.DateTime] = "2024:05:06 07:08:09"
    opened = open_upright(encoded(corner_marked(), format, exif=exif), "x")
    assert (opened.format, opened.size, opened.frames) == (format, (640, 480), 1)
    assert opened.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    red, green, blue = opened.image.getpixel((40, 40))
    assert blue > 200
    assert max(red, green) < 40


def test_heic_is_turned_by_its_container_and_not_once_more_by_its_exif(encoded):
    # Phones write both. The container's own turn is applied while decoding; EXIF's only repeats it (ISO 23008-12).
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    opened = open_upright(encoded(corner_marked(), "HEIF", exif=exif), "x")
    assert opened.size == (640, 480)
    assert opened.image.getpixel((40, 40))[2] > 200


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
def test_transparency_is_put_on_white(encoded, format):
    opened = open_upright(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), format), "x")
    assert min(opened.image.getpixel((32, 32))) > 250


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.99])
def test_half_a_file_is_refused_with_a_remedy(encoded, format, share):
    noise = Image.effect_noise((320, 240), 60).convert("RGB")
    data = encoded(noise, format)
    with pytest.raises(UnreadableImage) as refusal:
        open_upright(data[: int(len(data) * share)], "holiday.heic")
    assert refusal.value.message.startswith("holiday.heic")
    assert refusal.value.remedy
