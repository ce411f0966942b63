"""ListedSource: some files, whatever else is in their folders."""

import os

import pytest

from core.errors import SourceRefused, UnreadableImage
from core.sources.listed import ListedSource, write_list
from core.sources.source import Found, Skipped


@pytest.fixture
def folder(tmp_path, picture):
    for colour in ("red", "green", "blue"):
        picture(f"{colour}.png")
    return tmp_path / "pictures"


@pytest.fixture
def listed(tmp_path):
    """The source of a list of these files."""

    def source(*paths, folder=None):
        write_list(tmp_path / "lists/some.list", paths, folder)
        return ListedSource(tmp_path / "lists/some.list")

    return source


def test_finds_what_is_named_and_no_more(listed, folder):
    source = listed(folder / "red.png", folder / "blue.png")
    assert [one.path for one in source.find()] == [str(folder / "red.png"), str(folder / "blue.png")]
    assert all(isinstance(one, Found) and one.size > 0 for one in source.find())
    assert source.paths == [one.path for one in source.find()]
    assert source.read(str(folder / "red.png")) == (folder / "red.png").read_bytes()


def test_is_a_source_by_itself_or_a_part_of_a_folder(listed, folder, tmp_path):
    assert listed(folder / "red.png").location == str(tmp_path / "lists/some.list")
    assert listed(folder / "red.png", folder=folder).location == str(folder)


@pytest.mark.parametrize("others", [True, False])
def test_what_is_gone_is_told(listed, folder, others):
    source = listed(folder / "red.png", folder=folder)
    for colour in ("red", *(() if others else ("green", "blue"))):
        (folder / f"{colour}.png").unlink()
    (one,) = source.find()
    assert (type(one), one.path, one.failed) == (Skipped, str(folder / "red.png"), True)


def test_says_nothing_of_what_it_does_not_name(listed, folder):
    source = listed(folder / "red.png", folder=folder)
    list(source.find())
    assert not source.owns(str(folder / "gone.png"))
    assert source.unreachable(str(folder / "gone.png"))


def test_names_that_are_not_utf8(listed, folder):
    odd = folder / os.fsdecode(b"caf\xe9.png")
    (folder / "red.png").rename(odd)
    (one,) = listed(odd).find()
    assert one.path == str(odd)


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1, 2, 3]"])
def test_a_list_that_is_none(tmp_path, content):
    file = tmp_path / "some.list"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SourceRefused, match=r"some\.list cannot be read"):
        ListedSource(file)


def test_a_file_that_has_gone_since(listed, folder):
    source = listed(folder / "red.png")
    (folder / "red.png").unlink()
    with pytest.raises(UnreadableImage, match="no longer exists"):
        source.stat(str(folder / "red.png"))
