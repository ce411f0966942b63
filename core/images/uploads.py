"""Pictures that people drop: kept under the hash of their content, never under a name that a client sent."""

import json
import os
import threading
import time
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from core.errors import UnreadableImage
from core.images.describe import content_hash, is_content_hash
from core.images.files import SUFFIXES, suffix_of, write_whole
from core.images.names import display_name
from core.images.reading import open_upright


@dataclass(frozen=True, slots=True)
class Upload:
    id: str
    """The content hash, 64 hexadecimal digits."""
    path: Path
    name: str
    """What the sender called it, made safe to show."""


class Uploads:
    """Pictures as `ab/<id>.<suffix>`, each beside an `<id>.json` that holds its name and whose time is its last use.

    The picture's own time is left alone: an index tells by it that a file has not changed. Safe between threads.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        """`limit` is in bytes, for one picture."""
        self.folder = folder.resolve()
        self.limit = limit
        self._lock = threading.Lock()  # so that what is used again is not removed at the same moment

    def add(self, data: bytes, name: str) -> Upload:
        """Keep a picture; one that is there already is there once, under the latest name.

        Raises:
            UnreadableImage: it does not open, or is larger than the limit.
            StorageFull: the disk is full.
            IndexUnavailable: the folder cannot be written.
        """
        name = display_name(name)
        if len(data) > self.limit:
            raise UnreadableImage(
                f"{name} has {len(data) / 1e6:.1f} MB, more than the {self.limit / 1e6:.1f} MB that can be uploaded.",
                "Save a smaller version of it, or put it into a folder and index that.",
            )
        suffix = suffix_of(open_upright(data, name, enough=1).format)
        upload_id = content_hash(data)
        upload = Upload(upload_id, self._place(upload_id, suffix), name)
        with self._lock:
            # First, so that what is interrupted here leaves nothing that `expire` does not find.
            write_whole(self._sidecar(upload.id), json.dumps({"name": name, "suffix": suffix}).encode())
            if not upload.path.exists():
                write_whole(upload.path, data)
        return upload

    def path(self, upload_id: str) -> Path | None:
        """The picture, or None where there is none; counts as a use of it."""
        suffix = self._kept(upload_id).get("suffix")
        if suffix not in SUFFIXES:
            return None
        with self._lock, suppress(OSError):  # a folder that may only be read still serves
            os.utime(self._sidecar(upload_id))
        path = self._place(upload_id, suffix)
        return path if path.is_file() else None

    def name(self, upload_id: str) -> str | None:
        return self._kept(upload_id).get("name")

    def name_of(self, path: Path) -> str | None:
        """The name of the upload that a resolved path leads to; None for any other file."""
        return self.name(path.stem) if path.parent.parent == self.folder else None

    def expire(self, older_than: timedelta, kept: Container[str] = ()) -> int:
        """Remove what was last used longer ago, save the ids in `kept`; returns how many there were."""
        oldest = time.time() - older_than.total_seconds()
        return sum(
            self._remove_unused(sidecar, oldest)
            for sidecar in sorted(self.folder.glob("??/*.json"))
            if is_content_hash(sidecar.stem) and sidecar.stem not in kept
        )

    def _remove_unused(self, sidecar: Path, oldest: float) -> bool:
        with self._lock:
            try:
                if sidecar.stat().st_mtime >= oldest:
                    return False
            except FileNotFoundError:  # another process was faster
                return False
            for file in sorted(sidecar.parent.glob(f"{sidecar.stem}.*"), key=lambda file: file == sidecar):
                file.unlink(missing_ok=True)  # the sidecar last: what is interrupted here is found the next time
        return True

    def _kept(self, upload_id: str) -> dict[str, str]:
        if not is_content_hash(upload_id):  # nothing else reaches the file system
            return {}
        try:
            kept = json.loads(self._sidecar(upload_id).read_bytes())
        except (OSError, ValueError):
            return {}
        return {key: text for key, text in kept.items() if isinstance(text, str)} if isinstance(kept, dict) else {}

    def _sidecar(self, upload_id: str) -> Path:
        return self._place(upload_id, ".json")

    def _place(self, upload_id: str, suffix: str) -> Path:
        return self.folder / upload_id[:2] / f"{upload_id}{suffix}"
