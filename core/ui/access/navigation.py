"""The pages that are offered, by what whoever looks at them may do."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.access.actors import Actor
from core.access.roles import Role
from core.errors import NotSignedIn
from core.ui.access.login import access
from core.ui.who import visitor

_PAGES = Path(__file__).parents[3] / "pages"

type Sections = dict[str, list[StreamlitPage]]


def offered_pages() -> list[StreamlitPage] | Sections:
    """By heading; those for who has signed in are in a menu under their name."""
    search = st.Page(_PAGES / "search.py", title="Search", icon=":material/search:", default=True)
    who = _known()
    pages = [search]
    if who and who.may(Role.ADMIN):
        pages += [
            st.Page(_PAGES / "ingest.py", title="Ingest", icon=":material/add_photo_alternate:"),
            st.Page(_PAGES / "index.py", title="Index", icon=":material/monitoring:"),
            st.Page(_PAGES / "collections.py", title="Collections", icon=":material/photo_library:"),
        ]
    if not (access().is_on and who):
        return pages
    own = [
        st.Page(_PAGES / "access.py", title="Access", icon=":material/key:"),
        st.Page(_PAGES / "sign_out.py", title="Sign out", icon=":material/logout:", url_path="sign-out"),
    ]
    return {"": pages, who.label: own}


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
