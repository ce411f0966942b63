"""The condition that finds the pictures which a facet counts under a value."""

from core.index.filters import AnyOf, Condition, InFolder
from core.search.language.conditions import write_condition


def condition(facet: str, value: str) -> str:
    """What finds the pictures with a value of a facet."""
    if facet == "year":
        return f"year:{value}"
    made: Condition = InFolder(value) if facet == "folder" else AnyOf(facet, (value,))  # type: ignore[arg-type]
    return write_condition(made)
