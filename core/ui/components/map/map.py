"""All pictures of a collection in two dimensions: looked around in, lit by a search, selected."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from core.ui.components.assets import component

_STYLES = (
    "shared/floating",
    "shared/notices/notices",
    "gallery/gallery",
    "gallery/tags",
    "gallery/selection",
    "map/tools",
    "map/clusters/panel",
)
_map = component("map", *_STYLES)


class MapVersion(NamedTuple):
    """A map as it is now."""

    version: str
    """Another one where points were added or removed."""
    layout: str
    """Within one, nobody has moved."""
    points: int
    clusters: int
    bounds: tuple[float, float, float, float]
    """Left, low, right, high."""
    behind: int
    """Pictures without a place yet."""


class MapRoutes(NamedTuple):
    """URLs of the app. What has none is not offered."""

    map: str
    thumbnails: str
    images: str
    page: str
    """Of the search page."""
    selections: str | None = None
    names: str | None = None
    tags: str | None = None
    exports: str | None = None


def collection_map(
    version: MapVersion,
    *,
    key: str,
    routes: MapRoutes,
    search: str = "",
    said: str = "",
    cluster: int | None = None,
    tags: Sequence[str] = (),
    on_search: Callable[[str], None],
    on_go: Callable[[str], None],
    on_place: Callable[[], None],
) -> None:
    """Show a map.

    Args:
        key: Where Streamlit keeps this map's events.
        search: The parameters of the URL of a search, whose hits are lit.
        said: What was typed for it.
        cluster: The number of the one that is to be shown first.
        tags: Those in use.
        on_search: Called with what is typed to be lit.
        on_go: Called with the parameters of the URL of a search that is to be shown on its page.
        on_place: Called when pictures without a place are to get one.
    """

    def fired(event: str) -> Any:
        # Of a trigger that did not fire in this run the value is None.
        return st.session_state[key].get(event)

    def call(event: str, act: Callable[[str], None]) -> Callable[[], None]:
        def called() -> None:
            if (value := fired(event)) is not None:
                act(str(value))

        return called

    data: Mapping[str, Any] = {
        "map": version._asdict(),
        "routes": {name: url for name, url in routes._asdict().items() if url},
        "search": search,
        "said": said,
        "cluster": cluster,
        "tags": list(tags),
    }
    _map(
        key=key,
        data=data,
        on_search_change=call("search", on_search),
        on_go_change=call("go", on_go),
        on_place_change=call("place", lambda _: on_place()),
        on_outdated_change=lambda: None,  # the run that follows shows the map that there is by now
    )
