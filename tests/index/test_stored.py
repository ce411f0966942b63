import json
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.images.describe import Box, Colour
from core.index.records import ImageRecord
from core.index.serialization import from_plain, to_plain

texts = st.text(max_size=20) | st.sampled_from(["\udcff", "a\ud800b", "\0", "it's"])
shares = st.floats(0, 1)
descriptions = st.fixed_dictionaries(
    {
        "path": texts,
        "frames": st.integers(1, 100),
        "taken_at": st.none() | st.datetimes(),
        "camera": texts,
        "lens": texts,
        "gps": st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
        "orientation": st.integers(1, 8),
        "colours": st.lists(st.builds(Colour, st.just("#00ff88"), shares), max_size=3).map(tuple),
        "brightness": st.none() | shares,
        "sharpness": st.none() | st.floats(0, 1e9),
        "phash": st.sampled_from(["", "00ff00ff00ff00ff"]),
        "described": st.integers(0, 3),
        "boxes": st.lists(st.builds(Box, texts, shares, shares, shares, shares), max_size=3).map(tuple),
        "annotated_ns": st.integers(0, 2**70),
        "splits": st.sampled_from([(), ("train",), ("val", "test")]),
        "tags": st.lists(texts, max_size=3).map(tuple),
    }
)
PLAINEST = ImageRecord(
    id="0" * 32, path="/a.png", name="a.png", content_hash="1" * 64, size=1, mtime_ns=2, width=3, height=4, format="PNG"
)


@given(descriptions)
def test_every_record_comes_back_from_json_as_it_was(values):
    record = replace(PLAINEST, **values)
    found = from_plain(json.loads(json.dumps(to_plain(record))))
    assert found == record
    assert {type(box) for box in found.boxes} <= {Box}
    assert {type(colour) for colour in found.colours} <= {Colour}
    assert hash(found) == hash(record)


def test_what_has_its_default_takes_no_room():
    assert to_plain(PLAINEST).keys() == {
        "id", "path", "name", "content_hash", "size", "mtime_ns", "width", "height", "format",
    }  # fmt: skip
    assert to_plain(replace(PLAINEST, brightness=0.0, gps=(0.0, 0.0))).keys() >= {"brightness", "gps"}


@pytest.mark.parametrize("taken_at", [None, "2024-02-29T23:59:59"])
def test_a_row_of_an_earlier_version_is_a_record_not_yet_described(taken_at):
    earlier = {**to_plain(PLAINEST), "taken_at": taken_at, "frames": 1}
    moment = datetime(2024, 2, 29, 23, 59, 59) if taken_at else None
    assert from_plain(earlier) == replace(PLAINEST, taken_at=moment)
    assert from_plain(earlier).described == 0


def test_what_a_later_version_adds_is_passed_over():
    assert from_plain({**to_plain(PLAINEST), "mood": "blue"}) == PLAINEST
