"""How many of the results have which label, folder, format … : what a search can be narrowed to next."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from core.index.index import FACETS, by_frequency, counted
from core.index.records import ImageRecord


def count(records: Iterable[ImageRecord]) -> dict[str, dict[str, int]]:
    """For each of `FACETS`, how many of the records have which value, the most frequent first; without what is empty.

    `folder` counts the folders that the records lie in, by their paths; `year` the years they were taken in.
    """
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for record in records:
        for facet, counter in counts.items():
            counter.update(_values(record, facet))
    return {facet: by_frequency(counter) for facet, counter in counts.items()}


def _values(record: ImageRecord, facet: str) -> Iterable[str]:
    found = getattr(record, counted(facet))
    if isinstance(found, datetime):
        return (str(found.year),)
    return filter(None, (found,) if isinstance(found, str) else found or ())
