"""Where the time of a search goes: its parts say how long they took, whoever called them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_parts: ContextVar[dict[str, float] | None] = ContextVar("parts", default=None)


@contextmanager
def measuring() -> Iterator[dict[str, float]]:
    """The seconds of each part that is measured within, by its name."""
    parts: dict[str, float] = {}
    before = _parts.set(parts)
    try:
        yield parts
    finally:
        _parts.reset(before)


@contextmanager
def part(name: str) -> Iterator[None]:
    """Within is a part of this name; where it was measured before, its times add up."""
    started = time.perf_counter()
    try:
        yield
    finally:
        spent(name, time.perf_counter() - started)


def spent(name: str, seconds: float) -> None:
    """A part has taken so long."""
    if (parts := _parts.get()) is not None:
        parts[name] = parts.get(name, 0.0) + seconds
