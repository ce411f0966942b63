"""What belongs to every page."""

from core.ui.components.frame.frame import SkipLink, frame

__all__ = ["SkipLink", "frame"]
