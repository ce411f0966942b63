"""All that a search consists of."""

from dataclasses import dataclass, field

from core.index.filters import Filter
from core.search.options import Options
from core.search.query import Query


@dataclass(frozen=True, slots=True)
class Search:
    query: Query = field(default_factory=Query)
    """Empty: everything that the filter lets through, without scores."""
    where: Filter = field(default_factory=Filter)
    options: Options = field(default_factory=Options)
