"""The collection that a page is about: chosen in its head, and kept in its URL."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import streamlit as st

from core.access.roles import Role
from core.collections.collection import ALL, Collection
from core.collections.collection import named as names_in
from core.errors import ImageSearchError
from core.ui.components.frame import Choice, Switching
from core.ui.server import base_path, collection, collections
from core.ui.who import may, visitor

_ALL = "All collections"


def go_to(page: str, **params: str) -> None:
    """Another page, about the same collection."""
    st.switch_page(page, query_params={**named(), **params})


def named() -> dict[str, str]:
    """The parameters that say which collection it is."""
    return {"collection": chosen} if (chosen := collection()) else {}


def switching() -> Switching | None:
    """What there is to choose from; None where there is but one collection, or it cannot be told."""
    with suppress(ImageSearchError):  # said by what needs the database
        visitor().check(Role.VIEWER)
        known = collections().all()
        if len(known) > 1:
            return _switching(known, collection())
    return None


def offer_others() -> None:
    """For a page about a collection that is not there, or about several where it takes one: those that are."""
    known = collections().all()
    with st.container(horizontal=True, key="other-collections"):
        for one in known:
            if st.button(f"Open {one.shown}", key=f"open-{one.name}", icon=":material/photo_library:"):
                open_collection(one)


def open_collection(one: Collection, page: str = "search.py", then: Callable[[], None] = lambda: None) -> None:
    """A page of another collection.

    Args:
        then: Called before it is shown.
    """
    st.session_state.clear()  # what was chosen and typed on the pages was another's
    then()
    st.switch_page(page, query_params={} if one.is_first else {"collection": one.name})


def _switching(known: Sequence[Collection], chosen: str) -> Switching:
    names = names_in(chosen) or tuple(one.name for one in known if one.is_first)
    choices = [
        Choice("" if one.is_first else one.name, one.shown, one.description, names == (one.name,)) for one in known
    ]
    choices.append(Choice(ALL, _ALL, "Those with the same model are searched together", ALL in names))
    shown = next((choice.title for choice in choices if choice.current), "")
    titles = {one.name: one.shown for one in known}
    return Switching(
        shown or ", ".join(titles.get(name, name) for name in names),
        choices,
        f"{base_path()}/collections" if may(Role.ADMIN) else "",
    )
