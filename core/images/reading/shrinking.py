"""Very large pictures made smaller band by band, right after they are decoded: no second one of their size is made."""

from collections.abc import Iterator

import pillow_heif
from PIL import Image, ImageFile

LARGE = 32_000_000
"""Pixels: what cameras take is opened as it is."""

_SHARP = 2  # how many pixels remain for each that is needed: what is resized once more looks the same
_MAX_FACTOR = 16  # what is left is small, and bands of so many rows are
BAND = 1 << 22
"""Pixels converted at a time."""

_CONVERTED = {"1": "L", "P": "RGB", "PA": "RGBA"}  # modes that Pillow cannot shrink
_AVERAGED = {*_CONVERTED, "L", "LA", "La", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB"}
_KEYED = {"1", "L", "P", "RGB"}  # modes in which one colour may stand for transparent


def is_large(image: Image.Image) -> bool:
    return image.width * image.height >= LARGE


def shrinking(image: ImageFile.ImageFile, enough: int | None) -> int:
    """By how much each side of a picture is to be made smaller; 1: not at all."""
    if enough is None or image.mode not in _AVERAGED or not is_large(image):
        return 1  # of deep grey the exact values say what they mean
    return max(1, min(_MAX_FACTOR, min(image.size) // (_SHARP * max(1, enough))))


def shrunk(image: ImageFile.ImageFile, factor: int, data: bytes) -> Image.Image:
    """A smaller copy, each pixel the mean of a square of so many; with all else that is known of the picture.

    Args:
        data: The content of the file that the picture was opened from.
    """
    small, bands = None, _heif_bands(data, factor) if image.format == "HEIF" else _bands(image, factor)
    for top, height, band in bands:
        part = _convertible(band, image).reduce(factor)
        if small is None:
            small = Image.new(part.mode, (part.width, -(-height // factor)))
        small.paste(part, (0, top // factor))
    if small is None:
        raise ValueError("no pixels")
    small.info = {name: value for name, value in image.info.items() if name != "transparency"}
    small.format = image.format
    return small


def _bands(image: ImageFile.ImageFile, factor: int) -> Iterator[tuple[int, int, Image.Image]]:
    image.load()
    for top, bottom in _edges(image.width, image.height, factor):
        yield top, image.height, image.crop((0, top, image.width, bottom))


def _heif_bands(data: bytes, factor: int) -> Iterator[tuple[int, int, Image.Image]]:
    """Out of the decoder's own pixels, without Pillow's copy of them: 5 bytes a pixel rather than 8."""
    frame = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
    pixels, (width, height), stride = memoryview(frame.data), frame.size, frame.stride
    for top, bottom in _edges(width, height, factor):
        band = pixels[top * stride : bottom * stride]
        yield top, height, Image.frombytes(frame.mode, (width, bottom - top), band, "raw", frame.mode, stride)


def _edges(width: int, height: int, factor: int) -> Iterator[tuple[int, int]]:
    rows = max(1, BAND // (width * factor)) * factor
    return ((top, min(height, top + rows)) for top in range(0, height, rows))


def _convertible(band: Image.Image, whole: ImageFile.ImageFile) -> Image.Image:
    if whole.mode in _KEYED and whole.has_transparency_data:
        colour = whole.info.get("transparency")
        if isinstance(colour, tuple) and max(colour) > 255:  # given in 16 bits, of which Pillow keeps the upper 8
            band.info["transparency"] = tuple(part >> 8 for part in colour)
        return band.convert("RGBA")
    return band.convert(_CONVERTED[band.mode]) if band.mode in _CONVERTED else band
