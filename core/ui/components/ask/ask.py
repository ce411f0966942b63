"""Questions about pictures, answered by a model: all of it goes on in the browser but for links to searches."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from core.ui.analysis.links import link_callback
from core.ui.components.assets import component

_ask = component("ask", "shared/notices/notices", "ask/picture")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is sent what is asked."""

    host: str
    model: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What is sent, and what it may cost."""

    names: bool
    """Whether names and folders may be sent."""
    places: bool
    side: int
    """Pixels of a picture's longer side on a sheet."""
    k: int
    """How many pictures a search hands over, unless chosen otherwise."""
    question_tokens: int
    """About so many for a question, before anything is found."""
    search_tokens: Sequence[int]
    """About so many for a search of 1, 2, 3 … pictures."""


def ask_area(*, key: str, routes: Mapping[str, str], asked: Asked, terms: Terms, examples: Sequence[str]) -> None:
    """Show the conversation, and where the next question is typed.

    Args:
        key: Where Streamlit keeps this area's events.
        routes: URLs by name: `ask`, which answers line by line; `pictures`, which tells of pictures by their ids;
            `thumbnails` and `images`, to which `/<content_hash>` is added.
        examples: Questions to begin with.
    """
    data = {"routes": dict(routes), "asked": asdict(asked), "terms": asdict(terms), "examples": list(examples)}
    _ask(key=key, data=data, on_open_change=link_callback(key))
