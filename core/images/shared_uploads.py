"""Uploads that a store keeps, for all processes of the app."""

import json
import os
import threading
import time
from collections.abc import Container, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import StorageUnavailable
from core.images.describe import is_content_hash
from core.images.files import SUFFIXES
from core.images.uploads import KINDS, Upload, Uploads
from core.storage import Part
from core.store.mirror import Mirror, Mirrored

_USED_EVERY = 86_400.0
"""Seconds after which the store is told anew that an upload is used."""

_LONGEST_TIME = 20  # digits
_LOCKS = 64


class SharedUploads(Uploads):
    """As `Uploads`, in a folder that mirrors a store. Their last use is told by the store's clock, to the day. A file
    has the time at which the first process took it, on each machine.

    What asks the store raises `StorageUnavailable` where it does not answer.

    Args:
        mirror: Of the store.
    """

    def __init__(
        self, folder: Path, limit: int, archive_limit: int = 0, *, unread: bool = False, mirror: Mirror
    ) -> None:
        super().__init__(folder, limit, archive_limit, unread=unread)
        self._locks = [threading.Lock() for _ in range(_LOCKS)]  # by id: a store takes its time
        self._mirror = mirror

    def __reduce__(self) -> tuple[Any, ...]:
        made = partial(SharedUploads, unread=self.unread, mirror=self._mirror)  # for processes on other machines
        return made, (self.folder, self.limit, self.archive_limit)

    def name_of(self, path: Path) -> str | None:
        """Also of one whose path is that of another machine."""
        above = path.parent.parent.name
        return self.name(path.stem) if above in (self.folder.name, self._beside.name) else None

    def expire(self, older_than: timedelta, kept: Container[str] = ()) -> int:
        oldest = time.time() - older_than.total_seconds()
        unused = [one.path.stem for one in self._sidecars() if one.changed < oldest and one.path.stem not in kept]
        for upload_id in unused:
            self.remove(upload_id)
        return len(unused)

    def put(self, part: Part, upload_id: str, suffix: str, name: str) -> Upload:
        upload = Upload(upload_id, self._place(upload_id, suffix), name)
        changed, first = self.mtime_ns(upload_id) or time.time_ns(), self.known_as(upload_id) or str(upload.path)
        sidecar = {"name": name, "suffix": suffix, "mtime_ns": str(changed), "path": first}
        with self._lock_of(upload_id):
            # First, so that what is interrupted here leaves nothing that `expire` does not find.
            self._mirror.write(self._sidecar(upload_id), json.dumps(sidecar).encode())
            if not upload.path.is_file():
                part.move_to(upload.path)
                os.utime(upload.path, ns=(changed, changed))
            self._mirror.push(upload.path)
        return upload

    def remove(self, upload_id: str) -> None:
        """Remove an upload, in the store and here."""
        if not is_content_hash(upload_id):
            return
        sidecar, suffix = self._sidecar(upload_id), self._kept(upload_id).get("suffix")
        places = [self._place(upload_id, suffix)] if suffix else []
        with self._lock_of(upload_id):  # the sidecar last: what is interrupted here is found again
            self._mirror.remove([*places, sidecar])

    def find(self) -> Iterator[tuple[str, int]]:
        """The id and bytes of every picture."""
        for one in self._mirror.found(self.folder):
            if is_content_hash(one.path.stem) and one.path.suffix in SUFFIXES:
                yield one.path.stem, one.size

    def has(self, upload_id: str) -> bool:
        """Whether there is such an upload; no use of it."""
        return bool(self._kept(upload_id))

    def known_as(self, upload_id: str) -> str:
        """Its path on the machine that took it first: that of its record, whoever indexes it; "" where there is no such
        upload."""
        kept = self._kept(upload_id)
        own, path = self._place(upload_id, kept.get("suffix", "")), kept.get("path", "")
        ends = "/".join(own.parts[-3:])
        return path if path.endswith(f"/{ends}") and ".." not in path else str(own) if kept else ""

    def mtime_ns(self, upload_id: str) -> int:
        """When it came, nanoseconds since the epoch; 0 where that is not known."""
        told = self._kept(upload_id).get("mtime_ns", "")
        return int(told) if told.isascii() and told.isdigit() and len(told) < _LONGEST_TIME else 0

    def _used(self, upload_id: str, suffix: str) -> Path | None:
        sidecar, path = self._sidecar(upload_id), self._place(upload_id, suffix)
        with suppress(OSError, StorageUnavailable):  # what is at hand serves all the same
            if sidecar.stat().st_mtime < time.time() - _USED_EVERY:
                self._mirror.touch(sidecar)
        if not self._mirror.fetched(path):
            return None
        changed = self.mtime_ns(upload_id)
        with suppress(OSError):
            if changed and path.stat().st_mtime_ns != changed:
                os.utime(path, ns=(time.time_ns(), changed))
        return path

    def _kept(self, upload_id: str) -> dict[str, str]:
        if not is_content_hash(upload_id) or not self._mirror.fresh(self._sidecar(upload_id)):
            return {}
        kept = super()._kept(upload_id)
        return kept if kept.get("suffix") in KINDS else {}  # others may write to a store, and it is part of a path

    def _lock_of(self, upload_id: str) -> threading.Lock:
        return self._locks[int(upload_id[:4], 16) % _LOCKS]

    def _sidecars(self) -> Iterator[Mirrored]:
        for one in self._mirror.found(self._beside):
            if one.path.suffix == ".json" and is_content_hash(one.path.stem):
                yield one
