"""Whether the line that suggests itself for a class is a good one, beside the best that its labels would allow.

For each kind of thing that pictures of a set are labelled with, pictures are ranked by their strength for its name. The
line is drawn as for a class list: without the labels.

F1         of the pictures above the suggested line
Best F1    of the best line, found with the labels
Ratio      of both. `known` are the kinds that the model knows: their average precision is at least 0.5
Noted      the ratio of those that the stand-in's own notes say it knows
Least      the ratio that a tenth of the known kinds fall short of
Abstains   the share of words for what is in no picture, for which no picture is chosen

A model stands in for CLIP, which is not on this machine; IMAGE_SEARCH_MODEL=starter measures the starter model.
"""

import argparse
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.labelled import Encoder, Labelled, coco, drawings, model, stamps
from benchmarks.strength import ABSENT, HELD_OUT, KNOWN, THERE
from benchmarks.table import Target, show
from core.analysis.classes.scoring import Scorer
from core.analysis.classes.threshold import suggested
from core.search.relevance.concepts import CONCEPTS
from core.search.relevance.scores import SAMPLE, learn

NOTED = {"giraffe", "zebra", "pizza", "elephant", "cat", "bus", "toilet"}
"""What the model that stands in for CLIP knows for sure, by its own notes."""

type Scores = NDArray[np.float32]
type Shows = NDArray[np.bool_]


def f1(shows: Shows, chosen: Shows) -> float:
    right = int((shows & chosen).sum())
    return 2 * right / max(1, int(shows.sum()) + int(chosen.sum()))


def best_f1(shows: Shows, scores: Scores) -> float:
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(shows[order])
    return float((2 * right / (np.arange(1, len(order) + 1) + shows.sum())).max())


def average_precision(shows: Shows, scores: Scores) -> float:
    order = np.argsort(-scores, kind="stable")
    found = shows[order]
    return float((np.cumsum(found) / np.arange(1, len(found) + 1))[found].mean())


def measured(
    shown: Labelled, encoder: Encoder, scorer: Scorer, rows: NDArray[np.float32]
) -> tuple[list[object], float]:
    names = [name for name, shows in shown.concepts.items() if shows.any()]
    scores = scorer.scores(encoder.texts(names), rows)
    known, ratios, made, best = [], [], [], []
    for at, name in enumerate(names):
        shows, column = shown.concepts[name], scores[:, at]
        if average_precision(shows, column) < KNOWN:
            continue
        known.append(name)
        made.append(f1(shows, column >= suggested(column)))
        best.append(best_f1(shows, column))
        ratios.append(made[-1] / best[-1])
    absent = [word for word in (*ABSENT, *HELD_OUT) if word not in THERE.get(shown.name, ()) and word not in names]
    of_absent = scorer.scores(encoder.texts(absent), rows)
    abstains = [not (of_absent[:, at] >= suggested(of_absent[:, at])).any() for at in range(len(absent))]
    mean, mean_best = float(np.mean(made)), float(np.mean(best))
    noted = float(np.mean([ratio for name, ratio in zip(known, ratios, strict=True) if name in NOTED] or [np.nan]))
    numbers = [mean, mean_best, mean / mean_best, float(np.mean(ratios)), noted, float(np.quantile(ratios, 0.1))]
    row: list[object] = [shown.name, len(rows), len(known), *numbers, float(np.mean(abstains))]
    return row, noted


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.classes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(arguments)
    embedder = model()
    if embedder is None:
        return
    encoder = Encoder(embedder)
    concepts = encoder.texts(CONCEPTS)
    lines, targets = [], []
    for shown in filter(None, (coco(), stamps(), drawings())):
        rows = encoder.pictures(shown)
        line, ratio = measured(shown, encoder, Scorer(embedder, learn(concepts, rows[:SAMPLE])), rows)
        lines.append(line)
        if shown.name == "coco":  # which the notes are about
            targets.append(Target("suggested F1 / best F1, coco, noted", ratio, 0.9))
    columns = ["set", "pictures", "known", "F1", "best F1", "of means", "ratio", "noted", "least", "abstains"]
    show("The line that suggests itself", columns, lines, targets)


if __name__ == "__main__":
    main()
