import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.images.describe import Box, Colour
from core.index.index import by_frequency
from core.index.records import Fingerprint, from_storable, record_id, storable

paths = st.binary(max_size=60).map(os.fsdecode)


@given(paths)
def test_every_path_survives_storing(path):
    stored = storable(path)
    assert from_storable(stored) == path
    assert stored.encode("utf-8") if path else not stored


@given(st.text(st.characters(max_codepoint=0x10EFFF)))  # lone surrogates too
def test_every_text_survives_storing(text):
    assert from_storable(storable(text)) == text
    assert from_storable(storable(text).encode("utf-8").decode("utf-8")) == text


@given(st.text())
def test_text_without_lone_surrogates_is_stored_as_it_is(text):
    plain = "".join(c for c in text if not 0xDC80 <= ord(c) <= 0xDCFF)
    assert storable(plain) == plain


@given(paths, paths)
def test_different_paths_stay_different_when_stored(one, other):
    assert (storable(one) == storable(other)) == (one == other)


def test_the_id_is_of_the_bytes_of_the_path():
    broken = os.fsdecode(b"/photos/\xff.jpg")
    assert record_id("/photos/a.jpg") == record_id(Path("/photos/a.jpg"))
    assert len({record_id("/photos/a.jpg"), record_id("/photos/A.jpg"), record_id(broken)}) == 3
    assert len(record_id(broken)) == 32
    assert set(record_id(broken)) <= set("0123456789abcdef")


def test_the_id_does_not_change_between_releases():
    assert record_id("/photos/red.png") == "8af8acc1d5222be62f1516fa987c487f"


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/a/b/c.jpg", "/a/b"),
        ("/c.jpg", "/"),
        ("/a/b.zip/c/d.jpg", "/a/b.zip/c"),
        ("/a//b/./c.jpg", "/a/b"),
        ("/a/.b/c.jpg", "/a/.b"),
        ("https://example.org/a/b.jpg", "https://example.org/a"),
        ("https://example.org/b.jpg", "https://example.org"),
    ],
)
def test_the_folder_follows_from_the_path(make_records, path, folder):
    (record,), _ = make_records(1)
    assert replace(record, path=path).folder == folder


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/a/b c/d.jpg", ("a", "b c")),
        ("/d.jpg", ()),
        ("/a/b.zip/c/d.jpg", ("a", "b.zip", "c")),
        ("https://example.org/a/b.jpg", ("example.org", "a")),
        (os.fsdecode(b"/a/\xe9/d.jpg"), ("a", os.fsdecode(b"\xe9"))),
    ],
)
def test_the_names_of_the_folders_follow_from_the_path(make_records, path, names):
    (record,), _ = make_records(1)
    assert replace(record, path=path).folder_names == names


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [
        (100, 100, "square"),
        (109, 100, "square"),
        (110, 100, "landscape"),
        (100, 110, "portrait"),
        (199, 100, "landscape"),
        (200, 100, "panorama"),
        (1, 1000, "panorama"),
        (0, 10, "square"),
        (10, 0, "square"),
    ],
)
def test_the_shape_follows_from_the_sides(make_records, width, height, shape):
    (record,), _ = make_records(1)
    assert replace(record, width=width, height=height).shape == shape


def test_colours_are_named_each_once(make_records):
    (record,), _ = make_records(1)
    colours = tuple(Colour(rgb, share) for rgb, share in (("#010101", 0.5), ("#ffffff", 0.3), ("#020202", 0.2)))
    assert replace(record, colours=colours).colour_names[0] == "black"
    assert len(replace(record, colours=colours).colour_names) == 2


def test_names_are_compared_without_capitals(make_records):
    (record,), _ = make_records(1)
    assert replace(record, name="Straße İ.JPG").name_folded == "strasse i\u0307.jpg"


def test_the_fingerprint_follows_from_the_record(make_records):
    _, record = make_records(2)[0]
    assert record.annotated_ns
    assert record.fingerprint == Fingerprint(record.size, record.mtime_ns, record.annotated_ns, record.described)


def test_labels_are_those_of_the_boxes_each_once(make_records):
    (record,), _ = make_records(1)
    boxes = tuple(Box(label, 0, 0, 1, 1) for label in ("dog", "cat", "dog"))
    assert replace(record, boxes=boxes).labels == ("cat", "dog")
    assert replace(record, boxes=()).labels == ()


def test_the_most_frequent_stand_first_and_equals_by_name():
    assert list(by_frequency({"b": 1, "c": 2, "a": 1})) == ["c", "a", "b"]


def test_a_record_cannot_be_changed(make_records):
    (record,), _ = make_records(1)
    with pytest.raises(AttributeError):
        record.path = "/elsewhere"
