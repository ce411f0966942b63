"""What the pipeline gains by doing things at the same time.

The same files go through the same stages (find, read, hash, decode, describe, thumbnail, embed, store) with a model
that takes no time: once in the pipeline, once one file after the other on one thread. In turn, round by round.
"""

import argparse
import time
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.data import camera_photographs, photographs
from benchmarks.memory import InstantEmbedder
from benchmarks.table import Target, median, say, show
from core.embedding.embedder import Embedder
from core.images.thumbnails import Thumbnails
from core.index.index import ModelStamp
from core.index.lance.engine import LanceIndex
from core.ingest.foreground import ingest
from core.ingest.journal.job import TO_READ
from core.ingest.journal.journal import Journal
from core.ingest.pipeline.embed import Embed, Round
from core.ingest.pipeline.plan import plan
from core.ingest.pipeline.prepare import Prepare
from core.ingest.pipeline.store import Store
from core.sources.factory import open_source
from core.sources.listed import write_list

GAIN = 1.7
ROUND = 32
"""Files stored together where all is done in turn."""


def main() -> None:
    options = _options()
    rows, targets = [], []
    with TemporaryDirectory(prefix="benchmark-") as folder:
        sets = {
            "640 × 480": photographs(Path(folder).resolve() / "small", options.images),
            "4000 × 3000": camera_photographs(Path(folder).resolve() / "large", options.images),
        }
        for pixels, files in sets.items():
            listed = Path(folder) / "files.list"
            write_list(listed, [file.resolve() for file in files])
            for file in files:
                file.read_bytes()  # into the page cache
            took: dict[str, list[float]] = {"in turn": [], "pipeline": []}
            for number in range(options.rounds):
                took["in turn"].append(_in_turn(listed, len(files)))
                took["pipeline"].append(_pipeline(listed, len(files)))
                say(f"Round {number + 1}, {pixels}: {took['in turn'][-1]:.2f} s and {took['pipeline'][-1]:.2f} s")
            gains = [slow / fast for slow, fast in zip(*took.values(), strict=True)]
            rows.append([pixels, *(len(files) / median(one) for one in took.values()), median(gains)])
            targets.append(Target(f"gain at {pixels}", median(gains), GAIN))
    show(
        "Overlap, with a model that takes no time",
        ["pictures", "in turn, img/s", "pipeline, img/s", "gain"],
        rows,
        targets,
    )


def _in_turn(listed: Path, count: int) -> float:
    embedder = InstantEmbedder()
    with TemporaryDirectory(prefix="benchmark-") as data:
        index, thumbnails = LanceIndex(Path(data) / "index", "images"), Thumbnails(Path(data) / "thumbnails")
        started = time.perf_counter()
        journal, sources = Journal("sqlite://", "images"), [open_source(str(listed), lists=listed.parent)]
        job_id = journal.create("", [str(listed)])
        for _ in plan(sources, index, journal.files(job_id)):
            pass
        index.prepare(ModelStamp(embedder.model_id, embedder.dims, embedder.preprocessing))
        prepare = Prepare(sources, embedder, thumbnails, lambda path: path)
        embed = Embed(index, embedder)
        store = Store(journal.files(job_id), index, thumbnails, lambda path: False)
        for chunk in journal.files(job_id).planned(TO_READ):
            for start in range(0, len(chunk), ROUND):
                one = Round([], {})
                for file in chunk[start : start + ROUND]:
                    one.add(file, prepare(file))
                store.round(embed(one))
        index.optimize()
        seconds = time.perf_counter() - started
        assert index.count() == count
    return seconds


def _pipeline(listed: Path, count: int) -> float:
    model: Future[Embedder] = Future()
    model.set_result(InstantEmbedder())
    with TemporaryDirectory(prefix="benchmark-") as data:
        index, thumbnails = LanceIndex(Path(data) / "index", "images"), Thumbnails(Path(data) / "thumbnails")
        started = time.perf_counter()
        for _ in ingest([listed], index=index, load=lambda: model, thumbnails=thumbnails, lists=listed.parent):
            pass
        seconds = time.perf_counter() - started
        assert index.count() == count
    return seconds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.overlap", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=128, help="photographs a round (128)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
