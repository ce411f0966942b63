"""Two sides compared: how sure it is that they differ, in what, and pictures that show it."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.ui.analysis.links import link_callback
from core.ui.components.assets import component

_comparison = component("comparison", "shared/strip", "overview/cards")


def comparison_board(found: Mapping[str, Any], names: Sequence[str], *, key: str, thumbnails: Sequence[str]) -> None:
    """
    Args:
        found: As `core.analysis.compare.report.Comparisons.found` gives it.
        names: What the two sides are called.
        key: Where Streamlit keeps this component.
        thumbnails: The URLs to which `/<content_hash>` is added, of either side.
    """
    data = {"found": found, "names": list(names), "thumbnails": list(thumbnails)}
    _comparison(key=key, data=data, on_open_change=link_callback(key))
