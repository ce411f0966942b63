"""Good pictures of every format and mode, and what surrounds them in the wild."""

from contextlib import suppress
from functools import partial
from pathlib import Path

from PIL import Image

from core.images.files import FORMATS, suffix_of
from tests.hostile import drawn
from tests.hostile.drawn import animated, colour_of, jpeg, plain, png, saved, transparent, turned
from tests.hostile.kinds import Fate, Kind, added, duplicate, one, several
from tests.zips import zipped

MODES = (
    "1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "I", "I;16", "F",
)  # fmt: skip

COMPRESSIONS = {
    "tiff_lzw": "RGB", "tiff_adobe_deflate": "RGB", "jpeg": "RGB", "zstd": "RGB", "lzma": "RGB", "packbits": "CMYK",
    "group3": "1", "group4": "1", "tiff_ccitt": "1",
}  # fmt: skip


def every_mode(format: str) -> Kind:
    """A file for each mode that Pillow writes in a format."""

    def put(folder: Path) -> list[Fate]:
        written: dict[bytes, Fate] = {}
        for mode in MODES:
            # Uncompressed YCbCr is the one TIFF that Pillow writes and cannot read.
            options = {"compression": "tiff_lzw"} if (mode, format) == ("YCbCr", "TIFF") else {}
            with suppress(OSError, ValueError, KeyError, DeprecationWarning):
                data = saved(plain(mode), format, **options)
                written[data] = added(f"{mode.replace(';', '-')}{suffix_of(format)}", colour_of(mode))
        for data, fate in written.items():
            (folder / fate.path).write_bytes(data)
        return list(written.values())

    return put


def compressed(method: str) -> bytes:
    return saved(plain(COMPRESSIONS[method]), "TIFF", compression=method)


def twice(folder: Path) -> list[Fate]:
    data = png()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(data)
    return [added("a.png"), duplicate("b.png")]


def line(width: int, height: int, format: str) -> bytes:
    return saved(Image.new("RGB", (width, height), "red"), format)


PICTURES: dict[str, Kind] = {f"{name} in every mode": every_mode(name) for name in sorted({*FORMATS} & set(Image.SAVE))}
PICTURES |= {
    "TIFF in every compression": several(
        *(one(added(f"{name}.tif", colour_of(mode)), partial(compressed, name)) for name, mode in COMPRESSIONS.items())
    ),
    "animations and documents": several(
        *(
            one(added(f"{format}{suffix_of(format)}"), partial(animated, format))
            for format in ("GIF", "WEBP", "PNG", "AVIF", "HEIF", "TIFF", "MPO")
        )
    ),
    "pictures in every turn": several(
        *(
            one(added(f"{way}{suffix_of(format)}"), partial(turned, format, way))
            for format in ("JPEG", "PNG", "WEBP", "TIFF", "HEIF")
            for way in range(1, 9)
        )
    ),
    "a progressive JPEG": one(added("x.jpg"), partial(jpeg, progressive=True)),
    "a JPEG of the lowest quality": one(added("x.jpg"), partial(jpeg, quality=1)),
    "a code stream of JPEG 2000": one(added("x.j2k"), lambda: saved(plain(), "JPEG2000", no_jp2=True)),
    "a lossless WebP with alpha": one(added("x.webp"), lambda: saved(plain("RGBA"), "WEBP", lossless=True)),
    "a transparent PNG": one(added("x.png", "white"), lambda: saved(transparent(), "PNG")),
    "a transparent GIF": one(added("x.gif", "white"), lambda: saved(transparent(), "GIF")),
    "one transparent colour": one(added("x.png", "white"), lambda: saved(plain(), "PNG", transparency=(255, 0, 0))),
    "a PNG of 16 bits per channel": one(added("x.png"), lambda: drawn.png_of((32, 32), bits=16)),
    "a DDS that is compressed": one(added("x.dds"), lambda: saved(plain("RGBA"), "DDS", pixel_format="DXT5")),
    "a TGA that is compressed": one(added("x.tga"), lambda: saved(plain(), "TGA", compression="tga_rle")),
    "a Photoshop document": one(added("x.psd"), drawn.photoshop),
    "an X pixmap": one(added("x.xpm"), drawn.xpm),
    "a Sun raster": one(added("x.ras"), drawn.sun_raster),
    "a picture of astronomers": one(added("x.fits", "white"), drawn.fits),
    "pages in PCX": one(added("x.dcx"), drawn.dcx),
    "a cursor": one(added("x.cur"), drawn.cursor),
    "a single pixel": one(added("x.png"), partial(line, 1, 1, "PNG")),
    "a line 30,000 pixels long": one(added("x.png"), partial(line, 30_000, 1, "PNG")),
    "a line 30,000 pixels high": one(added("x.jpg"), partial(line, 1, 30_000, "JPEG")),
    "endings of another case": several(
        one(added("a.JPG"), jpeg), one(added("b.Jpeg"), jpeg), one(added("c.jfif"), jpeg), one(added("d.PNG")),
    ),
    "pictures under the name of another format": several(
        one(added("png.jpg")), one(added("jpeg.png"), jpeg), one(added("webp.gif"), lambda: saved(plain(), "WEBP")),
        one(added("heic.jpg"), lambda: saved(plain(), "HEIF")), one(added("gif.webp"), lambda: saved(plain(), "GIF")),
    ),
    "a picture with an archive behind it": one(added("x.png"), lambda: png() + zipped({"evil.png": png()})),
    "a picture with a script behind it": one(added("x.gif"), lambda: saved(plain(), "GIF") + b"<?php system('id'); ?>"),
    "EXIF that is nonsense": one(added("x.jpg"), lambda: jpeg(exif=b"Exif\0\0" + bytes(range(256)))),
    "a turn that does not exist": one(added("x.jpg"), partial(turned, "JPEG", 9)),
    "a colour profile that is nonsense": one(added("x.jpg"), lambda: jpeg(icc_profile=b"no profile" * 999)),
    "a comment of 64 kB": one(added("x.jpg"), lambda: jpeg(comment=b"x" * 65_000)),
    "a PNG without its end mark": one(added("x.png"), lambda: png()[:-12]),
    "two files of the same bytes": twice,
}  # fmt: skip
