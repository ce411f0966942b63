"""Pictures of phones: HEIC, and AVIF."""

import base64
from datetime import datetime
from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.ExifTags import Base

from core.errors import UnreadableImage
from core.images.reading.reader import open_upright

# 64 × 48 pixels, red and blue, the lower half transparent: made by imagecodecs.avif_encode(pixels, level=90, speed=0,
# bitspersample=10 or 12), since Pillow writes 8 bits only.
DEEP_AVIF = {
    10: base64.b85decode(
        b"0000WW^{RQVRmU|00000VRmU|ZE0pPZE0a<O+hh10004oZDn*}000000000XXk=`10000000000aA{+700000000000000000000"
        b"4sdC7Z2$lO00031001m$Y;R)#0000)000620RR910RR92%K!iXH~<0w0003100FK50012T002U1X>Mi!000000ssI28fk83WdZ;I"
        b"000310AY48F+*=`Z*l+t000_kZf0cy000000ssJEb}%tPY;b5{000008fkK6W&i*H000004q<h8YybiP0RRC2006^jaB^?}005n7"
        b"aAR)(000zeb8uw<00000002M$001xm000nhX?SS>000033JMAU000bOb}>VNAV2^B000wXZ)|dIV{CW;0ssO427mwn01j|zcxeCt"
        b"0003B0000CVRkV?fdE_p0000uVRd*z00000b#iVxZE$60I&E-eXF@t-X=89Yb9r-gWo>ghVRd+EY-wR~c{*WiaA;uw0000UX>e^}"
        b"0000000002009I60)qqq0t5jCh6exu09|clVRRAz3I-Szf4`kTG7&@o08(|Sm~4yMV=f4DxAnjh0162>6@R_F2nZTLGAR-"
        b"QLrQ=E@&Eu3m&S(P($F|03W_?ac$H~^SgdzpupM1%<#T&i6Kr|"
    ),
    12: base64.b85decode(
        b"0000SW^{RQVRmU|00000VRmU|ZE0pPZE0a<0004oZDn*}000000000XXk=`10000000000aA{+7000000000000000000004sdC7"
        b"Z2$lO00031001m$Y;R)#0000)000620RR910RR92$N&HUH~<0w0003100F810015U002U1X>Mi!000000ssI28fk83WdZ;I00031"
        b"0AY48F+*=`Z*l+t000_kZf0cy000000ssJEb}%tPY;b5{000008fkK6W&i*H000004q<h8YybiP0RRC2006^jaB^?}005n7aAR)("
        b"000zeb8uw<00000002M$001xm000nhX?SS>000033=9ka000bOb}>VNKwtm>000wXZ)|dIV{CW;0ssO427mwn01j|zcxeCt0003D"
        b"0000CVRkV?fk1o!0000uVRd*z00000b#iVxZE$60I&E-eXF@t-X=89Yb9r-gWo>ghVRd+EY-wR~c{*WiaA;uw0000UX>e^}00000"
        b"00002009I60)qqq0t5jCh6exu0A6imVRRAz3I<pef4`2PG7>}p0FAb2=NOafYkJ`lADmc#5&#MbSQUT0tpWlDh%zY>0z*oG0P+9?"
        b"v)x(*t$2-v-J%Bwkc0Q7^{6JSoF1pbszRtbjvWPL"
    ),
}


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
    assert opened.metadata.taken_at == datetime(2024, 5, 6, 7, 8, 9)
    red, green, blue = opened.image.getpixel((40, 40))  # type: ignore[misc]
    assert blue > 200
    assert max(red, green) < 40


def test_heic_is_turned_by_its_container_and_not_by_its_exif(encoded):
    # Phones write both. The container's own turn is applied while decoding; EXIF's only repeats it (ISO 23008-12).
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    data = encoded(corner_marked(), "HEIF", exif=exif)
    assert b"irot" not in data
    opened = open_upright(data, "x")
    assert opened.size == (640, 480)
    assert opened.image.getpixel((40, 40))[2] > 200


def test_avif_is_turned_by_its_container_where_it_has_no_exif(encoded):
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    data = encoded(corner_marked(), "AVIF", exif=exif)  # Pillow takes it out of the EXIF, of which nothing is left
    assert b"irot" in data
    assert b"Exif" not in data
    opened = open_upright(data, "x")
    assert (opened.size, opened.metadata.orientation) == ((480, 640), 6)
    assert opened.image.getpixel((440, 40))[2] > 200


def test_avif_is_not_turned_by_its_exif_alone(encoded):
    exif = Image.Exif()
    exif[Base.ResolutionUnit] = 6
    data = encoded(corner_marked(), "AVIF", exif=exif)
    unit, turned = (tag.to_bytes(2) + b"\0\x03" for tag in (Base.ResolutionUnit, Base.Orientation))
    assert data.count(unit) == 1
    opened = open_upright(data.replace(unit, turned), "x")
    assert (opened.size, opened.metadata.orientation) == ((640, 480), 1)


@pytest.mark.parametrize("bits", [10, 12])
def test_deep_heic(bits, monkeypatch):
    monkeypatch.setattr(pillow_heif.options, "SAVE_HDR_TO_12_BIT", bits == 12)
    pixels = np.zeros((96, 128, 4), np.uint16)
    pixels[:, :64, 0] = pixels[:, 64:, 2] = pixels[:48, :, 3] = 65535
    data = BytesIO()
    pillow_heif.from_bytes("RGBA;16", (128, 96), pixels.tobytes()).save(data, quality=90)
    assert pillow_heif.open_heif(data).info["bit_depth"] == bits
    assert_red_and_blue_over_white(open_upright(data.getvalue(), "x").image)


@pytest.mark.parametrize("bits", [10, 12])
def test_deep_avif(bits):
    assert_red_and_blue_over_white(open_upright(DEEP_AVIF[bits], "x").image)


def assert_red_and_blue_over_white(image: Image.Image) -> None:
    places = [(image.width * x // 4, image.height * y // 4) for y in (1, 3) for x in (1, 3)]
    found = np.array([image.getpixel(place) for place in places], int)
    expected = np.array([(255, 0, 0), (0, 0, 255), (255, 255, 255), (255, 255, 255)])
    assert np.abs(found - expected).max() <= 12


def test_deep_grey_heic_keeps_its_whole_scale(encoded):
    gradient = np.linspace(0, 65535, 256, dtype=np.uint16)[None].repeat(64, axis=0)
    row = np.asarray(open_upright(encoded(Image.fromarray(gradient), "HEIF", quality=95), "x").image)[32, :, 0]
    assert np.abs(row.astype(int) - np.arange(256)).max() <= 4


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
def test_transparency_is_put_on_white(encoded, format):
    opened = open_upright(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), format), "x")
    assert min(opened.image.getpixel((32, 32))) > 250  # type: ignore[arg-type]


@pytest.mark.parametrize("format", ["HEIF", "AVIF"])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.99])
def test_half_a_file_is_refused_with_a_remedy(encoded, format, share):
    noise = Image.effect_noise((320, 240), 60).convert("RGB")
    data = encoded(noise, format)
    with pytest.raises(UnreadableImage) as refusal:
        open_upright(data[: int(len(data) * share)], "holiday.heic")
    assert refusal.value.message.startswith("holiday.heic")
    assert refusal.value.remedy
