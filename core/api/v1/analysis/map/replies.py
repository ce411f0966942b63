"""What the routes of the map are asked with, and answer."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from core.analysis.map.hits import MOST
from core.analysis.map.maps import Mode, State
from core.analysis.map.naming.choosing import MAX_NAME, NamedBy
from core.analysis.map.shapes import MAX_CORNERS
from core.api.v1.requests.body import Body, Id, number
from core.api.v1.requests.search import SearchParams
from core.api.v1.responses import Reply

MAX_POINTS = 1_000
"""Whose pictures are told at once."""

MAX_FOUND = 10_000
"""Records whose points are told at once."""

MAX_CHOSEN = 100_000
"""Points or ids of a selection that are named one by one."""

Point = Annotated[int, Field(ge=0, le=2**31 - 1)]
Coordinate = Annotated[float, Field(ge=-1e9, le=1e9)]
Version = Annotated[str, Field(max_length=40)]


class MapInfo(Reply):
    """A map, as far as it is one number or word."""

    version: str
    """Point numbers mean something within one version only."""
    layout: str
    """Another one where all was laid out anew; within one, nobody has moved."""
    points: int
    clusters: int
    bounds: tuple[float, float, float, float]
    """Left, low, right, high."""
    made: str
    """When, ISO 8601 in UTC."""
    behind: int
    """Pictures that were added or removed since."""
    trustworthiness: float | None
    """From 0 to 1: how little stands together that is not alike. Null for very few pictures."""
    kept: float | None
    """Of the 15 nearest pictures so many are among the 15 nearest points."""
    method: str


class MapJob(Reply):
    """The work on the map."""

    id: int
    status: str
    phase: str
    done: int
    total: int
    said: str
    """In one line."""


class MapStatus(Reply):
    """How the map is doing."""

    state: State
    """Of the work on it; `ready`: none goes on, and there is a map."""
    map: MapInfo | None
    """The newest there is, while another is made too."""
    job: MapJob | None
    """The latest job, while it has not ended, or if it failed."""
    colours: list[str]
    """What the points can be coloured by."""
    urls: dict[str, str]


class ClusterCover(Reply):
    """A typical picture of a cluster."""

    id: str
    content_hash: str
    name: str
    point: int


class ClusterReply(Reply):
    """Pictures that stand close together."""

    number: int
    """From 1, within one version of the map."""
    name: str
    named_by: NamedBy
    concepts: list[str]
    """What sets it apart, most of all first."""
    size: int
    level: int
    """From 0, the coarsest."""
    parent: int
    """The number of the cluster around it, or 0."""
    x: float
    """Where its pictures are densest, as is `y`."""
    y: float
    radius: float
    """Half of its pictures are within so much of that place."""
    bounds: tuple[float, float, float, float]
    covers: list[ClusterCover]
    filter: str
    """The condition that finds its pictures."""


class Clusters(Reply):
    """The clusters of a map, by level, the largest first."""

    version: str
    levels: int
    outside: int
    """Pictures in none."""
    clusters: list[ClusterReply]


class MapPicture(Reply):
    """The picture of a point."""

    point: int
    id: str
    content_hash: str
    name: str
    folder: str
    labels: list[str]
    tags: list[str]
    width: int
    height: int


class MapPictures(Reply):
    """The pictures of points, without those that were removed meanwhile."""

    version: str
    pictures: list[MapPicture]


class MapPoints(Reply):
    """The points of records, null where there is none."""

    version: str
    points: list[int | None]


class SelectionReply(Reply):
    """Pictures that somebody has chosen. They never change."""

    id: str
    name: str
    """Empty if it is kept for a while only."""
    count: int
    filter: str
    """The condition that finds them."""
    made_by: str
    created: str
    kept: bool


class MapBody(Body):
    """How to make the map."""

    again: bool = False
    """Whether to lay out all pictures anew. If not, new ones are put among those that are there."""


class HitsParams(SearchParams):
    """A search whose results are to be lit on the map."""

    limit: Annotated[Annotated[int, Field(ge=1, le=MOST)], BeforeValidator(number("limit", 1, MOST))] = MOST
    """How many matches at most; of conditions alone all are given."""
    v: Version = ""
    """The version of the map."""


class PointsBody(Body):
    """Points whose pictures are wanted."""

    points: Annotated[list[Point], Field(max_length=MAX_POINTS)]
    version: Version = ""


class FindBody(Body):
    """Records whose points are wanted."""

    max_bytes: ClassVar[int] = 2 << 20

    ids: Annotated[list[Id], Field(max_length=MAX_FOUND)]


class NameBody(Body):
    """What a cluster or selection is called from now on."""

    name: Annotated[str, Field(max_length=20_000, examples=["Dogs in the snow"])]
    """Empty: a cluster by its own name again; a selection is kept for a while only."""
    version: Version = ""


class SelectionBody(Body):
    """What is chosen: all that is named here, together."""

    max_bytes: ClassVar[int] = 8 << 20

    name: Annotated[str, Field(max_length=4 * MAX_NAME)] = ""
    """Without one it is kept for a while only."""
    version: Version = ""
    """Of the map on which it is chosen."""
    box: Annotated[list[Coordinate], Field(min_length=4, max_length=4)] | None = None
    """Two opposite corners."""
    lasso: (
        Annotated[
            list[Annotated[list[Coordinate], Field(min_length=2, max_length=2)]],
            Field(min_length=3, max_length=MAX_CORNERS),
        ]
        | None
    ) = None
    """The corners of an outline; what is inside by the even-odd rule is chosen."""
    clusters: list[Point] = Field(default_factory=list, max_length=1_000)
    points: list[Point] = Field(default_factory=list, max_length=MAX_CHOSEN)
    ids: list[Id] = Field(default_factory=list, max_length=MAX_CHOSEN)
    base: Annotated[str, Field(max_length=200)] = ""
    """Another selection, by its id or name."""
    mode: Mode = "new"
    """What becomes of `base`: `add` to it, `remove` from it, `only` what is in both."""
