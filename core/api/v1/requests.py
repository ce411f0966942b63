"""What programs can send, and what of it is refused before anything is done with it."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from core.collections.collection import MAX_DESCRIPTION, MAX_TITLE
from core.errors import InvalidQuery
from core.index.index import MAX_K
from core.index.several import RECORD_ID
from core.saved import MAX_NAME, MAX_URL
from core.search.language.parser import LONGEST, parse
from core.search.options import ALL_RESULTS, FORMER_NAMES, Collapse, MinMatch, Options, Sort
from core.search.output import export
from core.search.query import MAX_PARTS, MAX_WEIGHT, MIN_WEIGHT, Picture, Query, Region, Search
from core.sources.uploaded import is_inside
from core.text.names import printable

_A_HASH = "9f86d081884c7d65" * 4

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=[_A_HASH])]
"""The SHA-256 of a picture's bytes."""

Id = Annotated[str, Field(pattern=f"^{RECORD_ID}$", examples=["0123456789abcdef" * 2])]
"""Of a record; where several collections are searched, with its own before it: `birds:…`."""

Share = Annotated[float, Field(ge=0, le=1)]
Examples = Annotated[list[Hash], Field(max_length=MAX_PARTS)]
Tags = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=1000)]

K = Annotated[int, Field(ge=1, le=MAX_K)] | Literal["all"]

MAX_RESULTS = 1000
"""Of one answer; exports take more."""

MAX_PICTURES = 500
"""That are asked about at a time."""

_MAX_DIGITS = 20  # of a number in a query


def _inside(path: str) -> str:
    if not is_inside(path):
        raise ValueError("a path inside a folder is expected, such as `birds/labels/1.txt`")
    return path


def _renamed(option: str) -> AliasChoices:
    return AliasChoices(option, FORMER_NAMES[option])


def _example(**values: Any) -> ConfigDict:
    """What the page of the API fills in."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class Body(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        defer_build=True,  # until a request comes
    )

    max_bytes: ClassVar[int] = 1 << 19
    """That are read."""


class ImagePart(Body):
    """A picture to search with: one in the index, or one uploaded to `/queries`."""

    image: Hash
    weight: Annotated[float, Field(ge=MIN_WEIGHT, le=MAX_WEIGHT)] = 1.0
    region: Annotated[tuple[Share, Share, Share, Share], Field(strict=False)] | None = None
    """Left, top, width and height of the part to search with, each a share of the picture from 0 to 1."""


class Asked(Body):
    """A search. Without words and pictures, everything that meets the conditions."""

    text: Annotated[str, Field(max_length=LONGEST, examples=["2:beach + sunset − people label:dog"])] = ""
    """Words and conditions, as typed on the page: `2:beach + sunset − people label:cat -folder:raw width:>=1000`."""
    images: Annotated[
        list[ImagePart], Field(max_length=MAX_PARTS, validation_alias=AliasChoices("images", "pictures"))
    ] = []
    """Pictures to search with, beside the words or without any."""
    more: Examples = []
    """Content hashes of results that others should resemble: feedback."""
    less: Examples = []
    """Content hashes of results that others should not resemble."""
    collapse: Annotated[Collapse, Field(strict=False)] = Collapse.ALIKE
    """Which pictures are shown as one."""
    duplicate_threshold: Annotated[
        Annotated[float, Field(gt=0, le=1)] | None,
        Field(validation_alias=_renamed("duplicate_threshold")),
    ] = None
    """The cosine similarity from which pictures are look-alikes; null: what suits the model."""
    diversity: Share = 0.0
    """From 0, best match first, to 1, as unlike one another as can be."""
    min_match: Annotated[MinMatch, Field(strict=False, validation_alias=_renamed("min_match"))] = MinMatch.AUTO
    """How weak a match may be; `auto`: down to where the matches of the search end."""
    sort: Annotated[Sort, Field(strict=False)] = Sort.BEST
    k: K | None = None
    """How many results: the best, whatever their band. Pictures shown as one count once. null: 24 with words or
    pictures, otherwise `all`."""

    @property
    def search(self) -> Search:
        """
        Raises:
            InvalidQuery: the text cannot be read.
        """
        words, where = parse(self.text)
        images = tuple(
            Picture(part.image, part.weight, Region(*part.region) if part.region else None) for part in self.images
        )
        options = Options(self.collapse, self.duplicate_threshold, self.diversity, self.min_match, self.sort)
        k = MAX_K if self.k == "all" else self.k
        return Search(Query(words, images, tuple(self.more), tuple(self.less)), where, options, k)


class LocationBody(Body):
    """The location of a picture to search with."""

    location: Annotated[str, Field(min_length=1, max_length=4000, examples=["https://example.org/beach.jpg"])]
    """A path or URL that the app may read, or that of a picture in the index."""


class SearchBody(Asked):
    """A search, and which of its `k` results to return."""

    model_config = _example(text="2:beach + sunset − people label:dog", k=5)

    offset: Annotated[int, Field(ge=0, lt=MAX_K)] = 0
    """How many results to skip."""
    limit: Annotated[int, Field(ge=1, le=MAX_RESULTS)] | None = None
    """How many results to return. null: all `k`, up to 1,000; 60 if `k` is not given either."""


class ImageBody(Asked):
    """A search, and a picture in the index."""

    model_config = _example(text="beach", image=_A_HASH)

    image: Hash


class ExportBody(Asked):
    """The matches of a search, or the pictures in `ids`, in that order, with their scores in the search."""

    model_config = _example(format="csv", text="beach")

    max_bytes: ClassVar[int] = 1 << 20

    format: Literal["csv", "json", "zip", "sheet", "pdf", "jpeg", "png"]
    """`sheet` is a contact sheet: a JPEG if one page holds it, otherwise a PDF. The last three ask for one of that
    kind."""
    ids: Annotated[list[Id], Field(min_length=1, max_length=export.MOST)] | None = None
    limit: Annotated[int, Field(ge=1, le=export.MOST, validation_alias=AliasChoices("limit", "most"))] = export.MOST
    """How many matches at most."""


class TagsBody(Body):
    """Tags to add to pictures, and to remove from them."""

    max_bytes: ClassVar[int] = 1 << 20

    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_K)]
    """Only these pictures. The copies of a result are in its `others`, each with an id of its own."""
    add: Annotated[Tags, Field(examples=[["holiday"]])] = []
    remove: Tags = []


class PicturesBody(Body):
    """Pictures to be told of."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_PICTURES)]


class SavedBody(Body):
    """A search to save. One with the same name is replaced."""

    name: Annotated[str, Field(max_length=4 * MAX_NAME, examples=["Beaches"])]
    query_string: Annotated[
        str,
        Field(
            max_length=MAX_URL,
            validation_alias=AliasChoices("query_string", "address"),
            examples=["q=beach&sort=newest"],
        ),
    ]
    """The parameters of the page's URL."""


class CollectionBody(Body):
    """A new collection."""

    name: Annotated[str, Field(max_length=200, examples=["birds"])]
    """Lower-case letters, digits, - and _. It stands in URLs, and stays."""
    title: Annotated[str, Field(max_length=4 * MAX_TITLE, examples=["Birds of the north"])] = ""
    description: Annotated[str, Field(max_length=4 * MAX_DESCRIPTION)] = ""
    model: Annotated[str, Field(max_length=100, examples=["starter"])] = ""
    """Its model. Default: that of the first collection."""


class DescriptionBody(Body):
    """What a collection is called from now on. What is null stays."""

    title: Annotated[str, Field(max_length=4 * MAX_TITLE, examples=["Birds of the north"])] | None = None
    description: Annotated[str, Field(max_length=4 * MAX_DESCRIPTION)] | None = None
    model: Annotated[str, Field(max_length=100, examples=["starter"])] | None = None
    """The model that it asks for; its pictures are then to be re-embedded."""


class ConfirmBody(Body):
    """That it is meant."""

    confirm: Annotated[str, Field(max_length=200, examples=["birds"])]
    """The name of the collection once more: what is removed is gone."""


class BuildBody(Body):
    """The next version of the index."""

    model: Annotated[str, Field(max_length=100, examples=["clip/ViT-B-16"])] = ""
    """The id of its model. Empty: the one in use."""
    swap: bool = True
    """Whether it is used as soon as it is ready. If not, compare it first."""
    leave_out: bool = False
    """Whether pictures are left out whose file and thumbnail are both gone."""


class IngestBody(Body):
    """Pictures to index, where they lie."""

    locations: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=4096, examples=["/pictures/2024"])]],
        Field(min_length=1, max_length=100),
    ]
    """Paths of folders, pictures and ZIP files on the app's machine, or URLs: those that the app may read."""
    title: Annotated[str, Field(max_length=200)] = ""
    """What to call the job."""
    start: bool = True
    """Whether to index what is found. If not, the job waits to be started."""
    prune: bool = False
    """Whether pictures whose file is missing are removed from the index."""


class UploadsBody(Body):
    """Files uploaded to `/uploads`, to be indexed."""

    max_bytes: ClassVar[int] = 16 << 20

    ids: Annotated[list[Hash], Field(min_length=1)]
    title: str = ""
    """What to call the upload."""
    paths: list[Annotated[str, AfterValidator(_inside)]] = []
    """For a dataset: where each of `ids` was in its folder, such as `birds/labels/1.txt`."""

    @model_validator(mode="after")
    def _paths_fit(self) -> Self:
        if self.paths and (len(self.paths) != len(self.ids) or len(set(self.paths)) != len(self.paths)):
            raise ValueError("there must be one path for each id, each once")
        return self


def number(name: str, least: int, most: int, words: str = "") -> Callable[[Any], Any]:
    """Reads a whole number of a query; `words` is what else it may be.

    Python would read any digits of Unicode, and millions of them.
    """

    def read(value: Any) -> Any:
        text = str(value)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS else -1
        if value is None or (words and text == words):
            return value
        if not least <= number <= most:
            others = f", or `{words}`" if words else ""
            raise InvalidQuery(
                f"{name} cannot be “{printable(text[:_MAX_DIGITS])}”.",
                f"Use a whole number from {least} to {most:,}{others}.",
            )
        return number

    return read


class SearchParams(BaseModel):
    """A search in a URL: the parameters of the page's, and these. What is malformed in the page's is left out."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    q: Annotated[str, Field(examples=["a red bus"])] = ""
    """Words and conditions, as typed on the page."""
    image: list[str] = []
    """A picture to search with: HASH[:weight][@left,top,width,height]."""
    more: list[str] = []
    """The hash of a picture that results should resemble."""
    less: list[str] = []
    """The hash of a picture that results should not resemble."""
    sort: str = ""
    """As in the body of POST."""
    collapse: str = ""
    """As in the body of POST."""
    duplicate_threshold: str = ""
    """As in the body of POST."""
    diversity: str = ""
    """As in the body of POST."""
    min_match: str = ""
    """As in the body of POST."""
    label: list[str] = []
    """Only pictures with this label, or with any of several."""
    k: Annotated[K | None, BeforeValidator(number("k", 1, MAX_K, ALL_RESULTS))] = None
    """How many results, or `all`. Default: 24 with words or pictures, otherwise all."""
    limit: Annotated[
        Annotated[int, Field(ge=1, le=MAX_RESULTS)] | None, BeforeValidator(number("limit", 1, MAX_RESULTS))
    ] = None
    """How many of these results to return."""
    offset: Annotated[int, Field(ge=0, lt=MAX_K), BeforeValidator(number("offset", 0, MAX_K - 1))] = 0
    """How many of these results to skip."""
