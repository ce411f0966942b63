"""Flags of quality, each with its worst pictures."""

from collections.abc import Mapping
from typing import Any

from core.ui.analysis.links import link_callback
from core.ui.components.assets import component

_quality = component("quality", "shared/strip")


def quality_flags(report: Mapping[str, Any], *, thumbnails: str, key: str) -> None:
    """Show how many pictures have which flag, and those that are worst by its measure.

    Args:
        report: As `core.analysis.quality.report.plain` gives it.
        thumbnails: The URL to which `/<content_hash>` is added.
        key: Where Streamlit keeps this component.
    """
    _quality(key=key, data={"report": report, "thumbnails": thumbnails}, on_open_change=link_callback(key))
