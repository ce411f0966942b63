"""Versions of an index: one is in use, others stand beside it, to be filled or to go back to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from core.index.index import ModelStamp, Replacements
from core.vectors import Embedding, Embeddings

if TYPE_CHECKING:
    from core.index.index import Index

type State = Literal["current", "building", "ready", "retired"]

FEW = 10_000
"""Rows that a version may lag behind when it is swapped: writers wait for that long."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an index."""

    number: int
    """Counts from 1."""
    name: str
    """`images-000003`."""
    state: State
    """`building`: not all is in it yet. `ready`: it never was in use. `retired`: it was."""
    stamp: ModelStamp
    count: int
    """Records."""
    size: int
    """Bytes on disk."""
    made_at: float | None = None
    """Seconds since the epoch; None where an earlier version of the app made it."""
    retired_at: float | None = None
    """When it was last in use; None where it never was, or is."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What bringing a version up to date came to."""

    copied: int = 0
    removed: int = 0
    missing: Sequence[str] = ()
    """Content hashes, each once, of records that are not in it: there is no embedding of them. More may be missing
    where there are as many as `MAX_MISSING`."""
    more: bool = False
    """Whether not all was looked at yet."""
    behind: bool = False
    """Whether too much had changed to hold up writers for it: nothing was swapped."""

    @property
    def changed(self) -> int:
        return self.copied + self.removed


MAX_MISSING = 100_000
"""Content hashes that a `Gap` names."""

MAX_COPIED = 20_000
"""Rows of one step."""


@dataclass(frozen=True, slots=True)
class Room:
    """The bytes that another version takes, and those that are free; None where nobody says."""

    needed: int
    free: int | None


@dataclass(frozen=True, slots=True)
class Vectors:
    """`Replacements` in memory."""

    dims: int
    known: dict[str, Embedding] = field(default_factory=dict)

    def __contains__(self, content_hash: object) -> bool:
        return content_hash in self.known

    def rows(self, content_hashes: Sequence[str]) -> Embeddings:
        found = [self.known[one] for one in content_hashes]
        return np.stack(found) if found else np.empty((0, self.dims), np.float32)


class Update(Protocol):
    """Brings a version up to date with the one in use, again and again. For one thread.

    What it holds already keeps its embedding; else embeddings come from the version in use where both are of one model,
    or from `replacements`.
    """

    def step(self, replacements: Replacements, without: Collection[str] = ()) -> Gap:
        """Copy what was added or changed since the last step, and remove what was removed; a part where it is much.

        Args:
            without: Content hashes of records that are left out.
        """
        ...

    def swap(self, replacements: Replacements, without: Collection[str] = ()) -> Gap:
        """As `step`, and put it in the place of the one in use, which is kept: all in one step, for which writers wait
        and readers do not. Killed anywhere in between, the one is in use or the other.

        Returns:
            Where it names something missing, or is `behind`, nothing was swapped.
        """
        ...


class Versions(Protocol):
    """The versions of one index. Safe to share between threads and processes; of those that `begin`, `update` or
    `delete`, the caller lets one at a time. Raises as `Index` does, and `VersionRefused`."""

    def all(self) -> list[Version]:
        """By their numbers; none where there is no index."""
        ...

    def current(self) -> int | None:
        """The number of the one in use; None where there is no index."""
        ...

    def room(self, stamp: ModelStamp) -> Room:
        """What another version, of this model, would take."""
        ...

    def begin(self, stamp: ModelStamp) -> int:
        """Make an empty one; returns its number, which none has had before it that is still there."""
        ...

    def open(self, number: int) -> "Index":
        """This version as an index of its own, for reading and writing, whichever is in use.

        Raises:
            VersionRefused: there is none of this number.
        """
        ...

    def update(self, number: int) -> Update: ...

    def finish(self, number: int) -> None:
        """Mark it as ready: all is in it."""
        ...

    def delete(self, number: int) -> None:
        """
        Raises:
            VersionRefused: it is the one in use, or somebody reads it.
        """
        ...


class Overtaken(Exception):
    """Another version came into use while this one was read: what is under way is to begin again."""
