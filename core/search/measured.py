"""What a search is counted as: its verdict, how long it took, and where the time went."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.errors import ImageSearchError
from core.search.options import Band
from core.search.results import Results
from core.telemetry.events import Searched, SearchFailed, tell
from core.telemetry.stopwatch import measuring

NOTHING, UNJUDGED, BROWSED = "nothing", "unjudged", "browsed"

VERDICTS = (*(band.value for band in (Band.STRONG, Band.LIKELY, Band.WEAK)), NOTHING, UNJUDGED, BROWSED)
"""What a search may come to."""


@dataclass
class Told:
    results: Results | None = None
    """To be set by whoever searches."""


@contextmanager
def measured() -> Iterator[Told]:
    """Within, a search is answered, which is told to those who count them."""
    told, started = Told(), time.perf_counter()
    with measuring() as parts:
        try:
            yield told
        except ImageSearchError as error:
            tell(SearchFailed(type(error).__name__))
            raise
    if told.results:
        tell(Searched(verdict(told.results), time.perf_counter() - started, parts))


def verdict(results: Results) -> str:
    """The best of what was found, one of `VERDICTS`."""
    if not results.scored:
        return BROWSED
    if not results.judged:
        return UNJUDGED
    if results.no_match:
        return NOTHING
    return next((band.value for band in Band if band is not Band.NONE and results.bands.get(band)), NOTHING)
