"""The map as a table to take away."""

from collections.abc import Iterator

from core.analysis.map.model import Map
from core.index.index import Index
from core.text import csv_file
from core.text.names import utf8_safe

COLUMNS = ("id", "x", "y", "cluster", "path")

_AT_ONCE = 1_000  # records whose paths are looked up


def as_csv(made: Map, index: Index) -> Iterator[bytes]:
    """A row for each picture: where it stands, and the finest cluster that it is in."""
    return csv_file.as_csv(COLUMNS, _rows(made, index))


def _rows(made: Map, index: Index) -> Iterator[list[object]]:
    names = made.names_of()
    for start in range(0, made.size, _AT_ONCE):
        ids = [id_.decode() for id_ in made.digits[start : start + _AT_ONCE].tolist()]
        paths = {record.id: utf8_safe(record.path) for record in index.get(ids)}
        for place, id_ in enumerate(ids, start):
            x, y = made.points[place].tolist()
            cluster = utf8_safe(names.get(int(made.finest[place]), ""))
            yield [id_, round(x, 6), round(y, 6), cluster, paths.get(id_, "")]
