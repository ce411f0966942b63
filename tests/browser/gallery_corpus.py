"""A collection that answers as the app's routes do, without model or index: the words alone say what is found."""

import colorsys
import hashlib
import os
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

SIZE = 300
HOSTILE = "<img src=x onerror=document.title='hit'>.jpg"
_SIDES = ((640, 480), (480, 640), (500, 500), (1600, 400), (4032, 3024))
_BANDS = (("strong", 24), ("likely", 12), ("weak", 3))


def hash_of(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


NUMBERS = {hash_of(number): number for number in range(SIZE)}


def answer(search: dict[str, Any], version: int = 0) -> dict[str, Any]:
    """What POST /api/search answers.

    The words say what is found: `nothing`, `kind` what is only known to be of this kind, `named` one by its name,
    `few`, `empty`, `page` as many as come at a time, `deep` the end of the nearest 10,000; others all of it in an order
    of their own, and no words all of it without scores.
    """
    text, pictures = search.get("text", ""), search.get("images", [])
    offset, limit = search.get("offset", 0), search.get("limit", 60)
    order = _order(text, [NUMBERS.get(picture["image"], 0) for picture in pictures])
    scored = bool(text or pictures or search.get("more"))
    places = list(enumerate(order))[offset : offset + limit]
    if text == "deep":
        offset = 9_960
    return {
        "results": [_item(number, at, scored, text, version) for at, number in places],
        "offset": offset,
        "matched": 0 if text == "nothing" else min(39, len(order)) if scored else len(order),
        "at_least": text == "deep",
        "bands": {} if not scored else {"weak": 1, "none": len(order) - 1} if text == "nothing" else dict(_BANDS),
        "no_match": text == "nothing",
        "of_kind": text == "kind",
        "searched": 100_000 if text == "deep" else len(order),
        "collapsed": 4,
        "has_more": text != "deep" and offset + limit < len(order),
        "total": 100_000 if text == "deep" else len(order),
        "facets": {"tag": {"holiday": 3, "family": 2, "two words": 1}, "label": {"cat": 9}},
        "duplicate_threshold": 0.93,
        "milliseconds": {"embedding": 12.4, "index": 8.2, "ranking": 3.1 + version},
        "read_text": "as much as was read" if text == "long" else None,
        "notes": ["No picture has the label unicorn."] if text == "noted" else [],
    }


@cache
def picture(content_hash: str, side: int) -> bytes:
    """As WebP: one of the folder in GALLERY_PICTURES where that is set, to be looked at; a plain one otherwise."""
    number = NUMBERS[content_hash]
    files = _files()
    image = Image.open(files[number % len(files)]).convert("RGB") if files else _drawn(number, side)
    image.thumbnail((side, side))
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=80)
    return buffer.getvalue()


def known(record_id: str) -> dict[str, Any]:
    """What POST /api/v1/pictures answers of one: its boxes are those that `boxed` draws, and one in a corner."""
    number = int(record_id.removeprefix("id").partition("-")[0])
    boxes = [("cat", "#ff4040", 0.2, 0.25, 0.5, 0.55), ("traffic light", "#1b9640", 0.0, 0.0, 0.25, 0.125)]
    names = ("label", "colour", "left", "top", "width", "height")
    drawn = [dict(zip(names, box, strict=True)) for box in boxes] if number % 2 == 0 else []
    return _item(number, 0, scored=False, text="", version=0) | {"id": record_id, "labelled_boxes": drawn}


def boxed(number: int) -> bytes:
    image = Image.open(BytesIO(picture(hash_of(number), 1600)))
    draw = ImageDraw.Draw(image)
    draw.rectangle(
        (image.width * 0.2, image.height * 0.25, image.width * 0.7, image.height * 0.8), outline="red", width=4
    )
    buffer = BytesIO()
    image.save(buffer, "WEBP")
    return buffer.getvalue()


@cache
def _files() -> list[Path]:
    folder = os.environ.get("GALLERY_PICTURES")
    return sorted(Path(folder).iterdir()) if folder else []


def _drawn(number: int, side: int) -> Image.Image:
    colour = colorsys.hsv_to_rgb(number / 17 % 1, 0.5, 0.8)
    sides = _SIDES[number % len(_SIDES)]
    scale = min(1, side / max(sides))
    width, height = (max(1, round(one * scale)) for one in sides)
    return Image.new("RGB", (width, height), tuple(round(part * 255) for part in colour))


def _order(text: str, pictures: list[int]) -> list[int]:
    if text == "few":
        return [7, 3, 5]
    if text == "empty":
        return []
    if text == "page":
        return list(range(60))
    start = pictures[0] if pictures else len(text) * 11
    return [(start + at) % SIZE for at in range(SIZE)]


def _item(number: int, at: int, scored: bool, text: str, version: int) -> dict[str, Any]:
    width, height = _SIDES[number % len(_SIDES)]
    files = _files()
    if files:
        width, height = Image.open(files[number % len(files)]).size
    band = "none" if text == "nothing" else _band(at)
    name = HOSTILE if number == 13 else f"picture-{number:03}.jpg"
    others = [_duplicate(number, copy) for copy in range(1, 4)] if number % 9 == 4 else []
    return {
        "id": f"id{number}",
        "content_hash": hash_of(number),
        "name": name,
        "path": f"/pictures/{number % 7}/{name}",
        "folder": f"/pictures/{number % 7}",
        "score": round(0.32 - at / 1000, 4) if scored else None,
        "strength": round(max(0.04, 1 - at / 45), 3) if scored else None,
        "band": band if scored else None,
        "matches": not scored or (band != "none" and text != "nothing"),
        "by_name": text == "named" and at == 30,
        "count": 1 + len(others),
        "others": others,
        "width": width,
        "height": height,
        "format": "JPEG",
        "size": 100_000 + 1_000 * number + version,
        "taken_at": "2024-05-17T09:30:00" if number % 2 else None,
        "camera": "Fujifilm X-T5" if number % 2 else "",
        "lens": "XF 23 mm F1.4" if number % 2 else "",
        "gps": [48.137154, -11.576124] if number % 3 == 0 else None,
        "frames": 1,
        "labels": ["cat", "traffic light"] if number % 2 == 0 else [],
        "tags": ["family"] if number % 3 == 0 else [],
        "colours": [["#6b8f3a", 0.52], ["#e0d6c4", 0.31], ["#2b3a55", 0.17]],
        "boxes": 3 if number % 2 == 0 else 0,
    }


def _band(at: int) -> str:
    for band, count in _BANDS:
        if at < count:
            return band
        at -= count
    return "none"


def _duplicate(number: int, copy: int) -> dict[str, Any]:
    return {
        "id": f"id{number}-{copy}",
        "content_hash": hash_of(number),
        "name": f"copy {copy} of {number}.jpg",
        "path": f"/pictures/backup/old disk/{copy}/copy {copy} of {number}.jpg",
        "score": 0.3,
    }
