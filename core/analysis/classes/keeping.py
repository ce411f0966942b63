"""The scores of class lists, on disk: a row for each record, a column for each class."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.classes.lists import ClassList
from core.analysis.classes.roster import Roster
from core.analysis.kept import Kept

type Column = NDArray[np.float16]
"""Scores are kept to three digits."""


@dataclass(frozen=True)
class ListScores:
    """Of one class list."""

    edition: str
    """As `Scorer.edition`."""
    texts: tuple[str, ...]
    """What the columns are of: the texts of the classes, in their order."""
    suggested: tuple[float, ...]
    """The line that suggests itself for each."""
    roster: Roster
    table: NDArray[np.float16]
    """Shape `(n, m)`."""

    def column(self, text: str) -> int:
        """The place of a class by its text; -1 where it was not scored."""
        return self.texts.index(text) if text in self.texts else -1


def read(kept: Kept, list_id: int) -> ListScores | None:
    """None where there are none, or they are not whole."""
    noted, arrays, table = kept.noted(_name(list_id)), kept.load(_name(list_id)), kept.map_array(_name(list_id))
    if not noted or arrays is None or table is None:
        return None
    roster = Roster(arrays["ids"], arrays["contents"])
    texts, suggested = tuple(noted["texts"]), tuple(noted["suggested"])
    if table.shape != (len(roster), len(texts)) or noted["written"] != _mark(roster):
        return None  # between the writing of one file and the next
    return ListScores(noted["edition"], texts, suggested, roster, table)


def write(kept: Kept, list_id: int, scores: ListScores) -> None:
    name, roster = _name(list_id), scores.roster
    kept.save_array(name, np.asarray(scores.table, np.float16))
    kept.save(name, {"ids": roster.ids, "contents": roster.contents})
    noted = {"edition": scores.edition, "texts": list(scores.texts), "suggested": list(scores.suggested)}
    kept.note(name, {**noted, "written": _mark(roster)})


def stamp(kept: Kept, list_id: int) -> tuple[str, int]:
    """Another one whenever they were written."""
    return str(kept.folder), kept.stamp(_name(list_id))


def is_current(scores: ListScores | None, wanted: ClassList, edition: str | None) -> bool:
    """Whether these are of the classes as they are now; and, where it is known, of the model as it is."""
    if scores is None or (edition is not None and scores.edition != edition):
        return False
    return scores.texts == tuple(one.text for one in wanted.classes)


def _name(list_id: int) -> str:
    return f"list-{list_id}"


def _mark(roster: Roster) -> str:
    ends = [roster.ids[:1].tobytes().hex(), roster.ids[-1:].tobytes().hex()] if len(roster) else []
    return json.dumps([len(roster), *ends])


def applied(kept: Kept) -> Any:
    """What was marked last, as `mark` noted it."""
    return kept.noted("applied")


def note_applied(kept: Kept, signature: str) -> None:
    kept.note("applied", signature)
