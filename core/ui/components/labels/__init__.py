"""How many of the nearest are found, drawn over the effort that it takes."""

from core.ui.components.recall.recall import recall_chart

__all__ = ["recall_chart"]
