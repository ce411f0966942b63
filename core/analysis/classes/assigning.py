"""Which pictures get which classes: by their scores, the lines, and what people have said."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from core.analysis.classes.keeping import ListScores
from core.analysis.classes.lists import ClassList
from core.analysis.classes.roster import Roster
from core.analysis.classes.store import Said

_BLOCK = 16_384

type Mask = NDArray[np.bool_]


def thresholds(wanted: ClassList, scores: ListScores) -> NDArray[np.float32]:
    """The line of each class: the one that people have drawn, or that suggests itself; shape `(m,)`."""
    suggested = dict(zip(scores.texts, scores.suggested, strict=True))
    lines = [one.threshold if one.threshold is not None else suggested[one.text] for one in wanted.classes]
    return np.array(lines, np.float32)


def assigned(wanted: ClassList, scores: ListScores, said: Said) -> Mask:
    """Whether each of n records is of each of m classes, shape `(n, m)`.

    What people have said of a picture holds, whatever its score.
    """
    lines = thresholds(wanted, scores)
    mask = np.empty(scores.table.shape, np.bool_)
    for start in range(0, len(mask), _BLOCK):
        block = np.asarray(scores.table[start : start + _BLOCK], np.float32)
        mask[start : start + _BLOCK] = _only_best(block - lines) if wanted.exclusive else block >= lines
    for place, one in enumerate(wanted.classes):
        for right, places in _spoken(said.get(one.name, {}), scores.roster):
            if right and wanted.exclusive:
                mask[places] = False
            mask[places, place] = right
    return mask


def names(wanted: ClassList, mask: Mask) -> Iterator[list[str]]:
    """Of each record, the names of its classes."""
    called = [one.name for one in wanted.classes]
    for row in mask:
        yield [called[place] for place in np.flatnonzero(row)]


def _only_best(margins: NDArray[np.float32]) -> Mask:
    """The class that each stands out most for, where it reaches its line."""
    best = margins.argmax(axis=1)
    mask = np.zeros(margins.shape, np.bool_)
    reached = np.take_along_axis(margins, best[:, np.newaxis], axis=1)[:, 0] >= 0
    mask[np.flatnonzero(reached), best[reached]] = True
    return mask


def _spoken(said: Mapping[str, bool], roster: Roster) -> Iterator[tuple[bool, NDArray[np.intp]]]:
    for right in (False, True):
        digests = [digest for digest, value in said.items() if value is right]
        for places in roster.with_content(digests):
            if len(places):
                yield right, places
