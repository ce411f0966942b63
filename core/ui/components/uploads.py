"""Sending many pictures from the visitor's machine."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.ui.components.assets import component

_uploads = component("uploads", "upload_client")


def upload_area(
    *,
    key: str,
    upload_url: str,
    limit: int,
    suffixes: Sequence[str],
    on_uploaded: Callable[[list[str], list[dict[str, str]]], None],
) -> None:
    """Show an area that takes files and whole folders, and sends the pictures among them a few at a time.

    Args:
        key: Where Streamlit keeps this area's events; the same key keeps an upload going while the page runs again.
        upload_url: Takes a POST of a picture's bytes with `?name=` and answers `{"id", "name"}` or `{"error"}`.
        limit: The largest picture that may be sent, bytes.
        suffixes: What names of pictures end in, each with its dot; other files are left out, and counted.
        on_uploaded: Called before the next run, once all are sent, with the ids in the order they were given, each
            once, and with those refused as `{"name", "reason"}`.
    """

    def report() -> None:
        if sent := st.session_state[key].get("uploaded"):
            refused = [{"name": str(file["name"]), "reason": str(file["reason"])} for file in sent["refused"]]
            on_uploaded([str(picture) for picture in sent["ids"]], refused)

    _uploads(
        key=key,
        data={"upload_url": upload_url, "limit": limit, "suffixes": [suffix.lower() for suffix in suffixes]},
        on_uploaded_change=report,
    )
