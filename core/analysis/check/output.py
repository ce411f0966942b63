"""A check as plain values and as a table."""

from collections.abc import Iterable, Iterator
from typing import Any

from core.analysis.check.model import Checked
from core.text.csv_file import as_csv as table
from core.text.names import utf8_safe

COLUMNS = ("path", "answer", "match", "how", "cosine", "reason", "width", "height", "size", "content_hash")


def as_csv(checked: Iterable[Checked]) -> Iterator[bytes]:
    return table(COLUMNS, map(_row, checked))


def plain(one: Checked) -> dict[str, Any]:
    """For JSON."""
    match = one.match
    return {
        "path": utf8_safe(one.path),
        "name": utf8_safe(one.name),
        "answer": one.answer.value,
        "match": None
        if match is None
        else {
            "id": match.id,
            "path": utf8_safe(match.path),
            "name": utf8_safe(match.name),
            "content_hash": match.content_hash,
            "width": match.width,
            "height": match.height,
            "size": match.size,
            "format": match.format,
        },
        "cosine": one.cosine,
        "how": utf8_safe(one.how),
        "reason": utf8_safe(one.reason),
        "content_hash": one.content_hash,
        "size": one.size,
        "width": one.width,
        "height": one.height,
    }


def _row(one: Checked) -> list[Any]:
    match = utf8_safe(one.match.path) if one.match else ""
    own = (utf8_safe(one.path), one.answer.value, match, one.how, one.cosine, utf8_safe(one.reason))
    return [*own, one.width or None, one.height or None, one.size or None, one.content_hash]
