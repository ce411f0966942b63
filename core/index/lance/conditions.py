"""What rows are asked for, as LanceDB's SQL."""

import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from core.index.records import Filter, storable


def any_of(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({_list(values)})"


def where_clause(where: Filter | None, columns: pa.Schema) -> str | None:
    """The filter as an SQL condition on a table of these columns; None where it lets everything through."""
    if where is None:
        return None
    bounds = [
        ("taken_at", ">=", where.taken_from and f"timestamp '{where.taken_from.isoformat(' ')}'"),
        ("taken_at", "<", where.taken_before and f"timestamp '{where.taken_before.isoformat(' ')}'"),
        ("width", ">=", where.min_width),
        ("height", ">=", where.min_height),
        ("size", ">=", where.min_size),
        ("size", "<=", where.max_size),
    ]
    conditions = [f"{column} {sign} {bound}" for column, sign, bound in bounds if bound is not None]
    if where.formats:
        conditions.append(any_of("format", where.formats))
    if where.labels:  # a table of an earlier version has none
        labelled = "labels" in columns.names
        conditions.append(f"array_has_any(labels, [{_list(where.labels)}])" if labelled else "false")
    if where.folder is not None:
        conditions.append(_below(where.folder if "://" in where.folder else str(Path(where.folder))))
    return " AND ".join(conditions) or None


def _list(values: Sequence[str]) -> str:
    return ", ".join(map(_literal, values))


def _literal(text: str) -> str:
    return "'" + storable(text).replace("'", "''") + "'"


def _below(folder: str) -> str:
    # A range of strings needs no escapes, which LIKE would for %, _ and backslash, and uses the column's index:
    # all that begins with "/a/" sorts from "/a/" up to "/a0", 0 being the character after the slash.
    inside = folder.rstrip(os.sep)
    after = chr(ord(os.sep) + 1)
    equal, lowest, beyond = _literal(inside or folder), _literal(inside + os.sep), _literal(inside + after)
    return f"(folder = {equal} OR (folder >= {lowest} AND folder < {beyond}))"
