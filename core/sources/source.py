"""What all sources have in common: their files are found first, and read one by one later, perhaps by another run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from core.errors import Problem
from core.images.describe import Box, Split
from core.images.reading.kinds import unread_by_name


@dataclass(frozen=True, slots=True)
class Found:
    """A picture file as it was found, unopened."""

    path: str
    """What identifies it: see `ImageRecord.path`."""
    size: int
    """In bytes."""
    mtime_ns: int
    """Time of its last change, nanoseconds since the epoch; 0 where the source does not say."""
    annotated_ns: int = 0
    """Likewise of the file with its labels; 0 where there is none."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not read, and why."""

    path: str
    reason: str
    """One or two sentences, the remedy with it."""
    failed: bool = False
    """Whether it should have been read and could not; False where a rule leaves it out."""
    problem: Problem | None = None


NO_PICTURE = "Not a picture by its name."


def skipped_by_name(path: str) -> Skipped:
    """A file of another kind."""
    unread = unread_by_name(path)
    return Skipped(path, unread or NO_PICTURE, problem=Problem.UNSUPPORTED if unread else Problem.NOT_A_PICTURE)


def no_picture(path: str, reason: str) -> Skipped:
    """A file that is none, for a reason of its own."""
    return Skipped(path, reason, problem=Problem.NOT_A_PICTURE)


class Source(Protocol):
    """A place with pictures. `find` may be called again at any time; the other methods are safe between threads, and
    need no `find` before them."""

    @property
    def location(self) -> str:
        """What the user named, resolved: a path or a URL. The paths of all its files begin with it."""
        ...

    def find(self) -> Iterator[Found | Skipped]:
        """Every picture once, lazily; what is not read with the reason. Nothing is raised for what is found."""
        ...

    def owns(self, path: str) -> bool:
        """Whether a record of this path below the location is for this source to judge, which did not meet it. What is
        left out by a rule, or lies in an archive that is a source of its own, is not."""
        ...

    def unreachable(self, path: str) -> bool:
        """Whether a file of this path could be there although the last `find` did not meet it: its folder could not be
        read, or its drive is not connected. Then nothing may be concluded from its absence."""
        ...

    def stat(self, path: str) -> Found:
        """One of its files as it is now.

        Raises:
            UnreadableImage: it is gone.
        """
        ...

    def read(self, path: str) -> bytes:
        """The bytes of one of its files.

        Raises:
            UnreadableImage: it is gone, cannot be read, or is too large.
        """
        ...

    def boxes(self, path: str, size: tuple[int, int]) -> tuple[Box, ...]:
        """What its dataset says is in a picture; nothing where it is in no dataset, or has no labels.

        Args:
            size: Upright width and height in pixels.

        Raises:
            UnreadableLabels: they cannot be read.
        """
        ...

    def splits(self, path: str) -> tuple[Split, ...]:
        """In which parts of its dataset a picture is, as far as that is told.

        Raises:
            UnreadableLabels: what tells it cannot be read.
        """
        ...
