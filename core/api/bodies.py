"""What programs can send, and what of it is refused before anything is done with it."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, model_validator

from core.index.index import MAX_K
from core.saved import MAX_NAME, MAX_URL
from core.search.language.parser import LONGEST, parse
from core.search.options import Collapse, MinMatch, Options, Sort
from core.search.output import export
from core.search.query import MAX_PARTS, MAX_WEIGHT, MIN_WEIGHT, Picture, Query, Region, Search
from core.sources.uploaded import is_inside

type Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""The SHA-256 of a picture's bytes."""

type Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
"""Of a record."""

type _Share = Annotated[float, Field(ge=0, le=1)]
type _Examples = Annotated[list[Hash], Field(max_length=MAX_PARTS)]
type _Tags = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=1000)]

type _K = Annotated[int, Field(ge=1, le=MAX_K)] | Literal["all"]


def _inside(path: str) -> str:
    if not is_inside(path):
        raise ValueError("a path inside a folder is expected, such as `birds/labels/1.txt`")
    return path


MAX_RESULTS = 1000
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
    """A picture to search with: one in the index, or one uploaded to `/queries`."""

    image: Hash
    weight: Annotated[float, Field(ge=MIN_WEIGHT, le=MAX_WEIGHT)] = 1.0
    region: tuple[_Share, _Share, _Share, _Share] | None = None
    """Left, top, width and height of the part to search with, each a share of the picture from 0 to 1."""


class Asked(Body):
    """A search. Without words and pictures, everything that meets the conditions."""

    text: Annotated[str, Field(max_length=LONGEST)] = ""
    """Words and conditions, as typed on the page: `2:beach + sunset − people label:cat -folder:raw width:>=1000`."""
    pictures: Annotated[list[PicturePart], Field(max_length=MAX_PARTS)] = []
    more: _Examples = []
    """Content hashes of results that others should resemble: feedback."""
    less: _Examples = []
    """Content hashes of results that others should not resemble."""
    collapse: Collapse = Collapse.ALIKE
    """Which pictures are shown as one."""
    duplicate_threshold: Annotated[
        float | None, Field(gt=0, le=1, validation_alias=AliasChoices("duplicate_threshold", "alike"))
    ] = None
    """The cosine similarity from which pictures are look-alikes; null: what suits the model."""
    diversity: _Share = 0.0
    min_match: Annotated[MinMatch, Field(validation_alias=AliasChoices("min_match", "cut"))] = MinMatch.AUTO
    """How weak a match may be; `auto`: down to where the matches of the search end."""
    sort: Sort = Sort.BEST
    k: _K | None = None
    """How many results: the best, whatever their band. Pictures shown as one count once. null: 24 with words or
    pictures, otherwise `all`."""

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
        options = Options(self.collapse, self.duplicate_threshold, self.diversity, self.min_match, self.sort)
        k = MAX_K if self.k == "all" else self.k
        return Search(Query(words, pictures, tuple(self.more), tuple(self.less)), where, options, k)


class LocationBody(Body):
    """The location of a picture to search with."""

    location: Annotated[str, Field(min_length=1, max_length=4000)]
    """A path or URL that the app may read, or that of a picture in the index."""


class SearchBody(Asked):
    """A search, and which of its `k` results to return."""

    offset: Annotated[int, Field(ge=0, lt=MAX_K)] = 0
    """How many results to skip."""
    limit: Annotated[int, Field(ge=1, le=MAX_RESULTS)] | None = None
    """How many results to return. null: all `k`, up to 1,000; 60 if `k` is not given either."""


class PictureBody(Asked):
    """A search, and a picture in the index."""

    image: Hash


class ExportBody(Asked):
    """The matches of a search, or the pictures in `ids`, in that order, with their scores in the search."""

    longest: ClassVar[int] = 1 << 20

    format: Literal["csv", "json", "zip", "sheet", "pdf", "jpeg", "png"]
    """`sheet` is a contact sheet: a JPEG if one page holds it, otherwise a PDF. The last three ask for one of that
    kind."""
    ids: Annotated[list[Id], Field(min_length=1, max_length=export.MOST)] | None = None
    most: Annotated[int, Field(ge=1, le=export.MOST)] = export.MOST
    """How many matches at most."""


class TagsBody(Body):
    """Tags to add to pictures, and to remove from them."""

    longest: ClassVar[int] = 1 << 20

    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_K)]
    """Only these pictures. The copies of a result are in its `others`, each with an id of its own."""
    add: _Tags = []
    remove: _Tags = []


class SavedBody(Body):
    """A search to save. One with the same name is replaced."""

    name: Annotated[str, Field(max_length=4 * MAX_NAME)]
    address: Annotated[str, Field(max_length=MAX_URL)]
    """The query string of the page's URL."""


class UploadsBody(Body):
    """Files uploaded to `/uploads`, to be indexed."""

    longest: ClassVar[int] = 16 << 20

    ids: Annotated[list[Hash], Field(min_length=1)]
    title: str = ""
    paths: list[Annotated[str, AfterValidator(_inside)]] = []
    """Of a dataset: where each of `ids` was in its folder, such as `birds/labels/1.txt`."""

    @model_validator(mode="after")
    def _paths_fit(self) -> Self:
        if self.paths and (len(self.paths) != len(self.ids) or len(set(self.paths)) != len(self.paths)):
            raise ValueError("there must be one path for each id, each once")
        return self
