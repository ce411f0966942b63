"""What rows are asked for, as clauses of Elasticsearch's query language."""

import re
from datetime import datetime

from core.index import globs
from core.index.elastic.mapping import Body
from core.index.elastic.rows import microseconds
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

_SYNTAX = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$\-]')  # what has a meaning of its own in an expression
_MAX_STATES = 100_000  # of a matcher


def filter_clauses(where: Filter | None) -> list[Body]:
    """The conditions that must all hold; empty where there are none."""
    return [_clause(condition) for condition in where.conditions] if where else []


def _clause(condition: Condition) -> Body:
    if isinstance(condition, Either):
        return _either(condition)
    clause = _positive(condition)
    return {"bool": {"must_not": [clause]}} if condition.excluded else clause


def _either(condition: Either) -> Body:
    """Flat: the server reads 30 levels at most."""
    clauses = [_all(alternative) for alternative in condition.filters]
    if condition.excluded:
        return {"bool": {"must_not": clauses}}
    return {"bool": {"should": clauses, "minimum_should_match": 1}} if clauses else {"match_none": {}}


def _all(where: Filter) -> Body:
    clauses = filter_clauses(where)
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": clauses}}


def _positive(condition: AnyOf | Between | InFolder | NameContains | Glob | Selected) -> Body:
    # In an index of an earlier version no row has some of the fields: there none is found.
    match condition:
        case AnyOf(field, values):
            return {"terms": {attribute(field): [storable(value) for value in values if value]}}
        case Between():
            return _between(condition)
        case InFolder():
            return _within(condition)
        case NameContains():
            return _any([_contains("name_folded", text) for text in condition.spelled])
        case Glob():
            return _fits(condition)
        case Selected(ids=ids):
            return {"ids": {"values": list(ids or ())}}


def _within(condition: InFolder) -> Body:
    own, below = {"term": {"folder": storable(condition.own)}}, {"prefix": {"folder": storable(condition.below)}}
    return _any([own, below])


def _any(clauses: list[Body]) -> Body:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}


def _between(condition: Between) -> Body:
    if condition.field == "taken":
        return _range("taken_us", (_moment(condition.low), _moment(condition.high)))
    bounds = comparable(condition)
    if bounds is None:
        return {"match_none": {}}
    return _range(attribute(condition.field), bounds)


def _range(field: str, bounds: tuple[float | None, float | None]) -> Body:
    signs = zip(("gte", "lt"), bounds, strict=True)
    return {"range": {field: {sign: bound for sign, bound in signs if bound is not None}}}


def _moment(bound: float | datetime | None) -> int | None:
    return microseconds(bound) if isinstance(bound, datetime) else None


def _contains(field: str, text: str) -> Body:
    escaped = "".join(f"\\{letter}" if letter in "\\*?" else letter for letter in storable(text))
    return {"wildcard": {field: {"value": f"*{escaped}*"}}}


def _fits(glob: Glob) -> Body:
    field, expression = ("name_folded", globs.of_name) if glob.field == "name" else ("folder", globs.of_folder)
    value = storable(expression(glob.pattern, _escaped))
    return {"regexp": {field: {"value": value, "flags": "NONE", "max_determinized_states": _MAX_STATES}}}


def _escaped(text: str) -> str:
    return _SYNTAX.sub(r"\\\g<0>", text)
