"""Files that are damaged, and those that are no pictures."""

from functools import partial

from core.images.files import suffix_of
from tests.hostile.drawn import animated, flipped, jpeg, noise, of_size, png, png_of, saved
from tests.hostile.kinds import Kind, added, failed, one, several, skipped
from tests.zips import zipped

OTHER_KINDS = {
    "nothing": (b"", "is empty"),
    "one byte": (b"\xff", "its beginning is damaged"),
    "zero bytes": (bytes(5000), "nothing but zeros"),
    "noise": (bytes(range(200, 256)) * 9, "not a picture in a known format"),
    "a program": (b"\x7fELF\2\1\1" + bytes(99), "not a picture but a program"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
    "an answer of a server": (b'{"error": "AccessDenied"}', "a server response"),
    "a text": (b"Dear diary, today I was no picture.\n", "a text"),
    "a web page": (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "an SVG drawing"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "a PDF document"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
    "a video": (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(999), "a video"),
    "JPEG XL": (b"\xff\x0a\xfa\x1f\0", "a JPEG XL picture"),
    "an archive": (zipped({"x.png": b"1"}), "an archive"),
}
"""What they begin with, and what is said of them."""


def cut(format: str, share: float) -> bytes:
    whole = saved(noise(), format)
    return whole[: int(len(whole) * share)]


def cut_thrice(format: str) -> Kind:
    names = ((share, f"{share}{suffix_of(format)}") for share in (0.1, 0.5, 0.9))
    return several(*(one(failed(name, "Copy it again"), partial(cut, format, share)) for share, name in names))


DAMAGED: dict[str, Kind] = {
    f"{format} that is cut": cut_thrice(format)
    for format in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "HEIF", "AVIF", "BMP")
}
DAMAGED |= {
    f"{what} named as a picture": one(failed("x.jpg", says), partial(bytes, data))
    for what, (data, says) in OTHER_KINDS.items()
}
DAMAGED |= {
    "a PNG header and no more": one(failed("x.png", "Copy it again"), lambda: png()[:33]),
    "a JPEG header and no more": one(failed("x.jpg", "incomplete"), lambda: jpeg()[:200]),
    "a flipped bit in the pixels of a PNG": one(failed("x.png", "damaged"), lambda: flipped(png(), 50)),
    "a flipped bit in the header of a PNG": one(failed("x.png", "damaged"), lambda: flipped(png(), 18)),
    "a flipped bit in the beginning of a JPEG": one(failed("x.jpg", "damaged"), lambda: flipped(jpeg(), 0)),
    "a PNG without width": one(failed("x.png"), lambda: png_of((0, 5))),
    "a JPEG without height": one(failed("x.jpg"), lambda: of_size(jpeg(), b"\xff\xc0", 5, ">HH", 0, 32)),
    "an animation whose last frame is cut": one(added("x.gif"), lambda: animated("GIF")[:-20]),
    "a document whose last page is cut": one(added("x.tif"), lambda: animated("TIFF")[:-50]),
    "names that are none of pictures": several(
        *(
            one(skipped(name, "Not a picture by its name."), jpeg)
            for name in ("jpeg", "jpeg.txt", "x.JPG~", "x.jpg.part")
        )
    ),
    "names of pictures that are not read": several(
        *(
            one(skipped(name, "this kind is not supported"), jpeg)
            for name in ("x.svg", "x.eps", "x.pdf", "x.mp4", "x.jxl")
        )
    ),
    "camera raw without a preview": several(
        *(
            one(failed(name, "camera raw file without a large enough preview"), lambda: b"MM\0*" + bytes(999))
            for name in ("a.nef", "b.dng")
        )
    ),
    "an archive in a folder": one(skipped("x.zip", "add it as a source"), lambda: zipped({"x.png": png()})),
}
