"""What rows are asked for, as clauses of Elasticsearch's query language."""

from datetime import datetime

from core.index.elastic.mapping import Body
from core.index.elastic.rows import microseconds
from core.index.filters import AnyOf, Between, Condition, Filter, Named, Within, attribute, comparable
from core.index.records import storable


def filter_clauses(where: Filter | None) -> list[Body]:
    """The conditions that must all hold; empty where there are none."""
    return [_clause(condition) for condition in where.conditions] if where else []


def _clause(condition: Condition) -> Body:
    clause = _positive(condition)
    return {"bool": {"must_not": [clause]}} if condition.excluded else clause


def _positive(condition: Condition) -> Body:
    # In an index of an earlier version no row has some of the fields: there none is found.
    match condition:
        case AnyOf(field, values):
            return {"terms": {attribute(field): [storable(value) for value in values if value]}}
        case Between():
            return _between(condition)
        case Within():
            return _within(condition)
        case Named():
            return _contains("name_folded", condition.folded)


def _within(condition: Within) -> Body:
    own, below = {"term": {"folder": storable(condition.own)}}, {"prefix": {"folder": storable(condition.below)}}
    return {"bool": {"should": [own, below], "minimum_should_match": 1}}


def _between(condition: Between) -> Body:
    if condition.field == "taken":
        return _range("taken_us", (_moment(condition.low), _moment(condition.high)))
    bounds = comparable(condition)
    return {"match_none": {}} if bounds is None else _range(condition.field, bounds)


def _range(field: str, bounds: tuple[float | None, float | None]) -> Body:
    signs = zip(("gte", "lt"), bounds, strict=True)
    return {"range": {field: {sign: bound for sign, bound in signs if bound is not None}}}


def _moment(bound: float | datetime | None) -> int | None:
    return microseconds(bound) if isinstance(bound, datetime) else None


def _contains(field: str, text: str) -> Body:
    escaped = "".join(f"\\{letter}" if letter in "\\*?" else letter for letter in storable(text))
    return {"wildcard": {field: {"value": f"*{escaped}*"}}}
