"""All that a search consists of."""

from dataclasses import dataclass, field

from core.index.filters import Filter
from core.index.limits import MAX_K
from core.search.options import USUAL_K, Options
from core.search.query import Query


@dataclass(frozen=True, slots=True)
class Search:
    query: Query = field(default_factory=Query)
    """Empty: everything that the filter lets through, without scores."""
    where: Filter = field(default_factory=Filter)
    options: Options = field(default_factory=Options)
    k: int | None = None
    """How many results, 1 to `MAX_K`: the best, whatever their band; pictures shown as one count once. None: as many as
    there are."""

    @property
    def browses(self) -> bool:
        """Whether nothing is looked for."""
        return self.query.empty and not self.query.less

    @property
    def usual_k(self) -> int:
        """How many results are shown where nobody has said how many: when browsing, all."""
        return MAX_K if self.browses else USUAL_K
