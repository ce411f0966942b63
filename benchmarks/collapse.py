"""Whether copies of a picture are shown as one with it, and different pictures are not.

Copies are made of the pictures of COCO128 and indexed as any file would be: decoded, described, embedded. A copy joins
where `group_duplicates` shows it and its original as one, from the cosine on that the originals teach. The model is the
one in IMAGE_SEARCH_MODEL; where CLIP's weights are not in the model cache, the small ones beside the project stand in.

hash      Collapse.IMAGE: the perceptual hashes alone
cosine    Collapse.ALIKE of records without a hash: the embeddings alone
both      Collapse.ALIKE: the default
narrowed  the same with all embeddings moved together, as CLIP's are, until unlike pictures have a cosine of about 0.5

The constants were chosen on every second picture, by name; the targets are of the others. `further` copies are beyond
what is promised, and so are pages of text: models that cannot read take them all for one.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from benchmarks.data import WORDS, photographs
from benchmarks.models import MODEL_ID, stand_in
from benchmarks.table import Target, median, say, show
from core.config import Settings
from core.embedding.clip import ClipEmbedder
from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.embedding.starter import StarterEmbedder
from core.embedding.weights import present_weights
from core.images.describe import content_hash
from core.images.reading.content import read_bytes
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE
from core.index.records import Hit, ImageRecord, record_id
from core.models import STARTER
from core.search.options import Collapse
from core.search.ranking.collapse import group_duplicates
from core.search.relevance.scores import learn_duplicate_threshold
from core.sources.samples import sample_pictures
from core.vectors import Embeddings, unit

JOINED = 0.95
"""Of the made copies of each kind, at least."""

WRONGLY_JOINED = 0.01
"""Of different pictures, at most."""

MILLISECONDS = {200: 2, 1_000: 30, 10_000: 1_000}
"""What so many hits may take."""

_TEXT = "text, without a target"
_PAGES = 20
_SAME_SCENE = "motorcycle_right.png"  # what motorcycle_left.png shows, for the other eye

type Edit = Callable[[Image.Image], Image.Image]

COPIES: dict[str, Edit] = {
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS),
    "JPEG, quality 50": lambda image: image,
    "cropped to 90 %": lambda image: _cropped(image, 0.9, 0.5),
    "mirrored": ImageOps.mirror,
    "28 % brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.28),
    "28 % darker": lambda image: ImageEnhance.Brightness(image).enhance(0.72),
}
FURTHER: dict[str, Edit] = {
    "mirrored and cropped": lambda image: ImageOps.mirror(_cropped(image, 0.9, 0.5)),
    "cropped to 90 %, a corner": lambda image: _cropped(image, 0.9, 0.0),
    "cropped to 80 %": lambda image: _cropped(image, 0.8, 0.5),
    "a fifth of the size": lambda image: image.resize((image.width // 5, image.height // 5), Image.Resampling.LANCZOS),
    "grey": lambda image: image.convert("L").convert("RGB"),
}
_QUALITY = {"JPEG, quality 50": 50}


def _rows(hits: Sequence[Hit]) -> Embeddings:
    return np.stack([hit.embedding for hit in hits if hit.embedding is not None])


def _without_hashes(hits: Sequence[Hit]) -> list[Hit]:
    return [replace(hit, record=replace(hit.record, phash="")) for hit in hits]


def _narrowed(hits: Sequence[Hit]) -> list[Hit]:
    rows = unit(np.pad(_rows(hits), ((0, 0), (0, 1)), constant_values=1.0))
    return [replace(hit, embedding=row) for hit, row in zip(hits, rows, strict=True)]


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the ways to tell copies."""

    collapse: Collapse
    duplicate_threshold: float = 1.0
    seen: Callable[[Sequence[Hit]], list[Hit]] = list
    """The hits as this rule gets them."""

    def share(self, originals: Sequence[Hit], copies: Sequence[Hit]) -> float:
        """Of the copies that join their originals."""
        pairs = zip(self.seen(originals), self.seen(copies), strict=True)
        return float(
            np.mean([len(group_duplicates(pair, self.collapse, self.duplicate_threshold)) == 1 for pair in pairs])
        )

    def joined(self, hits: Sequence[Hit]) -> list[tuple[str, str]]:
        """The names of all pairs that are taken for one."""
        seen = self.seen(hits)
        return [
            (one.record.name, other.record.name)
            for at, one in enumerate(seen)
            for other in seen[at + 1 :]
            if len(group_duplicates((one, other), self.collapse, self.duplicate_threshold)) == 1
        ]


def main() -> None:
    options = _options()
    with TemporaryDirectory(prefix="benchmark-") as folder:
        files = photographs(Path(folder) / "made", options.pictures)
        embedder = chosen_embedder(Path(folder))
        if embedder is None:
            say("Collapse is left out: IMAGE_SEARCH_TEST_DATA has no weights, nor CLIP's in the model cache")
            return
        images = [Image.open(file).convert("RGB") for file in files]
        originals = _indexed(embedder, [(file.name, read_bytes(file)) for file in files])
        rules = _rules(originals)
        say(f"{embedder.model_id}: alike from a cosine of {rules['both'].duplicate_threshold:.3f} on")
        shares = {}
        for kind, edit in (COPIES | FURTHER).items():
            data = [
                (f"{kind} {file.name}", _copy(kind, edit(image))) for file, image in zip(files, images, strict=True)
            ]
            shares[kind] = _shares(rules, originals, _indexed(embedder, data))
            say(f"{kind}: {shares[kind]['both']:.2f}")
        _report_copies(shares)
        samples = [path for path in sample_pictures() if path.name != _SAME_SCENE]
        sets = {
            "COCO128, half that is reported": originals[1::2],
            "COCO128": originals,
            "scikit-image's": _indexed(embedder, [(path.name, read_bytes(path)) for path in samples]),
        }
        pages = _indexed(embedder, [(f"page {seed}", _page(seed)) for seed in range(_PAGES)])
        _report_different(rules, sets | {_TEXT: pages})
    _report_time()


def chosen_embedder(folder: Path) -> Embedder | None:
    """Of the model in the settings, or of the weights that stand in for it; None where there are neither."""
    settings = Settings.load()
    if settings.model_id == STARTER:
        return StarterEmbedder.load()
    if present_weights(settings.model_id, settings.model_cache_dir):
        return ClipEmbedder.load(settings.model_id, settings.model_cache_dir)
    weights = stand_in(folder)
    return ClipEmbedder.load(MODEL_ID, weights) if weights else None


def _indexed(embedder: Embedder, files: Sequence[tuple[str, bytes]]) -> list[Hit]:
    """The records and embeddings that names and bytes come to, as hits."""
    opened = [open_upright(data, name, max(SIDE, enough(embedder.crop[0]))) for name, data in files]
    rows = embedder.embed_images([one.image for one in opened])
    hits = []
    for (name, data), one, row in zip(files, opened, rows, strict=True):
        description = one.describe(content_hash(data), len(data), 0)
        fields = {field: getattr(description, field) for field in description.__dataclass_fields__}
        hits.append(Hit(ImageRecord(id=record_id(name), path=name, name=name, **fields), 1.0, row))
    return hits


def _copy(kind: str, image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY.get(kind, 90))
    return buffer.getvalue()


def _page(seed: int) -> bytes:
    """Paragraphs of chance, as a scanner would see them."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (1240, 1754), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(26)
    for top in range(140, 1600, 36):
        words = rng.choice(WORDS, 14 if rng.random() < 0.8 else rng.integers(0, 9))
        draw.text((140, top), " ".join(words)[:80], "black", font)
    return _copy(_TEXT, image)


def _cropped(image: Image.Image, share: float, place: float) -> Image.Image:
    """So much of both sides; place 0 is the upper left corner, 0.5 the centre."""
    width, height = round(image.width * share), round(image.height * share)
    left, top = round((image.width - width) * place), round((image.height - height) * place)
    return image.crop((left, top, left + width, top + height))


def _rules(collection: Sequence[Hit]) -> dict[str, Rule]:
    duplicate_threshold, narrowed = (
        learn_duplicate_threshold(_rows(hits)) for hits in (collection, _narrowed(collection))
    )
    return {
        "hash": Rule(Collapse.IMAGE),
        "cosine": Rule(Collapse.ALIKE, duplicate_threshold, _without_hashes),
        "both": Rule(Collapse.ALIKE, duplicate_threshold),
        "narrowed": Rule(Collapse.ALIKE, narrowed, _narrowed),
    }


def _shares(rules: Mapping[str, Rule], originals: Sequence[Hit], copies: Sequence[Hit]) -> dict[str, float]:
    """By each rule, of the half that is reported; and by both of the half that the constants were chosen on."""
    reported = {name: rule.share(originals[1::2], copies[1::2]) for name, rule in rules.items()}
    return reported | {"both, other half": rules["both"].share(originals[::2], copies[::2])}


def _report_copies(shares: Mapping[str, Mapping[str, float]]) -> None:
    columns = list(next(iter(shares.values())))
    rows = [[kind if kind in COPIES else f"further: {kind}", *by_rule.values()] for kind, by_rule in shares.items()]
    targets = [
        Target(f"worst kind, {rule}", min(shares[kind][rule] for kind in COPIES), JOINED)
        for rule in ("both", "narrowed")
    ]
    show("Made copies that join their original", ["copy", *columns], rows, targets)


def _report_different(rules: Mapping[str, Rule], sets: Mapping[str, Sequence[Hit]]) -> None:
    rows: list[list[object]] = []
    targets = []
    for name, hits in sets.items():
        pairs = len(hits) * (len(hits) - 1) // 2
        for rule_name, rule in rules.items():
            joined = rule.joined(hits)
            share = len({one for pair in joined for one in pair}) / len(hits)
            rows.append([name, rule_name, len(hits), pairs, len(joined), share])
            if rule_name in ("both", "narrowed") and name != _TEXT:
                targets.append(Target(f"{name}, {rule_name}", share, WRONGLY_JOINED, at_most=True))
            for pair in joined if name != _TEXT else ():
                say(f"{name}, {rule_name}: joined {' and '.join(pair)}")
    columns = ["pictures of", "rule", "pictures", "pairs", "pairs joined", "share of pictures"]
    show("Different pictures that are joined", columns, rows, targets)


def _report_time() -> None:
    """Of hits that have nothing to do with one another: the most there can be to compare."""
    rng = np.random.default_rng(0)
    most = max(MILLISECONDS)
    rows = unit(rng.normal(size=(most, 512)))
    hits = [_made(at, row, rng.bytes(32).hex()) for at, row in enumerate(rows)]
    taken = {}
    for count in MILLISECONDS:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            group_duplicates(hits[:count], Collapse.ALIKE, 0.95)
            times.append((time.perf_counter() - started) * 1000)
        taken[count] = times
    show(
        "Time to collapse",
        ["hits", "p50 ms", "least ms"],
        [[count, median(times), min(times)] for count, times in taken.items()],
        [Target(f"{n:,} hits", median(taken[n]), bound, True, " ms") for n, bound in MILLISECONDS.items()],
    )


def _made(at: int, row: Embeddings, phash: str) -> Hit:
    name = f"{at}.jpg"
    record = ImageRecord(
        id=record_id(name), path=name, name=name, content_hash=content_hash(name.encode()),
        size=1, mtime_ns=1, width=4, height=3, format="JPEG", phash=phash,
    )  # fmt: skip
    return Hit(record, 1.0, row)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.collapse", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=128, help="of COCO128 that copies are made of (128)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
