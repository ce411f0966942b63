"""Class names and boxes out of bytes."""

from pathlib import PurePosixPath

import pytest
from PIL import Image

from core.errors import UnreadableLabels
from core.images.describe import Box
from core.sources import labels
from core.sources.labels import label_path, parse_boxes, read_keypoints, read_names

NAMES = {0: "cat", 1: "dog"}


def boxes(text, **more):
    return parse_boxes(text.encode(), NAMES, (640, 480), **more)


@pytest.mark.parametrize(
    "text",
    ["names: [cat, dog]", "names:\n- cat\n- dog", "names: {0: cat, 1: dog}", "nc: 2\nnames:\n  1: dog\n  0: cat\n"],
)
def test_names_as_a_list_and_as_a_mapping(text):
    assert read_names(text.encode()) == NAMES


def test_names_are_texts_whatever_they_look_like():
    text = "names: [no, 1, 1.50, 2024-01-02, ~, 0x1F, <<, 'a: b', 猫]"
    assert list(read_names(text.encode()).values()) == [
        "no",
        "1",
        "1.50",
        "2024-01-02",
        "~",
        "0x1F",
        "<<",
        "a: b",
        "猫",
    ]


def test_names_can_be_read_by_people():
    (name, empty, long) = read_names(rf'names: ["a\tb\n\u202ec\0d", "", {"x" * 300}]'.encode()).values()
    assert name == "a b �c�d"
    assert empty == "1"
    assert long == "x" * 100


@pytest.mark.parametrize(
    "data",
    [
        b"", b"names", b"[1, 2]", b"nc: 2", b"names: cat", b"names: [[cat]]", b"names: {a: cat}", b"names: {-1: cat}",
        b"names: {0: [cat]}", b"names: {1e3: cat}", b"names: [cat", b"names: [cat]\n---\nnames: [dog]", b"\xff\xfe\0",
        b"names: ['\xff']", b"? [a]\n: b", b"\0", b"%YAML 9.9\n---\nnames: [a]", b"names: {9999999: cat}",
        b"#" * (labels.MAX_BYTES + 1),
    ],
)  # fmt: skip
def test_what_has_no_names(data):
    with pytest.raises(UnreadableLabels, match=r"^my\.yaml ") as caught:
        read_names(data, "my.yaml")
    assert caught.value.remedy


def test_yaml_that_would_run_something_is_text():
    text = b"names: !!python/object/apply:os.system [exit 1]"
    assert read_names(text) == {0: "exit 1"}


@pytest.mark.parametrize(
    "data",
    [
        b"a: &a [x, x]\nb: &b [*a, *a]\nnames: [*b, *b]",
        b"a: &a {0: x}\nnames: {<<: [*a, *a]}",
        b"names: &n [*n]",
        b"[" * 1_000_000,
        b"names: " + b"{a: " * 1_000_000,
        b"names: [" + b"a," * 1_000_000 + b"]",
    ],
)
def test_yaml_that_would_grow_is_refused(data):
    with pytest.raises(UnreadableLabels, match=r"aliases, is nested too deeply, or has too many values|nesting depth"):
        read_names(data)  # some versions of the parser have a limit of their own


def test_keypoints():
    assert read_keypoints(b"names: [cat]") == 0
    assert read_keypoints(b"kpt_shape: [17, 3]") == 51
    for text in ("kpt_shape: 17", "kpt_shape: [17]", "kpt_shape: [-1, 3]", "kpt_shape: [x, 3]", "kpt_shape: [[1], 2]"):
        with pytest.raises(UnreadableLabels, match="kpt_shape"):
            read_keypoints(text.encode())


@pytest.mark.parametrize(
    ("image", "label"),
    [
        ("/data/train/images/a.jpg", "/data/train/labels/a.txt"),
        ("images/a.b.jpg", "labels/a.b.txt"),
        ("/images/x/images/y/a.JPG", "/images/x/labels/y/a.txt"),
        ("/data/my.images/a.jpg", "/data/my.images/a.txt"),
        ("a.jpg", "a.txt"),
        ("https://host/images/a.jpg", "https://host/labels/a.txt"),
    ],
)
def test_where_labels_are(image, label):
    assert label_path(image) == label


def test_a_box_is_its_centre_and_sides():
    assert boxes("0 0.5 0.5 0.2 0.4\n\n7 0.25 0.75 0.5 0.5\n") == (
        Box("cat", 0.4, 0.3, 0.2, 0.4),
        Box("7", 0.0, 0.5, 0.5, 0.5),
    )


@pytest.mark.parametrize("text", ["", "\n \r\n", "\ufeff"])
def test_a_picture_of_nothing(text):
    assert boxes(text) == ()


def test_polygons_and_turned_boxes_become_what_encloses_them():
    polygon, turned, scored = boxes(
        "0 0.1 0.2 0.5 0.9 0.3 0.1\n1 0.5 0.1 0.9 0.5 0.5 0.9 0.1 0.5\n1 .1 .1 .5 .2 .2 .5 0.87\n"
    )
    assert polygon == Box("cat", 0.1, 0.1, 0.4, 0.8)
    assert turned == Box("dog", 0.1, 0.1, 0.8, 0.8)
    assert scored == Box("dog", 0.1, 0.1, 0.4, 0.4)


def test_of_a_pose_the_box_counts():
    assert boxes("0 0.5 0.5 0.2 0.2 0.9 0.9 2 0.8 0.8 1", keypoints=6) == (Box("cat", 0.4, 0.4, 0.2, 0.2),)


@pytest.mark.parametrize("text", ["0 .5 .5 1 1 0.93", "0.0 .5 .5 1 1 17", "0e0\t5e-1 .5 1. 1", "\ufeff0 .5 .5 1 1"])
def test_other_spellings_of_a_box(text):
    assert boxes(text) == (Box("cat", 0, 0, 1, 1),)


def test_boxes_end_where_the_picture_does():
    left, rounded = boxes("0 0 0.5 0.5 1.005\n0 0.999999 0.5 0.3333333 0.3333333")
    assert left == Box("cat", 0, 0, 0.25, 1)
    assert rounded == Box("cat", 0.833332, 0.333333, 0.166668, 0.333334)


@pytest.mark.parametrize(
    "line",
    [
        "0 nan .5 .5 .5", "0 .5 .5 inf .5", "0 .5 .5 .5", "cat .5 .5 .5 .5", "0.5 .5 .5 .5 .5", "-1 .5 .5 .5 .5",
        "1e999999999 .5 .5 .5 .5", "1e99 .5 .5 .5 .5", "nan .5 .5 .5 .5", "0 .5 .5 -.5 .5", "0 -.5 .5 .5 .5",
        "0 320 240 100 100", "0 .5 .5 1.5 .5", "0 .1 .1 .5 .5 .9 nan", "0 .1 .1 .5 .5 9 9", "0 .1 .1 .5 1e200 .5 .9",
        "0 .5 .5 x .5", "0 .5 .5 .5 .5 \0", "0 1e-400 .5 1e308 .5",
    ],
)  # fmt: skip
def test_a_line_that_is_no_box_is_named(line):
    with pytest.raises(UnreadableLabels, match=r"^Line 3 of a\.txt ") as caught:
        boxes(f"0 .5 .5 .5 .5\n\n{line}\n0 .5 .5 .5 .5", name="a.txt")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "data", [b"\xff", "0 .5 .5 1 1\n".encode("utf-16"), b"0 .5 .5 1 1\n" * 5001, b" " * (labels.MAX_BYTES + 1)]
)
def test_what_is_no_label_file(data):
    with pytest.raises(UnreadableLabels, match=r"^a\.txt "):
        parse_boxes(data, NAMES, (640, 480), name="a.txt")


def test_coco_as_read_by_hand(coco):
    names = read_names((coco / "data.yaml").read_bytes())
    assert (len(names), names[0], names[79]) == (80, "person", "toothbrush")
    for image in (coco / "train/images").iterdir():
        file = PurePosixPath(label_path(str(image)))
        lines = coco.joinpath(file).read_text().splitlines() if coco.joinpath(file).exists() else []
        with Image.open(image) as picture:
            found = parse_boxes("\n".join(lines).encode(), names, picture.size)
        for box, line in zip(found, lines, strict=True):
            id_, x, y, width, height = map(float, line.split())
            assert box.label == names[int(id_)]
            by_hand = (x - width / 2, y - height / 2, width, height)
            assert box[1:] == pytest.approx(by_hand, abs=2e-6)
