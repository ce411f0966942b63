"""Who looks at the page, and what they may do there."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.access.access import Access
from core.access.actors import NOBODY, Actor
from core.access.login import Session
from core.access.needs import NOT_SIGNED_IN
from core.access.roles import Role
from core.errors import NotSignedIn
from core.ui.access.login import access


def visitor() -> Actor:
    """Who uses this page, as it is now: a session may have ended since it was drawn.

    Raises:
        NotSignedIn: nobody knows, and people have to sign in.
    """
    return _visitor(access())


def may(role: Role) -> bool:
    """Whether they may do what takes this role."""
    return visitor().may(role)


def session() -> Session | None:
    """Who has signed in; None where nobody has to."""
    return access().session(st.context.cookies)


def _visitor(let_in: Access) -> Actor:
    context = get_script_run_ctx()
    fallback = context.session_id if context else ""
    found = let_in.visitor(st.context.cookies, st.context.headers.get("User-Agent", ""), fallback)
    if found == NOBODY:
        raise NotSignedIn(*NOT_SIGNED_IN)
    return found
