"""Stores: in this process, on a drive, and on an S3 that runs in it; and two data folders that share one."""

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from core.store.mirror import Mirror

NUMBERS = count()


@pytest.fixture(params=["memory", "file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty store of each kind."""
    if request.param == "s3":
        request.getfixturevalue("s3")
        return f"s3://pictures/below/{next(NUMBERS)}"
    return f"file://{tmp_path}/store" if request.param == "file" else f"memory://store-{next(NUMBERS)}"


class Clock:
    """Seconds: those of the tests' own, which stand until they are moved."""

    def __init__(self) -> None:
        self.moved = 0.0

    def __call__(self) -> float:
        return time.time() + self.moved


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mirror(tmp_path: Path, url: str, clock: Clock) -> Callable[..., Mirror]:
    """Makes the mirror of a machine: `mirror("one")`."""

    def made(machine: str, limit: int = 1 << 30) -> Mirror:
        return Mirror(tmp_path / machine / "stored", url, limit, clock)

    return made
