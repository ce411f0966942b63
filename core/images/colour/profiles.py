"""Colours as they are meant: whatever space the numbers of a picture are in, they become sRGB."""

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin
from PIL.ExifTags import IFD, Base, Interop

from core.images.colour.spaces import BT709, adobe_rgb, coded_space, measured_space
from core.images.metadata.tiff import read_directory, read_directory_at

_MAX_PROFILE = 8 << 20  # bytes: of real ones, those of printers are the largest, with 3 MB
_KEPT = 8  # transforms, each with its profile
_NEAR = 2  # levels of 255: what differs from sRGB by less is sRGB, which then costs nothing

_GREY = ("1", "L", "LA", "La", "I", "F")
_UNCALIBRATED, _ADOBE = 65535, 2  # the latter is no standard, but written
_FAINT_GAMMA = 0.05  # as libpng: a smaller difference of exponents is not seen
_GAMMAS = (0.1, 5.0)
_MAX_CHUNKS = 1000

# Pillow refuses a PNG whose profile unpacks to more than this; all texts together may have 64 MB as before.
PngImagePlugin.MAX_TEXT_CHUNK = _MAX_PROFILE

type Convert = Callable[[Image.Image], Image.Image]


def to_srgb(image: Image.Image, data: bytes) -> Convert | None:
    """What turns the colours of a loaded picture into those of sRGB; None where they are, or nothing says otherwise.

    It takes the picture as RGB or RGBA (as CMYK where it is) and gives RGB or RGBA. A profile that is broken, or is not
    one of pictures of this mode, is none.

    Args:
        data: The file.
    """
    profile = image.info.get("icc_profile") or _attempt(partial(_named_space, image, data), None)
    if not isinstance(profile, bytes) or not 128 < len(profile) <= _MAX_PROFILE:
        return None
    space, is_named = profile[16:20], profile is not image.info.get("icc_profile")
    if image.mode.startswith(_GREY) and space == b"GRAY":
        return _attempt(partial(_grey, profile), None)
    if image.mode == "CMYK":
        return _attempt(partial(_inks, profile), None) if space == b"CMYK" else None
    if space != b"RGB " or image.mode in {"LAB", "HSV"} or (image.mode.startswith(_GREY) and not is_named):
        return None
    return _attempt(partial(_colours, profile), None)


def _attempt[T](work: Callable[[], T], otherwise: T) -> T:
    try:
        return work()
    except Exception:  # a broken profile or header says nothing about the pixels
        return otherwise


@lru_cache(_KEPT)
def _colours(profile: bytes) -> Convert | None:
    levels = np.linspace(0, 255, 8).round().astype(np.uint8)
    probe = Image.fromarray(np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(8, 64, 3))
    transforms = {mode: _transform(profile, mode, mode) for mode in ("RGB", "RGBA")}
    if _is_near(transforms["RGB"].apply(probe), probe):
        return None

    def convert(image: Image.Image) -> Image.Image:
        return transforms[image.mode].apply(image)

    return convert


@lru_cache(_KEPT)
def _inks(profile: bytes) -> Convert:
    return _transform(profile, "CMYK", "RGB").apply


@lru_cache(_KEPT)
def _grey(profile: bytes) -> Convert | None:
    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    converted = _transform(profile, "L", "RGB").apply(ramp)
    if _is_near(converted, ramp.convert("RGB")):
        return None
    levels: Sequence[int] = np.asarray(converted).reshape(256, 3).T.ravel().tolist()

    def convert(image: Image.Image) -> Image.Image:
        return image.point([*levels, *range(256)] if image.mode == "RGBA" else levels)

    return convert


def _transform(profile: bytes, source: str, target: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(BytesIO(profile)),
        _srgb_profile(),
        source,
        target,
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


@lru_cache(1)
def _srgb_profile() -> Any:
    return ImageCms.createProfile("sRGB")


def _is_near(one: Image.Image, other: Image.Image) -> bool:
    return bool(np.abs(np.asarray(one).astype(int) - np.asarray(other)).max() <= _NEAR)


def _named_space(image: Image.Image, data: bytes) -> bytes | None:
    """A profile for what the file says about its colours without one."""
    match image.format:
        case "PNG":
            return _png_space(image, data)
        case "HEIF":
            nclx = image.info.get("nclx_profile") or {}
            return coded_space(nclx.get("color_primaries", 2), nclx.get("transfer_characteristics", 2))
        case "AVIF":
            place = data.find(b"colrnclx", 0, 1 << 16)
            return None if place < 0 else coded_space(*struct.unpack_from(">HH", data, place + 8))
        case "JPEG2000":
            return _jp2_profile(data)
        case "JPEG" | "MPO" | "TIFF" | "WEBP":
            return adobe_rgb() if _is_adobe(image.getexif()) else None
    return None


def _png_space(image: Image.Image, data: bytes) -> bytes | None:
    """By the first of `cICP`, `sRGB`, and `gAMA` with `cHRM` (PNG, third edition, section 4.3)."""
    coded = _png_chunk(data, b"cICP")
    if coded and len(coded) == 4:
        return coded_space(coded[0], coded[1])
    gamma = image.info.get("gamma")
    if "srgb" in image.info or not isinstance(gamma, float) or not _GAMMAS[0] <= gamma <= _GAMMAS[1]:
        return None
    chromaticities = image.info.get("chromaticity") or BT709
    if abs(gamma * 2.2 - 1) < _FAINT_GAMMA and np.allclose(chromaticities, BT709, atol=0.005):
        return None
    return measured_space(chromaticities, 1 / gamma)


def png_bits(data: bytes) -> int | None:
    """How many bits of a grey PNG's levels are meant, where it says so (PNG, section 11.3.2.7)."""
    said = _png_chunk(data, b"sBIT")
    return said[0] if said else None


def _png_chunk(data: bytes, wanted: bytes) -> bytes | None:
    """Of those before the pixels."""
    place = 8
    for _ in range(_MAX_CHUNKS):
        if place + 8 > len(data):
            return None
        length, kind = struct.unpack_from(">I4s", data, place)
        if kind in (wanted, b"IDAT"):
            return data[place + 8 : place + 8 + length] if kind == wanted else None
        place += 12 + length
    return None


def _jp2_profile(data: bytes) -> bytes | None:
    """That of the box `colr` with a restricted profile (ISO/IEC 15444-1, I.5.3.3)."""
    place = data.find(b"colr\x02", 0, 1 << 16)
    if place < 4:
        return None
    (length,) = struct.unpack_from(">I", data, place - 4)
    return data[place + 7 : place - 4 + length]


def _is_adobe(exif: Image.Exif) -> bool:
    """As cameras say it, without a profile (Exif 3.0, 4.6.6.1; DCF 2.0, section 3.2.4)."""
    said = read_directory(exif, IFD.Exif, (Base.ColorSpace, IFD.Interop))
    if said.get(Base.ColorSpace) != _UNCALIBRATED:
        return said.get(Base.ColorSpace) == _ADOBE
    index = read_directory_at(exif, said.get(IFD.Interop), IFD.Interop, (Interop.InteropIndex,))
    return str(index.get(Interop.InteropIndex)).startswith("R03")
