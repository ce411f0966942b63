"""What reads from one kind of address, as `RemoteSource` needs it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple, Protocol

from core.sources.source import Found

_SECOND = 10**9
_EPOCH = datetime.fromtimestamp(0, UTC)


class Entry(NamedTuple):
    """What a folder lists."""

    url: str
    is_folder: bool
    found: Found | None = None
    """A file's size and time; None where `stat` must ask for them."""


class RemoteStore(Protocol):
    """Safe between threads. Tries again what may pass, and raises whatever its library does."""

    most_folders: int
    """More are not looked into: there may be no end to them."""

    def pages(self, folder: str) -> Iterator[list[Entry]]:
        """What is in a folder, perhaps with some of what is below: on one page in no particular order, or on several by
        name, of which one is held at a time."""
        ...

    def stat(self, url: str) -> Found | None:
        """A file as it is now; None where this is a folder."""
        ...

    def read(self, url: str, limit: int) -> bytes:
        """A file's bytes; of a larger one the first ones, more than `limit` of them."""
        ...


def changed_ns(moment: datetime | None, tag: str) -> int:
    """The time of a file's last change as its store tells it, nanoseconds since the epoch; 0 where it does not.

    With a tag, which is another one once the content is, these are whole seconds and a fraction that stands for the
    tag: much happens in a second, and some stores tell parts of it in a listing but not of a single file.
    """
    microseconds = (moment.astimezone(UTC) - _EPOCH) // _EPOCH.resolution if moment else 0
    if not tag:
        return microseconds * 1000
    return microseconds // 1_000_000 * _SECOND + int.from_bytes(sha256(tag.encode()).digest()[:8]) % _SECOND
