"""Results to take away: as a table, as JSON, or as a contact sheet. `originals` gives the files themselves."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from PIL import Image

from core.errors import ImageSearchError
from core.images.sheet import Heading, SheetFormat, Tile, contact_sheet
from core.index.index import Index
from core.index.records import FINDINGS, Hit, ImageRecord
from core.search.options import Band
from core.search.output.response import item
from core.search.results import Result, Results
from core.text import csv_file

MOST = 10_000
"""Pictures of one export."""

_LOOKED_AT = (100, 1_000, MOST)
_CHUNK = 200
_COLUMNS = (
    *("name", "path", "score", "strength", "band", "by_name", "width", "height", "format", "size", "taken_at"),
    *("camera", "lens", "latitude", "longitude", "labels", "tags", "splits"),
    *("quality", "clusters", "classes", "duplicates", "content_hash", "id"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A picture that was chosen, by the id of its record, and how it was judged where it was searched for."""

    id: str
    score: float | None = None
    strength: float | None = None
    band: Band | None = None
    by_name: bool = False


_LISTS = ("labels", "tags", "splits", *FINDINGS.values())

type Chosen = tuple[Line, ImageRecord | None]
"""None: it is no longer in the index."""


def matches(results: Results) -> list[Line]:
    """The matches, without the duplicates that are shown as one with them; of a search that is not judged yet, all."""
    return [_line(result, result.hit, results.scored) for result in results.results if result.matches is not False]


def judged(search: Callable[[int], Results], ids: Sequence[str]) -> list[Line]:
    """A line for each id, with the score it has among the results of a search.

    Args:
        search: Gives the first so many results. What people choose stands near the top, so few are asked for first.
    """
    found: dict[str, Line] = {}
    for limit in _LOOKED_AT:
        results = search(limit)
        found = {
            hit.record.id: _line(result, hit, results.scored)
            for result in results.results
            for hit in (result.hit, *result.others)
        }
        if not results.has_more or not results.scored or found.keys() >= set(ids):
            break
    return [found.get(id_, Line(id_)) for id_ in ids]


def chosen(index: Index, lines: Sequence[Line]) -> Iterator[Chosen]:
    """The lines with their records, as they are now."""
    for batch in batched(lines, _CHUNK):
        records = {record.id: record for record in index.get([line.id for line in batch])}
        yield from ((line, records.get(line.id)) for line in batch)


def as_csv(pictures: Iterable[Chosen]) -> Iterator[bytes]:
    """A row for each that is still in the index."""
    return csv_file.as_csv(_COLUMNS, (_row(line, record) for line, record in pictures if record))


def as_json(pictures: Iterable[Chosen]) -> Iterator[bytes]:
    """A list of what a search answers for each."""
    before = "[\n"
    for batch in batched((_item(line, record) for line, record in pictures if record), _CHUNK):
        yield (before + ",\n".join(json.dumps(values, ensure_ascii=False) for values in batch)).encode()
        before = ",\n"
    yield b"\n]\n" if before == ",\n" else b"[]\n"


def as_sheet(
    pictures: Iterable[Chosen],
    count: int,
    heading: Heading,
    open_small: Callable[[ImageRecord], Image.Image],
    format_: SheetFormat = "pdf",
) -> Iterator[bytes]:
    """A contact sheet of all of them, with names and scores.

    Args:
        count: How many there are.
        open_small: Gives a small upright RGB copy; raises an `ImageSearchError` where there is none.
    """
    return contact_sheet(heading, count, (_tile(line, record, open_small) for line, record in pictures), format_)


def _line(result: Result, hit: Hit, scored: bool) -> Line:
    return Line(hit.record.id, hit.score if scored else None, result.strength, result.band, result.by_name)


def _item(line: Line, record: ImageRecord) -> dict[str, Any]:
    hit = Hit(record, line.score or 0.0)
    values = item(
        Result(hit, line.strength, line.band, matches=True, by_name=line.by_name), scored=line.score is not None
    )
    return {name: value for name, value in values.items() if name not in {"matches", "count", "others"}}


def _row(line: Line, record: ImageRecord) -> list[Any]:
    values = _item(line, record)
    latitude, longitude = values["gps"] or (None, None)
    values |= {"latitude": latitude, "longitude": longitude}
    values |= {name: "; ".join(values[name]) for name in _LISTS}
    return [values[column] for column in _COLUMNS]


def _tile(line: Line, record: ImageRecord | None, open_small: Callable[[ImageRecord], Image.Image]) -> Tile:
    if record is None:
        return Tile("This picture is no longer in the index.", "")
    note = "" if line.score is None else f"{line.score:.3f}"
    try:
        return Tile(open_small(record), record.name, note)
    except ImageSearchError as error:
        return Tile(error.message, record.name, note)
