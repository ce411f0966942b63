"""What agents can ask of each tool, and what of it is refused before anything is done."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.agents.seen import MAX_SIDE, MIN_SIDE
from core.agents.toolbox import MAX_PICTURE, MAX_RESULTS, MAX_TAGGED
from core.search.language.parser import LONGEST

Id = Annotated[str, Field(min_length=1, max_length=160, description="The id of a result.")]
Text = Annotated[
    str,
    Field(
        max_length=LONGEST,
        description="Words and conditions: `a red bus label:car -tag:draft taken:2024 width:>=1000`. "
        "`2:beach + sunset − people` weighs terms and turns away from some.",
    ),
]
Tags = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=50)]


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")

    collection: Annotated[
        str, Field(max_length=200, description="The collection; the first one where none is named.")
    ] = ""


class Looking(Arguments):
    k: Annotated[int, Field(ge=1, le=MAX_RESULTS, description="How many results.")] = 8
    pictures: Annotated[
        Literal["sheet", "single", "none"],
        Field(description="`sheet`: all results as one numbered image, which takes few tokens. `single`: one each."),
    ] = "sheet"
    side: Annotated[int, Field(ge=MIN_SIDE, le=MAX_SIDE, description="Pixels of a picture's longer side.")] = 256


class SearchArguments(Looking):
    text: Text = ""


class SimilarArguments(Looking):
    ids: Annotated[list[Id], Field(min_length=1, max_length=8, description="Pictures to find others like.")]
    text: Text = ""


class ExplainArguments(Arguments):
    id: Id
    text: Text


class FacetsArguments(Arguments):
    text: Annotated[
        str, Field(max_length=LONGEST, description="Conditions, without words: `label:cat taken:2024`.")
    ] = ""


class ShowArguments(Arguments):
    id: Id
    side: Annotated[int, Field(ge=MIN_SIDE, le=MAX_SIDE, description="Pixels of its longer side.")] = 1024
    boxes: Annotated[bool, Field(description="Whether its labelled boxes are drawn into it.")] = False


class CheckArguments(Arguments):
    picture: Annotated[
        str, Field(min_length=1, max_length=MAX_PICTURE, description="The picture's file in Base64, or as a data URL.")
    ]


class TagArguments(Arguments):
    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_TAGGED)]
    add: Tags = []
    remove: Tags = []


class SaveArguments(Arguments):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    text: Text


def in_words(error: ValidationError) -> str:
    """What is wrong with arguments, for who gave them."""
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}." if place else f"{first['msg']}."
