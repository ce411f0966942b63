"""What a kind of file is, and what must become of it."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from core.ingest.journal.progress import Outcome
from tests.hostile.drawn import png


class Fate(NamedTuple):
    """What must become of a file."""

    path: str
    """Below the folder that a kind is given."""
    outcome: Outcome
    says: str = ""
    """Part of the reason."""
    colour: str = ""
    """What it is found by; empty where it is not to be in the index."""


type Kind = Callable[[Path], list[Fate]]
"""Puts its files into an empty folder, and says what must become of them; what is to be left out without a word is not
among them."""


def added(path: str, colour: str = "red", says: str = "") -> Fate:
    return Fate(path, Outcome.ADDED, says, colour)


def duplicate(path: str, colour: str = "red") -> Fate:
    return Fate(path, Outcome.DUPLICATE, "Copy of", colour)


def failed(path: str, says: str = "") -> Fate:
    return Fate(path, Outcome.FAILED, says)


def skipped(path: str, says: str) -> Fate:
    return Fate(path, Outcome.SKIPPED, says)


def one(fate: Fate, data: Callable[[], bytes] = png) -> Kind:
    """One file."""

    def put(folder: Path) -> list[Fate]:
        (folder / fate.path).write_bytes(data())
        return [fate]

    return put


def several(*kinds: Kind) -> Kind:
    return lambda folder: [fate for kind in kinds for fate in kind(folder)]


def below(folder: Path, name: str) -> list[Fate]:
    """A picture in a folder of this name."""
    (folder / name).mkdir(parents=True)
    (folder / name / "x.png").write_bytes(png())
    return [added(f"{name}/x.png")]


def outside_of(folder: Path) -> Path:
    """What no source leads to, with a picture `secret.png` in it."""
    return next(above / "outside" for above in folder.parents if (above / "outside").is_dir())
