"""Whether copies are found, and different pictures told apart: the scan for duplicates beside imagehash.

    python -m benchmarks.duplicates                 1,000 different pictures, and 14 kinds of copies of each
    python -m benchmarks.duplicates --pictures 128  fewer
    python -m benchmarks.duplicates --scale 100000  how long a scan of so many records takes, and its memory

Every picture is written, read, described and embedded as an ingest would; the originals and the copies of one kind are
one collection, which is scanned. A copy is found where the scan puts it into one group "same picture" with its
original. imagehash is told by the distance of `phash`, 10 of 64 bits and fewer, as it is used everywhere.
"""

import argparse
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from benchmarks.collapse import chosen_embedder
from benchmarks.data import embeddings, records
from benchmarks.different import COPIES, FURTHER, as_png, copy_of, different
from benchmarks.table import Target, say, show
from core.analysis.duplicates.groups.catalog import Catalog
from core.analysis.duplicates.model import Level
from core.analysis.duplicates.scan import facts, pairs
from core.analysis.duplicates.scan.scan import Scan
from core.analysis.kept import KeptAnalyses
from core.config import Settings
from core.embedding.crop import enough
from core.embedding.embedder import Embedder
from core.images.describe import content_hash
from core.images.reading.reader import open_upright
from core.images.thumbnails import SIDE, Thumbnails, miniature
from core.index.factory import open_index
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord, record_id

PROMISED = {
    **dict.fromkeys(
        (
            "half the size",
            "JPEG, quality 50",
            "28 % brighter",
            "mirrored",
            "border",
            "turned by 90°",
            "cropped to 90 %",
        ),
        0.98,
    ),
    **dict.fromkeys(("screenshot", "cropped to 80 %"), 0.90),
}
"""The share of the copies of each kind that is found, at least."""

_PHASH_BITS = 10
_SECONDS, _MEGABYTES = 180, 1_000

type File = tuple[str, bytes]


class Corpus:
    """A collection in a folder of its own, on the embedded engine."""

    def __init__(self, folder: Path, embedder: Embedder | None) -> None:
        self.folder, self._embedder = folder, embedder
        settings = Settings.load(data_dir=folder, elasticsearch_url="")
        self.index: Index = open_index(settings)
        self.thumbnails = Thumbnails(folder / "thumbnails")
        self.kept = KeptAnalyses(folder / "analysis", self.index)

    def add(self, files: Sequence[File]) -> None:
        assert self._embedder
        stamp = ModelStamp(self._embedder.model_id, self._embedder.dims, self._embedder.preprocessing)
        self.index.prepare(stamp)
        for some in batched(files, 64):
            opened = [open_upright(data, name, max(SIDE, enough(self._embedder.crop[0]))) for name, data in some]
            rows = self._embedder.embed_images([one.image for one in opened])
            found = []
            for (name, data), one in zip(some, opened, strict=True):
                described = one.describe(content_hash(data), len(data), 0)
                fields = {field: getattr(described, field) for field in described.__dataclass_fields__}
                path = f"/pictures/{name}"
                found.append(ImageRecord(id=record_id(path), path=path, name=name, **fields))
                self.thumbnails.keep(described.content_hash, miniature(one.image))
            self.index.upsert(found, rows)

    def scan(self) -> Catalog:
        for _ in Scan(self.index, self.kept, self.thumbnails).run():
            pass
        kept = self.kept.of("duplicates")
        found, own, about = facts.load(kept), pairs.load(kept), kept.noted("about")
        assert found
        assert own
        return Catalog(found, own, about["threshold"])


def main() -> None:
    options = _options()
    if options.scale:
        _report_scale(options.scale)
        return
    with TemporaryDirectory(prefix="benchmark-") as folder:
        embedder = chosen_embedder(Path(folder))
        if embedder is None:
            say("Duplicates are left out: IMAGE_SEARCH_TEST_DATA has no weights, nor CLIP's in the model cache")
            return
        originals = dict(different(options.pictures))
        say(f"{len(originals):,} different pictures, {embedder.model_id}")
        files = [(f"{name}.png", as_png(image)) for name, image in originals.items()]
        hashes = _phashes(originals)
        rows: list[list[object]] = []
        apart = _joined_apart(Path(folder) / "apart", embedder, files, originals)
        kinds = options.kinds or [*COPIES, *FURTHER]
        found: dict[str, float] = {}
        for kind in kinds:
            share, wrong, other = _found(Path(folder) / str(len(rows)), kind, embedder, files, originals, hashes)
            found[kind] = share
            rows.append([kind if kind in COPIES else f"further: {kind}", share, other, wrong])
            say(f"{kind}: {share:.3f} (imagehash {other:.3f}), joined with another {wrong}")
        count = len(originals)
        close = _close(np.array(list(hashes.values())))
        rows.append([f"different pictures joined, of {count * (count - 1) // 2:,}", apart, close, ""])
        targets = [Target(kind, found[kind], least) for kind, least in PROMISED.items() if kind in found]
        targets.append(Target("different pictures joined", apart, 0, at_most=True))
        show("Copies that are found", ["copy", "scan", "imagehash.phash", "joined with another"], rows, targets)


def _found(
    folder: Path,
    kind: str,
    embedder: Embedder,
    files: Sequence[File],
    originals: Mapping[str, Image.Image],
    hashes: Mapping[str, np.ndarray],
) -> tuple[float, int, float]:
    """The share of copies that join their original, how many different pictures join, and imagehash's share."""
    import imagehash

    corpus, copies, near = Corpus(folder, embedder), list[File](), 0
    for seed, (name, image) in enumerate(originals.items()):
        suffix, data = copy_of(kind, image, seed)
        copies.append((f"{name} {kind}{suffix}", data))
        other = np.asarray(imagehash.phash(open_upright(data, name).image).hash).ravel()
        near += int((other != hashes[name]).sum() <= _PHASH_BITS)
    corpus.add(files)
    corpus.add(copies)
    catalog = corpus.scan()
    groups = _groups(catalog)
    joined, wrong = 0, 0
    for names in groups:
        roots = [name.removesuffix(".png").removesuffix(".jpg").removesuffix(f" {kind}") for name in names]
        joined += sum(roots.count(root) > 1 for root in set(roots))
        wrong += len(set(roots)) - 1
    return joined / len(originals), wrong, near / len(originals)


def _joined_apart(folder: Path, embedder: Embedder, files: Sequence[File], originals: Mapping[str, Image.Image]) -> int:
    corpus = Corpus(folder, embedder)
    corpus.add(files)
    groups = _groups(corpus.scan())
    for names in groups:
        say(f"joined: {', '.join(names)}")
    return sum(len(names) * (len(names) - 1) // 2 for names in groups)


def _groups(catalog: Catalog) -> list[list[str]]:
    """The names of those that are one picture."""
    return [
        [catalog.facts.path(record).rpartition("/")[2] for record in group.records]
        for level in (Level.SAME_BYTES, Level.SAME_PICTURE)
        for group in catalog.groups(level)
    ]


def _phashes(originals: Mapping[str, Image.Image]) -> dict[str, np.ndarray]:
    import imagehash

    return {name: np.asarray(imagehash.phash(image).hash).ravel() for name, image in originals.items()}


def _close(hashes: np.ndarray) -> int:
    differing = (hashes[:, None] != hashes[None]).sum(axis=2)
    return int((np.triu(differing <= _PHASH_BITS, 1)).sum())


def _report_scale(count: int) -> None:
    """Records as a library has them, with embeddings whose neighbours lie as close as real ones, hashes of chance and
    thumbnails of drawn scenes."""
    with TemporaryDirectory(prefix="benchmark-") as folder:
        corpus = Corpus(Path(folder), None)
        corpus.index.prepare(ModelStamp("clip/ViT-B-16", 512))
        rows, made, rng = embeddings(count), records(count), np.random.default_rng(1)
        from dataclasses import replace

        for places in batched(range(count), 5_000):
            some = [replace(made[place], phash=rng.bytes(32).hex()) for place in places]
            corpus.index.upsert(some, rows[list(places)])
        del rows
        for record in made if _has_thumbnails() else ():
            corpus.thumbnails.keep(record.content_hash, _thumbnail(int(record.content_hash[:8], 16)))
        before, started, busy = _peak(), time.perf_counter(), time.process_time()
        for far in Scan(corpus.index, corpus.kept, corpus.thumbnails).run():
            _follow(far.share, far.phase)
        seconds, processor = time.perf_counter() - started, time.process_time() - busy
        about = corpus.kept.of("duplicates").noted("about")
        say(f"recall of the neighbours {about['recall']:.4f}")
        targets = [Target("seconds", seconds, _SECONDS, True), Target("MB", _peak(), _MEGABYTES, True)]
        columns = ["records", "seconds", "processor", "MB before", "MB most"]
        show("A scan", columns, [[count, seconds, processor, before, _peak()]], targets)


_told: dict[str, float] = {}


def _follow(share: float, phase: str) -> None:
    if phase not in _told:
        _told[phase] = time.perf_counter()
        say(f"{phase} from {share:.2f}")


def _has_thumbnails() -> bool:
    return True


def _thumbnail(seed: int) -> bytes:
    return _thumbnails()[seed % len(_thumbnails())]


def _thumbnails() -> list[bytes]:
    return []


def _peak() -> float:
    """Megabytes, the most that the process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.duplicates", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=1000, help="different ones (1,000)")
    parser.add_argument("--kinds", action="append", help="of copies: only these")
    parser.add_argument("--scale", type=int, help="measure the time of a scan of so many records")
    return parser.parse_args()


def _each(files: Sequence[File]) -> Iterator[File]:
    yield from files


if __name__ == "__main__":
    main()
