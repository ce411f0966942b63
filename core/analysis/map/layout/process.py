"""The process that lays a map out: told a folder, it reads there what is to be laid out, tells how far it is, and
leaves the result there. Killed at any moment, the next one goes on from what it kept.

It is one of its own because what it imports takes a second and its work minutes, in which no page is to wait; and its
memory is given back when it ends.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

_PROJECT = Path(__file__).parents[4]
CHILD = "from core.analysis.map.layout.process import main; main()"
"""What the process runs."""

NEIGHBOURS, COSINES, BEGIN = "neighbours.npy", "cosines.npy", "begin.npy"
STEP, PLACES, LEVELS = "step.npz", "places.npy", "levels.npy"
"""Files of the folder: what it is given, how far it came, what it leaves."""

KEPT_EVERY = 10.0  # seconds
_TOLD_EVERY = 0.3
_NICENESS = 10  # pages, searches and the model go first


class ProcessEnded(Exception):
    """It has ended without a result."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is."""

    groups: bool
    """Whether the places are found, and clusters are looked for."""
    done: int
    total: int


def run(folder: Path, every: float = 0.4) -> Iterator[Step]:
    """Have it done in a process that ends with this generator; tells at least so often how far it is.

    Raises:
        ProcessEnded: it has ended without a result, as for want of memory.
    """
    said: SimpleQueue[Step | None] = SimpleQueue()
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-c", CHILD, str(folder)],
        cwd=_PROJECT,
        stdin=subprocess.PIPE,  # it ends where this one is closed
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1", "OMP_WAIT_POLICY": "PASSIVE"},
    )
    reader = threading.Thread(target=_listen, args=(process.stdout, said), name="map", daemon=True)
    reader.start()
    last = Step(False, 0, 0)
    try:
        while True:
            try:
                heard = said.get(timeout=every)
            except Empty:
                yield last
                continue
            if heard is None:
                break
            last = heard
            yield last
        if process.wait() != 0 or not (folder / LEVELS).exists():
            raise ProcessEnded
    finally:
        process.kill()
        process.wait()
        reader.join()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()


def results(folder: Path) -> tuple[Any, Any]:
    """The places, and the groups at each level: shapes `(c, 2)` and `(levels, c)`."""
    return np.load(folder / PLACES), np.load(folder / LEVELS)


def done_share(folder: Path, total: int) -> int:
    """How much of so many counts as done by what was kept."""
    from core.analysis.map.layout.laying import STEPS

    with suppress(OSError, ValueError, KeyError, EOFError), np.load(folder / STEP) as kept:
        return int(total * int(kept["step"]) / STEPS)
    return 0


def _listen(lines: Any, said: "SimpleQueue[Step | None]") -> None:
    with suppress(OSError, ValueError):  # closed meanwhile
        for line in lines:
            with suppress(ValueError, TypeError):  # what a library prints
                said.put(Step(*json.loads(line)))
    said.put(None)


def main() -> None:
    """What the process runs."""
    folder = Path(sys.argv[1])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    out, sys.stdout = sys.stdout, sys.stderr

    def tell(groups: bool, done: int, total: int) -> None:
        out.write(json.dumps([groups, done, total]) + "\n")
        out.flush()

    work(folder, tell)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def work(folder: Path, tell: Callable[[bool, int, int], None], threads: int | None = None) -> None:
    """
    Args:
        tell: Called with whether clusters are looked for already, how far it is, and how far it goes.
    """
    from core.analysis.map.layout import coarse, grouping, laying

    neighbours = np.load(folder / NEIGHBOURS)
    tell(False, 0, laying.STEPS)
    chosen, near = None, neighbours
    if len(neighbours) > coarse.LARGEST:
        chosen, near = coarse.some(neighbours, coarse.LARGEST)
    forces = laying.attraction(near)
    places, step = _kept(folder, chosen)
    kept_at = told_at = time.monotonic()

    def report(done: int, now: laying.Places) -> None:
        nonlocal kept_at, told_at
        moment = time.monotonic()
        if moment - told_at > _TOLD_EVERY:
            told_at = moment
            tell(False, done, laying.STEPS)
        if moment - kept_at > KEPT_EVERY:
            kept_at = moment
            _write(folder / STEP, lambda file: np.savez(file, places=now, step=done))

    places = laying.lay_out(forces, places, step, report, threads or os.cpu_count() or 1)
    if chosen is not None:
        places = _with_others(places, chosen, neighbours, np.load(folder / COSINES))
    places = laying.fitted(places)
    _write(folder / PLACES, lambda file: np.save(file, places))
    tell(True, 0, 1)
    levels = [grouping.surrounded(labels, neighbours) for labels in grouping.grouped(places)]
    found = np.array(grouping.nested(levels), np.int32).reshape(len(levels), len(places))
    _write(folder / LEVELS, lambda file: np.save(file, found))
    tell(True, 1, 1)


def _with_others(places: Any, chosen: Any, neighbours: Any, cosines: Any) -> Any:
    """The places of all, by those of some."""
    from core.analysis.map.layout.placing import placed

    every, known = np.zeros((len(neighbours), 2)), np.zeros(len(neighbours), np.bool_)
    every[chosen], known[chosen] = places, True
    return placed(every, known, neighbours, cosines)


def _kept(folder: Path, chosen: Any) -> tuple[Any, int]:
    """The places after so many steps: of all, or of those that are chosen."""
    begin = np.load(folder / BEGIN)
    begin = begin if chosen is None else begin[chosen]
    with suppress(OSError, ValueError, KeyError, EOFError), np.load(folder / STEP) as kept:
        if kept["places"].shape == begin.shape:
            return kept["places"], int(kept["step"])
    return begin, 0


def _write(path: Path, save: Callable[[Any], None]) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        save(file)
    part.replace(path)
