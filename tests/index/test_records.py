import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.index.records import Fingerprint, from_storable, record_id, storable

paths = st.binary(max_size=60).map(os.fsdecode)


@given(paths)
def test_every_path_survives_storing(path):
    stored = storable(path)
    assert from_storable(stored) == path
    assert stored.encode("utf-8") if path else not stored


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


def test_folder_and_fingerprint_follow_from_the_record(make_records):
    (record,), _ = make_records(1)
    moved = replace(record, path="/a/b/c.jpg")
    assert moved.folder == "/a/b"
    assert moved.fingerprint == Fingerprint(record.size, record.mtime_ns)


def test_a_record_cannot_be_changed(make_records):
    (record,), _ = make_records(1)
    with pytest.raises(AttributeError):
        record.path = "/elsewhere"
