"""What is to be kept, changed or indexed."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, AliasChoices, Field, model_validator

from core.api.v1.requests.body import Body, Hash, Id
from core.collections.collection import MAX_DESCRIPTION, MAX_TITLE
from core.index.index import MAX_K
from core.saved import MAX_NAME, MAX_URL
from core.sources.uploaded import is_inside

Tags = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=1000)]
MAX_PICTURES = 500
"""That are asked about at a time."""


def _inside(path: str) -> str:
    if not is_inside(path):
        raise ValueError("a path inside a folder is expected, such as `birds/labels/1.txt`")
    return path


class TagsBody(Body):
    """Tags to add to pictures, and to remove from them."""

    max_bytes: ClassVar[int] = 1 << 20

    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_K)]
    """Only these pictures. The copies of a result are in its `others`, each with an id of its own."""
    add: Annotated[Tags, Field(examples=[["holiday"]])] = Field([])
    remove: Tags = Field([])


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
    paths: list[Annotated[str, AfterValidator(_inside)]] = Field([])
    """For a dataset: where each of `ids` was in its folder, such as `birds/labels/1.txt`."""

    @model_validator(mode="after")
    def _paths_fit(self) -> Self:
        if self.paths and (len(self.paths) != len(self.ids) or len(set(self.paths)) != len(self.paths)):
            raise ValueError("there must be one path for each id, each once")
        return self
