"""What became of the requests of `benchmarks.users`, and of the memory of the processes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.table import Target, percentile, say, show

KINDS = ("search", "browse", "thumbnail", "tag", "export", "download")
SLOWER = 3.0
"""How many times as long as alone the median may take."""
GROWTH = 1.1
"""Of the memory of a process that lives all the while, in the last third against the second."""


@dataclass(frozen=True, slots=True)
class Request:
    began: float
    """Seconds since the epoch."""
    kind: str
    milliseconds: float
    failed: str
    """What went wrong; else empty."""

    @property
    def ended(self) -> float:
        return self.began + self.milliseconds / 1000


@dataclass(frozen=True, slots=True)
class Lost:
    """A process that was ended; seconds since the epoch."""

    began: float
    gone: float
    back: float = 0.0
    """Where nobody else does meanwhile what it is for."""


@dataclass
class Seen:
    """What was done to the processes, and how large they were."""

    lost: list[Lost] = field(default_factory=list)
    memory: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    """Megabytes by process, and when, in seconds from the beginning."""


def report(title: str, alone: Sequence[Request], asked: Sequence[Request], seen: Seen) -> None:
    rows: list[list[object]] = []
    targets: list[Target] = []
    others = 0
    for kind in KINDS:
        own = [one for one in asked if one.kind == kind]
        first = [one.milliseconds for one in alone if one.kind == kind and not one.failed]
        times = [one.milliseconds for one in own if not one.failed]
        kept = [_when(one, seen) for one in own if one.failed]
        others += kept.count("errors")
        counts = [kept.count(name) for name in ("in flight", "meanwhile", "errors")]
        shown = [percentile(several, at) for several in (first, times) for at in (50, 95)]
        rows.append([kind, len(own), *counts, *shown])
        if kind == "search":
            targets.append(Target("search, p50 × alone", shown[2] / shown[0], SLOWER, at_most=True))
    columns = ("request", "how many", "in flight", "meanwhile", "errors", "alone p50", "p95", "p50", "p95")
    targets += [
        Target("errors", others, 0, at_most=True),
        Target("memory of app 2", _growth(seen), GROWTH, at_most=True),
    ]
    show(title, columns, rows, targets)
    for text in sorted({one.failed for one in asked if one.failed}):
        failed = [one for one in asked if one.failed == text]
        where = ", ".join(sorted({f"{one.kind}, {_when(one, seen)}" for one in failed}))
        say(f"{len(failed)} × {text} after {failed[0].began - asked[0].began:.0f} s ({where})")
    _report_memory(seen)


def _when(request: Request, seen: Seen) -> str:
    for one in seen.lost:
        if request.began <= one.gone and one.began <= request.ended:
            return "in flight"
        if one.began <= request.began <= one.back:
            return "meanwhile"
    return "errors"


def _growth(seen: Seen) -> float:
    """Of the process that is left alone."""
    sizes = [size["app 2"] for _, size in seen.memory if "app 2" in size]
    third = len(sizes) // 3
    if not third:
        return float("nan")
    return percentile(sizes[-third:], 50) / percentile(sizes[third : 2 * third], 50)


def _report_memory(seen: Seen) -> None:
    names = sorted({name for _, sizes in seen.memory for name in sizes})
    step = max(1, len(seen.memory) // 8)
    rows = [[f"{at:.0f} s", *(sizes.get(name, float("nan")) for name in names)] for at, sizes in seen.memory[::step]]
    show("Resident memory, MB", ("after", *names), rows)
