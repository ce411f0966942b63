"""What somebody wants to be decided: named by them, or as it is suggested for all groups of a list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.analysis.duplicates.groups.catalog import Catalog, Found
from core.text.words import counted, pictures


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: ids of records."""

    keep: Sequence[str] = ()
    set_aside: Sequence[str] = ()
    clear: Sequence[str] = ()
    """About which nothing is to be decided any more."""
    distinct: Sequence[Sequence[str]] = ()
    """Each of these is no duplicate of the others beside it."""
    kept_for: Mapping[str, str] | None = None
    """Which record is kept in the place of one that is set aside; None: it is found out."""

    @property
    def in_words(self) -> str:
        parts = [
            (len(self.set_aside), f"Set aside {pictures(len(self.set_aside))}"),
            (len(self.keep) and not self.set_aside, f"Kept {pictures(len(self.keep))}"),
            (len(self.distinct), f"Not duplicates: {counted(len(self.distinct), 'group')}"),
            (len(self.clear), f"Decided nothing about {pictures(len(self.clear))}"),
        ]
        return "; ".join(words for count, words in parts if count)


def suggested(catalog: Catalog, found: Sequence[Found], there: Callable[[list[str]], set[str]]) -> Wish:
    """To keep what is suggested in each of these groups, and set aside the others about which nothing was decided.

    Args:
        there: Which of some ids are in the index still.
    """
    keep: dict[str, None] = {}
    kept_for: dict[str, str] = {}
    for group in found:
        keeper = catalog.facts.id(group.keeper)
        keep[keeper] = None
        for record in group.records:
            if record != group.keeper and not catalog.decisions[record]:
                kept_for[catalog.facts.id(record)] = keeper
    left = there(list(dict.fromkeys([*keep, *kept_for])))
    kept_for = {id_: keeper for id_, keeper in kept_for.items() if {id_, keeper} <= left and id_ not in keep}
    return Wish([id_ for id_ in keep if id_ in left], list(kept_for), kept_for=kept_for)
