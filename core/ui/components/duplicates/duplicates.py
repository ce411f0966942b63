"""Groups of duplicates, largest gain first: looked through, compared, decided on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.ui.components.assets import component

_duplicates = component("duplicates", "shared/floating", "shared/notices/notices", "compare/compare")


@dataclass(frozen=True, slots=True)
class CollectionChoice:
    """Another collection, in which pictures may be already."""

    title: str
    url: str
    """Of the page that checks pictures against it."""


def duplicates_review(
    *,
    key: str,
    routes: Mapping[str, str],
    summary: Mapping[str, Any],
    decides: bool,
    folders: Sequence[str] = (),
    collections: Sequence[CollectionChoice] = (),
    search: str = "",
) -> None:
    """Show the groups of the last scan, which are asked for by URL as they are scrolled to.

    Args:
        key: Where Streamlit keeps this review's events.
        routes: URLs by name: `duplicates` and what is below it, `pictures`; `thumbnails` and `images`, to which
            `/<content_hash>` is added.
        summary: As the route `duplicates` answers; another scan begins the list anew.
        decides: Whether the visitor may decide.
        folders: What folders there are, for completing.
        collections: The others there are.
        search: The URL of a search for what is set aside.
    """
    _duplicates(
        key=key,
        data={
            "routes": dict(routes),
            "summary": dict(summary),
            "decides": decides,
            "folders": list(folders),
            "collections": [asdict(one) for one in collections],
            "search": search,
        },
    )
