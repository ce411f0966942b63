"""Small copies of pictures: kept for the grid, made anew for the large view."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image

from core.images.describe import is_content_hash
from core.images.files import remove_broken_off, write_whole

SIDE = 480
"""The longest side of a thumbnail in pixels: a column of the grid on a screen of double density."""

_QUALITY = 80
# Effort, of 0 to 6. On COCO128 at 480 px, CPU time and size: 0: 13 ms, 42 kB; 1: 9 ms, 40 kB; 2: 11 ms, 38 kB;
# 3: 25 ms, 37 kB; 4: 23 ms, 37 kB. At 1600 px it is 71, 94 and 226 ms for 1, 2 and 4.
_METHOD = 2
# A box filter down to twice the size before LANCZOS: 12 megapixels shrink in 26 ms rather than 155, and differ by a
# quarter of a grey level in the mean. 3.0 takes 65 ms for 0.18.
_SHRINK_FIRST = 2.0

_CACHE_TAG = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"  # bford.info/cachedir
    b"# Thumbnails, which are made again where missing. Not for backups, nor for indexing.\n"
)


class Thumbnails:
    """WebP files under the hash of the picture's bytes: `ab/<hash>.webp`. Safe between threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, content_hash: str, image: Image.Image) -> Path:
        """Keep a thumbnail of an upright RGB picture, unless there is one; raises as `keep`."""
        return self.path(content_hash) or self.keep(content_hash, preview(image, SIDE))

    def keep(self, content_hash: str, thumbnail: bytes) -> Path:
        """Keep what `preview` made.

        Raises:
            StorageFull: the disk is full.
            IndexUnavailable: the folder cannot be written.
            ValueError: the hash is none.
        """
        path = self._place(content_hash)
        if path is None:
            raise ValueError(f"not a content hash: {content_hash!r}")
        self._tag()
        write_whole(path, thumbnail)
        return path

    def older_than(self, age: timedelta) -> Iterator[str]:
        """The content hash of each that was made longer ago."""
        latest = time.time() - age.total_seconds()
        for path in self.folder.glob("??/*.webp"):
            with suppress(FileNotFoundError):  # removed a moment ago
                if is_content_hash(path.stem) and path.stat().st_mtime <= latest:
                    yield path.stem

    def path(self, content_hash: str) -> Path | None:
        """The thumbnail, or None where there is none; anything but a hash never reaches the file system."""
        path = self._place(content_hash)
        return path if path and path.is_file() else None

    def clean(self) -> int:
        """Remove what a process that was killed had begun, long ago; returns how many."""
        return remove_broken_off([self.folder])

    def remove(self, content_hash: str) -> None:
        path = self._place(content_hash)
        if path:
            path.unlink(missing_ok=True)

    def _place(self, content_hash: str) -> Path | None:
        return self.folder / content_hash[:2] / f"{content_hash}.webp" if is_content_hash(content_hash) else None

    def _tag(self) -> None:
        tag = self.folder / "CACHEDIR.TAG"
        if not tag.exists():
            write_whole(tag, _CACHE_TAG)


def preview(image: Image.Image, side: int) -> bytes:
    """An upright RGB picture as WebP, its longest side at most `side` pixels; never enlarged."""
    scale = min(1.0, side / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # Resized to its own size it is a copy: cheap, and the caller's picture is never touched.
    shrunk = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=_SHRINK_FIRST)
    buffer = BytesIO()
    shrunk.save(buffer, "WEBP", quality=_QUALITY, method=_METHOD)
    return buffer.getvalue()
