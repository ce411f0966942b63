"""Pictures and archives that people send: kept under the hash of their content, never under a name they came with."""

import hashlib
import json
import os
import threading
import time
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zipfile import is_zipfile

from core.errors import DamagedArchive, TooLarge
from core.images.describe import is_content_hash
from core.images.files import (
    ARCHIVE_SUFFIX,
    SUFFIXES,
    suffix_of,
)
from core.images.reading.content import read_bytes
from core.images.reading.reader import open_upright
from core.storage import Part, remove_broken_off, write_whole
from core.text.names import display_name

_UNREAD = ".data"

KINDS = SUFFIXES | {ARCHIVE_SUFFIX, _UNREAD}
"""The suffixes that files may have here."""


@dataclass(frozen=True, slots=True)
class Upload:
    id: str
    """The content hash, 64 hexadecimal digits."""
    path: Path
    name: str
    """What the sender called it, made safe to show."""


class Uploads:
    """Pictures as `ab/<id>.<suffix>`, so that the folder can be read as any folder with pictures; and beside it, in a
    folder of the same name with `.kept`, archives as `ab/<id>.zip`, and for each file an `ab/<id>.json` that holds its
    name and whose time is its last use.

    The file's own time is left alone: an index tells by it that a file has not changed. Safe between threads.
    """

    def __init__(self, folder: Path, limit: int, archive_limit: int = 0, *, unread: bool = False) -> None:
        """The limits are in bytes, for one picture and for one archive; 0: no archives.

        Args:
            unread: Files of any kind are kept, and none is looked into.
        """
        self.folder = folder.resolve()
        self._beside = self.folder.with_name(f"{self.folder.name}.kept")
        self.limit = limit
        self.archive_limit = archive_limit
        self.unread = unread
        self._lock = threading.Lock()  # so that what is used again is not removed at the same moment

    def add(self, data: bytes, name: str) -> Upload:
        """Keep a picture; as `Incoming.keep`, and raises the same and what `Incoming.write` does."""
        with self.receive(name) as incoming:
            incoming.write(data)
            return incoming.keep()

    @contextmanager
    def receive(self, name: str, archive: bool = False) -> Iterator["Incoming"]:
        """Take a file as it arrives; what was not kept by the end is gone.

        Args:
            name: What the sender calls it.
            archive: Whether it is a ZIP archive, else a picture.

        Raises:
            StorageFull: the disk is full.
            StorageUnavailable: the folder cannot be written.
        """
        with Part(self.folder) as part:
            yield Incoming(self, part, display_name(name), archive)

    def path(self, upload_id: str) -> Path | None:
        """The picture, or other file of a store of such; None where there is none. Counts as a use of it."""
        suffix = self._kept(upload_id).get("suffix")
        return self._used(upload_id, suffix) if suffix and (suffix in SUFFIXES or suffix == _UNREAD) else None

    def archive(self, upload_id: str) -> Path | None:
        """Likewise the archive."""
        suffix = self._kept(upload_id).get("suffix")
        return self._used(upload_id, suffix) if suffix == ARCHIVE_SUFFIX else None

    def name(self, upload_id: str) -> str | None:
        return self._kept(upload_id).get("name")

    def name_of(self, path: Path) -> str | None:
        """The name of the upload that a resolved path leads to; None for any other file."""
        return self.name(path.stem) if path.parent.parent in (self.folder, self._beside) else None

    def expire(self, older_than: timedelta, kept: Container[str] = ()) -> int:
        """Remove what was last used longer ago, save the ids in `kept`; returns how many there were."""
        oldest = time.time() - older_than.total_seconds()
        return sum(
            self._remove_unused(sidecar, oldest)
            for sidecar in sorted(self._beside.glob("??/*.json"))
            if is_content_hash(sidecar.stem) and sidecar.stem not in kept
        )

    def clean(self) -> int:
        """Remove what was broken off long ago; returns how many."""
        for sidecar in self.folder.glob("??/*.json"):  # where an earlier version of the app kept them
            if is_content_hash(sidecar.stem):
                write_whole(self._sidecar(sidecar.stem), sidecar.read_bytes())
                sidecar.unlink()
        return remove_broken_off([self.folder, self._beside])

    def put(self, part: Part, upload_id: str, suffix: str, name: str) -> Upload:
        """Give a whole file its place; one that is there already is there once, under the latest name.

        Raises:
            StorageFull: the disk is full.
            StorageUnavailable: the folder cannot be written.
        """
        upload = Upload(upload_id, self._place(upload_id, suffix), name)
        with self._lock:
            # First, so that what is interrupted here leaves nothing that `expire` does not find.
            write_whole(self._sidecar(upload_id), json.dumps({"name": name, "suffix": suffix}).encode())
            if not upload.path.exists():
                part.move_to(upload.path)
        return upload

    def _used(self, upload_id: str, suffix: str) -> Path | None:
        with self._lock, suppress(OSError):  # a folder that may only be read still serves
            os.utime(self._sidecar(upload_id))
        path = self._place(upload_id, suffix)
        return path if path.is_file() else None

    def _remove_unused(self, sidecar: Path, oldest: float) -> bool:
        with self._lock:
            try:
                if sidecar.stat().st_mtime >= oldest:
                    return False
            except FileNotFoundError:  # another process was faster
                return False
            for folder in (self.folder, self._beside):  # the sidecar last: what is interrupted here is found again
                for file in sorted((folder / sidecar.stem[:2]).glob(f"{sidecar.stem}.*"), reverse=True):
                    file.unlink(missing_ok=True)
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
        folder = self.folder if suffix in SUFFIXES or suffix == _UNREAD else self._beside
        return folder / upload_id[:2] / f"{upload_id}{suffix}"


class Incoming:
    """A file on its way in: written to disk and hashed as it arrives, so that its size takes no memory."""

    def __init__(self, store: Uploads, part: Part, name: str, archive: bool) -> None:
        self._store, self._part, self._name, self._archive = store, part, name, archive
        self._limit = store.archive_limit if archive else store.limit
        self._hash = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """The next bytes.

        Raises:
            TooLarge: with these it is larger than the limit.
            StorageFull: the disk is full.
            StorageUnavailable: the folder cannot be written.
        """
        if self._part.size + len(chunk) > self._limit:
            raise TooLarge(
                f"{self._name} has more than the {self._limit / 1e6:.1f} MB that can be uploaded.",
                "Split it into several."
                if self._archive
                else "Save a smaller version of it, or index it from a folder.",
            )
        self._hash.update(chunk)
        self._part.write(chunk)

    def keep(self) -> Upload:
        """End of the file: check it, and give it its place.

        Raises:
            UnreadableImage: it is no picture that opens; UnreadableArchive: no ZIP archive.
            StorageFull, StorageUnavailable: as above.
        """
        self._part.finish()
        return self._store.put(self._part, self._hash.hexdigest(), self._checked_suffix(), self._name)

    def _checked_suffix(self) -> str:
        if self._store.unread:
            return _UNREAD
        if not self._archive:
            return suffix_of(open_upright(read_bytes(self._part.path), self._name, enough=1).format)
        if not is_zipfile(self._part.path):
            raise DamagedArchive(f"{self._name} is not a ZIP file, or it is incomplete.", "Upload it again.")
        return ARCHIVE_SUFFIX
