"""The search bar: words and pictures in one place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.images.names import displayable
from core.ui.components.assets import component

_query = component("query", "upload_client")


@dataclass(frozen=True, slots=True)
class QueryPicture:
    """A picture that is searched with."""

    id: str
    """SHA-256 of its bytes, 64 hexadecimal digits."""
    name: str


def query_bar(
    text: str,
    pictures: Sequence[QueryPicture],
    *,
    key: str,
    upload_url: str,
    thumbnails: str,
    limit: int,
    placeholder: str,
    examples: Sequence[str],
    on_change: Callable[[str, list[str]], None],
) -> None:
    """Show the query and let it be edited: typed, dropped, pasted, chosen, removed part by part.

    Args:
        text: The words searched for; what is being typed is not overwritten by an unchanged text.
        pictures: Those searched with, in order.
        key: Where Streamlit keeps this bar's events.
        upload_url: Takes a POST of a picture's bytes with `?name=` and answers `{"id", "name"}` or `{"error"}`.
        thumbnails: URL to which `/<id>` is added for a small picture.
        limit: The largest picture that may be sent, bytes.
        placeholder: Shown while no words are entered.
        examples: Words offered while the query is empty.
        on_change: Called with the words and the pictures' ids before the next run, once for each change.
    """

    def report() -> None:
        if change := st.session_state[key].get("query"):
            on_change(str(change["text"]), [str(picture) for picture in change["pictures"]])

    _query(
        key=key,
        data={
            "text": displayable(text),
            "pictures": [{"id": picture.id, "name": displayable(picture.name)} for picture in pictures],
            "upload_url": upload_url,
            "thumbnails": thumbnails,
            "limit": limit,
            "placeholder": placeholder,
            "examples": list(examples),
        },
        on_query_change=report,
    )
