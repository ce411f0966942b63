"""Which kind of source a location is, and the file behind a path."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from core.errors import SourceRefused, UnreadableImage
from core.sources.archives.archive import ArchiveSource
from core.sources.factory import is_one_picture, open_source, read_file, without_nested
from core.sources.folder import FolderSource
from core.sources.listed import ListedSource, write_list
from core.sources.remote.remote import RemoteSource


def test_the_kind_is_told_by_the_location(tmp_path):
    write_list(tmp_path / "some.list", [])
    (tmp_path / "folder.zip").mkdir()
    assert isinstance(open_source(str(tmp_path / "away")), FolderSource)
    assert isinstance(open_source(str(tmp_path / "folder.zip")), FolderSource)
    assert isinstance(open_source(str(tmp_path / "away.zip")), ArchiveSource)
    assert isinstance(open_source("https://example.com/a.zip"), RemoteSource)
    assert isinstance(open_source(str(tmp_path / "some.list"), lists=tmp_path), ListedSource)


def test_a_list_counts_only_where_ours_are(tmp_path):
    write_list(tmp_path / "some.list", [Path("/etc/secret.png")])
    assert isinstance(open_source(str(tmp_path / "some.list"), lists=tmp_path / "jobs"), FolderSource)
    assert isinstance(open_source(str(tmp_path / "some.list")), FolderSource)


def test_what_cannot_be_an_address():
    with pytest.raises(SourceRefused):
        open_source("https://")


def test_the_drives_that_are_expected_are_handed_on(tmp_path):
    source = open_source(str(tmp_path), {"/mnt/drive"})
    assert isinstance(source, FolderSource)
    assert "/mnt/drive" in source.mounts


def test_files_are_read_wherever_they_are(tmp_path, picture):
    path = picture("red.png")
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "deep/red.png")
    assert read_file(str(path)) == path.read_bytes()
    assert read_file(str(tmp_path / "a.zip/deep/red.png")) == path.read_bytes()
    with pytest.raises(UnreadableImage, match="no longer exists"):
        read_file(str(tmp_path / "gone.png"))


def test_a_picture_that_was_named_by_itself(tmp_path, picture):
    (tmp_path / "folder.png").mkdir()
    assert is_one_picture(open_source(str(picture("red.png"))))
    for location in (tmp_path, tmp_path / "folder.png", tmp_path / "gone.png"):
        assert not is_one_picture(open_source(str(location)))


def test_what_is_read_with_a_folder_above_it_is_not_read_once_more():
    locations = ["/a/b", "/a", "/ab", "/a", "/a/x.zip", "/a/c/x.png", "https://e.org/a/b", "https://e.org/a"]
    assert without_nested(locations) == ["/a", "/ab", "/a/x.zip", "https://e.org/a"]
    assert without_nested(["/", "/a"]) == ["/"]
