"""The command line beside rclip's, which people take instead: the same pictures, the same two networks, in turn.

index    1,000 photographs into an empty index; ours also makes thumbnails, describes, looks for copies, and keeps a
         verdict on each file. rclip cannot index without a search, so that is in its time
again    with nothing new
first    the first search in a new index: ours learns then what scores mean here
search   for one word, in the index that is there
beside   the same while the app runs on the same data folder, which then answers, and has done so before; rclip has
         nothing of the kind
memory   the same search, watched: the megabytes of all of its processes together, every five milliseconds
status   our own shortest command: what a start costs

rclip is installed into an environment of its own from the package registry, and kept in the temporary folder.
"""

import argparse
import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.browser import serve
from benchmarks.data import ORIGINALS, camera_photographs, numbered, photographs
from benchmarks.environments import python_with
from benchmarks.models import MODEL_ID, full_size, stand_in
from benchmarks.table import Target, median, say, show
from core.embedding.weights import WEIGHTS, weights_folder

RCLIP = "3.3.0"
SEARCH, BESIDE, AGAIN, INDEX, MEMORY = 1.0, 0.5, 1.0, 1.0, 2.0
_ROOT = Path(__file__).parents[1]
_MODEL = "ViT-B-32-256-datacomp_s34b_b86k"  # what rclip calls the folder of its own model
_WORD = "zebra"
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
_TICK = 0.005  # seconds
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"  # with it each start compiles anew what is imported


@dataclass(frozen=True, slots=True)
class Took:
    """What a command and its children took."""

    seconds: float
    cpu: float
    megabytes: float
    """The largest process at its peak; where a command was watched, all of its processes at theirs, what they share
    counted once."""


def _photographs(folder: Path, count: int) -> None:
    """Of about 640 × 480, each with bytes of its own."""
    originals = photographs(folder / "originals", min(count, ORIGINALS))
    for at in range(count):
        (folder / f"{at:06d}.jpg").write_bytes(numbered(at, originals[at % len(originals)].read_bytes()))
    shutil.rmtree(folder / "originals", ignore_errors=True)


SIZES: dict[str, tuple[str, Callable[[Path, int], object]]] = {
    "small": ("640 × 480", _photographs),
    "large": ("4000 × 3000", camera_photographs),
}

type Command = Callable[[Path], Took]
"""Runs on a folder of pictures."""


def main() -> None:
    options = _options()
    _adopt()
    rclip = python_with("rclip", RCLIP)
    with TemporaryDirectory(prefix="benchmark-") as folder:
        weights = (stand_in(Path(folder) / "models") if not options.full else None) or full_size()
        for size in options.sizes:
            pixels, make = SIZES[size]
            pictures = Path(folder) / size
            pictures.mkdir()
            _in_a_process(make, pictures, options.images)
            took = _measure(pictures, weights, rclip, Path(folder) / f"{size}-data", options.rounds)
            _report(took, f"{options.images:,} photographs of {pixels}")


def _in_a_process(make: Callable[[Path, int], object], folder: Path, count: int) -> None:
    """A command's peak of memory begins with that of the process that starts it, which this is to stay small for."""
    process = get_context("spawn").Process(target=make, args=(folder, count))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"The pictures could not be made in {folder}.")


def _measure(
    pictures: Path, weights: Path, rclip: Path | None, work: Path, rounds: int
) -> dict[tuple[str, str], list[Took]]:
    """Each command of each program, round by round; who goes first changes."""
    took: dict[tuple[str, str], list[Took]] = {}
    for path in pictures.rglob("*.*"):
        path.read_bytes()  # into the page cache
    for number in range(rounds):
        programs = {"ours": _ours(weights, work / f"ours-{number}")}
        if rclip:
            programs["rclip"] = _peers(rclip, weights, work / f"rclip-{number}")
        names = list(programs) if number % 2 == 0 else list(programs)[::-1]
        for what in ("index", "again", "first", "search", "memory", "status"):
            for name in names:
                if what in programs[name]:
                    took.setdefault((what, name), []).append(programs[name][what](pictures))
        with serve(_environment(weights, work / f"ours-{number}"), work / "log") as server:
            server.wait_for_model()
            programs["ours"]["search"](pictures)  # the app's own first: it may still be warming up
            took.setdefault(("beside", "ours"), []).append(programs["ours"]["search"](pictures))
        said = ", ".join(f"{what} {name} {own[-1].seconds:.2f} s" for (what, name), own in took.items())
        say(f"Round {number + 1}: {said}")
    return took


def _environment(weights: Path, data: Path) -> dict[str, str]:
    environment = {
        **os.environ,
        "IMAGE_SEARCH_DATA_DIR": str(data),
        "MODEL_CACHE_DIR": str(weights),
        "OFFLINE_MODE": "True",
    }
    for name in ("ELASTICSEARCH_URL", _UNCOMPILED):
        environment.pop(name, None)
    return environment


def _ours(weights: Path, data: Path) -> Mapping[str, Command]:
    environment = _environment(weights, data)

    def run(*arguments: str, watched: bool = False) -> Took:
        return _timed([sys.executable, "-m", "core", *arguments], _ROOT, environment, watched)

    return {
        "index": lambda pictures: run("ingest", str(pictures)),
        "again": lambda pictures: run("ingest", str(pictures)),
        "first": lambda _: run("search", _WORD, "-k", "5"),
        "search": lambda _: run("search", _WORD, "-k", "5"),
        "memory": lambda _: run("search", _WORD, "-k", "5", watched=True),
        "status": lambda _: run("status"),
    }


def _peers(python: Path, weights: Path, data: Path) -> Mapping[str, Command]:
    (data / _MODEL).mkdir(parents=True)
    for name in WEIGHTS:
        (data / _MODEL / name).symlink_to(weights_folder(MODEL_ID, weights) / name)
    vocabulary = "bpe_simple_vocab_16e6.txt.gz"
    (data / "tokenizer").mkdir()
    installed = next(Path(sys.prefix).glob(f"lib/python*/site-packages/clip/{vocabulary}"))
    shutil.copyfile(installed, data / "tokenizer" / vocabulary)
    environment = {**os.environ, "RCLIP_DATADIR": str(data)}
    environment.pop(_UNCOMPILED, None)
    driver = str(Path(__file__).with_name("rclip_driver.py"))

    def run(pictures: Path, *arguments: str, watched: bool = False) -> Took:
        return _timed([str(python), driver, *arguments, "-t", "5", _WORD], pictures, environment, watched)

    return {
        "index": run,
        "again": run,
        "search": lambda pictures: run(pictures, "-n"),
        "memory": lambda pictures: run(pictures, "-n", watched=True),
    }


def _timed(command: Sequence[str], folder: Path, environment: Mapping[str, str], watched: bool) -> Took:
    """Run a command to its end.

    Args:
        watched: Whether to look at the memory of all of its processes, which takes time of its own.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    started = time.perf_counter()
    others = _children(os.getpid())
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        with _watching(process.pid) if watched else nullcontext(list[float]()) as peak:
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        left = sum(map(_ended, _children(os.getpid()) - others))
        output.seek(0)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, output.read())
    return Took(seconds, usage.ru_utime + usage.ru_stime + left, max(peak, default=0.0) or _megabytes(usage))


def _adopt() -> None:
    """A command's own processes, which may outlive it by a moment, become children of this one: what they took counts.
    Linux alone has that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _children(process: int) -> set[int]:
    with suppress(OSError):
        return set(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))
    return set()


def _ended(process: int) -> float:
    """The processor time of a process that a command has left, when it has ended."""
    _, _, usage = os.wait4(process, 0)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def _watching(process: int) -> Iterator[list[float]]:
    """Megabytes of a process and all that it started, again and again."""
    taken: list[float] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(_TICK):
            taken.append(sum(map(_proportional, _family(process))))

    watching = threading.Thread(target=look)
    watching.start()
    yield taken
    done.set()
    watching.join()


def _family(process: int) -> Iterator[int]:
    yield process
    for child in _children(process):
        yield from _family(child)


def _proportional(process: int) -> float:
    """Megabytes that a process has, of what it shares with others its part."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _report(took: Mapping[tuple[str, str], Sequence[Took]], pictures: str) -> None:
    rows: list[list[object]] = []
    for (what, name), own in took.items():
        theirs = took.get(("search" if what == "beside" else what, "rclip"))
        ratio = _ratio(own, theirs) if name == "ours" and theirs else "–"
        rows.append(
            [
                what,
                name,
                median([one.seconds for one in own]),
                f"{min(one.seconds for one in own):.2f}–{max(one.seconds for one in own):.2f}",
                median([one.cpu for one in own]),
                median([one.megabytes for one in own]),
                ratio,
            ]
        )
    columns = ["command", "program", "s (median)", "s (from–to)", "core seconds", "MB", "× rclip"]
    versions = f"Python {sys.version.split()[0]}, onnxruntime {version('onnxruntime')}, rclip {RCLIP}"
    show(f"Beside rclip: {pictures}, {versions}", columns, rows, list(_targets(took)))


def _targets(took: Mapping[tuple[str, str], Sequence[Took]]) -> list[Target]:
    if ("index", "rclip") not in took:
        return []
    bounds = {"index": INDEX, "again": AGAIN, "search": SEARCH}
    targets = [
        Target(f"{what} / rclip", _ratio(took[what, "ours"], took[what, "rclip"]), bound, at_most=True)
        for what, bound in bounds.items()
    ]
    beside = _ratio(took["beside", "ours"], took["search", "rclip"])
    targets.append(Target("search while the app runs / rclip", beside, BESIDE, at_most=True))
    ours, theirs = ([one.megabytes for one in took["memory", name]] for name in ("ours", "rclip"))
    return [*targets, Target("memory of a search / rclip", median(ours) / median(theirs), MEMORY, at_most=True)]


def _ratio(own: Sequence[Took], theirs: Sequence[Took]) -> float:
    """The median of the ratios, round by round."""
    return median([one.seconds / other.seconds for one, other in zip(own, theirs, strict=True)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=1000, help="pictures a round (default: 1000)")
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), help="default: both")
    parser.add_argument("--full", action="store_true", help="ViT-B-16 of its true size, with random weights")
    return parser.parse_args()


if __name__ == "__main__":
    main()
