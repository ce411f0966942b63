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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import batched
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from benchmarks.collapse import chosen_embedder
from benchmarks.data import STAMP, embeddings, records
from benchmarks.different import COPIES, FURTHER, as_png, copy_of, different, drawn
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
from core.vectors import Embeddings

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


@dataclass(frozen=True, slots=True)
class Described:
    """Files as an ingest would have read them."""

    records: list[ImageRecord]
    rows: Embeddings
    thumbnails: list[bytes]


def described(files: Sequence[File], embedder: Embedder) -> Described:
    records, rows, thumbnails = list[ImageRecord](), list[Embeddings](), list[bytes]()
    for some in batched(files, 64):
        opened = [open_upright(data, name, max(SIDE, enough(embedder.crop[0]))) for name, data in some]
        rows.append(embedder.embed_images([one.image for one in opened]))
        for (name, data), one in zip(some, opened, strict=True):
            known = one.describe(content_hash(data), len(data), 0)
            fields = {field: getattr(known, field) for field in known.__dataclass_fields__}
            path = f"/pictures/{name}"
            records.append(ImageRecord(id=record_id(path), path=path, name=name, **fields))
            thumbnails.append(miniature(one.image))
    return Described(records, np.concatenate(rows), thumbnails)


class Corpus:
    """A collection in a folder of its own, on the embedded engine."""

    def __init__(self, folder: Path, stamp: ModelStamp) -> None:
        self.index: Index = open_index(Settings.load(data_dir=folder, elasticsearch_url=""))
        self.index.prepare(stamp)
        self.thumbnails = Thumbnails(folder / "thumbnails")
        self.kept = KeptAnalyses(folder / "analysis", self.index)

    def add(self, files: Described) -> None:
        self.index.upsert(files.records, files.rows)
        for record, thumbnail in zip(files.records, files.thumbnails, strict=True):
            self.thumbnails.keep(record.content_hash, thumbnail)

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
        _report_scale(options.scale, options.pictured)
        return
    with TemporaryDirectory(prefix="benchmark-") as folder:
        embedder = chosen_embedder(Path(folder))
        if embedder is None:
            say("Duplicates are left out: IMAGE_SEARCH_TEST_DATA has no weights, nor CLIP's in the model cache")
            return
        originals = dict(different(options.pictures))
        say(f"{len(originals):,} different pictures, {embedder.model_id}")
        stamp = ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing)
        known = described([(f"{name}.png", as_png(image)) for name, image in originals.items()], embedder)
        hashes = _phashes(originals)
        rows: list[list[object]] = []
        apart = _joined_apart(Corpus(Path(folder) / "apart", stamp), known)
        found: dict[str, float] = {}
        for kind in options.kinds or [*COPIES, *FURTHER]:
            copies = [
                (f"{name} {kind}", *copy_of(kind, image, seed)) for seed, (name, image) in enumerate(originals.items())
            ]
            files = [(f"{name}{suffix}", data) for name, suffix, data in copies]
            corpus = Corpus(Path(folder) / str(len(rows)), stamp)
            corpus.add(known)
            corpus.add(described(files, embedder))
            found[kind], wrong = _found(corpus.scan(), kind, len(originals))
            other = _near(files, hashes)
            rows.append([kind if kind in COPIES else f"further: {kind}", found[kind], other, wrong])
            say(f"{kind}: {found[kind]:.3f} (imagehash {other:.3f}), joined with another {wrong}")
        count = len(originals)
        close = _close(np.array(list(hashes.values())))
        rows.append([f"different pictures joined, of {count * (count - 1) // 2:,}", apart, close, ""])
        targets = [Target(kind, found[kind], least) for kind, least in PROMISED.items() if kind in found]
        targets.append(Target("different pictures joined", apart, 0, at_most=True))
        show("Copies that are found", ["copy", "scan", "imagehash.phash", "joined with another"], rows, targets)


def _found(catalog: Catalog, kind: str, count: int) -> tuple[float, int]:
    """The share of copies that join their original, and how many pictures join another one."""
    joined, wrong = 0, 0
    for names in _groups(catalog):
        roots = [name.removesuffix(".png").removesuffix(".jpg").removesuffix(f" {kind}") for name in names]
        joined += sum(roots.count(root) > 1 for root in set(roots))
        wrong += len(set(roots)) - 1
    return joined / count, wrong


def _near(files: Sequence[File], hashes: Mapping[str, np.ndarray]) -> float:
    """The share that imagehash takes for copies."""
    import imagehash

    others = [np.asarray(imagehash.phash(open_upright(data, name).image).hash).ravel() for name, data in files]
    near = [(other != own).sum() <= _PHASH_BITS for other, own in zip(others, hashes.values(), strict=True)]
    return float(np.mean(near))


def _joined_apart(corpus: Corpus, known: Described) -> int:
    corpus.add(known)
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


def _report_scale(count: int, pictured: int) -> None:
    """Records as a library has them, with embeddings whose neighbours lie as close as real ones and hashes of chance.

    Args:
        pictured: How many of them have a thumbnail, of a scene of its own: to draw one takes longer than to scan it.
    """
    with TemporaryDirectory(prefix="benchmark-") as folder:
        preparing = get_context("spawn").Process(target=_prepare, args=(Path(folder), count, pictured))
        preparing.start()  # in a process of its own: what it takes is no part of what is measured
        preparing.join()
        corpus = Corpus(Path(folder), STAMP)
        before, started, busy = _peak(), time.perf_counter(), time.process_time()
        phase = ""
        for far in Scan(corpus.index, corpus.kept, corpus.thumbnails).run():
            if far.phase != phase:
                phase = far.phase
                say(f"{phase} at {far.share:.2f} after {time.perf_counter() - started:.1f} s")
        seconds, processor = time.perf_counter() - started, time.process_time() - busy
        about = corpus.kept.of("duplicates").noted("about")
        say(f"recall of the neighbours {about['recall']:.4f}")
        targets = [Target("seconds", seconds, _SECONDS, True), Target("MB", _peak(), _MEGABYTES, True)]
        columns = ["records", "thumbnails", "seconds", "processor", "MB before", "MB most"]
        show("A scan", columns, [[count, pictured, seconds, processor, before, _peak()]], targets)


def _prepare(folder: Path, count: int, pictured: int) -> None:
    corpus = Corpus(folder, STAMP)
    rows, made, rng = embeddings(count), records(count), np.random.default_rng(1)
    for places in batched(range(count), 5_000):
        some = [replace(made[place], phash=rng.bytes(32).hex()) for place in places]
        corpus.index.upsert(some, rows[list(places)])
    for place in range(pictured):
        corpus.thumbnails.keep(made[place].content_hash, miniature(drawn(place)))


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
    parser.add_argument("--pictured", type=int, default=0, help="of these with a thumbnail (none)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
