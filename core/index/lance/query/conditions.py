"""What rows are asked for, as LanceDB's SQL."""

import re
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from core.index import globs
from core.index.chosen.ids import IdSet
from core.index.filters import (
    AnyOf,
    Between,
    Condition,
    Either,
    Filter,
    Glob,
    InFolder,
    NameContains,
    Selected,
    attribute,
    comparable,
)
from core.index.records import storable

_NONE = "false"  # also of what a table of an earlier version has no column for
_SYNTAX = re.compile(r"[\\.+*?()|\[\]{}^$#&\-~]")  # what has a meaning of its own in an expression
_COMPUTED = {"pixels": "CAST(width AS BIGINT) * height"}


def any_of(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({_list(values)})"


def where_clause(where: Filter | None, columns: pa.Schema) -> str | None:
    """The filter as an SQL condition on a table of these columns; None where it lets everything through."""
    return None if where is None or not where.conditions else _all(where, columns)


def _all(where: Filter, columns: pa.Schema) -> str:
    return " AND ".join(_clause(condition, columns) for condition in where.conditions) or "true"


def _clause(condition: Condition, columns: pa.Schema) -> str:
    clause = _positive(condition, columns)
    return f"({clause}) IS NOT TRUE" if condition.excluded else f"({clause})"


def _positive(condition: Condition, columns: pa.Schema) -> str:
    match condition:
        case AnyOf(field, values):
            return _one_of(attribute(field), list(filter(None, values)), columns)
        case Between():
            return _between(condition, columns)
        case InFolder():
            return _below(condition)
        case NameContains():
            return _contains(condition.spelled, columns)
        case Glob():
            return _fits(condition, columns)
        case Selected(ids=ids):
            return _chosen(ids)
        case Either(filters):
            return " OR ".join(f"({_all(alternative, columns)})" for alternative in filters) or _NONE


def _contains(spelled: Sequence[str], columns: pa.Schema) -> str:
    if "name_folded" not in columns.names:
        return _NONE
    return " OR ".join(f"contains(name_folded, {_literal(text)})" for text in spelled)


def _fits(glob: Glob, columns: pa.Schema) -> str:
    column, expression = ("name_folded", globs.of_name) if glob.field == "name" else ("folder", globs.of_folder)
    if column not in columns.names:
        return _NONE
    return f"regexp_like({column}, {_literal(f'(?s)^({expression(glob.pattern, _escaped)})$')})"


def _escaped(text: str) -> str:
    return _SYNTAX.sub(r"\\\g<0>", text)


def _one_of(column: str, values: Sequence[str], columns: pa.Schema) -> str:
    if column not in columns.names or not values:
        return _NONE
    several = pa.types.is_list(columns.field(column).type)
    return f"array_has_any({column}, [{_list(values)}])" if several else any_of(column, values)


def _chosen(ids: IdSet | None) -> str:
    between = "','"
    return f"id IN ('{ids.joined(between)}')" if ids else _NONE


def _between(condition: Between, columns: pa.Schema) -> str:
    column = attribute(condition.field)
    bounds = (condition.low, condition.high) if condition.field == "taken" else comparable(condition)
    if bounds is None or column not in {*columns.names, *_COMPUTED}:
        return _NONE
    column = _COMPUTED.get(column, column)
    signs = zip((">=", "<"), bounds, strict=True)
    parts = [f"{column} {sign} {_value(bound)}" for sign, bound in signs if bound is not None]
    return " AND ".join(parts) or f"{column} IS NOT NULL"


def _value(bound: float | datetime) -> str:
    return f"timestamp '{bound.isoformat(' ')}'" if isinstance(bound, datetime) else repr(bound)


def _list(values: Sequence[str]) -> str:
    return ", ".join(map(_literal, values))


def _literal(text: str) -> str:
    return "'" + storable(text).replace("'", "''") + "'"


def _below(within: InFolder) -> str:
    # A range of strings needs no escapes, which LIKE would for %, _ and backslash, and uses the column's index:
    # all that begins with "/a/" sorts from "/a/" up to "/a0", 0 being the character after the slash.
    beyond = within.below[:-1] + chr(ord("/") + 1)
    equal, lowest, highest = map(_literal, (within.own, within.below, beyond))
    return f"folder = {equal} OR (folder >= {lowest} AND folder < {highest})"
