"""Bytes of any kind in, an upright RGB picture or an `UnreadableImage` out."""

import os
import re
import stat
import traceback
import warnings
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import PIL
import pillow_heif
from PIL import Image, ImageFile

from core.errors import UnreadableImage
from core.images.appearance import look_at
from core.images.colour.rgb import to_rgb
from core.images.describe import DESCRIPTION, Description
from core.images.files import FORMATS
from core.images.metadata.exif import Metadata, orientation, read_metadata
from core.images.reading.budget import BUDGET, MAX_PICTURE_BYTES, cost
from core.images.reading.quiet import silence
from core.images.reading.raw import DNG_VERSION, is_raw, preview_of
from core.images.reading.refusals import claimed_size, empty, no_preview, not_given, refusal, too_heavy, too_large
from core.images.reading.shrinking import is_large, shrinking, shrunk
from core.text.names import printable

MAX_BYTES = 1 << 30
"""The largest file that is read: 1 GiB."""

MAX_PIXELS = 200_000_000
"""The largest picture that is opened: as many as sensors of phones have. Of some kinds fewer: see `budget`."""

READER = 1
"""Raised when more is read than before, or told otherwise: what an older one refused is tried again."""

_REDUCTIONS = (8, 4, 2)  # the scales at which libjpeg decodes beside the full one
_MAX_FRAMES = 2**31 - 1  # a header may claim more than the integers of an index hold
MAX_PAGES = 10_000
"""Of a TIFF, where each must be looked for: 60,000 took half a minute."""

_SPECIAL_SINCE = 3  # before, colours of other spaces were not converted, every ground was white, and 16 bits all in use

# Pillow refuses twice this, and so guards the pictures within pictures (icons), which are not ours to measure.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2

# A pipe that nobody writes to would block; neither flag exists on every system.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

silence()
_SILENCE = ("ignore", None, Warning, re.compile(r"PIL\."), 0)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by its EXIF orientation (Exif 3.0, section 4.6.5.1)."""

_SIDEWAYS = {5, 6, 7, 8}


@dataclass(frozen=True, slots=True)
class OpenedImage:
    image: Image.Image
    """Upright, RGB, loaded: of an animation or document its first frame. Smaller than `size` where that was enough."""
    size: tuple[int, int]
    """Pixels of the whole picture, upright: width and height."""
    format: str
    """Pillow's name of the format that was found, whatever the file is called."""
    frames: int
    metadata: Metadata
    looks_so_since: int = 0
    """The `DESCRIPTION` from which on it is rendered as it is now: to an older one it looked different."""

    def describe(self, content_hash: str, size: int, mtime_ns: int) -> Description:
        """With what is known of the file before it is opened: the hash of its bytes, their number, and its time.

        How the picture looks is worked out here and nowhere else: see `look_at` for the time it takes.
        """
        width, height = self.size
        return Description(
            content_hash=content_hash,
            size=size,
            mtime_ns=mtime_ns,
            width=width,
            height=height,
            format=self.format,
            frames=self.frames,
            described=DESCRIPTION,
            **self.metadata._asdict(),
            **look_at(self.image)._asdict(),
        )


def reader() -> str:
    """Names what opens pictures: a file that it refused, it refuses again."""
    return f"{READER} Pillow {PIL.__version__} HEIF {pillow_heif.__version__} {MAX_PIXELS} {MAX_PICTURE_BYTES}"


def read_bytes(path: Path) -> bytes:
    """All bytes of a regular file; never waits for a pipe or device.

    Args:
        path: Where it is absolute, it must be resolved: what leads elsewhere now was swapped since the file was found.

    Raises:
        UnreadableImage: it is gone, may not be read, is no regular file, leads elsewhere, changes meanwhile, or is
            larger than `MAX_BYTES`.
    """
    try:
        with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as file:
            status = os.fstat(file.fileno())
            _check_file(path, status)
            data = file.read(status.st_size + 1)
    except FileNotFoundError as error:
        raise UnreadableImage(f"{printable(path)} no longer exists.", "Index its folder again.") from error
    except IsADirectoryError as error:
        raise UnreadableImage(f"{printable(path)} is a folder.", "Choose a picture file.") from error
    except PermissionError as error:
        raise UnreadableImage(
            f"{printable(path)} cannot be read: the app has no permission.",
            "Give the user who runs the app permission to read it.",
        ) from error
    except (OSError, ValueError, MemoryError) as error:
        raise not_given(path, error) from error
    if len(data) != status.st_size:
        raise UnreadableImage(
            f"{printable(path)} changed while it was read.", "Index its folder again once it is whole."
        )
    return data


def _check_file(path: Path, status: os.stat_result) -> None:
    """Of an open file, so that nobody can swap it between the check and the reading."""
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableImage(f"{printable(path)} is not a file.", "Choose a picture file.")
    if path.is_absolute() and (path.resolve() != path or not os.path.samestat(status, path.lstat())):
        raise UnreadableImage(
            f"{printable(path)} points elsewhere now: it, or a folder above it, has become a link.",
            "Index its folder again.",
        )
    if status.st_size > MAX_BYTES:
        raise UnreadableImage(
            f"{printable(path)} is larger than {MAX_BYTES >> 30} GiB.", "Save a smaller version of it."
        )


def open_upright(data: bytes, name: str, enough: int | None = None) -> OpenedImage:
    """Decode a picture, turn it as its EXIF says, and make it RGB as `to_rgb` does.

    Args:
        data: The content of a file.
        name: What to call it in messages.
        enough: Pixels of the shorter side that the caller needs. A larger JPEG is decoded at a half, a quarter or an
            eighth of its size where that leaves them, which takes a fraction of the time. None: all of them.

    Raises:
        UnreadableImage: for whatever is not a whole picture of a known format and bearable size.
    """
    if not data:
        raise empty(name)
    _silence_pillow()
    try:
        return _open(data, name, enough)
    except UnreadableImage:
        raise
    except Image.DecompressionBombError as error:
        size = claimed_size(data)  # of an icon that of the picture within
        is_known = size is not None and size[0] * size[1] > MAX_PIXELS
        raise too_large(name, _pixels(size) if size and is_known else "far too many pixels", MAX_PIXELS) from error
    # Plugins parse hostile bytes with struct, zlib and indexing: among what was seen to escape them are OSError,
    # SyntaxError, ValueError, TypeError, LookupError, struct.error, EOFError, OverflowError, zlib.error,
    # AttributeError, AssertionError, RuntimeError and MemoryError. Whatever it is, it is a verdict on one file.
    except Exception as error:
        raise refusal(error, data, name) from error


def _silence_pillow() -> None:
    # What Pillow warns of (corrupt EXIF, odd palettes) is dealt with here. `warnings.catch_warnings` is not safe
    # between threads, so the filter stays, and is put in front again where someone else's came before it.
    if warnings.filters[:1] != [_SILENCE]:
        warnings.filterwarnings("ignore", module=r"PIL\.")


def _open(data: bytes, name: str, enough: int | None) -> OpenedImage:
    if is_raw(data, name):
        return _open_raw(data, name, enough)
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        if image.format == "TIFF":
            if DNG_VERSION in image.tag_v2:  # type: ignore[attr-defined]
                return _open_raw(data, name, enough)
            # Pillow turns it as it loads it; noted as the plugin of HEIC does.
            image.info["original_orientation"] = orientation(image)
        return _read(image, data, name, enough)


def _open_raw(data: bytes, name: str, enough: int | None) -> OpenedImage:
    preview = preview_of(data, name)
    if preview is None:
        raise no_preview(name)
    if preview.size[0] * preview.size[1] > MAX_PIXELS:
        raise too_large(name, _pixels(preview.size), MAX_PIXELS)
    with Image.open(BytesIO(preview.data), formats=("JPEG",)) as image:
        return replace(_read(image, preview.data, name, enough, preview.exif), format=preview.format, frames=1)


def _read(
    image: ImageFile.ImageFile, data: bytes, name: str, enough: int | None, around: Image.Exif | None = None
) -> OpenedImage:
    """
    Args:
        around: What the file around a picture says of it.
    """
    _check_size(image, name)  # by the header: nothing of that size has been allocated yet
    whole = image.size
    reduction = _reduce(image, enough)
    factor = shrinking(image, enough) if reduction == 1 else 1
    needed = cost(image, reduction, shrinks=factor > 1)
    if needed > MAX_PICTURE_BYTES:
        raise too_heavy(name, _pixels(whole), str(image.format), MAX_PICTURE_BYTES)
    with BUDGET.hold(needed + len(data)) as share:
        try:
            opened = _decoded(image, data, name, whole if reduction > 1 else None, factor, around)
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)  # else pixels are held as long as anybody keeps the error
            raise
        finally:
            _let_go(image)  # before another picture takes its place
        BUDGET.keep(share, opened.image)
        return opened


def _let_go(image: ImageFile.ImageFile) -> None:
    """Of the pixels, and of whatever its decoder keeps: the picture itself is held until all callers have returned."""
    image.close()
    vars(image).clear()


def _decoded(
    image: ImageFile.ImageFile,
    data: bytes,
    name: str,
    whole: tuple[int, int] | None,
    factor: int,
    around: Image.Exif | None,
) -> OpenedImage:
    """
    Args:
        whole: The size, where its decoder makes it smaller; else it is known for certain when it is decoded.
        factor: By how much it is made smaller in bands.
        around: As for `_read`.
    """
    if factor > 1:
        plain = shrunk(image, factor, data)
    else:
        image.load()
        _check_size(image, name)  # icons take the size of the picture within
        plain = image
    turn = orientation(image, around)
    rendered = to_rgb(plain, data)
    upright = _turned(rendered.image, turn)
    across, down = whole or image.size
    if upright is image:  # let go of the file and its bytes, not of the pixels: a copy of those is as large again
        upright = image._new(image.im)
    upright.info = {}  # no profile, for it is in sRGB; no EXIF, which would turn a saved copy once more
    metadata = read_metadata(image, around)  # before the frames are counted, for which some formats leave the first
    since = _SPECIAL_SINCE if rendered.is_special else 0
    size = (down, across) if turn in _SIDEWAYS else (across, down)
    return OpenedImage(upright, size, str(image.format), _frames(image), metadata, since)


def _reduce(image: ImageFile.ImageFile, enough: int | None) -> int:
    """Have a JPEG decoded at a reduced scale; returns by how much.

    Only where both sides divide evenly, save for the very large: else the last row or column is part of a pixel, and
    what is cut out of the picture later lies a little beside what would be cut out of all of it.
    """
    if enough is None or image.format not in {"JPEG", "MPO"}:
        return 1
    for reduction in _REDUCTIONS:
        reduced, rest = zip(*(divmod(side, reduction) for side in image.size), strict=True)
        if min(reduced) >= enough and (is_large(image) or not any(rest)):
            image.draft(None, reduced)
            return reduction
    return 1


def _check_size(image: ImageFile.ImageFile, name: str) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise too_large(name, _pixels(image.size), MAX_PIXELS)


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]} pixels"


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _frames(image: ImageFile.ImageFile) -> int:
    if image.format == "PSD":  # its frames are layers, of one picture
        return 1
    if image.format == "TIFF":
        return _pages(image)
    return max(1, min(int(getattr(image, "n_frames", 1)), _MAX_FRAMES))


def _pages(image: ImageFile.ImageFile) -> int:
    """How many can be reached: what is behind the first page may be damaged, or of a kind that Pillow does not read."""
    for page in range(1, MAX_PAGES):
        try:
            image.seek(page)
        except Exception:  # EOFError behind the last; else as above
            return page
    return MAX_PAGES
