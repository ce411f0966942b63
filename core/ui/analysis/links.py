"""Links of components to the search page, followed within the app."""

from collections.abc import Callable

import streamlit as st

from core.search.language.url import COLLECTION, KNOWN_PARAMETERS
from core.ui.collections.chosen import go_to

_FOLLOWED = "link-to-search"
_NAMES = KNOWN_PARAMETERS | {COLLECTION}
_MAX_TEXT = 8_192  # characters


def link_callback(key: str) -> Callable[[], None]:
    """What a component calls with the parameters of a search when a link to it is followed.

    Args:
        key: Where Streamlit keeps the component.
    """

    def note() -> None:
        if params := _params(st.session_state[key].get("open")):
            open_search(**params)

    return note


def open_search(**params: str) -> None:
    """Go to the search page with these parameters, at the beginning of the next run: for callbacks."""
    st.session_state[_FOLLOWED] = params


def follow_link() -> None:
    """Go where a link of the page leads, if one was followed; else nothing. At the beginning of a page."""
    if params := st.session_state.pop(_FOLLOWED, None):
        go_to("search.py", **params)


def _params(sent: object) -> dict[str, str]:
    """Those of a search, out of a browser."""
    if not isinstance(sent, dict):
        return {}
    return {
        name: text
        for name, text in sent.items()
        if name in _NAMES and isinstance(text, str) and 0 < len(text) <= _MAX_TEXT
    }
