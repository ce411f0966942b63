"""Whether "nothing here really matches" is said when it is true, where the matches end, what the bands are worth.

Collections of 20 pictures to more than 1,000 are drawn from sets of labelled pictures, and asked for what is in them
and for what is not. Nothing is fitted to them in a run: the constants are those of `core.search.relevance.bands`.

Flagged    the share of concepts, of which no picture is there, for which nothing is said to match
False      the same of concepts that are there and that the model knows: their average precision in the whole set is
           at least 0.5; `here` counts only those that it knows in the very collection too
Reach      how many absent ones could be flagged with 10 % false flags (`here`) by the best threshold for that
           collection alone, found with its labels: what the model's own scores allow
Of kind    of searches for known concepts that find something, those in which weak matches are said to be of this kind,
           for the collection seems to be about one subject; collections that are: benchmarks/themes.py

A model stands in for CLIP, which is not on this machine; IMAGE_SEARCH_MODEL=starter measures the starter model. With
--gap pictures and texts are set apart as CLIP does it, which compresses cosines and shifts them from query to query.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from benchmarks import themes
from benchmarks.judging import judged
from benchmarks.labelled import (
    DRAWINGS,
    STAMPS,
    Encoder,
    Labelled,
    Shows,
    coco,
    drawings,
    model,
    stamps,
    together,
    words,
)
from benchmarks.table import Target, say, show
from core.search.options import Band
from core.search.relevance.concepts import CONCEPTS
from core.search.relevance.scores import Calibration, learn
from core.vectors import Embedding, Embeddings, unit

ABSENT = (
    *(
        "frog",
        "penguin",
        "kangaroo",
        "lion",
        "tiger",
        "camel",
        "snake",
        "lizard",
        "turtle",
        "octopus",
        "whale",
        "shark",
    ),
    *("parrot", "flamingo", "peacock", "monkey", "fox", "wolf", "squirrel", "butterfly", "bee", "spider", "snail"),
    *("crab", "lobster", "jellyfish", "goat", "pig", "deer", "rabbit", "hedgehog", "dolphin", "swan", "eagle"),
    *("crocodile", "rhinoceros", "hippopotamus", "koala", "panda", "gorilla", "ostrich", "starfish", "seahorse"),
    *("dinosaur", "helicopter", "submarine", "tank", "tractor", "rocket", "hot air balloon", "tram", "bulldozer"),
    *("canoe", "violin", "guitar", "piano", "trumpet", "drum", "harp", "saxophone", "accordion", "castle"),
    *("lighthouse", "windmill", "pyramid", "igloo", "waterfall", "volcano", "desert", "glacier", "coral reef", "cave"),
    *("mushroom", "pumpkin", "strawberry", "pineapple", "grapes", "watermelon", "lemon", "cherry", "sunflower"),
    *("cactus", "astronaut", "knight in armour", "ballet dancer", "wedding dress", "skeleton", "x-ray image"),
    *("microscope", "telescope", "globe", "typewriter", "sewing machine", "chess board", "fireworks", "rainbow"),
    *("snowman", "swimming pool", "roller coaster", "ferris wheel", "carousel", "hammer", "axe", "wrench", "padlock"),
    *("binoculars", "crown", "necklace", "sword", "cannon", "lipstick", "sushi", "ice cream", "pancakes", "planet"),
    *("galaxy", "circuit board", "stethoscope", "tent", "hammock", "anchor", "coins", "candle", "birdcage"),
    *("stained glass window", "statue of a horse", "telephone booth", "mailbox", "gas pump", "escalator"),
    *("bowling alley", "boxing match", "fencing", "archery", "rowing", "surfboard", "toaster", "parking meter"),
    *("fire hydrant", "hair dryer", "cow", "sheep"),
)
"""Words for what is in none of the pictures of most sets; the way strengths are computed was chosen with these."""

HELD_OUT = (
    *("meerkat", "walrus", "armadillo", "porcupine", "tapir", "lynx", "cobra", "scorpion", "centipede", "woodpecker"),
    *("stork", "pelican", "stingray", "eel", "squid", "banjo", "bagpipes", "xylophone", "harmonica", "gondola"),
    *("catamaran", "hovercraft", "forklift", "excavator", "cable car", "rickshaw", "spaceship", "trampoline", "seesaw"),
    *("billiards", "dartboard", "roulette wheel", "sumo wrestlers", "weightlifting", "polo match", "mosque", "pagoda"),
    *("aqueduct", "oil rig", "quarry", "vineyard", "rice terraces", "lava", "geyser", "aurora", "eclipse", "tornado"),
    *("thermometer", "hourglass", "abacus", "loom", "anvil", "plough", "chandelier", "totem pole", "sphinx", "mummy"),
    *("samurai", "geisha", "cheerleaders", "marching band", "barcode", "crossword puzzle", "sheet music", "world map"),
    *("diamond ring", "perfume bottle", "hairbrush", "corset", "kimono"),
)
"""Words that nothing was chosen with."""

THERE = {
    "coco": {"candle", "necklace", "toaster", "mushroom", "pineapple"},
    "stamps": {
        *("tank", "monkey", "parrot", "globe", "galaxy", "snowman", "coins", "swan", "canoe", "statue of a horse"),
        *("skeleton", "crown", "tent", "anchor", "snake"),
    },
    "drawings": {
        *("tank", "monkey", "octopus", "sword", "guitar", "piano", "boxing match", "knight in armour", "ballet dancer"),
        *(
            "wedding dress",
            "skeleton",
            "snowman",
            "rainbow",
            "butterfly",
            "fencing",
            "saxophone",
            "surfboard",
            "mailbox",
        ),
        *("carousel", "waterfall", "mushroom", "camel", "hammock", "coral reef", "hair dryer", "cannon", "candle"),
        *("microscope", "stethoscope", "weightlifting", "samurai", "mummy", "spaceship", "diamond ring", "trampoline"),
        *("cheerleaders",),
    },
}
"""Of the words those that do show in pictures of a set though nothing says so, or nearly: looked at by eye."""

KNOWN = 0.5
SIZES = {"coco": (20, 50, 128), "stamps": (20, 50, 200, 430), "drawings": (), "mixed": (20, 50, 200, 1143)}
_DRAWS = {20: 8, 50: 4, 200: 2}
_LOOKED_AT = 200
_TOPS = (1, 2, 3, 5, 10, 20)
_MANY = 5
_NORMAL = NormalDist()


@dataclass
class Outcome:
    """Of all queries to the collections of one size."""

    absent: list[float] = field(default_factory=list)
    """How unlikely each is by chance: the least level at which it counts as a match."""
    flagged: list[bool] = field(default_factory=list)
    """Whether nothing was said to match; of words that were held out, the next."""
    held_out: list[bool] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    here: list[bool] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)
    cuts: dict[bool, list[list[float]]] = field(default_factory=lambda: {False: [], True: []})
    """For concepts in few pictures, and in many: F1 of the cut, of every fixed number, of the best number for each."""
    banded: dict[Band, list[bool]] = field(default_factory=lambda: {band: [] for band in Band})
    of_kind: list[bool] = field(default_factory=list)
    """Of known concepts that are not flagged, whether weak matches are said to be of this kind."""

    @property
    def reach(self) -> float:
        """How many absent ones the best threshold flags that flags a tenth of the known ones."""
        return float(np.mean(np.array(self.absent) > np.quantile(self.levels, 0.9))) if self.levels else float("nan")


def main() -> None:
    options = _options()
    sets = [one for one in (coco(), stamps(options.stamps), drawings(options.drawings)) if one]
    embedder = model() if sets else None
    if embedder is None:
        say("Match strength is left out: there are no labelled pictures, or no model that understands words")
        return
    labelled, encoder, rng = [*sets], Encoder(embedder), np.random.default_rng(0)
    pictures = {one.name: encoder.pictures(one) for one in sets}
    if options.gap:
        pictures = {name: _apart(rows, 0.04, rng) for name, rows in pictures.items()}
    if len(sets) > 1:
        sets.append(together(sets))
        pictures["mixed"] = np.concatenate(list(pictures.values()))
    outcomes = {}
    for one in sets:
        asked = [*one.concepts, *ABSENT, *HELD_OUT]
        rows = encoder.texts([*CONCEPTS, *asked])
        rows = _apart(rows, 0.055, rng) if options.gap else rows
        texts = dict(zip(asked, rows[len(CONCEPTS) :], strict=True))
        for size in SIZES[one.name]:
            outcome = outcomes[one.name, min(size, len(one.paths))] = Outcome()
            for draw in range(_DRAWS.get(size, 1)):
                _ask(one, pictures[one.name], rows[: len(CONCEPTS)], texts, _drawn(len(one.paths), size, draw), outcome)
    title = f"{embedder.model_id}{', with a gap' if options.gap else ''}"
    _report(outcomes, title)
    names = [*dict.fromkeys(name for one in labelled for name in one.concepts)]
    rows = encoder.texts([*CONCEPTS, *names])
    rows = _apart(rows, 0.055, rng) if options.gap else rows
    texts = dict(zip(names, rows[len(CONCEPTS) :], strict=True))
    themes.report(labelled, pictures, rows[: len(CONCEPTS)], texts, THERE, title)


def _drawn(count: int, size: int, draw: int) -> NDArray[np.intp]:
    return np.sort(np.random.default_rng([draw, size]).permutation(count)[:size])


def _ask(
    labelled: Labelled,
    pictures: Embeddings,
    bank: Embeddings,
    texts: dict[str, Embedding],
    drawn: NDArray[np.intp],
    outcome: Outcome,
) -> None:
    """Everything that is to be asked of one collection."""
    calibration, rows = learn(bank, pictures[drawn]), pictures[drawn]
    for concept, shows in labelled.concepts.items():
        here = shows[drawn]
        if here.any() and average_precision(pictures @ texts[concept], shows) >= KNOWN:
            _ask_known(calibration, rows, texts[concept], here, outcome)
    for concept, held_out in _missing(labelled, drawn):
        judgement, strengths, _ = judged(calibration, rows, texts[concept])
        outcome.absent.append(_level(strengths, len(rows)))
        outcome.shown.append(judgement.matched)
        (outcome.held_out if held_out else outcome.flagged).append(judgement.no_match)


def _missing(labelled: Labelled, drawn: NDArray[np.intp]) -> Iterator[tuple[str, bool]]:
    """Concepts of which there is no picture, nor one of that kind; and whether they are held out."""
    kinds = {labelled.kinds[at] for at in drawn}
    for concept, shows in labelled.concepts.items():
        if not shows[drawn].any() and not kinds & {labelled.kinds[at] for at in np.flatnonzero(shows)}:
            yield concept, False
    there = THERE.get(labelled.name) or set().union(*THERE.values())
    for concept in (*ABSENT, *HELD_OUT):
        if not set(words(concept)) <= labelled.vocabulary and concept not in {*there, *labelled.concepts}:
            yield concept, concept in HELD_OUT


def _ask_known(calibration: Calibration, rows: Embeddings, text: Embedding, shows: Shows, outcome: Outcome) -> None:
    judgement, strengths, order = judged(calibration, rows, text)
    right = shows[order]
    outcome.known.append(judgement.no_match)
    if average_precision(rows @ text, shows) >= KNOWN:
        outcome.here.append(judgement.no_match)
        outcome.levels.append(_level(strengths, len(rows)))
    if judgement.matched:
        outcome.of_kind.append(judgement.of_kind)
        scores = [_f1(right, top) for top in range(1, min(_LOOKED_AT, len(right)) + 1)]
        fixed = [scores[min(top, len(scores)) - 1] for top in _TOPS]
        outcome.cuts[bool(shows.sum() >= _MANY)].append([_f1(right, judgement.matched), *fixed, max(scores)])
    for band, is_right in zip(judgement.bands, right, strict=True):
        outcome.banded[band].append(bool(is_right))


def _level(strengths: NDArray[np.float64], searched: int) -> float:
    """The least level at which these count as matches: as `core.search.relevance.bands.matches` compares."""
    best = np.sort(strengths[:_LOOKED_AT])[::-1]
    return min(searched * _NORMAL.cdf(-one) / k for k, one in enumerate(best, 1))


def average_precision(scores: NDArray[np.float32], right: Shows) -> float:
    ranked = right[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked].mean())


def _f1(ranked: Shows, top: int) -> float:
    return float(2 * ranked[:top].sum() / (top + ranked.sum()))


def _apart(rows: Embeddings, wobble: float, rng: np.random.Generator) -> Embeddings:
    """Each with another coordinate, about as long as itself, which pictures and texts have in common."""
    return unit(np.column_stack([rows, 1 + wobble * rng.standard_normal(len(rows))]))


def _report(outcomes: dict[tuple[str, int], Outcome], title: str) -> None:
    rows: list[list[object]] = []
    for (name, size), found in outcomes.items():
        counts = len(found.flagged) + len(found.held_out), len(found.known), len(found.here)
        shares = [*found.flagged, *found.held_out], found.held_out, found.known, found.here
        percents = [*(_percent(share) for share in shares), round(100 * found.reach), _percent(found.of_kind)]
        rows.append([name, size, *counts, *percents])
    columns = [
        "collection",
        "pictures",
        "absent",
        "known",
        "here",
        "flagged %",
        "held out %",
        "false %",
        "here %",
        "reach %",
        "of kind %",
    ]
    mean = [float(np.mean([float(str(row[at])) for row in rows])) for at in range(5, 10)]
    targets = [
        Target("absent flagged, mean", mean[0], 80, unit=" %"),
        Target("of words held out", mean[1], 80, unit=" %"),
        Target("false flags, known here, mean", mean[3], 10, at_most=True, unit=" %"),
        Target("within reach, mean", mean[4], 80, unit=" %"),
    ]
    show(f"Nothing here really matches ({title})", columns, rows, targets)
    _report_cut(outcomes)
    _report_bands(outcomes)


def _report_cut(outcomes: dict[tuple[str, int], Outcome]) -> None:
    rows: list[list[object]] = []
    means = []
    for many, title in ((False, f"1 to {_MANY - 1}"), (True, f"{_MANY} and more")):
        found = [min_match for outcome in outcomes.values() for min_match in outcome.cuts[many]]
        means.append(np.mean(found, axis=0))
        rows.append([title, len(found), *map(float, means[-1])])
    mean = np.mean(means, axis=0)
    rows.append(["mean of both", "", *map(float, mean)])
    columns = ["pictures that show it", "queries", "cut", *(f"top {top}" for top in _TOPS), "best of each"]
    target = Target(
        "F1 of the cut / of the best fixed number, both kinds alike", float(mean[0] / mean[1:-1].max()), 1.0
    )
    show("Where the matches end: F1 for known concepts that are not flagged", columns, rows, [target])


def _report_bands(outcomes: dict[tuple[str, int], Outcome]) -> None:
    rows: list[list[object]] = [
        [name, size, *(value for band in Band for value in (_precision(found.banded[band]), len(found.banded[band])))]
        for (name, size), found in outcomes.items()
    ]
    columns = ["collection", "pictures", *(value for band in Band for value in (band.value, "hits"))]
    show("How many of a band are right", columns, rows)


def _precision(right: Sequence[bool]) -> float:
    return float(np.mean(right)) if right else float("nan")


def _percent(flags: Sequence[bool]) -> int:
    return round(100 * float(np.mean(flags))) if flags else -1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.strength", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stamps", type=Path, default=STAMPS, help="the folder of Tux Paint's stamps")
    parser.add_argument("--drawings", type=Path, default=DRAWINGS, help="the folder of pySioGame's drawings")
    parser.add_argument("--gap", action="store_true", help="set pictures and texts apart as CLIP does")
    return parser.parse_args()


if __name__ == "__main__":
    main()
