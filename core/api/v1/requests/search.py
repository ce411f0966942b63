"""Searches, as a body or in a URL, and what is done with what they find."""

from typing import Annotated, ClassVar, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from core.api.v1.requests.body import A_HASH, Body, Hash, Id, example, number
from core.index.index import MAX_K
from core.search.language.parser import LONGEST, parse
from core.search.options import ALL_RESULTS, FORMER_NAMES, Collapse, MinMatch, Options, Sort
from core.search.output import export
from core.search.query import MAX_PARTS, MAX_WEIGHT, MIN_WEIGHT, Picture, Query, Region, Search

Share = Annotated[float, Field(ge=0, le=1)]
Examples = Annotated[list[Hash], Field(max_length=MAX_PARTS)]
K = Annotated[int, Field(ge=1, le=MAX_K)] | Literal["all"]
MAX_RESULTS = 1000
"""Of one answer; exports take more."""


def _renamed(option: str) -> AliasChoices:
    return AliasChoices(option, FORMER_NAMES[option])


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
    ] = Field([])
    """Pictures to search with, beside the words or without any."""
    more: Examples = Field([])
    """Content hashes of results that others should resemble: feedback."""
    less: Examples = Field([])
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

    model_config = example(text="2:beach + sunset − people label:dog", k=5)

    offset: Annotated[int, Field(ge=0, lt=MAX_K)] = 0
    """How many results to skip."""
    limit: Annotated[int, Field(ge=1, le=MAX_RESULTS)] | None = None
    """How many results to return. null: all `k`, up to 1,000; 60 if `k` is not given either."""


class ImageBody(Asked):
    """A search, and a picture in the index."""

    model_config = example(text="beach", image=A_HASH)

    image: Hash


class ExportBody(Asked):
    """The matches of a search, or the pictures in `ids`, in that order, with their scores in the search."""

    model_config = example(format="csv", text="beach")

    max_bytes: ClassVar[int] = 1 << 20

    format: Literal["csv", "json", "zip", "sheet", "pdf", "jpeg", "png"]
    """`sheet` is a contact sheet: a JPEG if one page holds it, otherwise a PDF. The last three ask for one of that
    kind."""
    ids: Annotated[list[Id], Field(min_length=1, max_length=export.MOST)] | None = None
    limit: Annotated[int, Field(ge=1, le=export.MOST, validation_alias=AliasChoices("limit", "most"))] = export.MOST
    """How many matches at most."""


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
