"""The search bar: words, pictures, examples and filters in one place, each part a chip."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.search.pasted import Pasted
from core.search.query import Region
from core.text.names import utf8_safe
from core.ui.components.assets import component
from core.ui.components.shared.edits import answered, edit

_STYLES = (
    *("shared/floating", "query/chips/chips", "query/chips/weight", "query/chips/region"),
    *("query/completion", "query/searches/searches", "query/help"),
)
_query = component("query", *_STYLES)


@dataclass(frozen=True, slots=True)
class QueryWords:
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class QueryImage:
    id: str
    """SHA-256 of its bytes, 64 hexadecimal digits."""
    name: str
    weight: float = 1.0
    region: Region | None = None
    """The part that is searched with; None: all of it."""


@dataclass(frozen=True, slots=True)
class More:
    """A picture that the results are to be more like."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Less:
    """A picture that the results are to be less like."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FilterTerm:
    text: str
    """One condition as it is typed: `label:cat`."""


type QueryPart = QueryWords | QueryImage | More | Less | FilterTerm


def query_bar(
    *,
    key: str,
    text: str,
    parts: Sequence[QueryPart],
    offer: str | None,
    pasted: Pasted | None,
    upload_url: str,
    thumbnails: str,
    images: str,
    limit: int,
    placeholder: str,
    examples: Sequence[str],
    completions: Mapping[str, Sequence[str]],
    saved_url: str,
    saves: bool = True,
    on_change: Callable[[Mapping[str, Any]], None],
) -> None:
    """Show the query and let it be edited: typed, dropped, pasted, chosen, weighed, cropped, removed part by part.

    Args:
        key: Where Streamlit keeps this bar's events.
        text: The words and the filter as they are typed; what is being typed is not overwritten by an unchanged text.
        parts: The chips, in order: those of the text in its order.
        offer: The text that says without negation what this one says with it; shown as a suggestion.
        pasted: Where the text is a path or URL: a search by that picture is offered, or it is said why there is none.
        upload_url: Takes a POST of a picture's bytes with `?name=` and answers `{"id", "name"}` or `{"error"}`; with
            `/located` added, of `{"location"}`.
        thumbnails: URL to which `/<id>` is added for a small picture.
        images: URL to which `/<id>` is added for a large view.
        limit: The largest picture that may be sent, bytes.
        placeholder: Shown while nothing is typed.
        examples: Words offered while the query is empty.
        completions: What a filter may be typed to: the keys, and of each the values there are. All of it goes to the
            browser, with every change: some hundred values each.
        saved_url: Lists saved searches, `[{"id", "name", "query_string"}]`, takes a POST of one, and DELETE at `/<id>`.
        saves: Whether searches may be saved, and those saved removed.
        on_change: Called before the next run, once for each change, with what the browser says, unchecked.
            `{"text": ..., "parts": [...]}`: a text was submitted, and the parts are those that it cannot hold. Where
            the text is None the parts are all there is. A part is `{"kind": "words", "text", "weight"}`,
            `{"kind": "image", "id", "weight", "region"}`, `{"kind": "more" | "less", "id"}` or
            `{"kind": "filter", "text"}`.
            `{"address": "?q=..."}`: the query part of a URL, as it was kept of an earlier search.
    """

    def report() -> None:
        if isinstance(change := edit(key, "query"), dict):
            on_change(change)

    _query(
        key=key,
        data={
            "text": utf8_safe(text),
            "parts": [as_json(part) for part in parts],
            "offer": utf8_safe(offer) if offer else None,
            "pasted": _pasted(pasted) if pasted else None,
            "upload_url": upload_url,
            "thumbnails": thumbnails,
            "images": images,
            "limit": limit,
            "placeholder": placeholder,
            "examples": list(examples),
            "completions": {name: [utf8_safe(value) for value in values] for name, values in completions.items()},
            "saved_url": saved_url,
            "saves": saves,
            "answered": answered(key),
        },
        on_query_change=report,
    )


def _pasted(pasted: Pasted) -> dict[str, str | None]:
    return {
        "location": utf8_safe(pasted.location),
        "refusal": utf8_safe(pasted.refusal) if pasted.refusal else None,
    }


def as_json(part: QueryPart) -> dict[str, Any]:
    """As the browser has it, and sends it back."""
    match part:
        case QueryWords(text, weight):
            return {"kind": "words", "text": utf8_safe(text), "weight": float(weight)}
        case QueryImage(id, name, weight, region):
            shares = [float(share) for share in region] if region else None
            return {"kind": "image", "id": id, "name": utf8_safe(name), "weight": float(weight), "region": shares}
        case More(id, name):
            return {"kind": "more", "id": id, "name": utf8_safe(name)}
        case Less(id, name):
            return {"kind": "less", "id": id, "name": utf8_safe(name)}
        case FilterTerm(text):
            return {"kind": "filter", "text": utf8_safe(text)}
