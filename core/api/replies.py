"""What the routes answer beside searches: the description is made of these types and those of the searches."""

from typing import Literal, NotRequired, TypedDict

from pydantic import ConfigDict, with_config

_described = with_config(ConfigDict(use_attribute_docstrings=True))


class Error(TypedDict):
    """What went wrong, and what to do about it."""

    error: str
    remedy: str


class Health(TypedDict):
    """The state of the server: `degraded` if the index does not answer."""

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
    """From 0 to 1, which is the concept that search and picture have most in common."""


class Concepts(TypedDict):
    """What a picture has in common with a search, the most important first."""

    concepts: list[Weighted]


class Progress(TypedDict):
    """How many parts of the picture have been compared."""

    done: int
    of: int


@_described
class HeatMap(TypedDict):
    columns: int
    rows: int
    values: list[float]
    """Row by row, from 0 (matches least) to 1 (matches most); all 0 if no part matches more than another."""


@_described
class Changed(TypedDict):
    """How many of the pictures changed."""

    changed: int
    """How many have other tags now."""
    unchanged: int
    """How many had the right tags already."""
    missing: int
    """How many are not in the index."""


class Prepared(TypedDict):
    """Where to download the export, for ten minutes."""

    url: str
    count: int
    """How many pictures are in it."""


@_described
class Saved(TypedDict):
    """A saved search."""

    id: int
    name: str
    address: str
    """The query string of the page's URL."""


class Received(TypedDict):
    """An uploaded file: its content hash, and its name, safe to display."""

    id: str
    name: str


class Started(TypedDict):
    """The job that indexes the files."""

    job: int
