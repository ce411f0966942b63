"""find_images, check_folder and write_whole."""

import errno
import inspect
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.errors import FolderRefused, IndexUnavailable, StorageFull
from core.images.files import FORMATS, SUFFIXES, check_folder, find_images, suffix_of, write_whole
from core.images.names import shown

needs_ordinary_user = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind the superuser"
)


def names(root: Path) -> list[str]:
    return [path.relative_to(root.resolve()).as_posix() for path in find_images(root)]


@pytest.mark.parametrize(
    "suffix", [".jpg", ".jpeg", ".png", ".webp", ".gif", ".tiff", ".bmp", ".avif", ".heic", ".mpo", ".jp2"]
)
def test_common_suffixes_are_pictures(suffix):
    assert suffix in SUFFIXES


@pytest.mark.parametrize("suffix", [".eps", ".ps", ".pdf", ".mpg", ".h5", ".wmf", ".emf", ".iim", ".palm", ".txt", ""])
def test_what_pillow_cannot_or_must_not_open_is_no_picture(suffix):
    assert suffix not in SUFFIXES


def test_formats_leave_out_those_that_run_programs_or_open_any_other():
    assert not {"EPS", "IPTC", "BUFR", "GRIB", "HDF5", "MPEG", "WMF"} & set(FORMATS)
    assert set(FORMATS) <= set(Image.OPEN)


@pytest.mark.parametrize("name", [*FORMATS, "MPO"])
def test_every_format_has_a_suffix_that_is_found(name):
    assert suffix_of(name) in SUFFIXES


def test_walks_folders_sorted_and_lazily(tmp_path, put):
    for name in ["b/2.png", "b/10.png", "a/z/1.png", "c.png", "a.png"]:
        put(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    assert names(tmp_path) == ["a/z/1.png", "a.png", "b/10.png", "b/2.png", "c.png"]
    first = next(find_images(tmp_path))
    assert first == tmp_path.resolve() / "a/z/1.png"


def test_suffixes_of_any_case(tmp_path, put):
    for name in ["A.JPG", "b.Jpeg", "c.PNG", "d.WebP"]:
        put(tmp_path / name)
    assert names(tmp_path) == ["A.JPG", "b.Jpeg", "c.PNG", "d.WebP"]


@pytest.mark.parametrize(
    "hidden",
    [
        ".x.png", "._x.png", ".git/x.png", "a/.thumbs/x.png", "@eaDir/x.png", "__MACOSX/x.png", "$RECYCLE.BIN/x.png",
        "System Volume Information/x.png", "lost+found/x.png", "#recycle/x.png",
    ],
)  # fmt: skip
def test_leaves_out_what_is_hidden_or_kept_by_systems(tmp_path, put, hidden):
    put(tmp_path / hidden)
    put(tmp_path / "seen.png")
    assert names(tmp_path) == ["seen.png"]


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", ".DS_Store"])
def test_leaves_out_system_files(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert names(tmp_path) == []


def test_a_root_inside_a_hidden_folder_works(tmp_path, put):
    put(tmp_path / ".venv/@eaDir/pictures/x.png")
    assert names(tmp_path / ".venv/@eaDir/pictures") == ["x.png"]


def test_folders_of_caches_are_left_out_below_the_root_only(tmp_path, put):
    put(tmp_path / "cache/x.png")
    put(tmp_path / "cache/deep/x.png")
    (tmp_path / "cache/CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55")
    assert names(tmp_path) == []
    assert names(tmp_path / "cache") == ["deep/x.png", "x.png"]


def test_one_file_as_root(tmp_path, put):
    picture = put(tmp_path / ".hidden/.x.PNG")
    (tmp_path / "x.txt").write_text("no picture")
    assert list(find_images(picture)) == [picture.resolve()]
    assert list(find_images(tmp_path / "x.txt")) == []


def test_a_root_that_is_gone_is_refused_not_raised(tmp_path):
    refused = []
    assert list(find_images(tmp_path / "gone", lambda folder, reason: refused.append((folder, reason)))) == []
    assert refused == [(tmp_path / "gone", os.strerror(errno.ENOENT))]
    assert list(find_images(tmp_path / "gone")) == []


def test_same_name_in_two_folders_is_two_pictures(tmp_path, put):
    put(tmp_path / "a/x.png")
    put(tmp_path / "b/x.png")
    assert names(tmp_path) == ["a/x.png", "b/x.png"]


def test_loops_of_links_end(tmp_path, put):
    put(tmp_path / "a/x.png")
    (tmp_path / "a/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a/self").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "a/endless.png").symlink_to(tmp_path / "a/endless.png")
    (tmp_path / "a/broken.png").symlink_to(tmp_path / "nowhere.png")
    assert names(tmp_path) == ["a/x.png"]


def test_links_that_leave_the_root_are_not_followed(tmp_path, put):
    put(tmp_path / "outside/secret.png")
    put(tmp_path / "root-beside/secret.png")
    root = put(tmp_path / "root/x.png").parent
    (root / "file.png").symlink_to(tmp_path / "outside/secret.png")
    (root / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
    (root / "beside").symlink_to("../root-beside", target_is_directory=True)
    (root / "parent").symlink_to("..", target_is_directory=True)
    assert names(root) == ["x.png"]


def test_links_to_one_file_give_it_once(tmp_path, put):
    put(tmp_path / "b/x.png")
    (tmp_path / "a.png").symlink_to(tmp_path / "b/x.png")
    (tmp_path / "c.png").symlink_to(tmp_path / "b/x.png")
    (tmp_path / "d").symlink_to(tmp_path / "b", target_is_directory=True)
    assert names(tmp_path) == ["b/x.png"]


def test_links_to_what_is_left_out_are_followed_once(tmp_path, put):
    """As in a git-annex: the pictures are links to a hidden store, whose names need no suffix."""
    put(tmp_path / ".store/albums/x.png")
    put(tmp_path / ".store/objects/0a1b")
    (tmp_path / "1.png").symlink_to(".store/objects/0a1b")
    (tmp_path / "2.png").symlink_to(".store/objects/0a1b")
    (tmp_path / "3.png").symlink_to(".store/albums/x.png")
    (tmp_path / "4").symlink_to(".store/albums", target_is_directory=True)
    (tmp_path / "5").symlink_to(".store", target_is_directory=True)
    (tmp_path / ".store/albums/loop").symlink_to("..", target_is_directory=True)
    assert sorted(names(tmp_path)) == [".store/albums/x.png", ".store/objects/0a1b"]


def test_a_root_that_is_a_link_is_its_target(tmp_path, put):
    picture = put(tmp_path / "real/x.png")
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    assert list(find_images(tmp_path / "link")) == [picture.resolve()]


def test_names_that_are_not_utf8(tmp_path, encoded):
    name = os.fsdecode(b"caf\xe9.png")
    try:
        (tmp_path / name).write_bytes(encoded(Image.new("RGB", (1, 1))))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (found,) = find_images(tmp_path)
    assert os.fsencode(found) == os.fsencode(tmp_path.resolve()) + b"/caf\xe9.png"
    assert shown(found).endswith("caf�.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_pipes_and_folders_named_like_pictures(tmp_path, put):
    os.mkfifo(tmp_path / "pipe.jpg")
    put(tmp_path / "folder.jpg/x.png")
    assert names(tmp_path) == ["folder.jpg/x.png"]


def test_folders_nested_deeper_than_the_recursion_limit(tmp_path, put):
    depth = 300
    put(tmp_path / "/".join("d" * depth) / "x.png")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 200)
    try:
        found = list(find_images(tmp_path))
    finally:
        sys.setrecursionlimit(limit)
    assert [len(path.relative_to(tmp_path.resolve()).parts) for path in found] == [depth + 1]


@needs_ordinary_user
def test_folders_that_may_not_be_listed_are_told_and_passed_over(tmp_path, put):
    put(tmp_path / "closed/x.png")
    put(tmp_path / "open/x.png")
    refused = []
    (tmp_path / "closed").chmod(0)
    try:
        found = list(find_images(tmp_path, lambda folder, reason: refused.append((folder.name, reason))))
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert [path.parent.name for path in found] == ["open"]
    assert refused == [("closed", os.strerror(errno.EACCES))]


def test_a_folder_that_cannot_be_listed_is_told_and_passed_over(tmp_path, put, monkeypatch):
    put(tmp_path / "closed/x.png")
    put(tmp_path / "open/x.png")
    real = os.scandir

    def scandir(folder):
        if Path(folder).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    refused = []
    found = list(find_images(tmp_path, lambda folder, reason: refused.append((folder.name, reason))))
    assert [path.parent.name for path in found] == ["open"]
    assert refused == [("closed", "Permission denied")]


class TestCheckFolder:
    def test_accepts_a_folder_below_a_root_and_the_root_itself(self, tmp_path):
        (tmp_path / "a b").mkdir()
        assert check_folder(str(tmp_path / "a b"), [tmp_path]) == (tmp_path / "a b").resolve()
        assert check_folder(str(tmp_path), [tmp_path]) == tmp_path.resolve()

    @pytest.mark.parametrize("form", ["  {}  ", '"{}"', "'{}'", "{}/", "{}/../pictures", "\t{}\n"])
    def test_accepts_what_people_paste(self, tmp_path, form):
        folder = tmp_path / "pictures"
        folder.mkdir()
        assert check_folder(form.format(folder), [tmp_path]) == folder.resolve()

    def test_expands_the_home_folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        (tmp_path / "pictures").mkdir()
        assert check_folder("~/pictures", [tmp_path]) == (tmp_path / "pictures").resolve()

    def test_accepts_one_picture(self, tmp_path, put):
        picture = put(tmp_path / "x.png")
        assert check_folder(str(picture), [tmp_path]) == picture.resolve()

    def test_a_root_may_be_a_link(self, tmp_path):
        (tmp_path / "real/pictures").mkdir(parents=True)
        (tmp_path / "link").symlink_to("real", target_is_directory=True)
        assert check_folder(str(tmp_path / "link/pictures"), [tmp_path / "link"]).name == "pictures"

    @pytest.mark.parametrize("text", ["", "   ", '""', "' '"])
    def test_refuses_nothing(self, text, tmp_path):
        with pytest.raises(FolderRefused) as refusal:
            check_folder(text, [tmp_path])
        assert refusal.value.remedy

    def test_refuses_what_does_not_exist(self, tmp_path, put):
        put(tmp_path / "x.png")
        for text in (str(tmp_path / "gone"), str(tmp_path / "x.png/below")):
            with pytest.raises(FolderRefused, match="does not exist") as refusal:
                check_folder(text, [tmp_path])
            assert text in refusal.value.message
            assert refusal.value.remedy

    def test_refuses_other_files(self, tmp_path):
        (tmp_path / "x.txt").write_text("no picture")
        with pytest.raises(FolderRefused, match=r"x\.txt is neither a folder nor a picture"):
            check_folder(str(tmp_path / "x.txt"), [tmp_path])

    def test_refuses_what_is_outside_and_names_the_roots_and_the_variable(self, tmp_path):
        for name in ("root", "root-beside", "other"):
            (tmp_path / name).mkdir()
        (tmp_path / "root/out").symlink_to(tmp_path / "other", target_is_directory=True)
        for text in ("other", "root-beside", "root/../other", "root/out"):
            with pytest.raises(FolderRefused) as refusal:
                check_folder(str(tmp_path / text), [tmp_path / "root"])
            assert str(tmp_path / "root") in refusal.value.message
            assert "IMAGE_SEARCH_ROOTS" in refusal.value.remedy

    def test_refuses_everything_without_roots(self, tmp_path):
        with pytest.raises(FolderRefused, match="none"):
            check_folder(str(tmp_path), [])

    @pytest.mark.parametrize("text", ["a\0b", "x" * 5000, "/x" * 5000, "~no-such-user-here/x", "half \ud800", "\udcff"])
    def test_refuses_what_cannot_be_a_path(self, text, tmp_path):
        with pytest.raises(FolderRefused) as refusal:
            check_folder(text, [tmp_path])
        assert refusal.value.remedy
        assert len(str(refusal.value)) < 500
        str(refusal.value).encode()  # can be printed and sent

    def test_refuses_a_loop(self, tmp_path):
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        with pytest.raises(FolderRefused):
            check_folder(str(tmp_path / "loop"), [tmp_path])

    def test_refuses_what_may_not_be_read(self, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        with pytest.raises(FolderRefused, match="may not be read"):
            check_folder(str(tmp_path), [tmp_path])

    @needs_ordinary_user
    def test_refuses_what_lies_in_a_closed_folder(self, tmp_path):
        (tmp_path / "closed/below").mkdir(parents=True)
        (tmp_path / "closed").chmod(0)
        try:
            for text in ("closed", "closed/below"):
                with pytest.raises(FolderRefused, match="may not be read"):
                    check_folder(str(tmp_path / text), [tmp_path])
        finally:
            (tmp_path / "closed").chmod(0o700)


class TestWriteWhole:
    def test_writes_and_replaces(self, tmp_path):
        path = tmp_path / "a/b/x"
        write_whole(path, b"one")
        write_whole(path, b"two")
        assert path.read_bytes() == b"two"
        assert list(path.parent.iterdir()) == [path]

    @pytest.mark.parametrize(
        ("number", "expected"),
        [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EROFS, IndexUnavailable)],
    )
    def test_failures_name_the_folder_and_leave_nothing(self, tmp_path, monkeypatch, number, expected):
        def replace(self, target):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(Path, "replace", replace)
        with pytest.raises(expected) as failure:
            write_whole(tmp_path / "a/x", b"one")
        assert type(failure.value) is expected
        assert str(tmp_path / "a") in failure.value.message
        assert failure.value.remedy
        assert list((tmp_path / "a").iterdir()) == []

    def test_a_file_where_the_folder_should_be(self, tmp_path):
        (tmp_path / "a").write_bytes(b"")
        with pytest.raises(IndexUnavailable):
            write_whole(tmp_path / "a/x", b"one")
