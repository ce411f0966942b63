"""What belongs to every page and takes no room on it: skip links, the drawer of a phone, the choice of a collection."""

from collections.abc import Sequence
from typing import NamedTuple

from core.ui.components.assets import component

_frame = component("frame")


class SkipLink(NamedTuple):
    """A link to what the keyboard is wanted for, shown while it has the focus."""

    name: str
    key: str
    """Of the component that it leads into."""
    selector: str
    """Of an element there, as CSS writes it."""


class Choice(NamedTuple):
    """A collection, or all of them."""

    name: str
    """As URLs name it; "" for the first, which they need not."""
    title: str
    about: str
    current: bool


class Switching(NamedTuple):
    """What can be chosen from in the head of the page."""

    shown: str
    """What is chosen."""
    choices: Sequence[Choice]
    manage_url: str
    """Of the page about them; empty for those who may not manage any."""
    """Of the page about all of them."""


def frame(links: Sequence[SkipLink], switching: Switching | None = None) -> None:
    """Put these links first in the order of Tab, close the drawer of a phone when something was chosen in it, and let
    a collection be chosen.

    Args:
        switching: None where there is but one.
    """
    collections = switching and {
        "shown": switching.shown,
        "choices": [choice._asdict() for choice in switching.choices],
        "manage": {"title": "Manage collections", "about": "", "url": switching.manage_url, "current": False},
    }
    data = {"links": [link._asdict() for link in links], "collections": collections}
    _frame(key="frame", data=data, on_returned_change=_drawn)


def _drawn() -> None:
    """The page came back to the server, and asks for no more than to be drawn."""
