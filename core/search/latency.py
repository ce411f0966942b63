"""How long recent searches took, as a whole and by part: kept in memory, and gone with the process."""

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.search.results import Timings

KEPT = 1_000
"""Searches."""

PARTS = ("whole", "embedding", "index", "ranking")


class Percentiles(NamedTuple):
    """Of one part, in seconds."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Of recent searches. Those that were answered from memory count as a whole only."""

    count: int
    """Searches."""
    remembered: int
    """Of these, such as were answered from memory: the same search again, another page of it."""
    since: float | None
    """When the first of them was, in seconds since the epoch."""
    parts: Mapping[str, Percentiles]
    """By the names in `PARTS`; empty where there were none."""


class Latencies:
    """Safe to share between threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._searches: deque[tuple[float, float, Timings | None]] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def note(self, seconds: float, timings: Timings) -> None:
        """A search was answered.

        Args:
            seconds: As a whole.
            timings: Of its parts, as they were when they were last done.
        """
        with self._lock:
            self._searches.append((time.time(), seconds, timings if seconds >= timings.total else None))

    def recent(self) -> Latency:
        with self._lock:
            searches = list(self._searches)
        done = [timings for *_, timings in searches if timings]
        values: dict[str, Sequence[float]] = {
            "whole": [seconds for _, seconds, _ in searches],
            "embedding": [timings.embedding for timings in done if timings.embedding],
            "index": [timings.index for timings in done],
            "ranking": [timings.ranking for timings in done],
        }
        return Latency(
            count=len(searches),
            remembered=len(searches) - len(done),
            since=searches[0][0] if searches else None,
            parts={name: _percentiles(values[name]) for name in PARTS if values[name]},
        )


def _percentiles(seconds: Sequence[float]) -> Percentiles:
    return Percentiles(*(float(value) for value in np.percentile(seconds, [50, 95, 99])))
