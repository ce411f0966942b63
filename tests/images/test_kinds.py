"""What a name says of a file that is not read."""

import pytest

from core.images.files import SUFFIXES
from core.images.kinds import _BY_SUFFIX, unread_by_name


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
    ],
)
def test_pictures_by_their_names(name, said):
    reason = unread_by_name(name)
    assert reason.startswith(f"{said}")
    assert "this kind is not read. " in reason
    assert reason.endswith("JPEG or PNG.")


@pytest.mark.parametrize("name", ["a.txt", "a", ".svg", "svg", "a.svg.txt", "a.jpg", "a.nef", "a.", ""])
def test_what_is_none_or_read(name):
    assert unread_by_name(name) == ""


def test_none_of_them_is_read():
    assert not {f".{suffix}" for suffix in _BY_SUFFIX} & SUFFIXES
