"""Datasets whose class names, labels or annotations cannot be read: their pictures are good all the same."""

from functools import partial
from pathlib import Path

from tests.hostile.drawn import png
from tests.hostile.kinds import Fate, Kind, added, outside_of, skipped
from tests.hostile.links import OUT

NAMES, WHOLE = b"names: [cat, dog]", b"1 0.5 0.5 1 1"

WITHOUT = "Without labels: "


def bomb_of_aliases() -> bytes:
    """Nine lists, each of nine times the one before."""
    lists = (f"{chr(n)}: &{chr(n)} [{', '.join([f'*{chr(n - 1)}'] * 9)}]" for n in range(ord("b"), ord("k")))
    return "\n".join(["a: &a [x, x]", *lists, "names: *j"]).encode()


def dataset(says: str = "", names: bytes = NAMES, labels: bytes = WHOLE) -> Kind:
    """A picture in a dataset, and what is said of its labels."""

    def put(folder: Path) -> list[Fate]:
        for name, data in {"data.yaml": names, "images/x.png": png(), "labels/x.txt": labels}.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        return [added("images/x.png", says=says)]

    return put


def led_out(folder: Path, part: str) -> list[Fate]:
    """A part of it leads to the like of it outside."""
    (fate,) = dataset()(folder)
    target = outside_of(folder) / f"{folder.name} {part.replace('/', ' ')}"
    (folder / part).rename(target)
    (folder / part).symlink_to(target)
    return [fate._replace(says=WITHOUT), skipped(part, OUT)]


UNREADABLE_NAMES = {
    "a bomb of aliases": bomb_of_aliases(),
    "not YAML": b"names: [cat, dog",
    "a picture": png(),
    "zero bytes": bytes(5000),
    "nothing": b"",
    "without names": b"nc: 2",
    "of 5 MB": b"#" * (5 << 20),
    "nested 10,000 deep": b"[" * 10_000,
    "a program": b'!!python/object/apply:os.system ["touch pwned"]',
}
UNREADABLE_LABELS = {
    "outside the picture": b"0 7.5 0.5 1 1",
    "with a negative side": b"0 0.5 0.5 -1 -1",
    "of a class that no number holds": b"1e999999999 0.5 0.5 1 1",
    "of a class without a number": b"cat 0.5 0.5 1 1",
    "that are not finite": b"0 nan inf 1 1",
    "that are not text": b"\xff\xfe" * 99,
    "of 5 MB": (WHOLE + b"\n") * 400_000,
    "of 10,000 things": (WHOLE + b"\n") * 10_000,
}
COCO = b'{"images": [{"id": 1, "file_name": "x.png"}], "categories": [{"id": 1, "name": "cat"}], "annotations": ['
UNREADABLE_ANNOTATIONS = {
    "COCO nested 100,000 deep": ("a.json", COCO + b"[" * 100_000),
    "COCO with a number of 100,000 digits": (
        "a.json", COCO + b'{"image_id": 1, "category_id": ' + b"9" * 100_000 + b"}]}"
    ),
    "COCO with a box that is not finite": (
        "a.json", COCO + b'{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1e999, 1]}]}'
    ),
    "COCO with 6,000 boxes for one picture": (
        "a.json", COCO + b",".join([b'{"image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1]}'] * 6_000) + b"]}"
    ),
    "COCO that ends early": ("a.json", COCO),
    "VOC with a bomb of entities": (
        "images/x.xml", b"<!-- x --><annotation><object><name>&lol;</name></object></annotation>"
    ),
    "VOC with 6,000 objects": ("images/x.xml", b"<annotation>" + b"<object/>" * 6_000 + b"</annotation>"),
    "VOC nested 100,000 deep": ("images/x.xml", b"<annotation>" + b"<a>" * 100_000),
    "VOC with a box that is not finite": (
        "images/x.xml",
        b"<annotation><object><name>cat</name><bndbox><xmin>nan</xmin><ymin>0</ymin><xmax>1e999</xmax><ymax>1</ymax>"
        b"</bndbox></object></annotation>",
    ),
}  # fmt: skip


def annotated(name: str, data: bytes) -> Kind:
    """A picture whose annotations cannot be read."""

    def put(folder: Path) -> list[Fate]:
        (folder / "images").mkdir()
        (folder / "images/x.png").write_bytes(png())
        (folder / name).write_bytes(data)
        return [added("images/x.png", says=WITHOUT)]

    return put


DATASETS: dict[str, Kind] = {"a dataset": dataset(), "a class without a name": dataset(labels=b"77 0.5 0.5 1 1")}
DATASETS |= {f"a data.yaml, {what}": dataset(WITHOUT, names=data) for what, data in UNREADABLE_NAMES.items()}
DATASETS |= {f"labels {what}": dataset(WITHOUT, labels=data) for what, data in UNREADABLE_LABELS.items()}
DATASETS |= {
    f"a dataset whose {part} is a link to one outside": partial(led_out, part=part)
    for part in ("data.yaml", "labels/x.txt", "labels")
}
DATASETS |= {f"annotations: {what}": annotated(name, data) for what, (name, data) in UNREADABLE_ANNOTATIONS.items()}
