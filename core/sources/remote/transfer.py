"""Bodies of web answers, read with a bound on memory and disk whatever a server sends: it may say nothing true of their
length, never come to an end, or pack gigabytes into a few kilobytes."""

import threading
import zlib
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile

CHUNK = 1 << 20
"""Bytes that are asked for, and unpacked, at a time."""

IN_MEMORY = 1 << 20  # bytes of one body while it comes; the rest lies on the disk until it is complete
MAX_AT_ONCE = 1 << 30  # bytes of all bodies that are coming
_PACKED = {"gzip", "x-gzip", "deflate"}
_PLAIN = {"", "identity"}


class Crowded(ConnectionError):
    """Too much is coming at once: another attempt may pass."""


class Unreadable(OSError):
    """The body is packed in a way that is not read."""


class _Budget:
    """Bytes that all threads together may hold."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.used = 0

    def take(self, count: int) -> None:
        with self._lock:
            if self.used + count > MAX_AT_ONCE:
                raise Crowded("too much is being read at the same time")
            self.used += count

    def give_back(self, count: int) -> None:
        with self._lock:
            self.used -= count


budget = _Budget()
"""Of this process: bytes of files that are under way."""


def read_body(read: Callable[[int], bytes], limit: int, encoding: str = "") -> bytes:
    """A body, unpacked; of a larger one the first bytes, `limit` and one of them.

    Args:
        read: Gives so many bytes or fewer, none at the end.
        encoding: As `Content-Encoding` says.

    Raises:
        Crowded, Unreadable: as they say.
    """
    taken = 0
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        try:
            for part in _parts(read, encoding.strip().lower()):
                budget.take(len(part))
                taken += len(part)
                file.write(part)
                if taken > limit:
                    break
            file.seek(0)
            return file.read(limit + 1)
        finally:
            budget.give_back(taken)


def _parts(read: Callable[[int], bytes], encoding: str) -> Iterator[bytes]:
    if encoding in _PLAIN:
        while part := read(CHUNK):
            yield part
    elif encoding in _PACKED:
        try:
            yield from _unpacked(read)
        except zlib.error as error:
            raise Unreadable("its server sends it compressed, but damaged") from error
    else:
        raise Unreadable("its server sends it compressed, although asked not to")


def _unpacked(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """A chunk at a time, however many of them a few bytes come to."""
    unpack = None
    while part := read(CHUNK):
        # gzip, or deflate with the header of zlib or without, as servers send either
        unpack = unpack or zlib.decompressobj(47 if part[:1] in (b"\x1f", b"\x78") else -15)
        while part and not unpack.eof:
            yield unpack.decompress(part, CHUNK)
            part = unpack.unconsumed_tail
    if unpack:
        yield unpack.flush()
