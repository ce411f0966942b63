"""When a picture was taken, as files write it: EXIF, XMP packets and IPTC."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from defusedxml import ElementTree
from PIL import Image

_FIRST_PHOTOGRAPH = 1826  # what claims to be older is a clock never set
_MAX_PACKET = 1 << 20  # bytes

# A date alone, or as much of it as is known, and a time: EXIF has blanks for what it does not know, XMP leaves it out.
_MOMENT = re.compile(
    r"\s*(\d{4})(?:[:/.-](\d\d?)(?:[:/.-](\d\d?)(?:[ T]+(?:(\d\d?):(\d\d?)(?::(\d\d?))?(?![\d:])|[ :]*\Z))?)?)?"
    r"(?:[.,]\d+)?\s*(?:Z|[+-]\d\d:?\d\d)?[\s\0]*\Z"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?")  # ISO 8601 without marks, as in IPTC

_EXIF, _PHOTOSHOP, _XMP = (
    f"{{http://ns.adobe.com/{name}/1.0/}}" for name in ("exif", "photoshop", "xap")
)  # XMP specification, part 2
_NAMES = (f"{_EXIF}DateTimeOriginal", f"{_PHOTOSHOP}DateCreated", f"{_EXIF}DateTimeDigitized", f"{_XMP}CreateDate")
_IPTC = 0x0404  # of Photoshop's resources
_IPTC_DATE, _IPTC_TIME = rb"\x1c\x027\0\x08(\d{8})", rb"\x1c\x02<\0\x0b(\d{6})"  # IIM 4.2, 2:55 and 2:60


def first_moment(written: Iterable[object]) -> datetime | None:
    """The first that is one."""
    return next((moment for moment in map(moment_of, written) if moment), None)


def moment_of(written: object) -> datetime | None:
    """Local time, without the zone and fractions of a second that few write. Without a time, midnight; without a day or
    month, the first. 24:00 is the next day, and a 60th second, which clocks have when one is inserted, the next minute.
    """
    text = written.decode("ascii", "replace") if isinstance(written, bytes) else written
    match = (_MOMENT.match(text) or _COMPACT.fullmatch(text.strip())) if isinstance(text, str) else None
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups())
    time = timedelta(hours=hour or 0, minutes=minute or 0, seconds=second or 0)
    if (minute or 0) > 59 or (second or 0) > 60 or time > timedelta(days=1):
        return None
    try:
        moment = datetime(year or 0, 1 if month is None else month, 1 if day is None else day) + time
    except (ValueError, OverflowError):  # 0000:00:00, or a thirteenth month
        return None
    return moment if moment.year >= _FIRST_PHOTOGRAPH else None


def moment_in_xmp(image: Image.Image) -> datetime | None:
    """By the XMP packet of an opened picture.

    Raises:
        Exception: whatever the parser raises, of entities too.
    """
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    data = packet.encode() if isinstance(packet, str) else packet
    if not isinstance(data, bytes) or not 0 < len(data) <= _MAX_PACKET:
        return None
    found: dict[str, str | None] = {}
    for element in ElementTree.fromstring(data.strip(b"\0 \r\n\t"), forbid_dtd=True).iter():
        for name in _NAMES:
            if name in element.attrib:
                found.setdefault(name, element.attrib[name])
            elif element.tag == name:
                found.setdefault(name, element.text)
    return first_moment(found.get(name) for name in _NAMES)


def moment_in_iptc(image: Image.Image) -> datetime | None:
    """By the IPTC records of an opened JPEG."""
    block = (image.info.get("photoshop") or {}).get(_IPTC)
    if not isinstance(block, bytes) or not (date := re.search(_IPTC_DATE, block)):
        return None
    time = re.search(_IPTC_TIME, block)
    return moment_of(date[1] + time[1] if time else date[1]) or moment_of(date[1])
