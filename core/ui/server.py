"""What the pages know of the server that they run in."""

import streamlit as st

from core.services import Services, shared


def services() -> Services:
    """The services that all sessions share.

    Raises:
        InvalidSetting: the environment asks for something that does not work.
    """
    return shared()


def base_path() -> str:
    """The path under which the app is served: Streamlit prefixes its own routes with it, and ours must follow."""
    prefix = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}" if prefix else ""


def route(name: str) -> str:
    """The address of one of the app's own routes: `route("thumbnails")`."""
    return f"{base_path()}/{name}"
