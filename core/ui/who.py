"""Who looks at the page, as far as the browser tells."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.ingest.journal.actors import COOKIE, Actor, browser


def visitor() -> Actor:
    """The browser that runs this page."""
    context = get_script_run_ctx()
    secret = st.context.cookies.get(COOKIE) or (context.session_id if context else "")
    return browser(st.context.headers.get("User-Agent", ""), secret)
