"""Large views of pictures, kept on disk as long as there is room: those looked at last stay."""

import os
import re
import threading
from contextlib import suppress
from pathlib import Path

from core.errors import StorageUnavailable
from core.images.describe import is_content_hash
from core.storage import make_folder, remove_broken_off, write_whole

_KIND = re.compile(r"[a-z0-9-]{1,40}")
_LEFT = 0.9  # of the limit, after some were removed: else each one more would look through all of them


class Previews:
    """WebP files under the hash of the picture's bytes and what was made of it: `ab/<hash>.<kind>.webp`. Safe between
    threads; processes that share the folder may go over the limit by what each has added.

    Args:
        limit: Bytes.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit
        self._size: int | None = None  # not known before it is asked for
        self._lock = threading.Lock()

    def get(self, content_hash: str, kind: str) -> bytes | None:
        """None where there is none (any more)."""
        path = self._place(content_hash, kind)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def keep(self, content_hash: str, kind: str, preview: bytes) -> None:
        """What cannot be written is made again next time."""
        path = self._place(content_hash, kind)
        with suppress(StorageUnavailable, OSError):
            make_folder(self._folder, private=True)
            write_whole(path, preview)
            with self._lock:
                self._size = self._measured() if self._size is None else self._size + len(preview)
                if self._size > self._limit:
                    self._size = self._remove_oldest()

    def clean(self) -> int:
        """Remove what a process that was killed had begun, long ago; returns how many."""
        return remove_broken_off([self._folder])

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _remove_oldest(self) -> int:
        files = sorted(self._files(), reverse=True)
        left = 0
        for _, size, path in files:
            if left + size > self._limit * _LEFT:
                path.unlink(missing_ok=True)
            else:
                left += size
        return left

    def _files(self) -> list[tuple[float, int, Path]]:
        """When each was used last, its bytes, and where it is."""
        files = []
        for path in self._folder.glob("??/*.webp"):
            with suppress(FileNotFoundError):  # another process was faster
                status = path.stat()
                files.append((status.st_mtime, status.st_size, path))
        return files

    def _place(self, content_hash: str, kind: str) -> Path:
        if not (is_content_hash(content_hash) and _KIND.fullmatch(kind)):
            raise ValueError(f"not a preview: {content_hash!r}, {kind!r}")
        return self._folder / content_hash[:2] / f"{content_hash}.{kind}.webp"
