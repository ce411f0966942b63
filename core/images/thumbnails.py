"""Small copies of pictures: kept for the grid, made anew for the large view."""

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from core.errors import StorageUnavailable
from core.images.describe import is_content_hash
from core.storage import remove_broken_off, write_whole

if TYPE_CHECKING:  # where there is no store nobody imports it
    from core.store.mirror import Mirror

SIDE = 480
"""The longest side of a thumbnail in pixels: a column of the grid on a screen of double density."""

# JPEG, for the time it takes. On COCO128 at 480 px, CPU time, size and likeness (SSIM) of what is encoded: JPEG at 80:
# 0.7 ms, 38 kB, 0.921; at 85: 0.8 ms, 45 kB, 0.932; WebP at 80 with method 2, as before: 9 ms, 33 kB, 0.933; with
# method 0: 8 ms, 38 kB, 0.931. A browser decodes it three times as fast, too.
_SUFFIX, _SUFFIX_BEFORE = ".jpg", ".webp"
_THUMBNAIL_QUALITY = 85
_PREVIEW_QUALITY = 80
# Effort, of 0 to 6. At 1600 px it takes 71, 94 and 226 ms for 1, 2 and 4; what is larger is sent for longer.
_METHOD = 2
# A box filter down to twice the size before LANCZOS: 12 megapixels shrink in 26 ms rather than 155, and differ by a
# quarter of a grey level in the mean. 3.0 takes 65 ms for 0.18.
_SHRINK_FIRST = 2.0

_SENT_AT_ONCE = 16

_CACHE_TAG = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"  # bford.info/cachedir
    b"# Thumbnails, which are made again where missing. Not for backups, nor for indexing.\n"
)


class Thumbnails:
    """JPEG files under the hash of the picture's bytes: `ab/<hash>.jpg`. Safe between threads and processes.

    Those of earlier versions are WebP, and serve as well until they are made anew.

    Args:
        mirror: Of the store that has them, where there is one.
    """

    def __init__(self, folder: Path, mirror: "Mirror | None" = None) -> None:
        self.folder, self._mirror = folder, mirror

    @property
    def is_shared(self) -> bool:
        """Whether they lie in a store: what is not at hand has to be fetched then."""
        return self._mirror is not None

    def keep(self, content_hash: str, thumbnail: bytes) -> Path:
        """Keep what `miniature` made.

        Raises:
            StorageFull: the disk is full.
            StorageUnavailable: the folder cannot be written.
            ValueError: the hash is none.
        """
        if not (places := self._places(content_hash)):
            raise ValueError(f"not a content hash: {content_hash!r}")
        path, before = places[0], places[-1]
        if self._mirror:
            self._mirror.keep(path, thumbnail)
            return path
        self._tag()
        write_whole(path, thumbnail)
        before.unlink(missing_ok=True)
        return path

    def keep_all(self, thumbnails: Mapping[str, bytes]) -> None:
        """As `keep`, those of several contents by their hashes: a store takes some at a time."""
        if self._mirror and len(thumbnails) > 1:
            with ThreadPoolExecutor(_SENT_AT_ONCE, "thumbnails") as pool:
                list(pool.map(self.keep, *zip(*thumbnails.items(), strict=True)))
            return
        for content_hash, thumbnail in thumbnails.items():
            self.keep(content_hash, thumbnail)

    def older_than(self, age: timedelta) -> Iterator[str]:
        """The content hash of each that was made longer ago."""
        latest = time.time() - age.total_seconds()
        if self._mirror:
            found = self._mirror.found(self.folder)
            yield from (one.path.stem for one in found if one.changed <= latest and is_content_hash(one.path.stem))
            return
        for path in self.folder.glob("??/*.*"):
            with suppress(FileNotFoundError):  # removed a moment ago
                is_one = path.suffix in (_SUFFIX, _SUFFIX_BEFORE) and is_content_hash(path.stem)
                if is_one and path.stat().st_mtime <= latest:
                    yield path.stem

    def path(self, content_hash: str) -> Path | None:
        """The thumbnail, or None where there is none; anything but a hash never reaches the file system.

        Raises:
            StorageUnavailable: the store that may have it does not answer.
        """
        return next(filter(self._mirror.has if self._mirror else Path.is_file, self._places(content_hash)), None)

    def at_hand(self, content_hash: str) -> bytes | None:
        """As `read`; None too where it would have to be asked for."""
        if self._mirror is None:
            return self.read(content_hash)
        with suppress(OSError):  # it may have been removed a moment ago
            for path in filter(self._mirror.is_here, self._places(content_hash)):
                return path.read_bytes()
        return None

    def read(self, content_hash: str) -> bytes | None:
        """The bytes of the thumbnail; None where there is none, or it has just been removed, or cannot be had now."""
        try:
            path = self.path(content_hash)
            return path.read_bytes() if path else None
        except (OSError, StorageUnavailable):
            return None

    def clean(self) -> int:
        """Remove what a process that was killed had begun, long ago; returns how many."""
        return remove_broken_off([self.folder])

    def remove(self, content_hash: str) -> None:
        self.remove_all([content_hash])

    def remove_all(self, content_hashes: Iterable[str]) -> None:
        """Remove those of several contents."""
        places = [path for one in content_hashes for path in self._places(one)]
        if self._mirror:
            self._mirror.remove(places)
            return
        for path in places:
            path.unlink(missing_ok=True)

    def _places(self, content_hash: str) -> tuple[Path, ...]:
        """Where it is, and where an earlier version kept it, if not in a store; none for anything but a hash."""
        if not is_content_hash(content_hash):
            return ()
        folder = self.folder / content_hash[:2]
        if self._mirror:
            return (folder / f"{content_hash}{_SUFFIX}",)
        return folder / f"{content_hash}{_SUFFIX}", folder / f"{content_hash}{_SUFFIX_BEFORE}"

    def _tag(self) -> None:
        tag = self.folder / "CACHEDIR.TAG"
        if not tag.exists():
            write_whole(tag, _CACHE_TAG)


def miniature(image: Image.Image) -> bytes:
    """A thumbnail of an upright RGB picture: JPEG, its longest side at most `SIDE` pixels; never enlarged."""
    buffer = BytesIO()
    # Looked at in double size, what this filter leaves cannot be told from what LANCZOS does, in a third of the time.
    _shrunk(image, SIDE, Image.Resampling.HAMMING).save(buffer, "JPEG", quality=_THUMBNAIL_QUALITY)
    return buffer.getvalue()


def preview(image: Image.Image, side: int) -> bytes:
    """An upright RGB picture as WebP, its longest side at most `side` pixels; never enlarged."""
    buffer = BytesIO()
    shrunk = _shrunk(image, side, Image.Resampling.LANCZOS)
    shrunk.save(buffer, "WEBP", quality=_PREVIEW_QUALITY, method=_METHOD)
    return buffer.getvalue()


def _shrunk(image: Image.Image, side: int, filter_: Image.Resampling) -> Image.Image:
    scale = min(1.0, side / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # Resized to its own size it is a copy: cheap, and the caller's picture is never touched.
    return image.resize(size, filter_, reducing_gap=_SHRINK_FIRST)
