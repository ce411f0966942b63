"""What a collection holds, on one screen: numbers, a timeline, a map, labels, clusters, what is rare and missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.ui.analysis.links import link_callback
from core.ui.components.assets import component

_overview = component("overview", "shared/strip", "overview/cards", "overview/places")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for where a link cannot say it in words: pictures at a place, or with so many boxes."""

    cell: str = ""
    least: int = -1
    most: int | None = None


def overview_board(
    told: Mapping[str, Any],
    *,
    key: str,
    routes: Mapping[str, str],
    tiles: Mapping[str, str] | None,
    title: str,
    may_start: bool,
    on_ask: Callable[[Asked], None] | None,
    on_start: Callable[[str], None],
) -> None:
    """
    Args:
        told: As `core.analysis.overview.report.plain` gives it.
        key: Where Streamlit keeps this component.
        routes: URLs by name: `thumbnails`, to which `/<content_hash>` is added; `land`, where the outline of the land
            is; `duplicates`, `map` and `quality`, the pages about these.
        tiles: The URL of the tiles of a map and whom they are from, where the settings allow some.
        title: What the collection is called, for print.
        may_start: Whether the visitor may have an analysis carried out.
        on_ask: Called with what is to be shown on the search page; None: it cannot be.
        on_start: Called with the name of an analysis.
    """

    def asked() -> None:
        sent = st.session_state[key].get("ask")
        if isinstance(sent, dict) and on_ask:
            on_ask(_asked(sent))

    def started() -> None:
        if (name := st.session_state[key].get("start")) in ("overview", "quality", "duplicates", "map"):
            on_start(name)

    _overview(
        key=key,
        data={
            "told": told,
            "routes": dict(routes),
            "tiles": dict(tiles) if tiles else None,
            "title": title,
            "may_start": may_start,
            "may_ask": on_ask is not None,
        },
        on_open_change=link_callback(key),
        on_ask_change=asked,
        on_start_change=started,
    )


def _asked(sent: Mapping[str, Any]) -> Asked:
    """Out of a browser."""
    cell, least, most = sent.get("cell"), sent.get("least"), sent.get("most")
    return Asked(
        cell[:40] if isinstance(cell, str) else "",
        least if type(least) is int and 0 <= least < 1 << 16 else -1,
        most if type(most) is int and 0 <= most < 1 << 16 else None,
    )
