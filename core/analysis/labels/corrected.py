"""Labels as people have corrected them, as a file that other tools read: COCO's JSON for detection."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from core.analysis.labels.decisions import Decision
from core.images.describe import Box
from core.index.index import Index
from core.index.records import ImageRecord
from core.text.names import utf8_safe

type Said = dict[str, dict[str, Decision]]
"""By content hash and label."""


def corrected(index: Index, decisions: Sequence[Decision]) -> Iterator[bytes]:
    """Of all pictures: labels that are wrong are left out, others are what they should be. Labels that are missing have
    no boxes yet: they stand with their picture, as `missing_labels`."""
    said: Said = {}
    for one in decisions:
        said.setdefault(one.content_hash, {})[one.label] = one
    names = set(index.facets(fields=["label"])["label"])
    names |= {one.replacement for one in decisions if one.replacement}
    categories = {name: number for number, name in enumerate(sorted(names), 1)}
    info = {"description": "Labels as corrected in image-search"}
    yield f'{{"info": {_json(info)},\n"categories": [\n'.encode()
    yield from _listed({"id": number, "name": utf8_safe(name)} for name, number in categories.items())
    yield b'],\n"images": [\n'
    yield from _listed(_image(record, said) for record in _all(index))
    yield b'],\n"annotations": [\n'
    yield from _listed(_annotations(index, said, categories))
    yield b"]}\n"


def boxes_of(record: ImageRecord, said: Said) -> Iterator[tuple[str, Box]]:
    """The boxes of a picture with what they are called now."""
    own = said.get(record.content_hash, {})
    for box in record.boxes:
        decision = own.get(box.label)
        if decision is None or decision.kind != "given" or decision.verdict == "right":
            yield box.label, box
        elif decision.verdict == "replaced":
            yield decision.replacement, box


def _all(index: Index) -> Iterator[ImageRecord]:
    return (record for records in index.records() for record in records)


def _number(record: ImageRecord) -> int:
    """The same whenever it is written; JavaScript, too, reads it to the last digit."""
    return int(record.id[:13], 16)


def _image(record: ImageRecord, said: Said) -> dict[str, Any]:
    image: dict[str, Any] = {
        "id": _number(record),
        "file_name": utf8_safe(record.path),
        "width": record.width,
        "height": record.height,
    }
    decided = said.get(record.content_hash, {}).values()
    if missing := sorted(one.label for one in decided if one.kind == "missing" and one.verdict == "wrong"):
        image["missing_labels"] = missing
    return image


def _annotations(index: Index, said: Said, categories: dict[str, int]) -> Iterator[dict[str, Any]]:
    number = 0
    for record in _all(index):
        for label, box in boxes_of(record, said):
            if label not in categories:  # it came a moment ago
                continue
            number += 1
            sides = (box.left * record.width, box.top * record.height)
            extent = (box.width * record.width, box.height * record.height)
            yield {
                "id": number,
                "image_id": _number(record),
                "category_id": categories[label],
                "bbox": [round(side, 2) for side in (*sides, *extent)],
                "area": round(extent[0] * extent[1], 2),
                "iscrowd": 0,
            }


def _listed(values: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    before = ""
    for value in values:
        yield (before + _json(value)).encode()
        before = ",\n"
    yield b"\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
