"""check_path: what a user typed, as a place that may be read."""

import os
import unicodedata

import pytest

from core.errors import FolderRefused
from core.sources.checks import check_kind, check_path, is_archive
from tests.material import needs_ordinary_user, needs_pipes


def test_accepts_a_folder_below_a_root_and_the_root_itself(tmp_path):
    (tmp_path / "a b").mkdir()
    assert check_path(str(tmp_path / "a b"), [tmp_path]) == (tmp_path / "a b").resolve()
    assert check_path(str(tmp_path), [tmp_path]) == tmp_path.resolve()


@pytest.mark.parametrize("form", ["  {}  ", '"{}"', "'{}'", "{}/", "{}/../pictures", "\t{}\n"])
def test_accepts_what_people_paste(tmp_path, form):
    folder = tmp_path / "pictures"
    folder.mkdir()
    assert check_path(form.format(folder), [tmp_path]) == folder.resolve()


def test_expands_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "pictures").mkdir()
    assert check_path("~/pictures", [tmp_path]) == (tmp_path / "pictures").resolve()


@pytest.mark.parametrize("name", ["x.png", "x.JPG", "x.zip", "x.ZIP"])
def test_accepts_one_picture_or_archive(tmp_path, name):
    (tmp_path / name).touch()
    assert check_path(str(tmp_path / name), [tmp_path]) == (tmp_path / name).resolve()


def test_a_root_may_be_a_link(tmp_path):
    (tmp_path / "real/pictures").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    assert check_path(str(tmp_path / "link/pictures"), [tmp_path / "link"]).name == "pictures"


@pytest.mark.parametrize("text", ["", "   ", '""', "' '"])
def test_refuses_nothing(text, tmp_path):
    with pytest.raises(FolderRefused) as refusal:
        check_path(text, [tmp_path])
    assert refusal.value.remedy


def test_refuses_what_does_not_exist(tmp_path):
    (tmp_path / "x.png").touch()
    for text in (str(tmp_path / "gone"), str(tmp_path / "x.png/below")):
        with pytest.raises(FolderRefused, match="does not exist") as refusal:
            check_path(text, [tmp_path])
        assert text in refusal.value.message
        assert refusal.value.remedy


def test_refuses_other_files(tmp_path):
    (tmp_path / "x.txt").write_text("no picture")
    with pytest.raises(FolderRefused, match=r"x\.txt is not a folder, a picture"):
        check_path(str(tmp_path / "x.txt"), [tmp_path])


def test_refuses_what_is_outside_and_names_the_roots_and_the_variable(tmp_path):
    for name in ("root", "root-beside", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "root/out").symlink_to(tmp_path / "other", target_is_directory=True)
    for text in ("other", "root-beside", "root/../other", "root/out"):
        with pytest.raises(FolderRefused) as refusal:
            check_path(str(tmp_path / text), [tmp_path / "root"])
        assert str(tmp_path / "root") in refusal.value.message
        assert "IMAGE_SEARCH_ROOTS" in refusal.value.remedy


def test_refuses_everything_without_roots(tmp_path):
    with pytest.raises(FolderRefused, match="none"):
        check_path(str(tmp_path), [])


@pytest.mark.parametrize("text", ["a\0b", "x" * 5000, "/x" * 5000, "~no-such-user-here/x", "half \ud800", "\udcff"])
def test_refuses_what_cannot_be_a_path(text, tmp_path):
    with pytest.raises(FolderRefused) as refusal:
        check_path(text, [tmp_path])
    assert refusal.value.remedy
    assert len(str(refusal.value)) < 500
    str(refusal.value).encode()  # can be printed and sent


def test_refuses_a_loop(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(FolderRefused):
        check_path(str(tmp_path / "loop"), [tmp_path])


def test_refuses_what_may_not_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(FolderRefused, match="no permission"):
        check_path(str(tmp_path), [tmp_path])


@needs_ordinary_user
def test_refuses_what_lies_in_a_closed_folder(tmp_path):
    (tmp_path / "closed/below").mkdir(parents=True)
    (tmp_path / "closed").chmod(0)
    try:
        for text in ("closed", "closed/below"):
            with pytest.raises(FolderRefused, match="no permission"):
                check_path(str(tmp_path / text), [tmp_path])
    finally:
        (tmp_path / "closed").chmod(0o700)


@needs_pipes
def test_refuses_pipes_named_like_pictures(tmp_path):
    os.mkfifo(tmp_path / "x.png")
    with pytest.raises(FolderRefused, match="not a folder, a picture"):
        check_kind(tmp_path / "x.png")


def test_archives_are_known_by_their_names(tmp_path):
    assert is_archive(tmp_path / "a.ZIP")
    assert not is_archive(tmp_path / "zip")


@pytest.mark.parametrize(("there", "typed"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_one_folder_has_one_path_however_its_name_is_composed(tmp_path, there, typed):
    folder = tmp_path / unicodedata.normalize(there, "Größe 한글") / "x"
    folder.mkdir(parents=True)
    other = f"{tmp_path}/{unicodedata.normalize(typed, 'Größe 한글')}/y/../x//"
    (folder.parent / "y").mkdir()
    assert check_path(other, [tmp_path]) == folder


def test_of_two_folders_that_differ_in_this_alone_the_one_that_is_typed(tmp_path):
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "é")).mkdir()
    for name in (unicodedata.normalize(form, "é") for form in ("NFC", "NFD")):
        assert check_path(f"{tmp_path}/{name}", [tmp_path]).name == name
