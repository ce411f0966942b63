"""What a camera wrote beside the pixels, by the standard Exif 3.0, as far as it can be read; dates elsewhere too."""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from core.images.metadata.moments import first_moment, moment_in_iptc, moment_in_xmp, moment_of
from core.images.metadata.tiff import read_directory

_UPRIGHT = 1
_MAX_TEXT = 64
_MAX_BLOCK = 1 << 20  # bytes: JPEG allows 64 kB, and decoded the values take many times as much

_DETAILS = (Base.DateTimeOriginal, Base.DateTimeDigitized, Base.LensModel, Base.LensMake, Base.LensSpecification)
_PLACE = (GPS.GPSLatitude, GPS.GPSLatitudeRef, GPS.GPSLongitude, GPS.GPSLongitudeRef)

_WORD = re.compile(r"\w+")
_SIGNS = {"N": 1, "E": 1, "S": -1, "W": -1}


class Metadata(NamedTuple):
    """The part of a `Description` that EXIF says, under the same names; a field that cannot be read is absent."""

    taken_at: datetime | None = None
    camera: str = ""
    lens: str = ""
    gps: tuple[float, float] | None = None
    orientation: int = _UPRIGHT


def read_metadata(image: Image.Image, around: Image.Exif | None = None) -> Metadata:
    """Of an opened picture of any format. Nothing is raised, whatever the bytes.

    Args:
        around: Of a picture within another file what that says, which goes before.
    """
    # What was turned while it was decoded has no orientation any more.
    written = _known(image.info.get("original_orientation")) or orientation(image, around)
    if around is None and len(image.info.get("exif") or b"") > _MAX_BLOCK:
        return Metadata(_attempt(lambda: moment_in_xmp(image), None), orientation=written)
    exif = around or _attempt(image.getexif, Image.Exif())
    details: dict[int, object] = _attempt(lambda: read_directory(exif, IFD.Exif, _DETAILS), {})
    place: dict[int, object] = _attempt(lambda: read_directory(exif, IFD.GPSInfo, _PLACE), {})
    return Metadata(
        _attempt(lambda: _taken_at(image, exif, details), None),
        _attempt(lambda: _camera(exif), ""),
        _attempt(lambda: _lens(details), ""),
        _attempt(lambda: _gps(place), None),
        written,
    )


def orientation(image: Image.Image, around: Image.Exif | None = None) -> int:
    """How an opened picture is still to be turned, 1 to 8 (Exif 3.0, section 4.6.5.1); `around` as above."""
    said = _known(around.get(Base.Orientation)) if around else None
    return said or _attempt(lambda: _known(image.getexif().get(Base.Orientation)), None) or _UPRIGHT


def _attempt[T](read: Callable[[], T], absent: T) -> T:
    try:
        return read()
    except Exception:  # corrupt EXIF raises as much as corrupt pixels do, and says nothing about them
        return absent


def _known(orientation: object) -> int | None:
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else None


def _taken_at(image: Image.Image, exif: Image.Exif, details: dict[int, object]) -> datetime | None:
    """DateTimeOriginal, else DateTimeDigitized, else what XMP or IPTC says, else DateTime, which may be that of
    a change; None where none is valid (Exif 3.0, section 4.6.5)."""
    return (
        first_moment((details.get(Base.DateTimeOriginal), details.get(Base.DateTimeDigitized)))
        or _attempt(lambda: moment_in_xmp(image), None)
        or _attempt(lambda: moment_in_iptc(image), None)
        or moment_of(exif.get(Base.DateTime))
    )


def _camera(exif: Image.Exif) -> str:
    """Maker and model; the model alone where its first word is one of the maker's: NIKON CORPORATION, NIKON D850."""
    maker, model = _text(exif.get(Base.Make)), _text(exif.get(Base.Model))
    first = _WORD.match(model.casefold())
    if first and first[0] in _WORD.findall(maker.casefold()):
        return model
    return f"{maker} {model}".strip()


def _lens(details: dict[int, object]) -> str:
    if model := _text(details.get(Base.LensModel)):
        return model
    return f"{_text(details.get(Base.LensMake))} {_reach(details.get(Base.LensSpecification))}".strip()


def _reach(specification: object) -> str:
    """Focal lengths and the largest aperture, as in `24–70mm f/2.8`; what is unknown, written as 0/0, is left out."""
    if not isinstance(specification, tuple) or len(specification) != 4:
        return ""
    shortest, longest, aperture, _ = map(float, specification)
    focal = f"{shortest:g}" if shortest == longest else f"{shortest:g}–{longest:g}"
    said = ((shortest + longest, f"{focal}mm"), (aperture, f"f/{aperture:g}"))
    return " ".join(text for number, text in said if 0 < number < math.inf)


def _text(written: object) -> str:
    """A text as people can read it, at most 64 characters; empty where it holds no letter or digit, as `----`."""
    text = written.decode("latin-1") if isinstance(written, bytes) else written
    if not isinstance(text, str):
        return ""
    words = text.partition("\0")[0].split()
    text = "".join(character for character in " ".join(words) if character.isprintable())[:_MAX_TEXT].strip()
    return text if any(map(str.isalnum, text)) else ""


def _gps(place: dict[int, object]) -> tuple[float, float] | None:
    """Latitude and longitude, to 0.1 m; None unless both are whole: without N or S, E or W it could be anywhere."""
    latitude = _degrees(place.get(GPS.GPSLatitude), place.get(GPS.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(place.get(GPS.GPSLongitude), place.get(GPS.GPSLongitudeRef), "EW", 180)
    return None if latitude is None or longitude is None else (latitude, longitude)


def _degrees(written: object, reference: object, references: str, most: int) -> float | None:
    side = _text(reference)[:1].upper()
    if not side or side not in references or not isinstance(written, tuple) or len(written) != 3:
        return None
    degrees, minutes, seconds = map(float, written)  # NaN where a denominator is zero, which no comparison lets pass
    value = degrees + minutes / 60 + seconds / 3600
    if not (0 <= degrees <= value <= most and 0 <= minutes <= 60 and 0 <= seconds <= 60):
        return None
    return _SIGNS[side] * round(value, 6)
