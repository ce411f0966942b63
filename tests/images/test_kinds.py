"""What a name says of a file that is not read."""

import pytest

from core.images.files import SUFFIXES
from core.images.kinds import _BY_SUFFIX, kind_of, unread_by_name


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
        ("film.mov", "A film"),
        ("scan.dcm", "A medical picture"),
        ("sky.hdr", "A picture of high dynamic range"),
        ("draft.xcf", "A GIMP picture"),
        ("sprite.aseprite", "A project of a drawing program"),
        ("plan.DWG", "A project of a drawing program"),
        ("slide.svs", "A picture of an instrument"),
        ("brain.nii", "A medical picture"),
        ("clip.braw", "A film"),
        ("banner.swf", "An animation"),
        ("wall.ktx2", "A texture"),
    ],
)
def test_pictures_by_their_names(name, said):
    reason = unread_by_name(name)
    assert reason.startswith(f"{said}")
    assert "this kind is not read. " in reason
    assert reason.endswith("JPEG or PNG.")


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"\xef\xbb\xbf<!doctype html><html>", "a web page"),
        (b"<title>Log in</title>", "a web page"),
        (b"<div class='error'>Not found</div>", "a web page"),
        (b"<br />\n<b>Warning</b>: imagecreate", "a web page"),
        (b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"version https://hawser.github.com/spec/v1\noid sha256:00\n", "a pointer of Git LFS"),
        (b"[InternetShortcut]\r\nURL=https://a.example/b.jpg\r\n", "a shortcut"),
        (b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0", "a shortcut"),
        (b"book\0\0\0\0mark\0\0\0\0", "a shortcut"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an office program"),
        (b"\x28\xb5\x2f\xfd" + bytes(9), "an archive"),
        (b"\x89HDF\r\n\x1a\n", "a file of data"),
        (b"\x93NUMPY\1\0", "a file of data"),
        (b"wOF2\0\1\0\0", "a font"),
        (b"FLIF44", "a picture of an uncommon kind"),
        (b"AT&TFORM\0\0\0\0DJVU", "a picture of an uncommon kind"),
        (b"BLENDER-v300", "a project of a drawing program"),
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
    assert not {f".{suffix}" for suffix in _BY_SUFFIX} & SUFFIXES
