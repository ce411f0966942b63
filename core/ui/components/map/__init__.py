"""The map of a collection."""

from core.ui.components.map.map import MapRoutes, MapVersion, collection_map

__all__ = ["MapRoutes", "MapVersion", "collection_map"]
