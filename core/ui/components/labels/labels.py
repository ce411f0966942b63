"""What labels are worth: classes from words, suspicious labels, leakage, balance, picks."""

from collections.abc import Mapping
from typing import Literal

from core.ui.components.assets import component

type Section = Literal["classes", "suspicious", "leakage", "balance", "unlabelled", "pick"]

_labels = component("labels", "labels/review", "labels/charts")


def labels_view(section: Section, *, key: str, routes: Mapping[str, str], edits: bool, search: str) -> None:
    """Show one part of the page, which asks the routes for all that it shows.

    Args:
        key: Where Streamlit keeps this component.
        routes: Addresses by name: `thumbnails`, `images`, `classes`, `labels`, `picks`, `tags`, `exports`.
        edits: Whether whoever looks may decide, tag and begin work.
        search: The URL of the search page.
    """
    _labels(key=key, data={"section": section, "routes": dict(routes), "edits": edits, "search": search})
