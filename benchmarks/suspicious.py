"""Whether labels that somebody has got wrong are found: some are flipped at random, and looked for again.

coco    COCO128: photographs with several labels each, beside the project. A label is what says that a picture shows
        one of 80 kinds of things; a flipped one says another kind, which the picture is not labelled with
digits  scikit-learn's digits, drawn as pictures: one label each
stamps  Tux Paint's stamps by the folder that they are filed under: one label each

Recall     the share of the flipped labels among the first 10 % of the ranking, by the share of all labels that a
           budget is; the mean of several draws, and the least
Precision  how many of the first as many as were flipped are
Without    the same recall where boxes are not looked at one by one
Alone      the same recall where one of the witnesses is all that is asked

A model stands in for CLIP, which is not on this machine; IMAGE_SEARCH_MODEL=starter measures the starter model.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image

from benchmarks.data import TEST_DATA
from benchmarks.labelled import KEPT, Encoder, Labelled, coco, model, stamps
from benchmarks.table import Target, say, show
from core.analysis.classes.scoring import Scorer
from core.analysis.labels.crops import around
from core.analysis.labels.evidence.labelled import Labelled as Set
from core.analysis.labels.evidence.labelled import labelled
from core.analysis.labels.evidence.parts import Parts
from core.analysis.labels.evidence.parts import likely as likely_of_parts
from core.analysis.labels.evidence.probabilities import Evidence, evidence, probabilities, weigh
from core.analysis.labels.evidence.suspicious import of_parts, quality
from core.images.describe import Box, content_hash
from core.search.relevance.concepts import CONCEPTS
from core.search.relevance.scores import SAMPLE, learn
from core.vectors import Embeddings

FLIPPED, BUDGET = 0.05, 0.1
_DRAWS = 6
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SIDE = 64  # pixels

type Flips = NDArray[np.bool_]
"""Which labels are flipped, shape `(n, k)`."""


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


@dataclass(frozen=True)
class Looked:
    """What the largest box of each label of each picture shows."""

    places: dict[tuple[int, int], int]
    """By picture and label, the row."""
    rows: Embeddings
    fits: NDArray[np.float32]


def flipped(of: Set, rng: np.random.Generator) -> tuple[Set, Flips, dict[tuple[int, int], int]]:
    """The set with 5 % of its labels exchanged for others; each by chance, as likely for one label as for another. And
    which label each of those was."""
    pictures, places = np.nonzero(of.given)
    chosen = rng.choice(len(pictures), max(1, round(FLIPPED * len(pictures))), replace=False)
    given, flips, was = of.given.copy(), np.zeros_like(of.given), {}
    for picture, place in zip(pictures[chosen], places[chosen], strict=True):
        given[picture, place] = False
        others = np.flatnonzero(~of.given[picture] & ~given[picture])
        other = int(rng.choice(others))
        given[picture, other] = flips[picture, other] = True
        was[int(picture), other] = int(place)
    return Set(of.ids, of.digests, of.rows, of.names, given), flips, was


def recall(flips: Flips, given: NDArray[np.bool_], scores: NDArray[np.float32], budget: float) -> float:
    pictures, places = np.nonzero(given)
    order = np.argsort(scores[pictures, places], kind="stable")[: round(budget * len(pictures))]
    return float(flips[pictures[order], places[order]].sum() / flips.sum())


def measured(of: Set, fits: NDArray[np.float32], looked: Looked | None, draws: int) -> Iterator[dict[str, float]]:
    for draw in range(draws):
        made, flips, was = flipped(of, np.random.default_rng(draw))
        told = next(one for one in evidence(made, fits) if isinstance(one, Evidence))
        scores = quality(made.given, probabilities(made, told, weigh(made, told)))
        whole = recall(flips, made.given, scores, BUDGET)
        if looked:
            parts, rows = _parts(made, was, looked)
            likely = next(one for one in likely_of_parts(parts, looked.fits[rows], told) if not isinstance(one, int))
            scores[parts.pictures, parts.labels] = of_parts(parts.labels, likely)
        share = flips.sum() / made.given.sum()
        yield {
            "recall": recall(flips, made.given, scores, BUDGET),
            "precision": recall(flips, made.given, scores, share),
            "without boxes": whole,
            "neighbours": recall(flips, made.given, told.votes - 1e-6 * told.base, BUDGET),
            "classifier": recall(flips, made.given, told.looks, BUDGET),
            "words": recall(flips, made.given, told.fits, BUDGET),
            "company": recall(flips, made.given, told.company, BUDGET),
        }


def _parts(of: Set, was: dict[tuple[int, int], int], looked: Looked) -> tuple[Parts, list[int]]:
    """A box keeps what it shows, whatever it is labelled."""
    pairs = [(int(picture), int(label)) for picture, label in zip(*np.nonzero(of.given), strict=True)]
    true = {pair: (pair[0], was.get(pair, pair[1])) for pair in pairs}
    pairs = [pair for pair in pairs if true[pair] in looked.places]
    rows = [looked.places[true[pair]] for pair in pairs]
    pictures, labels = (np.array([pair[at] for pair in pairs], np.intp) for at in (0, 1))
    return Parts(pictures, labels, [of.digests[at] for at in pictures], looked.rows[rows]), rows


def look(shown: Labelled, of: Set, encoder: Encoder, scorer: Scorer, texts: Embeddings, folder: Path) -> Looked:
    """Cut the boxes of COCO128 out, into a folder, and embed them."""
    folder.mkdir(parents=True, exist_ok=True)
    data = TEST_DATA / "data" / "coco128"
    names: dict[int, str] = yaml.safe_load((data / "data.yaml").read_text())["names"]
    places: dict[tuple[int, int], int] = {}
    paths: list[Path] = []
    for picture, path in enumerate(shown.paths):
        boxes = _boxes(data / "train" / "labels" / f"{path.stem}.txt", names)
        for label, name in enumerate(of.names):
            own = [box for box in boxes if box.label == name]
            box = max(own, key=lambda one: one.width * one.height, default=None)
            if box is None:
                continue
            places[picture, label] = len(paths)
            paths.append(folder / f"{path.stem}-{label}.png")
            if not paths[-1].is_file():
                with Image.open(path) as image:
                    image.convert("RGB").crop(around(box, image.size)).save(paths[-1])
    rows = encoder.pictures(Labelled("boxes", paths, [], [], {}))
    return Looked(places, rows, scorer.scores(texts, rows))


def _boxes(file: Path, names: dict[int, str]) -> list[Box]:
    if not file.is_file():
        return []
    lines = [list(map(float, line.split()[:5])) for line in file.read_text().splitlines()]
    return [Box(names[int(kind)], x - width / 2, y - height / 2, width, height) for kind, x, y, width, height in lines]


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
        digests = [content_hash(path.name.encode()) for path in shown.paths]
        of = labelled(digests, digests, pictures, labels)
        calibration = learn(concepts, pictures[:SAMPLE])
        scorer, texts = Scorer(embedder, calibration), encoder.texts(list(of.names))
        boxes = look(shown, of, encoder, scorer, texts, KEPT / "boxes") if shown.name == "coco" else None
        found = list(measured(of, scorer.scores(texts, pictures), boxes, options.draws))
        means = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
        least = min(one["recall"] for one in found)
        rows.append([shown.name, len(pictures), int(of.given.sum()), len(of.names), *means.values(), least])
        targets.append(Target(f"recall, {shown.name}", means["recall"], 0.7))
    columns = ["set", "pictures", "labels", "kinds", "recall", "precision", "without boxes", "neighbours"]
    show("Flipped labels found in the first 10 %", [*columns, "classifier", "words", "company", "least"], rows, targets)
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
