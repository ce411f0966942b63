"""What the routes answer beside searches: of these types, and in `core.search.answers`, their description is made."""

from typing import Literal, NotRequired, TypedDict

from pydantic import ConfigDict, with_config

_described = with_config(ConfigDict(use_attribute_docstrings=True))


class Error(TypedDict):
    """What went wrong, and what can be done about it."""

    error: str
    remedy: str


class Health(TypedDict):
    """`degraded` where the index does not answer."""

    status: Literal["ok", "degraded"]
    error: NotRequired[str]
    model: NotRequired[str]
    engine: NotRequired[str]
    index: NotRequired[str]
    model_id: NotRequired[str]
    dims: NotRequired[int]
    count: NotRequired[int]


@_described
class Weighted(TypedDict):
    concept: str
    weight: float
    """From 0 to 1, where it is what search and picture are both closest to."""


class Concepts(TypedDict):
    """What a picture has in common with a search, the most important first."""

    concepts: list[Weighted]


class Progress(TypedDict):
    """How many parts of the picture were looked at."""

    done: int
    of: int


@_described
class HeatMap(TypedDict):
    columns: int
    rows: int
    values: list[float]
    """Row by row, from 0, where the picture matches least, to 1; all 0 where no place matches more than another."""


@_described
class Changed(TypedDict):
    """What became of the pictures that were named."""

    changed: int
    """How many are different now."""
    unchanged: int
    """How many have these tags, or have not, already."""
    missing: int
    """How many are not in the index."""


class Prepared(TypedDict):
    """Where the export can be fetched, for ten minutes."""

    url: str
    count: int
    """How many pictures it has."""


@_described
class Saved(TypedDict):
    """A search that was kept."""

    id: int
    name: str
    address: str
    """The query part of the page's URL."""


class Received(TypedDict):
    """A file that was sent: its content hash, and its name made safe to show."""

    id: str
    name: str


class Started(TypedDict):
    """The job that indexes what was sent."""

    job: int
