"""Two sides, and what one holds and the other lacks."""

from core.ui.components.comparison.comparison import comparison_board

__all__ = ["comparison_board"]
