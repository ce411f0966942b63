"""How fast pictures are indexed on a Ray cluster of this machine, beside one process on the same cores.

Two ways to index the same photographs (COCO128's, 640 × 480) with a ViT-B-16 of the true size (random weights), in turn
and round by round, each into an empty embedded index with thumbnails still to be made:

one   a job as the command line runs it, the model in the same process
ray   the same job on Ray, which has one actor here

What is timed begins when the model is there: a cluster takes 10 to 15 seconds to start, an actor some more.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import engines
from benchmarks.data import photographs
from benchmarks.models import MODEL_ID, full_size, stand_in
from benchmarks.table import Target, median, say, show
from core.embedding.embedder import Embedder
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.ingest.cluster.address import LOCAL
from core.ingest.journal.journal import Journal
from core.ingest.library import Library
from core.model import start_model
from core.sources.listed import write_list

OF_ONE = 0.85


def main() -> None:
    options = _options()
    with TemporaryDirectory(prefix="benchmark-") as name, _ray():
        folder = Path(name)
        files = photographs(folder / "photographs", options.images)
        cache_dir = (stand_in(folder) or full_size()) if options.small else full_size(options.model_dir)
        model: Future[Embedder] = Future()
        load = partial(start_model, MODEL_ID, cache_dir, None, True)
        model.set_result(load())
        ways: dict[str, Callable[[Sequence[Path]], float]] = {
            "one": lambda files: _timed(files, lambda: model, "", load),
            "ray": lambda files: _timed(files, lambda: model, LOCAL, load),
        }
        took = _measure(ways, files, options.rounds)
    ratios = [one / ray for one, ray in zip(took["one"], took["ray"], strict=True)]
    rows = [[name, len(files) * len(own) / sum(own), f"{min(own):.1f}–{max(own):.1f}"] for name, own in took.items()]
    which = "the stand-in model" if options.small else "ViT-B-16"
    title = f"Ingest on Ray: {which}, {len(files)} photographs of 640 × 480 a round, {options.rounds} rounds"
    show(title, ["way", "img/s", "seconds"], rows, [Target("ray / one (median)", median(ratios), OF_ONE)])


def _measure(
    ways: dict[str, Callable[[Sequence[Path]], float]], files: Sequence[Path], rounds: int
) -> dict[str, list[float]]:
    """Seconds of every round of each way; who goes first changes from round to round."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    order = list(ways)
    for number in range(rounds):
        for name in order:
            took[name].append(ways[name](files))
        told = (f"{name} {len(files) / own[-1]:.2f} img/s" for name, own in took.items())
        say(f"Round {number + 1}: {', '.join(told)}")
        order.reverse()
    return took


def _timed(
    files: Sequence[Path], load: Callable[[], Future[Embedder]], cluster: str, elsewhere: Callable[[], Embedder]
) -> float:
    with TemporaryDirectory(prefix="benchmark-") as name, engines.lance() as index:
        folder = Path(name)
        write_list(listed := folder / "files.list", [file.resolve() for file in files])
        with closing(_library(folder, index, load, cluster, elsewhere)) as library:
            job = library.jobs.wait(library.add([str(listed)], auto_start=True))
        if job.error:
            raise job.error
        assert job.counts.added == len(files), job.counts
    return job.working


def _library(
    folder: Path,
    index: Index,
    load: Callable[[], Future[Embedder]],
    cluster: str,
    elsewhere: Callable[[], Embedder],
) -> Library:
    return Library(
        index,
        Thumbnails(folder / "thumbnails"),
        Journal(str(folder / "jobs.db"), index.name),
        folder,
        load,
        lambda path: path.rpartition("/")[2],
        elsewhere=lambda: elsewhere,
        cluster=cluster,
    )


@contextmanager
def _ray() -> Iterator[None]:
    """A cluster for all rounds, with more logical cores than the machine has."""
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
    import ray

    how = {"num_cpus": 6, "object_store_memory": 100 << 20, "include_dashboard": False, "log_to_driver": False}
    with ThreadPoolExecutor(1) as thread:
        began = time.monotonic()
        thread.submit(partial(ray.init, LOCAL, **how)).result()
        say(f"Ray started in {time.monotonic() - began:.0f} s")
        yield
        thread.submit(ray.shutdown).result()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.on_ray", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=128, help="photographs a round (128)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.add_argument("--small", action="store_true", help="the small weights beside the project, where they are")
    parser.add_argument("--model-dir", type=Path, help="where the model is kept between runs (a temporary folder)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
