"""What the routes about the index answer."""

from typing import Literal

from pydantic import Field

from core.api.v1.responses import Reply, Version
from core.index.statistics import Health
from core.models import Family


class RecallRow(Reply):
    """How good searches are with one effort."""

    breadth: int | None
    """How much is looked at: candidates of each segment (Elasticsearch), partitions (LanceDB). null: each picture."""
    oversampling: float | None
    """Of so many times as many as are asked for, the vectors themselves are compared."""
    parameters: dict[str, float]
    """Both numbers, by the names that the engine has for them."""
    used: bool
    """Whether searches are done so."""
    recall: float = Field(ge=0, le=1)
    """The share of the true nearest that are found, in the mean of all queries."""
    lowest: float = Field(ge=0, le=1)
    """Of the query that finds the fewest."""
    lost: int
    """How many queries find none of them."""
    kinds: dict[str, float]
    """The recall of each kind of query."""
    p50_ms: float
    """The median time of a search in the index, in milliseconds."""
    p95_ms: float


class Recall(Reply):
    """How many of the true nearest searches find, with the effort in use and with others."""

    engine: str
    index: str
    k: int
    queries: dict[str, int]
    """How many queries of each kind: `words`, `pictures`, `words and pictures`, `vectors`."""
    searched: int
    """How many pictures meet the conditions."""
    target: float
    """The recall that `cheapest` reaches."""
    breadth_of: Literal["candidates", "partitions"]
    exact_ms: float
    """How long it takes to compare each picture with a query."""
    rows: list[RecallRow]
    """The least effort first; empty if no pictures meet the conditions."""
    used: RecallRow | None
    """How searches are done."""
    cheapest: RecallRow | None
    """The least effort that reaches the target; null if none does, or if there is no vector index."""
    verdict: str
    """What follows from it, in words."""
    notes: list[str]


class ModelOffer(Reply):
    """A model that embeds pictures and words, and what it takes to have it."""

    id: str
    """As in the setting IMAGE_SEARCH_MODEL."""
    title: str
    family: Family
    dims: int
    """How many numbers an embedding has."""
    side: int
    """Of the square that it looks at, in pixels."""
    tokens: int
    """How many tokens of a text it reads."""
    parameters_millions: float
    size_bytes: int
    """Of its weights, about."""
    gflops: float
    """Billions of operations for a picture."""
    text_gflops: float
    """Billions of operations for a text."""
    relative_cost: float
    """Of a picture, beside `clip/ViT-B-16`."""
    source: str
    """Where these numbers are from."""
    images_per_second: float | None
    """Measured on this machine; null if it has not run here."""
    status: Literal["present", "obtainable", "unavailable"]
    """Whether its weights are on this machine, or can be downloaded."""
    message: str
    remedy: str
    in_use: bool
    """Whether it made the index."""
    wanted: bool
    """Whether the settings ask for it."""


class IndexModel(Reply):
    """The model that made an index."""

    model_id: str
    title: str
    dims: int
    preprocessing: int


class LastIngest(Reply):
    """The job that indexed pictures last, and has ended."""

    job: int
    title: str
    status: str
    ended_at: float | None


class PartLatency(Reply):
    """How long a part of recent searches took, in milliseconds."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


class RecentSearches(Reply):
    """Of this process, and of none before it."""

    searches: int
    remembered: int
    """How many of them were answered from memory."""
    since: float | None
    """When the first of them was, in seconds since the epoch."""
    parts: dict[str, PartLatency]
    """`whole`, `embedding`, `index` and `ranking`, as far as there were any."""


class IndexStatus(Reply):
    """How the index of a collection is doing. What the engine does not say is null."""

    engine: str
    index: str
    location: str
    """The folder or server."""
    health: Health
    """`yellow`: something should be done. `red`: some pictures are not found."""
    message: str
    remedy: str
    count: int | None
    """How many pictures are indexed."""
    disk: int | None
    """Bytes, with copies on other nodes."""
    memory: int | None
    """Bytes that searches keep in memory, or should find there."""
    pieces: int | None
    """Segments (Elasticsearch) or fragments (LanceDB)."""
    unindexed: int | None
    """Pictures that are not in the vector index."""
    shards: int | None
    replicas: int | None
    nodes: int | None
    free: int | None
    """Bytes left on the fullest disk."""
    model: IndexModel | None
    wanted_model: str
    """That the settings ask for."""
    embedding_servers: list[str]
    """Which embed pictures and words; none where this machine does."""
    versions: list[Version]
    last_ingest: LastIngest | None
    latency: RecentSearches
