"""The tools that agents are offered: what each does, what it takes, and whether it changes anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mcp import types

from core.agents.toolbox import Told, Toolbox
from core.mcp import arguments


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool."""

    name: str
    about: str
    takes: type[arguments.Arguments]
    call: Callable[[Toolbox, Any], Told]
    writes: bool = False

    def described(self) -> types.Tool:
        return types.Tool(
            name=self.name,
            description=self.about,
            inputSchema=self.takes.model_json_schema(),
            annotations=types.ToolAnnotations(
                readOnlyHint=not self.writes, destructiveHint=False, idempotentHint=True, openWorldHint=False
            ),
        )


def _search(box: Toolbox, asked: arguments.SearchArguments) -> Told:
    return box.search(asked.text, asked.k, asked.pictures, asked.side, asked.collection)


def _similar(box: Toolbox, asked: arguments.SimilarArguments) -> Told:
    return box.similar(asked.ids, asked.text, asked.k, asked.pictures, asked.side, asked.collection)


def _explain(box: Toolbox, asked: arguments.ExplainArguments) -> Told:
    return box.explain(asked.id, asked.text, asked.collection)


def _facets(box: Toolbox, asked: arguments.FacetsArguments) -> Told:
    return box.facets(asked.text, asked.collection)


def _describe(box: Toolbox, asked: arguments.Arguments) -> Told:
    return box.describe_collection(asked.collection)


def _show(box: Toolbox, asked: arguments.ShowArguments) -> Told:
    return box.show(asked.id, asked.side, asked.boxes, asked.collection)


def _check(box: Toolbox, asked: arguments.CheckArguments) -> Told:
    return box.check(asked.picture, asked.collection)


def _tag(box: Toolbox, asked: arguments.TagArguments) -> Told:
    return box.tag(asked.ids, asked.add, asked.remove, asked.collection)


def _save(box: Toolbox, asked: arguments.SaveArguments) -> Told:
    return box.save(asked.name, asked.text, asked.collection)


TOOLS: Sequence[Offered] = (
    Offered(
        "search",
        "Find pictures by words and conditions. The answer says first whether anything really matches: where it says "
        "that nothing does, the results are only the nearest there are, and are not what was asked for. "
        "`number` is the number of a result on the sheet.",
        arguments.SearchArguments,
        _search,
    ),
    Offered("similar", "Find pictures like others, with words beside them.", arguments.SimilarArguments, _similar),
    Offered(
        "explain",
        "Which everyday concepts a picture and a search have in common: why it was found.",
        arguments.ExplainArguments,
        _explain,
    ),
    Offered(
        "facets",
        "Count pictures by label, tag, year, folder, camera and more, under conditions: to answer how many there are.",
        arguments.FacetsArguments,
        _facets,
    ),
    Offered("describe_collection", "What the collection holds.", arguments.Arguments, _describe),
    Offered("show", "Look at one picture, large, with what is known of it.", arguments.ShowArguments, _show),
    Offered(
        "check",
        "Whether a picture from elsewhere is in the collection: as the same file, the same picture in another "
        "form, or a look-alike. It is not added.",
        arguments.CheckArguments,
        _check,
    ),
    Offered("tag", "Give tags to pictures, or take them away.", arguments.TagArguments, _tag, writes=True),
    Offered("save", "Keep a search under a name, for people.", arguments.SaveArguments, _save, writes=True),
)
