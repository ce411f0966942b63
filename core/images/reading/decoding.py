"""From a picture that Pillow has recognized to its pixels: upright, RGB, and no larger than needed."""

import traceback
from dataclasses import dataclass

from PIL import Image, ImageFile

from core.images.appearance import look_at
from core.images.colour.rgb import to_rgb
from core.images.describe import DESCRIPTION, Description
from core.images.metadata.exif import Metadata, orientation, read_metadata
from core.images.reading.budget import BUDGET, MAX_PICTURE_BYTES, cost
from core.images.reading.refusals import too_heavy, too_large
from core.images.reading.shrinking import is_large, shrinking, shrunk

MAX_PIXELS = 200_000_000
"""The largest picture that is opened: as many as sensors of phones have. Of some kinds fewer: see `budget`."""

MAX_PAGES = 10_000
"""Of a TIFF, where each must be looked for: 60,000 took half a minute."""

_REDUCTIONS = (8, 4, 2)  # the scales at which libjpeg decodes beside the full one
_MAX_FRAMES = 2**31 - 1  # a header may claim more than the integers of an index hold

_SPECIAL_SINCE = 3  # before, colours of other spaces were not converted, every ground was white, and 16 bits all in use

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


def decode(
    image: ImageFile.ImageFile, data: bytes, name: str, enough: int | None, around: Image.Exif | None = None
) -> OpenedImage:
    """The pixels of a picture, as `open_upright` gives them.

    Args:
        image: Of which the header has been read.
        around: What the file around a picture says of it.

    Raises:
        UnreadableImage: it has too many pixels, or takes too much memory.
        Exception: whatever its decoder raises.
    """
    check_size(image.size, name)  # by the header: nothing of that size has been allocated yet
    whole = image.size
    reduction = _reduce(image, enough)
    factor = shrinking(image, enough) if reduction == 1 else 1
    needed = cost(image, reduction, shrinks=factor > 1)
    if needed > MAX_PICTURE_BYTES:
        raise too_heavy(name, in_pixels(whole), str(image.format), MAX_PICTURE_BYTES)
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
        around: As for `decode`.
    """
    if factor > 1:
        plain = shrunk(image, factor, data)
    else:
        image.load()
        check_size(image.size, name)  # icons take the size of the picture within
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


def check_size(size: tuple[int, int], name: str) -> None:
    """
    Raises:
        UnreadableImage: it has more than `MAX_PIXELS`.
    """
    if size[0] * size[1] > MAX_PIXELS:
        raise too_large(name, in_pixels(size), MAX_PIXELS)


def in_pixels(size: tuple[int, int]) -> str:
    """For people to read."""
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
