"""Which groups a list shows, and what they come to."""

from collections.abc import Sequence

from core.analysis.duplicates.groups.catalog import Catalog, Found, Order
from core.analysis.duplicates.model import Level, LevelSummary, Standing


def listed(
    catalog: Catalog,
    level: Level,
    threshold: float | None,
    order: Order,
    standing: Standing,
    within: str = "",
    against: str = "",
) -> list[Found]:
    """The groups of a level, the largest gain first.

    Args:
        threshold: Of look-alikes: the cosine from which; None: what is suggested.
        within: A folder, archive or address: only groups with a member in it.
        against: Likewise: only groups that have another member there.
    """
    found = catalog.groups(level, threshold, order)
    if standing is not Standing.ALL:
        found = [group for group in found if group.status is standing]
    if within:
        inside = catalog.facts.inside(within)
        found = [group for group in found if inside[list(group.records)].any()]
    if against:
        others = catalog.facts.inside(against) & ~(catalog.facts.inside(within) if within else False)
        found = [group for group in found if others[list(group.records)].any()]
    return found


def summed(groups: Sequence[Found]) -> LevelSummary:
    """What is left to decide of all groups of a level."""
    left = [group for group in groups if group.status is Standing.OPEN]
    gain, records = sum(group.gain for group in left), sum(len(group.records) for group in left)
    return LevelSummary(len(left), records, gain, len(groups) - len(left))
