"""What every index can do, whichever engine is behind it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal, Protocol

from core.index.effort import EXACT_SECONDS, Effort, Efforts, Neighbour
from core.index.filters import Filter, attribute
from core.index.limits import MAX_K as MAX_K
from core.index.records import Finding, Fingerprint, Hit, ImageRecord
from core.index.statistics import Statistics
from core.vectors import Embedding, Embeddings

if TYPE_CHECKING:
    from core.index.versions import Versions

FACETS = (
    *("label", "tag", "folder", "year", "colour", "shape", "format", "camera", "lens", "split"),
    *("quality", "cluster", "class", "duplicate"),
)
"""What records are counted by. `folder` stands for the path of the folder they lie in, `year` for that of `taken_at`,
the others for the fields of `AnyOf`."""

type Counts = Mapping[str, Mapping[str, int]]
"""For each facet, how many have which value, the most frequent first."""


type Value = tuple[str, ...] | float | None
"""What a record has in a field: the texts of a facet, perhaps none; a number, None where it is not known."""

type Values = list[Value]

type Order = Literal["newest", "oldest", "largest", "smallest", "name"]

MAX_VALUES = 1_000
"""Of one facet."""

SCORE_DECIMALS = 6
"""To which engines round a score: what float32 holds, so that equal vectors tie whatever order they are added up in."""


@dataclass(frozen=True, slots=True)
class ModelStamp:
    """Which model made the embeddings of an index: embeddings of two stamps cannot be compared."""

    model_id: str
    dims: int
    preprocessing: int = 1
    """Raised when the way pictures are prepared for the model changes its input."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many records, and how many bytes their files have together."""

    count: int
    size: int


class Replacements(Protocol):
    """The embeddings that another model made, by the content hash of their pictures."""

    def __contains__(self, content_hash: object) -> bool: ...

    def rows(self, content_hashes: Sequence[str]) -> Embeddings:
        """An array of shape `(n, dims)` in the order asked; all of them are there."""
        ...


class Index(Protocol):
    """Where records live. Safe to share between threads; reads see every earlier write of this process, and those of
    others after a second at the latest. What one call answers is of one version.

    All methods raise `IndexUnavailable` or `StorageFull` where the engine does not answer, naming the
    address or folder and the remedy.
    """

    @property
    def engine(self) -> str:
        """`lancedb` or `elasticsearch`."""
        ...

    @property
    def name(self) -> str:
        """The name of the index."""
        ...

    @property
    def location(self) -> str:
        """The folder or address, without secrets: for people to read."""
        ...

    def model(self) -> ModelStamp | None:
        """The stamp of the model that made it; None where nothing is in it yet: an empty index belongs to nobody."""
        ...

    def prepare(self, stamp: ModelStamp) -> None:
        """Make the index ready for embeddings of this model, creating it where needed. One that an earlier version of
        the app made is brought up to date: its records stay, as not yet described.

        Raises:
            ModelMismatch: it holds records of another model.
        """
        ...

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        """Store records, replacing those of the same id; the last of one id in a batch wins.

        Args:
            records: n records; any number, the engine splits them.
            embeddings: An array of shape `(n, dims)`.

        Raises:
            InvalidEmbedding: a row is not finite, has length zero, or the wrong dims; nothing was stored.
        """
        ...

    def search(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> list[Hit]:
        """The k nearest by cosine, best first, ties by id; fewer only where fewer match the filter.

        Args:
            embeddings: Whether the hits come with theirs.

        Raises:
            InvalidEmbedding: as for `upsert`.
        """
        ...

    def search_and_counts(
        self, embedding: Embedding, k: int, wheres: Sequence[Filter | None], *, embeddings: bool = False
    ) -> tuple[list[Hit], list[int]]:
        """As `search` with the first of the filters, and how many records each of them lets through, as `count`: all at
        the cost of one."""
        ...

    def get(self, ids: Sequence[str]) -> list[ImageRecord]:
        """Those that exist, in the order asked."""
        ...

    def embeddings(self, ids: Sequence[str]) -> Embeddings:
        """An array of shape `(n, dims)` in the order asked.

        Raises:
            KeyError: an id is not in the index.
        """
        ...

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        """For each hash that is in the index, one record with these bytes (the one of the smallest id)."""
        ...

    def fingerprints(self, ids: Sequence[str]) -> dict[str, Fingerprint]:
        """The fingerprints of those of these records that exist, by id."""
        ...

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        """Every record once, in batches, in no particular order."""
        ...

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        """As `scan`, without reading the embeddings."""
        ...

    def retag(self, tags: Mapping[str, Sequence[str]]) -> int:
        """Give records these tags, by their ids, in place of those they have; all else, their embeddings too, stays.
        Ids that are not in the index are passed over; returns how many records were changed."""
        ...

    def mark(self, finding: Finding, values: Mapping[str, Sequence[str]]) -> int:
        """As `retag`, with what an analysis has found out; records that have it already are not written again, nor
        counted."""
        ...

    def contents(self) -> Iterator[tuple[list[str], list[str]]]:
        """The ids and the content hashes of all records, in batches, in no particular order: without reading them."""
        ...

    def values(
        self, fields: Sequence[str], where: Filter | None = None
    ) -> Iterator[tuple[list[str], dict[str, Values]]]:
        """The ids of all records that the filter lets through, and what they have in these fields, in batches, in no
        particular order: without reading the records.

        Args:
            fields: Of `FACETS`, or numbers as `Between` names them; `taken` in seconds since the epoch.
        """
        ...

    def delete(self, ids: Sequence[str]) -> int:
        """Remove these; returns how many there were."""
        ...

    def count(self, where: Filter | None = None) -> int: ...

    def totals(self, where: Filter | None = None) -> Totals: ...

    def facets(self, where: Filter | None = None, fields: Sequence[str] = FACETS) -> dict[str, dict[str, int]]:
        """For each of these facets, how many records have which value, the most frequent first, equally frequent ones
        by name; without what is empty. Of a facet with very many values the most frequent 1,000. Estimates of two
        digits where the filter lets more than `estimated_from` through."""
        ...

    @property
    def estimated_from(self) -> int | None:
        """Records above which `facets` are estimates; None: they are always counted."""
        ...

    def browse(
        self, where: Filter | None = None, order: Order | None = None, offset: int = 0, limit: int = 100
    ) -> list[ImageRecord]:
        """A page of the records that a filter lets through, in an order that stays the same while nothing changes.
        Those without a date come last by date; equal ones are in the order of their ids. None: by id."""
        ...

    def sample(self, count: int) -> Embeddings:
        """So many embeddings at random, all where there are fewer: an array of shape `(n, dims)`. The same ones again
        as long as the index does not change."""
        ...

    def revision(self) -> str:
        """Another text whenever records were added, changed or removed, by whatever process, and again where reads see
        it later."""
        ...

    def drop(self) -> None:
        """Delete the index with all its records, whatever versions of it there are; nothing where there is none. It can
        be made anew."""
        ...

    def optimize(self) -> None:
        """Make what was written as fast to search as what was there before: for the end of an ingest."""
        ...

    def statistics(self) -> Statistics:
        """How it is doing; raises nothing: of one that does not answer it says so."""
        ...

    def efforts(self, k: int, where: Filter | None = None) -> Efforts:
        """How such a search is done, and how else it could be."""
        ...

    def search_with(self, effort: Effort, embedding: Embedding, k: int, where: Filter | None = None) -> list[Hit]:
        """As `search`, with this effort; which of those that tie for the last places are found is left to chance."""
        ...

    def search_exactly(
        self, embeddings: Embeddings, k: int, where: Filter | None = None, seconds: float = EXACT_SECONDS
    ) -> list[list[Neighbour]]:
        """The k nearest to each of n queries, by comparing every row: best first. Ties for the last places are broken
        by id (LanceDB) or by chance (Elasticsearch).

        Args:
            embeddings: An array of shape `(n, dims)`.
            seconds: How long it may take.

        Raises:
            MeasurementRefused: the rows are more than `EXACT_ROWS`, or it takes longer.
            InvalidEmbedding: as for `upsert`.
        """
        ...

    @property
    def versions(self) -> "Versions":
        """Those that there are of this index; the other methods are about the one in use."""
        ...

    def consistent[T](self, action: Callable[[], T]) -> T:
        """What the action answers, for which all reads of this index in this thread are of one version: the one that is
        in use when it begins. It is called again where that version is removed meanwhile, or it raises `Overtaken`."""
        ...

    @property
    def is_current(self) -> bool:
        """Whether what is read here is the version in use; False where another came into use since a `consistent`
        action has begun."""
        ...


def counted(facet: str) -> str:
    """The attribute of `ImageRecord` whose values a facet counts."""
    return {"folder": "folder", "year": "taken_at"}.get(facet) or attribute(facet)


def is_estimated(index: Index, matching: int) -> bool:
    """Whether `Index.facets` are estimates where a filter lets so many records through."""
    return index.estimated_from is not None and matching > index.estimated_from


def by_frequency(counts: Mapping[str, int]) -> dict[str, int]:
    """The largest count first, equal ones by name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """The `MAX_VALUES` largest counts, the largest first, equal ones by name."""
    return dict(islice(by_frequency(counts).items(), MAX_VALUES))
