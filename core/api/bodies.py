"""What programs can send, and what of it is refused before anything is done with it."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.index.index import MAX_K
from core.search import export
from core.search.language import LONGEST, parse
from core.search.options import Collapse, Cut, Options, Sort
from core.search.query import LEAST_WEIGHT, MOST_PARTS, MOST_WEIGHT, Picture, Query, Region
from core.search.request import Search
from core.search.saved import LONGEST_ADDRESS, LONGEST_NAME

type Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""The SHA-256 of a picture's bytes."""

type Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
"""Of a record."""

type _Share = Annotated[float, Field(ge=0, le=1)]
type _Examples = Annotated[list[Hash], Field(max_length=MOST_PARTS)]
type _Tags = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=1000)]

type _K = Annotated[int, Field(ge=1, le=MAX_K)] | Literal["all"]

MOST_RESULTS = 1000
"""Of one answer; exports take more."""


class Body(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        defer_build=True,  # until a request comes: no page waits for it
    )

    longest: ClassVar[int] = 1 << 19
    """Bytes that are read."""


class PicturePart(Body):
    """A picture to search with: one of the index, or one that was sent to `/queries`."""

    image: Hash
    weight: Annotated[float, Field(ge=LEAST_WEIGHT, le=MOST_WEIGHT)] = 1.0
    region: tuple[_Share, _Share, _Share, _Share] | None = None
    """Left, top, width and height of the part that is searched with, in shares of the picture."""


class Asked(Body):
    """A search; all that the filter lets through where nothing is looked for."""

    text: Annotated[str, Field(max_length=LONGEST)] = ""
    """Words and filter, as typed on the page: `2:beach + sunset − people label:cat -folder:raw width:>=1000`."""
    pictures: Annotated[list[PicturePart], Field(max_length=MOST_PARTS)] = []
    more: _Examples = []
    """Results that are to be like these, as feedback; likewise the next."""
    less: _Examples = []
    collapse: Collapse = Collapse.ALIKE
    """Which pictures are shown as one."""
    alike: Annotated[float, Field(gt=0, le=1)] | None = None
    """The cosine from which pictures are alike; null: what suits the model."""
    diversity: _Share = 0.0
    cut: Cut = Cut.AUTO
    """Down to where hits count as matches."""
    sort: Sort = Sort.BEST
    k: _K | None = None
    """How many results, the best, whatever their band; pictures shown as one count once. null: 24 where something is
    looked for, else `all`."""

    @property
    def search(self) -> Search:
        """
        Raises:
            InvalidQuery: the text cannot be read.
        """
        words, where = parse(self.text)
        pictures = tuple(
            Picture(part.image, part.weight, Region(*part.region) if part.region else None) for part in self.pictures
        )
        options = Options(self.collapse, self.alike, self.diversity, self.cut, self.sort)
        k = MAX_K if self.k == "all" else self.k
        return Search(Query(words, pictures, tuple(self.more), tuple(self.less)), where, options, k)


class LocationBody(Body):
    """Where a picture lies that is to be searched with."""

    location: Annotated[str, Field(min_length=1, max_length=4000)]
    """A path below the folders, or a URL below the addresses, that the app may read; or of a picture of the index."""


class SearchBody(Asked):
    """A search, and which page of its `k` results."""

    offset: Annotated[int, Field(ge=0, lt=MAX_K)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST_RESULTS)] | None = None
    """null: all `k` where it is given, as far as one answer goes, else 60 at most."""


class PictureBody(Asked):
    """A search, and a picture of the index that it may have found."""

    image: Hash


class ExportBody(Asked):
    """The matches of a search; or pictures by their ids, in this order, with the scores they have in it."""

    longest: ClassVar[int] = 1 << 20

    format: Literal["csv", "json", "zip", "sheet", "pdf", "jpeg", "png"]
    """`sheet`: a contact sheet, as JPEG where one page holds it, else as PDF; the last three ask for one of a kind."""
    ids: Annotated[list[Id], Field(min_length=1, max_length=export.MOST)] | None = None
    most: Annotated[int, Field(ge=1, le=export.MOST)] = export.MOST
    """Of the matches."""


class TagsBody(Body):
    """Tags to give to pictures, and to take from them."""

    longest: ClassVar[int] = 1 << 20

    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_K)]
    """These pictures and no others: of a result that stands for several, its copies are in `others`, each with its
    id."""
    add: _Tags = []
    remove: _Tags = []


class SavedBody(Body):
    """A search to keep. One of the same name is replaced."""

    name: Annotated[str, Field(max_length=4 * LONGEST_NAME)]
    address: Annotated[str, Field(max_length=LONGEST_ADDRESS)]
    """The query part of the page's URL."""


class UploadsBody(Body):
    """Files that were sent to `/uploads`, to be indexed."""

    longest: ClassVar[int] = 1 << 20

    ids: Annotated[list[Hash], Field(min_length=1)]
    title: str = ""
