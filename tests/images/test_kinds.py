"""What a name says of a file that is not read."""

import pytest

from core.images.files import SUFFIXES
from core.images.reading.kinds import BY_SUFFIX, kind_of, unread_by_name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("drawing.svg", "An SVG drawing"),
        ("a.b.SVGZ", "An SVG drawing"),
        ("picture.jxl", "A JPEG XL picture"),
        ("paper.PDF", "A PDF document"),
        ("logo.eps", "A PostScript drawing"),
        ("logo.ai", "A PostScript drawing"),
        ("big.psb", "A large Photoshop document"),
        ("film.mov", "A video"),
        ("scan.dcm", "A medical picture"),
        ("sky.hdr", "A high dynamic range picture"),
        ("draft.xcf", "A GIMP picture"),
        ("sprite.aseprite", "A drawing program's project"),
        ("plan.DWG", "A drawing program's project"),
        ("slide.svs", "A scientific picture"),
        ("brain.nii", "A medical picture"),
        ("clip.braw", "A video"),
        ("banner.swf", "An animation"),
        ("wall.ktx2", "A texture"),
    ],
)
def test_pictures_by_their_names(name, said):
    reason = unread_by_name(name)
    assert reason.startswith(f"{said}")
    assert "this kind is not supported. " in reason
    assert reason.endswith("JPEG or PNG.")


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"\xef\xbb\xbf<!doctype html><html>", "a web page"),
        (b"<title>Log in</title>", "a web page"),
        (b"<div class='error'>Not found</div>", "a web page"),
        (b"<br />\n<b>Warning</b>: imagecreate", "a web page"),
        (b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"version https://hawser.github.com/spec/v1\noid sha256:00\n", "a Git LFS pointer"),
        (b"[InternetShortcut]\r\nURL=https://a.example/b.jpg\r\n", "a shortcut"),
        (b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0", "a shortcut"),
        (b"book\0\0\0\0mark\0\0\0\0", "a shortcut"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
        (b"\x28\xb5\x2f\xfd" + bytes(9), "an archive"),
        (b"\x89HDF\r\n\x1a\n", "a data file"),
        (b"\x93NUMPY\1\0", "a data file"),
        (b"wOF2\0\1\0\0", "a font"),
        (b"FLIF44", "a picture in an uncommon format"),
        (b"AT&TFORM\0\0\0\0DJVU", "a picture in an uncommon format"),
        (b"BLENDER-v300", "a drawing program's project"),
        (b"CWS\x0a\0\0\1\0", "an animation"),
        (b"\xabKTX 11\xbb", "a texture"),
    ],
)
def test_kinds_by_how_they_begin(data, title):
    kind = kind_of(data)
    assert kind is not None
    assert kind.title.startswith(title)


@pytest.mark.parametrize("name", ["a.txt", "a", ".svg", "svg", "a.svg.txt", "a.jpg", "a.nef", "a.", ""])
def test_what_is_none_or_read(name):
    assert unread_by_name(name) == ""


def test_none_of_them_is_read():
    assert not {f".{suffix}" for suffix in BY_SUFFIX} & SUFFIXES
