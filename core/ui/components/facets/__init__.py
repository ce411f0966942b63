"""The panel of facets."""

from core.ui.components.facets.facets import facets_panel

__all__ = ["facets_panel"]
