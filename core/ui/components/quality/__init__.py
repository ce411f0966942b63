"""What is wrong with pictures, and the worst of each kind."""

from core.ui.components.quality.quality import quality_flags

__all__ = ["quality_flags"]
