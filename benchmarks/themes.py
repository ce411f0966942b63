"""What matches are worth in collections about one subject: a part of `python -m benchmarks.strength`.

A quarter of what has a name there is left out, and then asked for among the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.judging import judged
from benchmarks.labelled import Labelled, Shows, words
from benchmarks.table import Target, show
from core.search.options import Band
from core.search.relevance.scores import learn
from core.vectors import Embedding, Embeddings

SUBJECTS = {
    "animals": {"animals"},
    "food": {"food", "fruit_n_veg"},
    "plants": {"plants", "nature"},
    "clothes": {"clothes", "clothes_n_accessories"},
    "buildings": {"town", "construction"},
    "vehicles": {"vehicles", "transport"},
}
"""The folders in which pictures of a subject are filed."""

CHOSEN_WITH = "drawings"
"""The set that the constants of `core.search.relevance.theme` were chosen with; the others had no part in it."""

_FEWEST = 30
_DRAWS = 4
_OTHERS = 5  # of what is asked for of other subjects, every fifth


@dataclass(frozen=True)
class Collection:
    subject: str
    drawn: NDArray[np.intp]
    """The places of its pictures in the set."""
    here: dict[str, Shows]
    """What is there of the subject, and in which of its pictures."""
    absent: Sequence[str]
    """Things of the subject of which there is no picture."""
    others: Sequence[str]
    """Things of other subjects of which there is none."""


@dataclass
class Theme:
    """Of all searches in the collections about a subject; pairs are without regard to kinds, and with it."""

    sizes: list[int] = field(default_factory=list)
    strong: tuple[list[bool], list[bool]] = field(default_factory=lambda: ([], []))
    """Whether strong matches are right, whatever of the subject is searched for."""
    strong_here: tuple[list[bool], list[bool]] = field(default_factory=lambda: ([], []))
    """The same where it is there."""
    flagged: list[bool] = field(default_factory=list)
    """Of what is of the subject and not there, whether nothing was said to match; of other things, the next."""
    flagged_others: list[bool] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)
    """Where what is of the subject finds something, whether it is said to be of this kind; of others, the next."""
    told_others: list[bool] = field(default_factory=list)


def report(
    sets: Sequence[Labelled],
    pictures: Mapping[str, Embeddings],
    bank: Embeddings,
    texts: Mapping[str, Embedding],
    there: Mapping[str, set[str]],
    title: str,
) -> None:
    """
    Args:
        pictures: Embeddings of those of each set.
        bank: Of everyday concepts.
        texts: Of all names of things in all sets.
        there: For each set words for what is in its pictures though nothing says so.
    """
    themes: dict[tuple[str, str], Theme] = {}
    for one in sets:
        for collection in collections(one, sets, there[one.name]):
            theme = themes.setdefault((one.name, collection.subject), Theme())
            _ask(collection, pictures[one.name][collection.drawn], bank, texts, theme)
    if themes:
        _show(themes, title)


def _ask(
    collection: Collection, rows: Embeddings, bank: Embeddings, texts: Mapping[str, Embedding], theme: Theme
) -> None:
    calibration, nowhere = learn(bank, rows), np.zeros(len(rows), bool)
    theme.sizes.append(len(rows))
    for name, shows in [*collection.here.items(), *((name, nowhere) for name in collection.absent)]:
        for kinds in (False, True):
            judgement, _, order = judged(calibration, rows, texts[name], kinds=kinds)
            strong = [bool(shows[at]) for at, band in zip(order, judgement.bands, strict=True) if band is Band.STRONG]
            theme.strong[kinds].extend(strong)
            theme.strong_here[kinds].extend(strong if shows.any() else ())
        theme.told.extend([judgement.of_kind] if judgement.matched else ())
        theme.flagged.extend([judgement.no_match] if not shows.any() else ())
    for name in collection.others:
        judgement, _, _ = judged(calibration, rows, texts[name])
        theme.told_others.extend([judgement.of_kind] if judgement.matched else ())
        theme.flagged_others.append(judgement.no_match)


def _show(themes: Mapping[tuple[str, str], Theme], title: str) -> None:
    rows: list[list[object]] = []
    for (name, subject), theme in themes.items():
        strong = [value for right in theme.strong for value in (_wrong(right), _percent(right))]
        shares = theme.flagged, theme.flagged_others, theme.told, theme.told_others
        here = map(_percent, theme.strong_here)
        rows.append([f"{name}: {subject}", round(np.mean(theme.sizes)), *strong, *here, *map(_percent, shares)])
    columns = [
        *("collections", "pictures", "strong, wrong before", "right %", "strong, wrong", "right %"),
        *("of it and there, right before %", "right %", "absent flagged %", "others flagged %"),
        *("told %", "others told %"),
    ]
    blind = [theme for (name, _), theme in themes.items() if name != CHOSEN_WITH]
    before, now = (sum(_wrong(theme.strong[kinds]) for theme in blind) for kinds in (False, True))
    title = f"Collections about one subject ({title})"
    promise = f"wrong strong matches against before, all but {CHOSEN_WITH}"
    show(title, columns, rows, [Target(promise, now / before, 0.5, at_most=True)] if before else [])


def _wrong(right: Sequence[bool]) -> int:
    return len(right) - sum(right)


def _percent(flags: Sequence[bool]) -> int:
    return round(100 * float(np.mean(flags))) if flags else -1


def collections(labelled: Labelled, sets: Sequence[Labelled], there: set[str]) -> Iterator[Collection]:
    """
    Args:
        sets: All that there are: their names of things are what is asked for.
        there: Words for what is in pictures though nothing says so.
    """
    names = {subject: _names(subject, sets) for subject in SUBJECTS}
    for subject, known in names.items():
        filed = np.flatnonzero(_of(labelled, subject))
        if len(filed) < _FEWEST:
            continue
        own = [name for name in known if name in labelled.concepts and labelled.concepts[name][filed].any()]
        for draw in range(_DRAWS):
            rng = np.random.default_rng([draw, len(filed)])
            left_out = [labelled.concepts[name] for name in rng.permutation(own)[: len(own) // 4]]
            drawn = filed[~np.any(left_out, axis=0)[filed]]
            said = set().union(*(labelled.said[at] for at in drawn))
            shows = {name: labelled.concepts[name][drawn] for name in own}
            missing = [name for name in known if name not in there and not set(words(name)) <= said]
            others = [name for other in SUBJECTS if other != subject for name in names[other] if name not in there]
            yield Collection(
                subject,
                drawn,
                {name: shown for name, shown in shows.items() if shown.any()},
                [name for name in missing if not shows.get(name, np.zeros(1, bool)).any()],
                [name for name in others if name not in known and not set(words(name)) & said][::_OTHERS],
            )


def _names(subject: str, sets: Sequence[Labelled]) -> list[str]:
    """What at least half of the pictures that show it are filed under the subject."""
    found = []
    for labelled in sets:
        filed = _of(labelled, subject)
        found += [name for name, shows in labelled.concepts.items() if 2 * shows[filed].sum() >= shows.sum() > 0]
    return list(dict.fromkeys(found))


def _of(labelled: Labelled, subject: str) -> NDArray[np.bool_]:
    return np.array([kind.split("/")[0] in SUBJECTS[subject] for kind in labelled.kinds])
