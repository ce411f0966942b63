"""What the API answers beside searches, whose answers `core.search.answers` describes."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.search.output.pictures import Picture


class Reply(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True, frozen=True)


class Error(Reply):
    """What went wrong, and what to do about it."""

    error: str = Field(examples=["A picture of this search is gone."])
    remedy: str = Field(examples=["Drop it again."])


class Readiness(Reply):
    """Whether searches can be answered."""

    status: Literal["ready", "not ready"]
    checks: dict[str, str]
    """What the app needs, by name (`model`, `index`, `journal`, `disk`, or `settings` alone): `ready`, or what is
    wrong."""


class Health(Reply):
    """The state of the server: `degraded` if something is wrong with it."""

    status: Literal["ok", "degraded"]
    error: str | None = None
    """Only if degraded, and then with no more than `model`."""
    model: str | None = None
    """Whether the model is loading, ready, failed, or stopped and being started again."""
    engine: str | None = None
    index: str | None = None
    model_id: str | None = None
    dims: int | None = None
    """How many numbers an embedding has."""
    count: int | None = None
    """How many pictures are indexed."""


class Weighted(Reply):
    concept: str
    weight: float
    """From 0 to 1, which is the concept that search and picture have most in common."""


class Concepts(Reply):
    """What a picture has in common with a search, the most important first."""

    concepts: list[Weighted]


class Progress(Reply):
    """How many parts of the picture have been compared."""

    done: int
    of: int


class HeatMap(Reply):
    columns: int
    rows: int
    values: list[float]
    """Row by row, from 0 (matches least) to 1 (matches most); all 0 if no part matches more than another."""


class Me(Reply):
    """Who asks, as far as is known, and what they may do."""

    name: str
    """As it stands beside what they do: an e-mail, a token, a browser."""
    role: str
    """`viewer`, `editor` or `admin`."""


class Changed(Reply):
    """How many of the pictures changed."""

    changed: int
    """How many have other tags now."""
    unchanged: int
    """How many had the right tags already."""
    missing: int
    """How many are not in the index."""


class Pictures(Reply):
    """What is known of pictures."""

    pictures: list[Picture]


class Prepared(Reply):
    """Where to download the export, for ten minutes."""

    url: str
    count: int
    """How many pictures are in it."""


class Saved(Reply):
    """A saved search."""

    id: int
    name: str
    query_string: str
    """The parameters of the page's URL."""


class CollectionReply(Reply):
    """A collection."""

    name: str
    title: str
    """What people read: its name where it has no title."""
    description: str
    model: str
    """The model that its pictures are embedded with, or will be."""
    count: int | None = None
    """How many pictures it has; null if its index does not answer."""
    first: bool
    """Whether it is the one that is meant where none is named."""
    error: str | None = None
    """Why its index does not answer."""


class Removed(Reply):
    """How many pictures were removed."""

    removed: int


class Received(Reply):
    """An uploaded file: its content hash, and its name, safe to display."""

    id: str
    name: str


class Version(Reply):
    """A version of the index."""

    number: int
    name: str = Field(examples=["images-000003"])
    state: Literal["current", "building", "ready", "retired"]
    """`current`: searches use it. `ready`: it is complete and was never in use. `retired`: it was in use before."""
    model_id: str
    dims: int
    preprocessing: int
    count: int
    """How many pictures are in it."""
    size: int
    """Bytes on disk."""
    made_at: float | None
    """When it was made, in seconds since the epoch; null if it is not known."""
    retired_at: float | None
    """When it was last in use, in seconds since the epoch; null if it never was, or is."""


class Side(Reply):
    """How a version answered."""

    version: int
    model_id: str
    count: int
    p50_ms: float
    """The median time of a search in milliseconds, without embedding its words."""
    p95_ms: float
    """The time that 95% of the searches stay below."""


class Difference(Reply):
    query: str
    overlap: float


class Comparison(Reply):
    """A version beside the one in use, on words and pictures."""

    current: Side
    other: Side
    overlap: float
    """The share of the first ten results that both have, from 0 to 1, on average."""
    texts: int
    """How many words were searched for."""
    pictures: int
    """How many pictures were searched with."""
    most_different: list[Difference]
    """The queries with the most different results."""


class Job(Reply):
    """What goes on in the background, or did."""

    id: int
    kind: str
    """`ingest`, `rebuild`, `analysis`, or `reembed` of earlier versions."""
    analysis: str | None
    """Which analysis it carries out; null of other kinds."""
    title: str
    status: str
    """`planning`, `planned` (it waits to be started), `waiting`, `running`, `paused`, `interrupted`, `done`,
    `cancelled`, or `failed`."""
    phase: str
    told: str
    """What it is doing, in one line."""
    total: int
    """How many files or pictures it is about."""
    done: int
    counts: dict[str, int]
    """How many of them came to what: `added`, `unchanged`, `failed` and others."""
    seconds_left: float | None
    """Null if it is not known."""
    error: str | None
    """What stopped it, or made it pause."""
    remedy: str | None
    note: str
    started_by: str
    created_at: float
    """In seconds since the epoch."""
    ended_at: float | None
    """In seconds since the epoch; null until it has ended."""


class Started(Reply):
    """The job that does it in the background."""

    job: int
