"""What can be asked of the index itself."""

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core.api.v1.requests.body import Body, Hash, number
from core.search.language.parser import LONGEST
from core.search.query import MAX_PARTS
from core.search.recall.lens import MAX_K, MAX_QUERIES, SAMPLE, K


class RecallBody(Body):
    """Queries to measure with: texts, pictures or vectors; without any, a sample of the pictures and of everyday
    words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"texts": ["a red bus", "beach"], "k": 10}]})

    max_bytes: ClassVar[int] = 8 << 20

    texts: Annotated[
        list[Annotated[str, Field(max_length=LONGEST)]], Field(default_factory=list, max_length=MAX_QUERIES)
    ]
    """Words and conditions, as typed on the page; the conditions of all must be the same."""
    images: Annotated[list[Hash], Field(default_factory=list, max_length=MAX_PARTS)]
    """Content hashes of pictures in the index, or uploaded to `/queries`."""
    vectors: Annotated[
        list[Annotated[list[float], Field(min_length=1, max_length=4096)]],
        Field(default_factory=list, max_length=MAX_QUERIES),
    ]
    """Embeddings of the model that made the index; of any length but zero."""
    where: Annotated[str, Field(max_length=LONGEST, examples=["label:dog"])] = ""
    """Conditions, as typed on the page: only pictures that meet them are searched."""
    k: Annotated[int, Field(ge=1, le=MAX_K)] = K
    """How many of the nearest to find."""
    sample: Annotated[int, Field(ge=1, le=MAX_QUERIES)] = SAMPLE
    """How many queries, if none are given."""

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if self.vectors and (self.texts or self.images):
            raise ValueError("vectors are measured by themselves")
        return self


class RecallParams(BaseModel):
    """A measurement with one search, by the parameters of the page's URL; without `q` and `image`, a sample."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    q: Annotated[str, Field(examples=["a red bus"])] = ""
    """Words and conditions, as typed on the page."""
    image: list[str] = []
    """A picture to search with: HASH[:weight][@left,top,width,height]."""
    k: Annotated[Annotated[int, Field(ge=1, le=MAX_K)], BeforeValidator(number("k", 1, MAX_K))] = K
    """How many of the nearest to find."""
    sample: Annotated[
        Annotated[int, Field(ge=1, le=MAX_QUERIES)], BeforeValidator(number("sample", 1, MAX_QUERIES))
    ] = SAMPLE
    """How many queries of a sample."""
