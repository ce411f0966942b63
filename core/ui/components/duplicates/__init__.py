"""The review of duplicates: groups looked through, and decided on."""

from core.ui.components.duplicates.duplicates import CollectionChoice, duplicates_review

__all__ = ["CollectionChoice", "duplicates_review"]
