"""Names of pictures."""

import pytest
from PIL import Image

from core.images.files import FORMATS, SUFFIXES, has_picture_suffix, is_left_out, suffix_of


@pytest.mark.parametrize(
    "suffix", [".jpg", ".jpeg", ".png", ".webp", ".gif", ".tiff", ".bmp", ".avif", ".heic", ".mpo", ".jp2"]
)
def test_common_suffixes_are_pictures(suffix):
    assert suffix in SUFFIXES


@pytest.mark.parametrize("suffix", [".eps", ".ps", ".pdf", ".mpg", ".h5", ".wmf", ".emf", ".iim", ".palm", ".txt", ""])
def test_what_pillow_cannot_or_must_not_open_is_no_picture(suffix):
    assert suffix not in SUFFIXES


def test_formats_leave_out_those_that_run_programs_or_open_any_other():
    assert not {"EPS", "IPTC", "BUFR", "GRIB", "HDF5", "MPEG", "WMF"} & set(FORMATS)
    assert set(FORMATS) <= set(Image.OPEN)


@pytest.mark.parametrize("name", [*FORMATS, "MPO"])
def test_every_format_has_a_suffix_that_is_found(name):
    assert suffix_of(name) in SUFFIXES


def test_the_suffix_of_a_name_in_any_case():
    assert has_picture_suffix("a.b.JPG")
    assert not any(map(has_picture_suffix, ["jpg", ".jpg", "a.jpg.txt", ""]))


def test_names_that_are_left_out():
    assert all(map(is_left_out, [".x.png", "@eaDir", "Thumbs.db", "$RECYCLE.BIN"]))
    assert not any(map(is_left_out, ["x.png", "eaDir", "thumbs"]))
