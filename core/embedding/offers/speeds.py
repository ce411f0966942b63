"""How many pictures a second each model has embedded on this machine, kept beside the weights.

What is kept is a running mean of the last few hundred pictures, so that it follows a machine that changes.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import StorageUnavailable
from core.storage import write_whole

FILE = "speeds.json"

_LEAST = 4  # pictures at once: fewer take longer each than an ingest's do
_KEPT = 512  # pictures that the mean is of
_EVERY = 10.0  # seconds between two writings
_MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one model."""

    pictures: float
    seconds: float
    measured: float
    """When, in seconds since the epoch."""

    @property
    def rate(self) -> float:
        """Pictures a second."""
        return self.pictures / self.seconds

    def with_more(self, pictures: int, seconds: float) -> "Speed":
        kept = min(1.0, _KEPT / self.pictures)
        return Speed(kept * self.pictures + pictures, kept * self.seconds + seconds, time.time())


_lock = threading.Lock()
_seen: dict[Path, dict[str, Speed]] = {}
_written: dict[Path, float] = {}


@contextmanager
def timed(cache_dir: Path | None, model_id: str, pictures: int) -> Iterator[None]:
    """Within, a model embeds so many pictures.

    Args:
        cache_dir: Where its weights are; None: nothing is noted.
    """
    started = time.perf_counter()
    yield
    if cache_dir is not None and pictures >= _LEAST:
        _note(cache_dir / FILE, model_id, pictures, time.perf_counter() - started)


def speeds(cache_dir: Path) -> Mapping[str, Speed]:
    """By the id of the model; what cannot be read was never measured."""
    file = cache_dir / FILE
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        if file.stat().st_size <= _MAX_BYTES:
            return dict(_read(json.loads(file.read_bytes())))
    return {}


def _read(values: Mapping[str, Any]) -> Iterator[tuple[str, Speed]]:
    for model_id, value in values.items():
        speed = Speed(*(float(value[field]) for field in ("pictures", "seconds", "measured")))
        if 0 < speed.pictures < float("inf") and 0 < speed.seconds < float("inf"):
            yield model_id, speed


def _note(file: Path, model_id: str, pictures: int, seconds: float) -> None:
    with _lock:
        known = _seen.setdefault(file, {})
        before = known.get(model_id) or speeds(file.parent).get(model_id)
        known[model_id] = before.with_more(pictures, seconds) if before else Speed(pictures, seconds, time.time())
        if time.monotonic() - _written.get(file, float("-inf")) < _EVERY:
            return
        _written[file] = time.monotonic()
        whole = {**speeds(file.parent), **known}  # others may have noted theirs
    with suppress(StorageUnavailable):  # a folder that cannot be written: then it stays unknown
        write_whole(file, json.dumps({one: asdict(speed) for one, speed in whole.items()}).encode())
