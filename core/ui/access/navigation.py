"""The pages that are offered, by what whoever looks at them may do."""

from collections import defaultdict
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.access.actors import Actor
from core.access.roles import Role
from core.errors import NotSignedIn
from core.ui.access.login import access
from core.ui.access.offered import PAGES, SEARCH, Page
from core.ui.who import visitor

_PAGES = Path(__file__).parents[3] / "pages"

type Sections = dict[str, list[StreamlitPage]]


def offered_pages() -> list[StreamlitPage] | Sections:
    """By heading; those for who has signed in are in a menu under their name."""
    who = _known()
    offered: defaultdict[str, list[StreamlitPage]] = defaultdict(list)
    for page in PAGES:
        if page.signs_in and who and access().is_on:
            offered[who.label].append(_of_streamlit(page))
        elif not page.signs_in and (page is SEARCH or (who and who.may(page.role))):
            offered[page.heading].append(_of_streamlit(page))
    return dict(offered) if len(offered) > 1 else offered[""]


def _of_streamlit(page: Page) -> StreamlitPage:
    return st.Page(
        _PAGES / f"{page.name}.py",
        title=page.title,
        icon=page.icon,
        url_path=None if page is SEARCH else page.path[1:],
        default=page is SEARCH,
    )


def check_visitor() -> None:
    """
    Raises:
        NotSignedIn: nobody knows who looks.
        AccessDenied: they may not even look.
    """
    visitor().check(Role.VIEWER)


def _known() -> Actor | None:
    try:
        return visitor()
    except NotSignedIn:  # which the page says
        return None
