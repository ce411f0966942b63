"""What a filter lets through: the reference that `test_conditions.py` holds the engines to."""

import unicodedata
from dataclasses import replace
from datetime import datetime

import pytest

from core.images.describe import Box, Colour
from core.index.filters import AnyOf, Between, Filter, InFolder, NameContains, comparable, meets, texts_of
from core.index.globs import matches_folder, matches_name
from core.index.records import ImageRecord

RECORD = ImageRecord(
    id="0" * 32, path="/pictures/2024/Summer/İstanbul Straße.JPG", name="İstanbul Straße.JPG", content_hash="1" * 64,
    size=1000, mtime_ns=2, width=640, height=480, format="JPEG", taken_at=datetime(2024, 7, 1, 12),
    camera="Canon EOS R5", brightness=0.5, tags=("Anna", "sea"), colours=(Colour("#000000", 0.5),),
    boxes=(Box("cat", 0, 0, 1, 1), Box("", 0, 0, 1, 1)),
)  # fmt: skip
EMPTY = replace(RECORD, taken_at=None, camera="", brightness=None, tags=(), colours=(), boxes=())


@pytest.mark.parametrize(
    "condition",
    [
        AnyOf("label", ("dog", "cat")),
        AnyOf("tag", ("Anna",)),
        AnyOf("format", ("JPEG",)),
        AnyOf("camera", ("Canon EOS R5",)),
        AnyOf("shape", ("landscape", "square")),
        AnyOf("colour", ("black",)),
        AnyOf("folder", ("2024",)),
        Between("width", 640, 641),
        Between("height", high=480.5),
        Between("size"),
        Between("brightness", 0.5),
        Between("taken", datetime(2024, 7, 1, 12), datetime(2024, 7, 1, 12, 0, 0, 1)),
        InFolder("/pictures"),
        InFolder("/pictures/2024/Summer/"),
        InFolder("/"),
        NameContains("STRASSE"),
        NameContains("i\u0307st"),
        NameContains(""),
    ],
    ids=str,
)
def test_a_condition_that_holds(condition):
    assert meets(RECORD, Filter((condition,)))
    assert not meets(RECORD, Filter((replace(condition, excluded=True),)))


@pytest.mark.parametrize(
    "condition",
    [
        AnyOf("label", ("Cat", "ca", "")),
        AnyOf("label", ()),
        AnyOf("lens", ("",)),
        AnyOf("folder", ("summer", "pictures/2024", "İstanbul Straße.JPG")),
        Between("width", 640.5),
        Between("height", high=480),
        Between("sharpness"),
        Between("brightness", 0.6, 0.4),
        InFolder("/pictures/2024/Sum"),
        InFolder("/picture"),
        InFolder("2024"),
        NameContains("istanbul"),
        NameContains("*"),
    ],
    ids=str,
)
def test_a_condition_that_does_not_hold(condition):
    assert not meets(RECORD, Filter((condition,)))
    assert meets(RECORD, Filter((replace(condition, excluded=True),)))


@pytest.mark.parametrize(
    "condition",
    [AnyOf("label", ("cat",)), AnyOf("camera", ("",)), Between("brightness"), Between("taken", high=datetime.max)],
    ids=str,
)
def test_what_is_not_known_meets_exclusions_only(condition):
    assert not meets(EMPTY, Filter((condition,)))
    assert meets(EMPTY, Filter((replace(condition, excluded=True),)))


def test_every_condition_must_hold():
    holds, fails = Between("width", 1), NameContains("other")
    assert meets(RECORD, None)
    assert meets(RECORD, Filter())
    assert meets(RECORD, Filter((holds, replace(fails, excluded=True))))
    assert not meets(RECORD, Filter((holds, fails)))


def test_of_a_very_long_text_the_beginning_counts():
    long = replace(RECORD, name="x" * 300)
    assert meets(long, Filter((NameContains("X" * 255 + "y" * 100),)))
    assert not meets(long, Filter((NameContains("X" * 254 + "y" * 100),)))


def test_empty_texts_are_no_values():
    assert texts_of(RECORD, "label") == ["cat"]
    assert texts_of(RECORD, "lens") == []
    assert texts_of(RECORD, "folder") == ["pictures", "2024", "Summer"]


@pytest.mark.parametrize(
    ("folder", "own", "below"),
    [
        ("/a", "/a", "/a/"),
        ("/a/", "/a", "/a/"),
        ("/a//b/./c", "/a/b/c", "/a/b/c/"),
        ("/", "/", "/"),
        ("https://a.example/", "https://a.example", "https://a.example/"),
        ("https://a.example//b", "https://a.example//b", "https://a.example//b/"),
    ],
)
def test_a_folder_is_itself_and_all_below(folder, own, below):
    assert (InFolder(folder).own, InFolder(folder).below) == (own, below)


@pytest.mark.parametrize(
    ("condition", "bounds"),
    [
        (Between("width"), (None, None)),
        (Between("width", 10, 20), (10, 20)),
        (Between("width", 9.5, 19.5), (10, 20)),
        (Between("width", -float("inf"), float("inf")), (None, None)),
        (Between("width", -1e99, 1e99), (None, None)),
        (Between("width", 2**31 - 1, 2**31), (2**31 - 1, None)),
        (Between("width", 2**31), None),
        (Between("width", float("inf")), None),
        (Between("size", 2**31, 2**63 - 1), (2**31, 2**63 - 1)),
        (Between("size", 10**400), None),
        (Between("size", high=-(10**400)), None),
        (Between("size", float("nan"), 5), None),
        (Between("size", 5, float("nan")), None),
        (Between("brightness", 0, 1), (0.0, 1.0)),
        (Between("brightness", 1e-17, float("inf")), (1e-17, None)),
        (Between("sharpness", float("inf")), None),
    ],
    ids=str,
)
def test_bounds_are_of_the_type_of_the_field(condition, bounds):
    found = comparable(condition)
    assert found == bounds
    assert found is None or {type(bound) for bound in found} <= {
        type(None),
        float if condition.field in ("brightness", "sharpness") else int,
    }


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        *(("IMG_?.jpg", "img_ä.jpg", True), ("IMG_?.jpg", "img_ab.jpg", False), ("??.png", "äo.png", True)),
        *(
            ("???.png", "äö.png", False),
            ("?ö?.png", "äöü.png", True),
            ("?.png", "が.png", True),
            ("*?.png", "é.png", True),
        ),
    ],
)
def test_a_question_mark_is_one_letter_with_its_accent(form, pattern, name, fits):
    """Names of earlier versions are kept as the file system spelled them."""
    assert matches_name(pattern, unicodedata.normalize(form, name)) == fits
    assert matches_folder(pattern.upper(), unicodedata.normalize(form, f"/x/{name.upper()}")) == fits
