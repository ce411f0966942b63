"""How results are shown."""

from core.ui.components.view.view import options_of, view_options

__all__ = ["options_of", "view_options"]
