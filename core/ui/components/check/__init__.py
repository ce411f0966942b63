"""The area that tells of files whether they are in the collection."""

from core.ui.components.check.check import CheckLimits, check_area

__all__ = ["CheckLimits", "check_area"]
