"""What analyses keep is whole or not there, and belongs to a version."""

from typing import Any

import numpy as np
import pytest

from core.analysis.kept import Kept, KeptAnalyses


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "map")


def test_arrays_and_values_come_back(kept):
    kept.save("places", {"xy": np.arange(6.0).reshape(3, 2), "ids": np.array(["a", "b", "c"])})
    kept.save_array("neighbours", np.arange(4))
    kept.note("clusters", [{"name": "café"}])
    found = kept.load("places")
    assert found is not None
    assert (found["xy"].tolist(), found["ids"].tolist()) == ([[0, 1], [2, 3], [4, 5]], ["a", "b", "c"])
    assert kept.map_array("neighbours").tolist() == [0, 1, 2, 3]
    assert kept.noted("clusters") == [{"name": "café"}]
    assert kept.stamp("places") > 0


def test_nothing_is_there_before_and_after(kept):
    for _ in range(2):
        assert (kept.load("a"), kept.map_array("a"), kept.noted("a"), kept.stamp("a")) == (None, None, None, 0)
        kept.note("a", 1)
        kept.clear()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x93NUMPY", b"{"])
def test_damaged_files_are_as_none(kept, content):
    kept.folder.mkdir()
    for suffix in ("npz", "npy", "json"):
        (kept.folder / f"a.{suffix}").write_bytes(content)
    assert (kept.load("a"), kept.map_array("a"), kept.noted("a")) == (None, None, None)


def test_objects_are_neither_written_nor_read(kept):
    with pytest.raises(ValueError, match="allow_pickle"):
        kept.save("a", {"x": np.array([{}])})
    kept.folder.mkdir(exist_ok=True)
    np.savez(kept.folder / "b.npz", x=np.array([{}], object))
    assert kept.load("b") is None


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".hidden", "A"])
def test_names_stay_in_the_folder(kept, name):
    with pytest.raises(ValueError, match="not a name"):
        kept.note(name, 1)


class OfVersion:
    """An index of which one version is in use."""

    engine, name = "lancedb", "images"

    def __init__(self) -> None:
        self.number = 2
        self.versions = self

    def current(self):
        return self.number

    def all(self):
        return [self]


def test_each_version_has_its_own(tmp_path):
    index: Any = OfVersion()
    kept = KeptAnalyses(tmp_path, index)
    assert not kept.is_made("map")
    kept.of("map").note("a", 2)
    kept.of("map", 1).note("a", 1)
    assert (kept.of("map").noted("a"), kept.of("map", 1).noted("a"), kept.is_made("map")) == (2, 1, True)
    kept.tidy()
    assert (kept.of("map").noted("a"), kept.of("map", 1).noted("a")) == (2, None)
    kept.clear()
    assert not kept.is_made("map")
