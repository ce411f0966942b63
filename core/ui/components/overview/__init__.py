"""What a collection holds, on one screen."""

from core.ui.components.overview.overview import Asked, overview_board

__all__ = ["Asked", "overview_board"]
