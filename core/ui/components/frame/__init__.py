"""What belongs to every page."""

from core.ui.components.frame.frame import Choice, SkipLink, Switching, frame

__all__ = ["Choice", "SkipLink", "Switching", "frame"]
