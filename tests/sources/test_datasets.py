"""Which labels belong to which picture."""

import pytest

from core.errors import UnreadableImage, UnreadableLabels
from core.images.describe import Box
from core.sources.datasets import Datasets

ROOT = "/images/root"
WHOLE = b"0 .5 .5 1 1"


class Files(dict[str, bytes | None]):
    """A source that knows what it was asked; None stands for a file that cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.opened: list[str] = []

    def put(self, **files: bytes | None) -> None:
        self.update({f"{ROOT}/{name}": data for name, data in files.items()})

    def exists(self, path: str) -> bool:
        self.asked.append(path)
        return path in self

    def read(self, path: str) -> bytes:
        self.opened.append(path)
        data = self[path]
        if data is None:
            raise UnreadableImage(f"{path} is damaged.", "Copy it again.")
        return data


@pytest.fixture
def files():
    return Files()


@pytest.fixture
def datasets(files):
    return Datasets(ROOT, files.exists, files.read)


def test_the_nearest_data_file_above_has_the_names(files, datasets):
    files.put(**{"data.yaml": b"names: [cat]", "a/data.yaml": b"names: [dog]"})
    files.put(**{f"{folder}labels/x.txt": WHOLE for folder in ("", "a/", "a/b/", "c/")})
    boxes = {f: datasets.boxes(f"{ROOT}/{f}images/x.jpg", (8, 8)) for f in ("", "a/", "a/b/", "c/")}
    cat, dog = Box("cat", 0, 0, 1, 1), Box("dog", 0, 0, 1, 1)
    assert boxes == {"": (cat,), "a/": (dog,), "a/b/": (dog,), "c/": (cat,)}
    assert datasets.files(f"{ROOT}/a/images/x.jpg") == (f"{ROOT}/a/labels/x.txt", f"{ROOT}/a/data.yaml")


def test_nothing_is_known_without_a_data_file_or_labels(files, datasets):
    files.put(**{"a/data.yaml": b"names: [cat]", "labels/x.txt": WHOLE})
    for path in (f"{ROOT}/images/x.jpg", f"{ROOT}/a/images/x.jpg", "/elsewhere/images/x.jpg", ROOT):
        assert datasets.files(path) == ()
        assert datasets.boxes(path, (8, 8)) == ()
    assert files.opened == []


def test_nothing_outside_the_root_is_asked_for(files, datasets):
    files.put(**{"data.yaml": b"names: [cat]"})
    datasets.files(f"{ROOT}/x.jpg")
    datasets.files(f"{ROOT}/a/b/x.jpg")
    datasets.files("/images/x.jpg")
    assert all(path.startswith(f"{ROOT}/") for path in files.asked)
    assert f"{ROOT}/x.txt" in files.asked


def test_addresses_work_as_folders_do(files):
    files.update({"https://host/set/data.yaml": b"names: [cat]", "https://host/set/labels/x.txt": WHOLE})
    datasets = Datasets("https://host/set/", files.exists, files.read)
    assert datasets.boxes("https://host/set/images/x.jpg", (8, 8)) == (Box("cat", 0, 0, 1, 1),)


def test_a_data_file_is_read_once(files, datasets):
    files.put(**{"data.yaml": b"names: [cat]", "labels/x.txt": WHOLE})
    for _ in range(3):
        datasets.boxes(f"{ROOT}/images/x.jpg", (8, 8))
    assert files.opened.count(f"{ROOT}/data.yaml") == 1


@pytest.mark.parametrize(("broken", "reads"), [("data.yaml", 1), ("labels/x.txt", 3)])
@pytest.mark.parametrize("data", [None, b"\xff"])
def test_what_cannot_be_read_is_named_each_time(files, datasets, broken, reads, data):
    files.put(**{"data.yaml": b"names: [cat]", "labels/x.txt": WHOLE} | {broken: data})
    for _ in range(3):
        with pytest.raises(UnreadableLabels, match=broken):
            datasets.boxes(f"{ROOT}/images/x.jpg", (8, 8))
    assert files.opened.count(f"{ROOT}/{broken}") == reads


def test_poses_have_boxes(files, datasets):
    files.put(**{"data.yaml": b"names: [cat]\nkpt_shape: [1, 2]", "labels/x.txt": b"0 .5 .5 .5 .5 .1 .1"})
    assert datasets.boxes(f"{ROOT}/images/x.jpg", (8, 8)) == (Box("cat", 0.25, 0.25, 0.5, 0.5),)


def test_which_other_files_are_part_of_a_dataset(files, datasets):
    files.put(**{"a/data.yaml": b""})
    for name in ("a/data.yaml", "a/labels/x.txt", "a/train/labels/b/x.txt"):
        assert datasets.holds(f"{ROOT}/{name}")
    for name in ("a/x.txt", "a/labels/x.csv", "a/labels.txt", "labels/x.txt", "data.yml"):
        assert not datasets.holds(f"{ROOT}/{name}")
