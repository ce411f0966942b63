"""Whether labels that somebody has got wrong are found: some are flipped at random, and looked for again.

coco    COCO128: photographs with several labels each, beside the project. A label is what says that a picture shows
        one of 80 kinds of things; a flipped one says another kind, which the picture is not labelled with
digits  scikit-learn's digits, drawn as pictures: one label each
stamps  Tux Paint's stamps by the folder that they are filed under: one label each

Recall     the share of the flipped labels among the first 10 % of the ranking, by the share of all labels that a
           budget is; the mean of several draws, and the least
Precision  how many of the first as many as were flipped are
Alone      the same recall where one of the witnesses is all that is asked

A model stands in for CLIP, which is not on this machine; IMAGE_SEARCH_MODEL=starter measures the starter model.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.labelled import KEPT, Encoder, Labelled, coco, model, stamps
from benchmarks.table import Target, say, show
from core.analysis.classes.scoring import Scorer
from core.analysis.labels.evidence.labelled import Labelled as Set
from core.analysis.labels.evidence.labelled import labelled
from core.analysis.labels.evidence.probabilities import Evidence, evidence, probabilities, weigh
from core.analysis.labels.evidence.suspicious import quality
from core.search.relevance.concepts import CONCEPTS
from core.search.relevance.scores import SAMPLE, learn
from core.vectors import Embeddings

FLIPPED, BUDGET = 0.05, 0.1
_DRAWS = 10
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SIDE = 64  # pixels

type Flips = NDArray[np.bool_]
"""Which labels are flipped, shape `(n, k)`."""


@dataclass(frozen=True)
class Material:
    name: str
    rows: Embeddings
    digests: Sequence[str]
    labels: Sequence[Sequence[str]]


def digits(folder: Path) -> Labelled:
    """Drawn into a folder, where they are not yet: eight pixels a side, enlarged."""
    from sklearn.datasets import load_digits

    found = load_digits()
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{at:04}.png" for at in range(len(found.images))]
    for path, pixels in zip(paths, found.images, strict=True):
        if not path.is_file():
            grey = Image.fromarray(255 - (pixels * 255 / 16).astype(np.uint8))
            grey.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC).convert("RGB").save(path)
    names = [_DIGITS[digit] for digit in found.target]
    concepts = {name: np.array([name == one for one in names]) for name in _DIGITS}
    return Labelled("digits", paths, names, [{name} for name in names], concepts)


def flipped(of: Set, rng: np.random.Generator) -> tuple[Set, Flips]:
    """The set with 5 % of its labels exchanged for others; each by chance, as likely for one label as for another."""
    pictures, places = np.nonzero(of.given)
    chosen = rng.choice(len(pictures), max(1, round(FLIPPED * len(pictures))), replace=False)
    given, flips = of.given.copy(), np.zeros_like(of.given)
    for picture, place in zip(pictures[chosen], places[chosen], strict=True):
        given[picture, place] = False
        others = np.flatnonzero(~of.given[picture] & ~given[picture])
        other = rng.choice(others)
        given[picture, other] = flips[picture, other] = True
    return Set(of.ids, of.digests, of.rows, of.names, given), flips


def recall(flips: Flips, given: NDArray[np.bool_], scores: NDArray[np.float32], budget: float) -> float:
    pictures, places = np.nonzero(given)
    order = np.argsort(scores[pictures, places], kind="stable")[: round(budget * len(pictures))]
    return float(flips[pictures[order], places[order]].sum() / flips.sum())


def measured(of: Set, fits: NDArray[np.float32], draws: int) -> Iterator[dict[str, float]]:
    for draw in range(draws):
        made, flips = flipped(of, np.random.default_rng(draw))
        told = next(one for one in evidence(made, fits) if isinstance(one, Evidence))
        likely = probabilities(made, told, weigh(made, told))
        scores = quality(made.given, likely)
        share = flips.sum() / made.given.sum()
        yield {
            "recall": recall(flips, made.given, scores, BUDGET),
            "precision": recall(flips, made.given, scores, share),
            "neighbours": recall(flips, made.given, told.votes - 1e-6 * told.base, BUDGET),
            "classifier": recall(flips, made.given, told.looks, BUDGET),
            "words": recall(flips, made.given, told.fits, BUDGET),
            "company": recall(flips, made.given, told.company, BUDGET),
        }


def main() -> None:
    options = _options()
    embedder = model()
    if embedder is None:
        return
    encoder = Encoder(embedder)
    concepts = encoder.texts(CONCEPTS)
    rows: list[list[object]] = []
    targets = []
    for shown in filter(None, (coco(), digits(options.digits), stamps())):
        pictures = encoder.pictures(shown)
        labels = _labels(shown)
        digests = [f"{at:064x}" for at in range(len(pictures))]
        of = labelled(digests, digests, pictures, labels)
        calibration = learn(concepts, pictures[:SAMPLE])
        fits = Scorer(embedder, calibration).scores(encoder.texts(list(of.names)), pictures)
        found = list(measured(of, fits, options.draws))
        means = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
        least = min(one["recall"] for one in found)
        rows.append([shown.name, len(pictures), int(of.given.sum()), len(of.names), *means.values(), least])
        targets.append(Target(f"recall, {shown.name}", means["recall"], 0.7))
    columns = ["set", "pictures", "labels", "kinds", "recall", "precision", "neighbours", "classifier", "words"]
    show("Flipped labels found in the first 10 %", [*columns, "company", "least"], rows, targets)
    say(f"{FLIPPED:.0%} of the labels were flipped, in each of {options.draws} draws.")


def _labels(shown: Labelled) -> list[list[str]]:
    if shown.name == "stamps":
        return [[kind] for kind in shown.kinds]
    return [[name for name, has in shown.concepts.items() if has[at]] for at in range(len(shown.paths))]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.suspicious", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=_DRAWS, help="how often labels are flipped anew")
    parser.add_argument("--digits", type=Path, default=KEPT / "digits", help="their folder")
    return parser.parse_args()


if __name__ == "__main__":
    main()
