"""The gallery of results."""

from core.ui.components.gallery.gallery import gallery

__all__ = ["gallery"]
