"""A record as plain values: what both engines keep of it beside the columns they look rows up by."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from itertools import starmap
from typing import Any

from core.images.describe import Box, Colour
from core.index.records import FINDINGS, ImageRecord

_DEFAULTS = {field.name: field.default for field in fields(ImageRecord)}
_REBUILT: dict[str, Callable[[Any], Any]] = {
    "taken_at": datetime.fromisoformat,
    "gps": tuple,
    "tags": tuple,
    "splits": tuple,
    **dict.fromkeys(FINDINGS.values(), tuple),
    "colours": lambda pairs: tuple(starmap(Colour, pairs)),
    "boxes": lambda rows: tuple(starmap(Box, rows)),
}


def to_plain(record: ImageRecord) -> dict[str, Any]:
    """The record's fields as numbers, texts and lists of them.

    Left out is what has its default value, as most fields of most pictures do: the less is read with every hit, the
    sooner a search answers. It comes back as the default of that day, so a default must never change.
    """
    values = ((name, getattr(record, name)) for name in _DEFAULTS)
    return {name: _plain(value) for name, value in values if value != _DEFAULTS[name]}


def from_plain(plain: Mapping[str, Any]) -> ImageRecord:
    """Undoes `to_plain`. Rows of earlier versions, which have fewer fields, are records not yet described."""
    values = {name: value for name, value in plain.items() if name in _DEFAULTS}
    for name in values.keys() & _REBUILT.keys():
        if values[name] is not None:
            values[name] = _REBUILT[name](values[name])
    return ImageRecord(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value
