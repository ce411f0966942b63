"""The files of datasets, of any bytes: names and boxes as an index can keep them, or a refusal."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnreadableLabels
from core.sources.datasets.datafile import read_data_file
from core.sources.datasets.labels import MAX_BOXES, label_path, parse_boxes

NUMBERS = [
    "0",
    "1",
    "0.5",
    "1.0",
    "-1",
    "nan",
    "inf",
    "1e999999999",
    "1e400",
    "-0.0",
    "1_0",
    "0x1",
    "",
    "٣",
    "0,5",
    "x",
]

YAML = [
    "names:", "kpt_shape:", "\nnames: ", " ", "\n", "\n  ", "\n- ", "[", "]", "{", "}", ": ", ", ", "&a ", "*a", "<<",
    "'", '"', "!!int ", "!!python/name:os.system ", "|\n", "? ", "---\n", "#", "\t", "\ufeff", "\x85", "\\0",
    "cat", "0: dog", "17, 3",
]  # fmt: skip
VALUES = st.one_of(st.text("a\\\"' \u202e猫\x7f", max_size=5), st.integers(0, 3).map(str), st.sampled_from(YAML))

yaml_texts = st.one_of(
    st.lists(st.sampled_from(YAML), max_size=30).map("".join),
    st.lists(VALUES, max_size=5).map(lambda values: f"names: [{', '.join(values)}]"),
    st.dictionaries(VALUES, VALUES, max_size=5).map(
        lambda names: "names:" + "".join(map("\n  %s: %s".__mod__, names.items()))
    ),
    st.lists(VALUES, max_size=3).map(lambda values: f"kpt_shape: [{', '.join(values)}]"),
)
shares = st.floats(0, 1).map(str)
numbers = st.one_of(shares, st.sampled_from(NUMBERS), st.floats().map(str), st.integers().map(str))
lines = st.one_of(
    st.lists(shares, min_size=4, max_size=9).map(lambda values: " ".join(["1", *values])),
    st.lists(numbers, max_size=10).map(" ".join),
)
label_texts = st.lists(lines, max_size=6).map("\n".join)


def texts_or_bytes(texts: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    return st.one_of(st.binary(), texts.map(lambda text: text.encode("utf-8", "surrogatepass")))


def unless_refused[T](read: Callable[[], T], nothing: T) -> T:
    try:
        return read()
    except UnreadableLabels as error:
        refusal = error
    assert refusal.message.endswith(".")
    assert len(refusal.message) < 400
    assert refusal.remedy
    return nothing


@given(texts_or_bytes(yaml_texts))
def test_data_files(data):
    read = unless_refused(lambda: read_data_file(data, "data.yaml"), None)
    names = read.names if read else {}
    assert all(id_ >= 0 and name.isprintable() and 0 < len(name) <= 100 for id_, name in names.items())
    assert read is None or read.keypoints >= 0
    assert unless_refused(lambda: read_data_file(data, "other.yaml"), None) in (read, None)


@given(texts_or_bytes(label_texts), st.integers(0, 8))
def test_label_files(data, keypoints):
    boxes = unless_refused(lambda: parse_boxes(data, {0: "cat"}, (640, 480), keypoints), ())  # type: ignore[arg-type, return-value]
    assert len(boxes) <= min(MAX_BOXES, data.count(b"\n") + data.count(b"\r") + 1)
    for box in boxes:
        assert box.label
        assert all(0 <= share <= 1 for share in box[1:])
        assert box.left + box.width <= 1 + 1e-9
        assert box.top + box.height <= 1 + 1e-9


@given(st.lists(st.tuples(st.integers(0, 99), *[st.floats(0, 1)] * 4), min_size=1, max_size=20))
def test_boxes_that_are_right_are_read(rows):
    data = "\n".join(f"{row[0]} {' '.join(map(repr, row[1:]))}" for row in rows).encode()
    for box, (id_, x, y, width, height) in zip(parse_boxes(data, {}, (4000, 3000)), rows, strict=True):
        right, bottom = min(x + width / 2, 1), min(y + height / 2, 1)
        left, top = max(x - width / 2, 0), max(y - height / 2, 0)
        assert box.label == str(id_)
        assert box[1:] == pytest.approx((left, top, right - left, bottom - top), abs=2e-6)


@given(st.text())
def test_labels_are_never_a_picture_or_outside_its_folders(path):
    label = label_path(path)
    assert label.endswith(".txt")
    assert label.count("/") == path.count("/")
