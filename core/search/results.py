"""What a search answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.index.index import Counts
from core.index.records import Hit, ImageRecord
from core.search.options import Band


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time of a search went, in seconds."""

    embedding: float
    index: float
    ranking: float = 0.0
    """Judging, collapsing, sorting."""

    @property
    def total(self) -> float:
        return self.embedding + self.index + self.ranking


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of the hits of a query, in their order."""

    bands: Sequence[Band]
    """Never a better one after a worse."""
    strengths: Sequence[float]
    """From 0 to 1, where the band `strong` begins; never a greater one after a smaller."""
    no_match: bool
    """Whether even the best are what chance would bring: then none is a match, whatever the cut."""
    of_kind: bool = False
    """Whether of those that are weak no more is known than that they are of this kind."""
    by_name: Sequence[int] = ()
    """The places of those that are likely by what they are called alone. Their strengths are the pictures' own."""

    @property
    def matched(self) -> int:
        """So many from the top are matches."""
        return sum(band is not Band.NONE for band in self.bands)


@dataclass(frozen=True, slots=True)
class Result:
    """One place in the list: a hit, and what was collapsed into it."""

    hit: Hit
    strength: float | None
    """How far it stands above what chance brings, from 0 to 1 at the band `strong`; None where it is not judged."""
    band: Band | None
    """None where it is not judged."""
    matches: bool | None
    """Whether its band is any but `none`; None where it is not judged yet. Where nothing is searched for, all that the
    filter lets through match."""
    by_name: bool = False
    """Whether it is likely by what it is called alone."""
    others: tuple[Hit, ...] = ()
    """Duplicates shown as one with it, the best first."""

    @classmethod
    def of(cls, record: ImageRecord) -> "Result":
        """A record that was not searched for."""
        return cls(Hit(record, 0.0), None, None, matches=True)

    @property
    def record(self) -> ImageRecord:
        return self.hit.record

    @property
    def count(self) -> int:
        return 1 + len(self.others)


@dataclass(frozen=True, slots=True)
class Results:
    results: Sequence[Result]
    """A page of them, best first. A hit's score is the cosine of query and picture, as a share of what the query can
    reach."""
    offset: int
    """How many results come before this page."""
    matched: int | None
    """How many match, on all pages: as many as are in bands other than `none`. None where they are not judged yet."""
    at_least: bool
    """Whether there may be more than so many: all that were looked at match."""
    bands: Mapping[Band, int]
    """How many of each band, on all pages; empty if they are not judged yet."""
    no_match: bool
    """Whether nothing here really matches: even the best is what chance would bring."""
    searched: int
    """How many records were searched: all that match the filter."""
    collapsed: int
    """How many of the hits looked at stand in the stack of another."""
    has_more: bool
    """Whether there are further pages."""
    total: int
    """How many results there would be if all were asked for: pictures shown as one count once, as far as it is known
    which are."""
    facets: Counts
    """For each facet, how many of the matches have which value, the most frequent first; in a facet that the filter
    chooses in, as if it did not."""
    timings: Timings
    duplicate_threshold: float
    """The cosine similarity from which pictures counted as look-alikes."""
    read_text: str | None = None
    """As much of the query's text as the model read, where it was too long; None where all of it was."""
    notes: Sequence[str] = field(default=())
    """What else is to be said, in sentences: values of the filter that no picture has."""

    scored: bool = True
    """Whether the hits have scores: not where everything is shown that the filter lets through."""
    judged: bool = True
    """Whether it is known which match: not while what scores mean here is being learned, nor of a search that says only
    what to turn away from."""
    estimated: bool = False
    """Whether the facets are estimates: there are too many pictures to count."""
    of_kind: bool = False
    """Whether the collection is about one subject, and this search for something of it: of matches that are weak no
    more is known than that they are of this kind."""

    @property
    def hits(self) -> list[Hit]:
        return [result.hit for result in self.results]
