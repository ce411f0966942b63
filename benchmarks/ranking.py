"""Whether results are in a good order: mean average precision over the labels of COCO128, which nothing is fitted to.

Defaults   a search by a label with all options as they are, against plain cosine with all of them off; what is
           collapsed into a stack stands beside its leader
Both       a picture that shows A but not B, together with the word B, for pictures that show both; how many of the
           pictures that show A, and of those that show B, are among the first twenty
Prompts    the label alone, in a sentence, and the mean of several sentences
Without    A − B for pictures that show A but not B, against A alone and against the text "A without B"
Feedback   a label, then more like two right ones of the first ten, less like two wrong ones; measured on the others

With --gap pictures and texts are set apart as CLIP does it, and what texts score scatters less than what pictures do.
"""

import argparse
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks import engines
from benchmarks.labelled import Encoder, Labelled, Shows, coco, model
from benchmarks.strength import average_precision
from benchmarks.table import Target, say, show
from core.embedding.embedder import Embedder
from core.images.describe import content_hash
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord, record_id
from core.search.compose import Composer, Kind
from core.search.options import Collapse, MinMatch, Options
from core.search.query import Picture, Query, Search, Words
from core.search.relevance.calibrator import Calibrations
from core.search.relevance.concepts import CONCEPTS
from core.search.relevance.scores import learn
from core.search.searcher import Searcher
from core.vectors import Embeddings, unit

_FIRST = 20
_SEVERAL = (
    *("a photo of a {}", "a photo of the {}", "a picture of a {}", "a close-up of a {}", "a photo of a small {}"),
    *("a photo of a large {}", "a photo of {} in the distance"),
)
_EACH = 3  # query pictures of each pair

type Spreads = Mapping[Kind, float]


class Apart:
    """A model whose pictures and texts lie apart: both have something in common, and texts much of their own."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_id, self.dims = embedder.model_id, embedder.dims + 2
        self.preprocessing, self.crop, self.max_text_cosine = embedder.preprocessing, embedder.crop, 1.0

    def prepare(self, image: Image.Image) -> Image.Image:
        return self._embedder.prepare(image)

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        return self.pictures(self._embedder.embed_images(images))

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        rows = self._embedder.embed_texts(texts)
        return unit(np.column_stack([rows, np.ones(len(rows)), np.full(len(rows), 2.0)]))

    def fit_text(self, text: str) -> str:
        return self._embedder.fit_text(text)

    @staticmethod
    def pictures(rows: Embeddings) -> Embeddings:
        return unit(np.column_stack([rows, np.ones(len(rows)), np.zeros(len(rows))]))


class Bench:
    """COCO128 in an index, and what is asked of it."""

    def __init__(self, labelled: Labelled, rows: Embeddings, embedder: Embedder, index: Index) -> None:
        self.rows, self.embedder = rows, embedder
        self.shows = {name: shows for name, shows in labelled.concepts.items() if shows.any()}
        self.hashes = [content_hash(path.read_bytes()) for path in labelled.paths]
        stamp = ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing)
        index.prepare(stamp)
        index.upsert([_record(path, digest) for path, digest in zip(labelled.paths, self.hashes, strict=True)], rows)
        self.calibrations = Calibrations(index, look_every=0.0)
        self.composer = Composer(index, lambda: embedder, lambda _: None)
        self.searcher = Searcher(index, lambda: embedder, lambda: embedder, lambda _: None, self.calibrations)
        self.balanced: Spreads = learn(embedder.embed_texts(CONCEPTS), rows).spreads

    def scores(self, query: Query, spreads: Spreads) -> NDArray[np.float32]:
        return self.rows @ self.composer.compose(query, spreads).embedding

    def pairs(self) -> Iterator[tuple[str, str, Shows, Shows]]:
        """Two labels that some pictures show together, and some the first without the second."""
        for one, other in itertools.permutations(self.shows, 2):
            first, second = self.shows[one], self.shows[other]
            if (first & second).any() and (first & ~second).any():
                yield one, other, first, second


def main() -> None:
    options = _options()
    labelled, embedder = coco(), model()
    if labelled is None or embedder is None:
        say("Ranking is left out: IMAGE_SEARCH_TEST_DATA has no COCO128, or no model that understands words")
        return
    rows = Encoder(embedder).pictures(labelled)
    if options.gap:
        rows, embedder = Apart.pictures(rows), Apart(embedder)
    with engines.lance() as index:
        bench = Bench(labelled, rows, embedder, index)
        say(f"{embedder.model_id}: scores scatter by {', '.join(f'{k} {v:.3f}' for k, v in bench.balanced.items())}")
        for measure in (_defaults, _both, _prompts, _without, _feedback):
            measure(bench)


def _defaults(bench: Bench) -> None:
    plain = Options(collapse=Collapse.OFF, min_match=MinMatch.ALL)
    _wait(bench.calibrations, bench.embedder)
    rows: list[list[object]] = []
    for title, options in (("as they are", Options()), ("all off", plain)):
        found = [_whole_search(bench, label, options, shows) for label, shows in bench.shows.items()]
        rows.append([title, float(np.mean(found))])
    cosine = [
        average_precision(bench.rows @ bench.embedder.embed_texts([label])[0], shows)
        for label, shows in bench.shows.items()
    ]
    rows.append(["cosine in NumPy", float(np.mean(cosine))])
    lost = Target("as they are − all off", float(str(rows[0][1])) - float(str(rows[1][1])), 0.0)
    show(f"Defaults: mAP of {len(bench.shows)} labels", ["options", "mAP"], rows, [lost])


def _wait(calibrations: Calibrations, embedder: Embedder) -> None:
    while calibrations.current(embedder) is None:
        calibrations.wait()


def _whole_search(bench: Bench, label: str, options: Options, shows: Shows) -> float:
    results = bench.searcher.search(Search(Query((Words(label),)), options=options), limit=len(bench.rows)).results
    listed = [hit.record.content_hash for result in results for hit in (result.hit, *result.others)]
    place = {digest: at for at, digest in enumerate(listed)}
    return average_precision(np.array([-place[digest] for digest in bench.hashes], np.float32), shows)


def _both(bench: Bench) -> None:
    ways: dict[str, Callable[[str, str], tuple[Query, Spreads]]] = {
        "words alone": lambda word, _: (Query((Words(word),)), {}),
        "picture alone": lambda _, digest: (Query(pictures=(Picture(digest),)), {}),
        "sum": lambda word, digest: (Query((Words(word),), (Picture(digest),)), {}),
        "balanced": lambda word, digest: (Query((Words(word),), (Picture(digest),)), bench.balanced),
    }
    found: dict[str, list[tuple[float, float, float]]] = {way: [] for way in ways}
    for _, word, first, second in bench.pairs():
        for at in np.flatnonzero(first & ~second)[:_EACH]:
            for way, make in ways.items():
                scores = bench.scores(*make(word, bench.hashes[at]))
                others = np.delete(np.arange(len(scores)), at)
                best = others[np.argsort(-scores[others])[:_FIRST]]
                recalls = _recall(best, first, at), _recall(best, second, at)
                found[way].append((average_precision(scores[others], (first & second)[others]), *recalls))
    rows: list[list[object]] = []
    for way, several in found.items():
        means = [float(mean) for mean in np.nanmean(several, axis=0)]
        rows.append([way, *means, float(np.nanmean([min(one[1:]) for one in several]))])
    columns = ["query", "mAP of both", f"A in the first {_FIRST}", "B", "the lesser of the two"]
    show(f"A picture of A and the word B: {len(several)} queries", columns, rows)


def _recall(best: NDArray[np.intp], shows: Shows, query: int) -> float:
    """How many of the pictures that show it are among the best, the query's own left out."""
    wanted = set(np.flatnonzero(shows)) - {query}
    return len(wanted.intersection(best)) / len(wanted) if wanted else float("nan")


def _prompts(bench: Bench) -> None:
    ways: dict[str, tuple[str, ...]] = {"{}": ("{}",), "a photo of a {}": ("a photo of a {}",), "seven": _SEVERAL}
    rows: list[list[object]] = []
    for way, prompts in ways.items():
        found = []
        for label, shows in bench.shows.items():
            text = unit(bench.embedder.embed_texts([prompt.format(label) for prompt in prompts]).mean(axis=0))
            found.append(average_precision(bench.rows @ text, shows))
        rows.append([way, float(np.mean(found))])
    show("Prompts: mAP", ["prompt", "mAP"], rows)


def _without(bench: Bench) -> None:
    ways: dict[str, Callable[[str, str], Query]] = {
        "A": lambda one, _: Query((Words(one),)),
        "the text A without B": lambda one, other: Query((Words(f"{one} without {other}"),)),
        "A − ¼ B": lambda one, other: Query((Words(one), Words(other, -0.25))),
        "A − ½ B": lambda one, other: Query((Words(one), Words(other, -0.5))),
        "A − B": lambda one, other: Query((Words(one), Words(other, -1.0))),
    }
    rows: list[list[object]] = []
    pairs = list(bench.pairs())
    for way, make in ways.items():
        found = [(bench.scores(make(one, other), bench.balanced), first, second) for one, other, first, second in pairs]
        precise = [average_precision(scores, first & ~second) for scores, first, second in found]
        still = [(first & second)[np.argsort(-scores)[:10]].sum() for scores, first, second in found]
        rows.append([way, float(np.mean(precise)), float(np.mean(still))])
    show(f"A without B: {len(pairs)} pairs", ["query", "mAP of A without B", "with B in the first 10"], rows)


def _feedback(bench: Bench) -> None:
    rows: dict[str, list[float]] = {"before": [], "more": [], "less": [], "both": []}
    for label, shows in bench.shows.items():
        query = Query((Words(label),))
        first = np.argsort(-bench.scores(query, bench.balanced))[:10]
        right, wrong = first[shows[first]][:2], first[~shows[first]][:2]
        left = np.setdiff1d(np.arange(len(shows)), [*right, *wrong])
        if not len(right) or not len(wrong) or not shows[left].any():
            continue
        more, less = ([bench.hashes[at] for at in places] for places in (right, wrong))
        for way in rows:
            asked = replace(
                query,
                more=tuple(more) if way in ("more", "both") else (),
                less=tuple(less) if way in ("less", "both") else (),
            )
            rows[way].append(average_precision(bench.scores(asked, bench.balanced)[left], shows[left]))
    means = {way: float(np.mean(found)) for way, found in rows.items()}
    targets = [Target("both − before", means["both"] - means["before"], 0.0)]
    title = f"Feedback: mAP of the pictures not shown as examples, {len(rows['before'])} labels"
    show(title, ["query", "mAP"], [[way, mean] for way, mean in means.items()], targets)


def _record(path: Path, digest: str) -> ImageRecord:
    with Image.open(path) as image:
        width, height = image.size
    return ImageRecord(
        id=record_id(path),
        path=str(path),
        name=path.name,
        content_hash=digest,
        size=path.stat().st_size,
        mtime_ns=path.stat().st_mtime_ns,
        width=width,
        height=height,
        format="JPEG",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.ranking", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gap", action="store_true", help="set pictures and texts apart as CLIP does")
    return parser.parse_args()


if __name__ == "__main__":
    main()
