"""Class names and boxes out of bytes."""

from pathlib import PurePosixPath

import pytest
from PIL import Image

from core.errors import UnreadableLabels
from core.images.describe import Box
from core.sources.datasets import labels
from core.sources.datasets.datafile import read_data_file, read_name_file
from core.sources.datasets.labels import label_path, parse_boxes

NAMES = {0: "cat", 1: "dog"}


def names_in(data, name="data.yaml"):
    return read_data_file(data, name).names


def keypoints_in(data, name="data.yaml"):
    return read_data_file(data, name).keypoints


def boxes(text, **more):
    return parse_boxes(text.encode(), NAMES, (640, 480), **more)


@pytest.mark.parametrize(
    "text",
    ["names: [cat, dog]", "names:\n- cat\n- dog", "names: {0: cat, 1: dog}", "nc: 2\nnames:\n  1: dog\n  0: cat\n"],
)
def test_names_as_a_list_and_as_a_mapping(text):
    assert names_in(text.encode()) == NAMES


def test_names_are_texts_whatever_they_look_like():
    text = "names: [no, 1, 1.50, 2024-01-02, ~, 0x1F, <<, 'a: b', 猫]"
    assert list(names_in(text.encode()).values()) == [
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
    (name, empty, long) = names_in(rf'names: ["a\tb\n\u202ec\0d", "", {"x" * 300}]'.encode()).values()
    assert name == "a b �c�d"
    assert empty == "1"
    assert long == "x" * 100


@pytest.mark.parametrize("data",
    [
        b"", b"names", b"[1, 2]", b"nc: 2", b"names: cat", b"names: [[cat]]", b"names: {a: cat}", b"names: {-1: cat}",
        b"names: {0: [cat]}", b"names: {1e3: cat}", b"names: [cat", b"names: [cat]\n---\nnames: [dog]", b"\xff\xfe\0",
        b"names: ['\xff']", b"? [a]\n: b", b"\0", b"%YAML 9.9\n---\nnames: [a]", b"names: {9999999: cat}",
        b"#" * (labels.MAX_BYTES + 1),
    ],
)  # fmt: skip
def test_what_has_no_names(data):
    with pytest.raises(UnreadableLabels, match=r"^/a/data\.yaml ") as caught:
        names_in(data, "/a/data.yaml")
    assert "yaml" not in str(caught.value).replace("data.yaml", "").lower().replace("is not yaml", "")
    assert caught.value.remedy


def test_yaml_that_would_run_something_is_text():
    text = b"names: !!python/object/apply:os.system [exit 1]"
    assert names_in(text) == {0: "exit 1"}


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
    with pytest.raises(UnreadableLabels, match=r"aliases, is nested too deeply, or has too many values|is not YAML"):
        names_in(data)  # some versions of the parser have a limit of their own


def test_keypoints():
    assert keypoints_in(b"names: [cat]") == 0
    assert keypoints_in(b"names: [a]\nkpt_shape: [17, 3]") == 51
    for text in ("kpt_shape: 17", "kpt_shape: [17]", "kpt_shape: [-1, 3]", "kpt_shape: [x, 3]", "kpt_shape: [[1], 2]"):
        with pytest.raises(UnreadableLabels, match="kpt_shape"):
            keypoints_in(f"names: [a]\n{text}".encode())


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


@pytest.mark.parametrize("line",
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
    names = names_in((coco / "data.yaml").read_bytes())
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


@pytest.mark.parametrize("name", ["data.yml", "dataset.yaml", "coco128.yaml", "custom_data.yaml", "My Data.YML"])
@pytest.mark.parametrize(
    "text",
    ["train: a\nnames: [cat, dog]", "path: ../x\nnames: {0: cat, 1: dog}", "nc: 2\nval:\n- a\n- b\nnames: [cat, dog]"],
)
def test_a_data_file_is_told_by_what_it_holds(name, text):
    assert names_in(text.encode(), f"/a/{name}") == NAMES
    assert names_in(b"\xef\xbb\xbf" + text.encode(), name) == NAMES


@pytest.mark.parametrize(
    "text",
    [
        "nc: 80\nbackbone: [[-1, 1, Conv]]\ndepth_multiple: 0.33",  # a model
        "train: true\nepochs: 3\nbatch: 16",  # settings of a training
        "services:\n  db:\n    image: x",
        "names: Anna",
        "names: [cat",
        "title: x\nnames: [Anna, Bo]",
        "",
    ],
)
def test_other_yaml_is_no_data_file(text):
    assert read_data_file(text.encode(), "/a/other.yaml") is None


def test_classes_without_names_are_called_by_their_numbers():
    assert names_in(b"train: a\nnc: 2", "my.yaml") == {}
    assert [box.label for box in parse_boxes(b"1 .5 .5 1 1", {}, (8, 8))] == ["1"]


def test_parts_are_read_as_they_stand_there():
    data = read_data_file(b"names: [a]\npath: C:\\x\ntrain: [a/b, ./c.txt]\nvalid: d\ntest:\nval: ''", "data.yaml")
    assert data.path == "C:\\x"
    assert data.splits == {"train": ("a/b", "./c.txt"), "val": ("d",)}


def test_class_names_alone():
    assert read_name_file(b"\xef\xbb\xbfcat\r\ntraffic light\r\n\r\n", "classes.txt").names == {
        0: "cat",
        1: "traffic light",
    }
    with pytest.raises(UnreadableLabels, match="is not text"):
        read_name_file(b"\xff\xfe", "classes.txt")
