"""Which labels and parts of datasets belong to which picture, in folders and archives alike."""

import json
import unicodedata
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image

from core.errors import UnreadableLabels
from core.images.describe import Box
from core.images.files import has_picture_suffix
from core.sources.archives.archive import ArchiveSource
from core.sources.datasets.annotations import NO_NAMES, OTHER_ANNOTATIONS, SECOND
from core.sources.datasets.unmatched import ALONE
from core.sources.datasets.voc import read_voc
from core.sources.folder import FolderSource
from core.sources.source import NO_PICTURE, Found

CAT, DOG = "0 .5 .5 1 1", "1 .5 .5 1 1"
DATA = "names: [cat, dog]\n"
PICTURE = None


def coco(*images: str, label: str = "cat", **more) -> str:
    """Each picture has one box over its left half."""
    return json.dumps(
        {
            "info": {"year": 2024},
            "images": [{"id": 7 + n, "file_name": name, "width": 8, "height": 4} for n, name in enumerate(images)],
            "annotations": [
                {"id": n, "image_id": 7 + n, "category_id": 3, "bbox": [0, 0, 4, 4], "area": 16, "iscrowd": 0}
                | {"segmentation": [[0, 0, 4, 0, 4.5, 4e0]]}
                for n in range(len(images))
            ],
            "categories": [{"id": 3, "name": label}],
        }
        | more
    )


def box(x: float, width: float, category: object = 3) -> list[dict[str, object]]:
    return [{"image_id": 7, "category_id": category, "bbox": [x, 0, width, 1]}]


def voc(label: str = "cat") -> str:
    return (
        "<annotation><folder>x</folder><filename>other.jpg</filename><size><width>8</width><height>4</height></size>"
        f"<object><name>{label}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object>"
        "</annotation>"
    )


def pictures(*paths: str) -> dict[str, None]:
    return dict.fromkeys(paths)


LAYOUTS = {
    **{
        f"a data file called {name}": (
            {name: f"train: train/images\n{DATA}", "train/labels/a.txt": DOG, **pictures("train/images/a.jpg")},
            {"train/images/a.jpg": (["dog"], ["train"])},
            {},
        )
        for name in ("data.yaml", "data.yml", "dataset.yaml", "coco128.yaml", "custom_data.yaml", "Ä b.YAML")
    },
    "COCO that lists pictures that are missing, and not one that is here": (
        {"_annotations.coco.json": coco("a.jpg", "x/b.jpg", "c.jpg", "d.jpg", "e.jpg"), **pictures("a.jpg", "z.jpg")},
        {"a.jpg": (["cat"], []), "z.jpg": ([], [])},
        {
            "_annotations.coco.json": "Lists 4 pictures that are missing: b.jpg, c.jpg, d.jpg, …. "
            "Does not list 1 picture that is here: z.jpg."
        },
    ),
    "COCO of pictures that are all missing": (
        {"annotations/instances_val2017.json": coco("a.jpg"), **pictures("train2017/z.jpg")},
        {"train2017/z.jpg": ([], [])},
        {"annotations/instances_val2017.json": "Lists 1 picture that is missing: a.jpg."},
    ),
    "COCO in two files, each with some of the pictures": (
        {"a.json": coco("a.jpg", "ä.jpg"), "b.json": coco("b\\c.jpg"), **pictures("a.jpg", "a\u0308.jpg", "b/c.jpg")},
        {"a.jpg": (["cat"], []), "a\u0308.jpg": (["cat"], []), "b/c.jpg": (["cat"], [])},
        {},
    ),
    "Pascal VOC of which pictures are missing": (
        {"Annotations/a.xml": voc(), "Annotations/b.xml": voc(), "c.xml": "<x/>", **pictures("JPEGImages/a.jpg")},
        {"JPEGImages/a.jpg": (["cat"], [])},
        {"Annotations/b.xml": ALONE, "c.xml": NO_PICTURE},
    ),
    "labels beside the picture, which sorts after them": (
        {"data.yaml": DATA, "a.txt": CAT, "notes.txt": "x", **pictures("a.webp", "b.webp")},
        {"a.webp": (["cat"], []), "b.webp": ([], [])},
        {"notes.txt": NO_PICTURE},
    ),
    "labels beside pictures in a folder called images": (
        {"my.yaml": "nc: 1\ntrain: images\nnames: [cat]", "images/a.txt": CAT, **pictures("images/a.jpg")},
        {"images/a.jpg": (["cat"], ["train"])},
        {},
    ),
    "labels without class names": (
        {"labels/a.txt": CAT, **pictures("images/a.jpg")},
        {"images/a.jpg": ([], [])},
        {"labels/a.txt": NO_NAMES},
    ),
    "captions beside pictures": ({"a.txt": "a cat", **pictures("a.jpg")}, {"a.jpg": ([], [])}, {"a.txt": NO_PICTURE}),
    "class names alone, and lists": (
        {"classes.txt": "cat\ndog\n", "labels/a.txt": DOG, "train.txt": "x", **pictures("images/a.jpg")},
        {"images/a.jpg": (["dog"], [])},
        {"train.txt": NO_PICTURE},
    ),
    "class names with the labels": (
        {"labels/classes.txt": "cat\ndog\n", "labels/a.txt": DOG, **pictures("images/a.jpg")},
        {"images/a.jpg": (["dog"], [])},
        {},
    ),
    "Roboflow's paths, which lead above": (
        {
            "data.yaml": f"train: ../train/images\nval: ../valid/images\ntest: ../test/images\n{DATA}",
            **{f"{part}/labels/a.txt": CAT for part in ("train", "valid", "test")},
            **pictures(*(f"{part}/images/a.jpg" for part in ("train", "valid", "test", "more"))),
            "README.roboflow.txt": "x",
        },
        {
            "train/images/a.jpg": (["cat"], ["train"]),
            "valid/images/a.jpg": (["cat"], ["val"]),
            "test/images/a.jpg": (["cat"], ["test"]),
            "more/images/a.jpg": ([], []),
        },
        {"README.roboflow.txt": NO_PICTURE},
    ),
    "a path from another machine": (
        {
            "x.yaml": f"path: D:\\sets\\birds\ntrain: images\\train\nval: [images/val, images/extra]\n{DATA}",
            **{f"labels/{part}/a.txt": CAT for part in ("train", "val")},
            **pictures(*(f"images/{part}/a.jpg" for part in ("train", "val", "extra"))),
        },
        {
            "images/train/a.jpg": (["cat"], ["train"]),
            "images/val/a.jpg": (["cat"], ["val"]),
            "images/extra/a.jpg": ([], ["val"]),
        },
        {},
    ),
    "datasets side by side, each with its data file above": (
        {
            "one.yaml": f"path: /home/u/sets/one\ntrain: images\n{DATA}",
            "two.yaml": "path: ../sets/two\nval: images\nnames: [horse]\n",
            **{f"{name}/labels/a.txt": CAT for name in ("one", "two", "three")},
            **pictures(*(f"{name}/images/a.jpg" for name in ("one", "two", "three"))),
        },
        {
            "one/images/a.jpg": (["cat"], ["train"]),
            "two/images/a.jpg": (["horse"], ["val"]),
            "three/images/a.jpg": ([], []),
        },
        {"three/labels/a.txt": NO_NAMES},
    ),
    "two data files of one folder": (
        {"data.yaml": DATA, "old.yaml": f"nc: 2\n{DATA}", "labels/a.txt": CAT, **pictures("images/a.jpg")},
        {"images/a.jpg": (["cat"], [])},
        {"old.yaml": SECOND},
    ),
    "lists of pictures": (
        {
            "data.yaml": f"path: /elsewhere/set\ntrain: train.txt\nval: lists/val.txt\ntest: test.txt\n{DATA}",
            "train.txt": "\ufeff./images/a.jpg\r\n./images/ü.jpg\r\n\r\n",
            "lists/val.txt": "C:\\sets\\set\\images\\b.jpg\n/home/u/set/images/deep/c.jpg\n",
            "test.txt": "images/b.jpg\n../set/images/gone.jpg\n'images/d e.jpg'\n",
            "labels/a.txt": CAT,
            **pictures(*(f"images/{name}.jpg" for name in ("a", "b", "deep/c", "d e", "deep/a"))),
            **pictures(unicodedata.normalize("NFD", "images/ü.jpg")),
        },
        {
            "images/a.jpg": (["cat"], ["train"]),
            "images/b.jpg": ([], ["val", "test"]),
            "images/deep/c.jpg": ([], ["val"]),
            "images/d e.jpg": ([], ["test"]),
            "images/deep/a.jpg": ([], []),
            unicodedata.normalize("NFD", "images/ü.jpg"): ([], ["train"]),
        },
        {},
    ),
    "parts by the names of folders, where the data file does not say": (
        {
            "data.yaml": DATA,
            "train2017/labels/a.txt": CAT,
            "strain/labels/b.txt": CAT,
            **pictures("train2017/images/a.jpg", "strain/images/b.jpg", "train2017/images/no.jpg"),
        },
        {
            "train2017/images/a.jpg": (["cat"], ["train"]),
            "strain/images/b.jpg": (["cat"], []),
            "train2017/images/no.jpg": ([], []),
        },
        {},
    ),
    "outlines, turned boxes": (
        {
            "data.yaml": DATA,
            "labels/a.txt": "0 .25 .25 .75 .25 .75 .75\n1 0 0 1 0 1 .5 0 .5",
            **pictures("images/a.jpg"),
        },
        {"images/a.jpg": (["cat", "dog"], [])},
        {},
    ),
    "COCO's own folders": (
        {
            "annotations/instances_train2017.json": coco("000.jpg", "001.jpg"),
            "annotations/instances_val2017.json": coco("000.jpg", label="dog"),
            "annotations/person_keypoints_val2017.json": coco("000.jpg", label="person"),
            "annotations/captions_val2017.json": json.dumps({"info": {}, "images": [], "annotations": []}),
            **pictures("train2017/000.jpg", "train2017/001.jpg", "train2017/none.jpg", "val2017/000.jpg"),
        },
        {
            "train2017/000.jpg": (["cat"], ["train"]),
            "train2017/001.jpg": (["cat"], ["train"]),
            "train2017/none.jpg": ([], []),
            "val2017/000.jpg": (["dog"], ["val"]),
        },
        {
            **{f"annotations/{kind}_val2017.json": OTHER_ANNOTATIONS for kind in ("person_keypoints", "captions")},
            "annotations/instances_train2017.json": "Does not list 1 picture that is here: none.jpg.",
        },
    ),
    "COCO as Roboflow exports it": (
        {
            "train/_annotations.coco.json": coco("a.jpg"),
            "valid/_annotations.coco.json": coco("a.jpg", label="dog"),
            **pictures("train/a.jpg", "valid/a.jpg"),
        },
        {"train/a.jpg": (["cat"], ["train"]), "valid/a.jpg": (["dog"], ["val"])},
        {},
    ),
    "COCO with paths from elsewhere": (
        {"result.json": coco("C:\\media\\upload\\a.jpg", "images/b.jpg"), **pictures("images/a.jpg", "images/b.jpg")},
        {"images/a.jpg": (["cat"], []), "images/b.jpg": (["cat"], [])},
        {},
    ),
    "other JSON": (
        {"a.json": '{"title": "x"}', "b.json": "[1]", "a.jpg.json": coco("a.jpg"), **pictures("a.jpg")},
        {"a.jpg": ([], [])},
        dict.fromkeys(("a.json", "b.json", "a.jpg.json"), NO_PICTURE),
    ),
    "VOC beside the pictures": (
        {"train/a.xml": voc(), "train/b.xml": "<xmp/>", **pictures("train/a.jpg", "train/b.jpg")},
        {"train/a.jpg": (["cat"], ["train"]), "train/b.jpg": ([], [])},
        {"train/b.xml": NO_PICTURE},
    ),
    "VOC in its own folders": (
        {
            "VOC2007/Annotations/000.xml": f"<?xml version='1.0'?>\n<!-- x -->{voc()}",
            "VOC2007/Annotations/001.xml": voc("dog"),
            "VOC2007/ImageSets/Main/train.txt": "000\n",
            "VOC2007/ImageSets/Main/val.txt": "000\n001\n",
            "VOC2007/ImageSets/Main/cat_val.txt": "001 -1\n",
            **pictures("VOC2007/JPEGImages/000.jpg", "VOC2007/JPEGImages/001.jpg"),
        },
        {"VOC2007/JPEGImages/000.jpg": (["cat"], ["train", "val"]), "VOC2007/JPEGImages/001.jpg": (["dog"], ["val"])},
        {"VOC2007/ImageSets/Main/cat_val.txt": NO_PICTURE},
    ),
    "VOC with parts below images and annotations": (
        {"annotations/val/a.xml": voc(), **pictures("images/val/a.jpg", "images/train/a.jpg")},
        {"images/val/a.jpg": (["cat"], ["val"]), "images/train/a.jpg": ([], [])},
        {},
    ),
}  # fmt: skip


@pytest.fixture(params=["folder", "archive"])
def source_of(request, tmp_path):
    """Writes files, and opens the source."""

    def make(files):
        root = tmp_path / ("set" if request.param == "folder" else "set.zip")
        jpeg = tmp_path / "x.jpg"
        Image.new("RGB", (8, 4)).save(jpeg)
        contents = {name: jpeg.read_bytes() if text is None else text.encode() for name, text in files.items()}
        if request.param == "archive":
            with ZipFile(root, "w") as archive:
                for name, data in contents.items():
                    archive.writestr(name, data)
            return ArchiveSource(root)
        for name, data in contents.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        return FolderSource(root)

    return make


def known(source, path):
    full = f"{source.location}/{path}"
    return [box.label for box in source.boxes(full, (8, 4))], list(source.splits(full))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(source_of, layout):
    files, expected, skipped = LAYOUTS[layout]
    source = source_of(files)
    found = list(source.find())
    start = len(source.location) + 1
    assert {one.path[start:] for one in found if isinstance(one, Found)} == set(filter(has_picture_suffix, files))
    told = {one.path[start:]: one.reason for one in found if not isinstance(one, Found)}
    assert told == skipped
    assert {path: known(source, path) for path in expected} == expected  # type: ignore[attr-defined]
    fresh = type(source)(Path(source.location))  # as another run reads it
    assert {path: known(fresh, path) for path in expected} == expected
    annotated = {one.path[start:]: one.annotated_ns for one in found if isinstance(one, Found)}
    assert all(annotated[path] for path, (labels, splits) in expected.items() if labels or splits)


def test_boxes_are_shares_of_the_picture(source_of):
    source = source_of({"_annotations.coco.json": coco("a.jpg"), "b.xml": voc(), **pictures("a.jpg", "b.jpg")})
    assert source.boxes(f"{source.location}/a.jpg", (800, 400)) == (Box("cat", 0, 0, 0.5, 1),)
    assert source.boxes(f"{source.location}/b.jpg", (800, 400)) == (Box("cat", 0, 0, 0.5, 1),)


@pytest.mark.parametrize(("name", "text", "says"),
    [
        ("data.yaml", "names: [cat", "is not YAML"),
        ("labels/a.txt", "0 9 9 1 1", "outside the picture"),
        ("_annotations.coco.json", coco("a.jpg")[:-20], "is not a COCO annotations file"),
        ("_annotations.coco.json", coco("a.jpg", annotations=box(0, 99)), "outside its picture"),
        ("_annotations.coco.json", coco("a.jpg", annotations=box(3, -1)), "negative"),
        ("_annotations.coco.json", coco("a.jpg", annotations=box(0, 1, "x")), "is not a COCO annotations file"),
        ("_annotations.coco.json", coco(), "lists no pictures"),
        ("images/a.xml", "<annotation><object><name>x</name></object></annotation>", "without a box"),
        ("images/a.xml", "<annotation><object>", "is not XML"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_each_time(source_of, name, text, says):
    files = {"data.yaml": DATA, "labels/a.txt": CAT} if name in ("data.yaml", "labels/a.txt") else {}
    source = source_of({**files, name: text, **pictures("images/a.jpg")})
    for _ in range(2):
        with pytest.raises(UnreadableLabels, match=says) as caught:
            source.boxes(f"{source.location}/images/a.jpg", (8, 4))
        assert name in caught.value.message
        assert caught.value.remedy


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://example.com/x.dtd">',
    ],
)
def test_entities_are_not_read(source_of, declaration):
    source = source_of({"a.xml": declaration + voc("&b;"), "b.xml": voc("&b;"), **pictures("a.jpg", "b.jpg")})
    assert source.boxes(f"{source.location}/a.jpg", (8, 4)) == ()  # for what begins so is no annotation
    with pytest.raises(UnreadableLabels, match="is not XML, or declares entities"):
        source.boxes(f"{source.location}/b.jpg", (8, 4))
    with pytest.raises(UnreadableLabels, match="is not XML, or declares entities"):
        read_voc(f"{declaration}{voc('&b;')}".encode(), (8, 4), "a.xml")


def test_outlines_of_any_size_are_not_drawn(source_of):
    points = "".join(f"<x{n}>{n * 10_000}</x{n}><y{n}>9</y{n}>" for n in range(1, 40))
    text = voc().replace("</object>", f"<polygon>{points}</polygon></object>")
    source = source_of({"a.xml": text, **pictures("a.jpg")})
    assert len(source.boxes(f"{source.location}/a.jpg", (50_000, 50_000))) == 1


def test_nothing_outside_the_source_is_read(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/list.txt").write_text("./a.jpg")
    (tmp_path / "list.txt").write_text("./a.jpg")
    (tmp_path / "data.yaml").write_text(DATA)
    root = tmp_path / "set"
    root.mkdir()
    (root / "data.yaml").write_text(f"path: ..\ntrain: ../list.txt\nval: {tmp_path}/secret\ntest: link.txt\n{DATA}")
    (root / "link.txt").symlink_to(tmp_path / "list.txt")
    Image.new("RGB", (8, 4)).save(root / "a.jpg")
    source = FolderSource(root)
    with pytest.raises(UnreadableLabels, match="points elsewhere"):
        source.splits(f"{root}/a.jpg")
    (root / "link.txt").unlink()
    assert FolderSource(root).splits(f"{root}/a.jpg") == ()


def test_a_long_list_is_read_once_and_an_endless_one_is_refused(source_of, monkeypatch):
    monkeypatch.setattr("core.sources.datasets.yolo_layout.MAX_LIST_BYTES", 100)
    source = source_of({"data.yaml": f"train: train.txt\n{DATA}", "train.txt": "./a.jpg\n" * 50, **pictures("a.jpg")})
    with pytest.raises(UnreadableLabels, match="too large"):
        source.splits(f"{source.location}/a.jpg")


def test_annotations_are_read_once_for_all_pictures(source_of, monkeypatch):
    from core.sources.datasets import coco as reading
    from core.sources.datasets import coco_layout

    made = []
    monkeypatch.setattr(coco_layout, "CocoFile", lambda *args: made.append(args) or reading.CocoFile(*args))
    source = source_of({"_annotations.coco.json": coco("a.jpg", "b.jpg"), **pictures("a.jpg", "b.jpg")})
    assert [found.annotated_ns > 0 for found in source.find() if isinstance(found, Found)] == [True, True]
    assert made == []  # not to find out what is there
    for name in ("a.jpg", "b.jpg"):
        assert known(source, name) == (["cat"], [])
    assert len(made) == 1


@pytest.mark.parametrize(("key", "most"), [("images", "MAX_IMAGES"), ("annotations", "MAX_ANNOTATIONS")])
def test_annotations_of_too_many_are_refused(source_of, monkeypatch, key, most):
    monkeypatch.setattr(f"core.sources.datasets.coco.{most}", 1)
    source = source_of({"_annotations.coco.json": coco("a.jpg", "b.jpg"), **pictures("a.jpg")})
    with pytest.raises(UnreadableLabels, match=f"more than 1 {key}"):
        source.boxes(f"{source.location}/a.jpg", (8, 4))


def test_annotations_that_are_broken_do_not_hide_those_of_another_file(source_of):
    files = {"annotations/a.json": '{"images": [ {', "annotations/b.json": coco("a.jpg"), **pictures("a.jpg", "b.jpg")}
    source = source_of(files)
    list(source.find())
    assert [one.label for one in source.boxes(f"{source.location}/a.jpg", (64, 48))] == ["cat"]
    with pytest.raises(UnreadableLabels, match=r"a\.json"):
        source.boxes(f"{source.location}/b.jpg", (64, 48))
