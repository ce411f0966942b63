"""How many of the results have which label, folder, format … : what a search can be narrowed to next."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from core.index.filters import AnyOf, Between, Condition, Either, Filter, Glob, InFolder, simple
from core.index.index import FACETS, Counts, by_frequency, counted
from core.index.records import ImageRecord

_ATTRIBUTES = {facet: counted(facet) for facet in FACETS}


def count(records: Iterable[ImageRecord]) -> dict[str, dict[str, int]]:
    """For each of `FACETS`, how many of the records have which value, the most frequent first; without what is empty.

    `folder` counts the folders that the records lie in, by their paths; `year` the years they were taken in.
    """
    return count_stacks([record] for record in records)


def count_stacks(stacks: Iterable[Sequence[ImageRecord]]) -> dict[str, dict[str, int]]:
    """For each of `FACETS`, how many stacks of records shown as one have which value: each counts once for each value
    that one of its records has."""
    found = list(stacks)
    return {facet: by_frequency(Counter(_values_of(found, _ATTRIBUTES[facet]))) for facet in FACETS}


def _values_of(stacks: Iterable[Sequence[ImageRecord]], attribute: str) -> Iterator[str]:
    for stack in stacks:
        if len(stack) == 1 and isinstance(value := getattr(stack[0], attribute), str):  # most are
            if value:
                yield value
        else:
            yield from {value for record in stack for value in _values(record, attribute)}


def with_choices(counts: Counts, where: Filter, count_with: Callable[[Filter], Counts]) -> Counts:
    """Where a filter has made a choice in a facet, its values are counted as if it had not: so many there are beside
    the values chosen, or in their place.

    Where records must have several values at once, each further one narrows, and the counts stay as they are.

    Args:
        counts: With the whole filter.
        count_with: Counts with another filter, perhaps less deep.
    """
    wider = {facet: count_with(without)[facet] for facet, without in _widened(where).items()}
    return {**counts, **{facet: _most(counts[facet], others) for facet, others in wider.items()}}


def _widened(where: Filter) -> dict[str, Filter]:
    """For each facet in which the filter has made a choice, the filter without it."""
    chosen: dict[str, list[Condition]] = {}
    for condition in where.conditions:
        if facet := _facet(condition):
            chosen.setdefault(facet, []).append(condition)
    return {
        facet: Filter(tuple(condition for condition in where.conditions if condition not in own))
        for facet, own in chosen.items()
        if sum(isinstance(condition, AnyOf) and not condition.excluded for condition in own) < 2
    }


def _most(values: Mapping[str, int], others: Mapping[str, int]) -> Mapping[str, int]:
    return by_frequency({value: max(values.get(value, 0), others.get(value, 0)) for value in {*values, *others}})


def _facet(condition: Condition) -> str | None:
    """The facet that it chooses in, None where it is not counted."""
    match condition:
        case AnyOf(field):
            return field
        case InFolder() | Glob("folder"):
            return "folder"
        case Between("taken"):
            return "year"
        case Either():  # which chooses in one if all of it does
            facets = {_facet(one) for one in simple(Filter((condition,)))}
            return facets.pop() if len(facets) == 1 else None
    return None


def _values(record: ImageRecord, attribute: str) -> Iterable[str]:
    found = getattr(record, attribute)
    if not found:
        return ()
    if isinstance(found, str):
        return (found,)
    return (str(found.year),) if isinstance(found, datetime) else filter(None, found)
