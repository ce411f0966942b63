"""What belongs to every page and takes no room on it: links to skip by, and the drawer of a phone."""

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


def frame(links: Sequence[SkipLink]) -> None:
    """Put these links first in the order of Tab, and close the drawer of a phone when something was chosen in it."""
    _frame(key="frame", data={"links": [link._asdict() for link in links]})
