"""How many of the nearest are found, drawn over the effort that it takes."""

from collections.abc import Mapping
from typing import Any

from core.ui.components.assets import component

_recall = component("recall")


def recall_chart(report: Mapping[str, Any], *, key: str) -> None:
    """Show a measurement: what follows from it in words, a chart, and all settings as a table.

    Args:
        report: As `core.search.recall.report.plain` gives it.
        key: Where Streamlit keeps this component.
    """
    _recall(key=key, data={"report": report})
