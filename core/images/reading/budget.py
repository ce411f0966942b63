"""How much memory pictures may take while they are decoded, in the whole process: the others wait."""

import gc
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile

from core.runtime.heap import trim

MAX_BYTES = 1_000_000_000
"""What all pictures that are being decoded, or are decoded and still held, may take together."""

MAX_PICTURE_BYTES = 1_400_000_000
"""What a single one may take, while all others wait."""

_PIXEL = 4  # bytes of a pixel in any mode of several bands, as Pillow keeps it
_LARGE_BYTES = 100_000_000  # from here on what a picture leaves in the heaps is handed back

# Peaks in bytes a pixel, measured as resident memory while 36 megapixels were opened. What becomes of the pixels after
# decoding is their mode's; formats whose libraries keep copies of their own come first.
_BY_FORMAT = {"WEBP": 21.0, "AVIF": 17.0, "HEIF": 9.5, "JPEG2000": 16.0}
_BY_MODE = {
    "F": 22.0,
    "I": 22.0,
    "I;16": 12.0,
    "RGBA": 13.0,
    "RGBa": 13.0,
    "LA": 13.0,
    "La": 13.0,
    "PA": 13.0,
    "CMYK": 9.0,
    "LAB": 9.0,
}
_USUAL = 9.0
_BY_FORMAT_SHRUNK = _BY_FORMAT | {"HEIF": 7.0}
_USUAL_SHRUNK = 5.0
_PROGRESSIVE = 6.0  # a progressive JPEG keeps the coefficients of all pixels, whatever it is reduced to


class Share:
    """What one picture has of a budget."""

    __slots__ = ("amount", "kept", "thread")

    def __init__(self, amount: int) -> None:
        self.amount = amount
        self.thread = threading.get_ident()
        self.kept = False


class Budget:
    """Bytes that are given out in the order in which they are asked for, so that no large picture waits for ever.

    What is larger than all of it gets it alone. Who holds some and needs more comes before those who hold none, and
    gets it at the latest when all who hold any are waiting, so that nobody waits for each other. Safe to share between
    threads.

    Args:
        limit: Bytes.
        collect_after: Seconds of waiting for what may be held by garbage only, until it is collected.
    """

    def __init__(self, limit: int, collect_after: float = 1.0) -> None:
        self._limit, self._collect_after = limit, collect_after
        self._changed = threading.Condition(threading.RLock())  # a picture's end may come anywhere, here too
        self._waiting: deque[Share] = deque()
        self._shares: set[Share] = set()

    @contextmanager
    def hold(self, amount: int) -> Iterator[Share]:
        """Waits until there is as much; `keep` may hold some of it for longer."""
        share = Share(amount)
        self._take(share)
        try:
            yield share
        finally:
            if not share.kept:
                self.give_up(share)

    def keep(self, share: Share, image: Image.Image) -> None:
        """What is held from now on is what this picture takes, as long as there is the picture."""
        if share.amount >= _LARGE_BYTES:
            trim()
        with self._changed:
            share.amount, share.kept = image.width * image.height * _PIXEL, True
            self._changed.notify_all()
        weakref.finalize(image, self.give_up, share).atexit = False

    @property
    def held(self) -> int:
        """In bytes."""
        return sum(share.amount for share in list(self._shares))

    @property
    def queued(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def _take(self, share: Share) -> None:
        with self._changed:
            holders = {held.thread for held in list(self._shares)}
            before = sum(waiting.thread in holders for waiting in self._waiting)
            self._waiting.insert(before if share.thread in holders else len(self._waiting), share)
            self._changed.notify_all()  # with this one all who hold any may be waiting: then the first goes on
            try:
                while not (self._waiting[0] is share and self._fits(share)):
                    if not self._changed.wait(self._collect_after) and self._waiting[0] is share:
                        gc.collect()
                self._shares.add(share)
            finally:
                self._waiting.remove(share)
                self._changed.notify_all()

    def _fits(self, share: Share) -> bool:
        waiting = {waiting.thread for waiting in self._waiting}
        all_wait = all(held.thread in waiting for held in list(self._shares))
        return all_wait or self.held + share.amount <= self._limit

    def give_up(self, share: Share) -> None:
        """Nothing is held of it any more."""
        if share.amount >= _LARGE_BYTES:
            trim()  # before another takes its place: Pillow's blocks are small enough to stay in the heap
        with self._changed:
            self._shares.discard(share)
            self._changed.notify_all()


BUDGET = Budget(MAX_BYTES)
"""That of this process."""


def cost(image: ImageFile.ImageFile, reduction: int, *, shrinks: bool) -> int:
    """Bytes that opening a picture takes at most, by its header.

    Args:
        reduction: By how much its decoder makes each side smaller; its size is what that leaves.
        shrinks: Whether it is made smaller in bands as soon as it is decoded.
    """
    pixels = image.width * image.height
    if shrinks:
        each = _BY_FORMAT_SHRUNK.get(image.format or "", _USUAL_SHRUNK)
    else:
        each = max(_BY_FORMAT.get(image.format or "", _USUAL), _BY_MODE.get(image.mode, _USUAL))
    coefficients = _PROGRESSIVE * pixels * reduction**2 if image.info.get("progressive") else 0.0
    return int(pixels * each + coefficients)
