"""Exports that wait to be fetched: on disk, so that a promise to keep them survives the server and takes no memory."""

import re
import secrets
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from core.api.http import Refusal
from core.storage import PART_SUFFIX, make_folder, write_whole

if TYPE_CHECKING:  # where there is no store nobody imports it
    from core.store.mirror import Mirror

EXPIRES = 600.0
"""Seconds for which an export can be fetched."""

_ROOM = 1 << 29  # bytes: thousands of exports of ten thousand lines
_SHARE = 0.25  # of the room, for one client
_BLOCK = 4096  # bytes that the smallest file takes
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class ExportStore[E]:
    """By tokens that cannot be guessed: `<client>/<token>`. None is removed before its time; where there is no room,
    no more are taken, and no client takes more than its share. Safe between threads.

    Args:
        kind: What is kept.
        now: Seconds, by the clock that files have their times from.
        room: Bytes.
        mirror: Of the store that has them, where there is one: then times are by its clock.
    """

    def __init__(
        self,
        folder: Path,
        kind: type[E],
        now: Callable[[], float] = time.time,
        room: int = _ROOM,
        mirror: "Mirror | None" = None,
    ) -> None:
        self._folder, self._now, self._room, self._mirror = folder, now, room, mirror
        self._type = TypeAdapter(kind)
        self._lock = threading.Lock()

    def add(self, export: E, client: str) -> str:
        """Returns the token.

        Args:
            client: Who asks; its address.

        Raises:
            Refusal: too many wait to be fetched.
            StorageFull, StorageUnavailable: it cannot be written.
        """
        data = zlib.compress(self._type.dump_json(export))
        token, name = secrets.token_urlsafe(24), sha256(client.encode(errors="replace")).hexdigest()[:16]
        with self._lock:
            held = self._held()
            needed = max(len(data), _BLOCK)
            if held.total() + needed > self._room or held[name] + needed > self._room * _SHARE:
                raise Refusal(
                    503,
                    "Too many exports are waiting to be downloaded.",
                    f"Each is kept for {EXPIRES / 60:.0f} minutes: fetch yours, and try again then.",
                    retry_after=60,
                )
            make_folder(self._folder, private=True)
            (self._mirror.keep if self._mirror else write_whole)(self._folder / name / token, data)
        return token

    def get(self, token: str) -> E | None:
        """None where there is none (any more)."""
        if not _TOKEN.fullmatch(token):  # nothing else reaches the file system
            return None
        for path, _, written in self._files(token):
            with suppress(OSError, zlib.error, ValidationError):
                if written + EXPIRES > self._now() and self._is_at_hand(path):
                    return self._type.validate_json(zlib.decompress(path.read_bytes()))
        return None

    def _held(self) -> Counter[str]:
        """Bytes by client, once what has expired is removed."""
        held: Counter[str] = Counter()
        for path, size, written in self._files():
            with suppress(OSError):
                if written + EXPIRES <= self._now():
                    self._remove(path)
                elif path.suffix != PART_SUFFIX:
                    held[path.parent.name] += max(size, _BLOCK)
        return held

    def _files(self, name: str = "*") -> Iterator[tuple[Path, int, float]]:
        """Where each of this name is, its bytes, and when it was written."""
        if self._mirror:
            for one in self._mirror.found(self._folder):
                if name in ("*", one.path.name):
                    yield one.path, one.size, one.changed
            return
        for path in self._folder.glob(f"*/{name}"):
            with suppress(OSError):  # another process was faster
                status = path.stat()
                yield path, status.st_size, status.st_mtime

    def _is_at_hand(self, path: Path) -> bool:
        if self._mirror is None:
            return True
        make_folder(self._folder, private=True)  # as where it was written: names are what gives access
        return self._mirror.fetched(path)

    def _remove(self, path: Path) -> None:
        if self._mirror:
            self._mirror.remove([path])
        else:
            path.unlink(missing_ok=True)
