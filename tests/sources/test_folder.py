"""FolderSource: every picture once, and a reason for what is none."""

import errno
import inspect
import os
import sys
from pathlib import Path

import pytest

from core.errors import SourceUnavailable, UnreadableImage
from core.images.describe import Box
from core.sources.folder import FolderSource
from core.sources.source import Found, Skipped
from core.text.names import printable
from tests.material import needs_ordinary_user, needs_pipes


def put(path: Path) -> Path:
    """A file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    return path


def found(root: Path) -> list[Found]:
    return [one for one in FolderSource(root.resolve()).find() if isinstance(one, Found)]


def names(root: Path) -> list[str]:
    return [Path(one.path).relative_to(root.resolve()).as_posix() for one in found(root)]


def skipped(source: FolderSource) -> dict[str, str]:
    """The reasons, by name."""
    return {Path(one.path).name: one.reason for one in source.find() if isinstance(one, Skipped)}


def fails(real, name, number):
    """A function of the system, which fails for paths that end so."""

    def call(path, *args, **kwargs):
        if os.fspath(path).endswith(name):
            raise OSError(number, os.strerror(number), path)
        return real(path, *args, **kwargs)

    return call


class TestFind:
    def test_walks_folders_sorted_and_lazily(self, tmp_path):
        for name in ["b/2.png", "b/10.png", "a/z/1.png", "c.png", "a.png"]:
            put(tmp_path / name)
        assert names(tmp_path) == ["a/z/1.png", "a.png", "b/10.png", "b/2.png", "c.png"]
        assert next(FolderSource(tmp_path).find()).path == str(tmp_path / "a/z/1.png")

    def test_tells_size_and_time(self, tmp_path):
        os.utime(put(tmp_path / "x.png"), ns=(1, 123_456_789))
        assert found(tmp_path) == [Found(str(tmp_path / "x.png"), 7, 123_456_789)]

    def test_suffixes_of_any_case(self, tmp_path):
        for name in ["A.JPG", "b.Jpeg", "c.PNG", "d.WebP"]:
            put(tmp_path / name)
        assert names(tmp_path) == ["A.JPG", "b.Jpeg", "c.PNG", "d.WebP"]

    @pytest.mark.parametrize("hidden",
        [
            ".x.png", "._x.png", ".git/x.png", "a/.thumbs/x.png", "@eaDir/x.png", "__MACOSX/x.png",
            "$RECYCLE.BIN/x.png", "System Volume Information/x.png", "lost+found/x.png", "#recycle/x.png",
            "Thumbs.db", "desktop.ini", ".DS_Store",
        ],
    )  # fmt: skip
    def test_leaves_out_what_is_hidden_or_kept_by_systems_without_a_word(self, tmp_path, hidden):
        put(tmp_path / hidden)
        put(tmp_path / "seen.png")
        assert [one.path for one in FolderSource(tmp_path).find()] == [str(tmp_path / "seen.png")]

    def test_a_root_inside_a_hidden_folder_works(self, tmp_path):
        put(tmp_path / ".venv/@eaDir/pictures/x.png")
        assert names(tmp_path / ".venv/@eaDir/pictures") == ["x.png"]

    def test_folders_of_caches_are_left_out_below_the_root_only(self, tmp_path):
        put(tmp_path / "cache/x.png")
        put(tmp_path / "cache/deep/x.png")
        (tmp_path / "cache/CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55")
        assert list(FolderSource(tmp_path).find()) == []
        assert names(tmp_path / "cache") == ["deep/x.png", "x.png"]

    def test_other_files_are_passed_over_with_the_reason(self, tmp_path):
        for name in ["x.txt", "x.ZIP", "x", "x.png"]:
            put(tmp_path / name)
        reasons = skipped(FolderSource(tmp_path))
        assert reasons == {
            "x.txt": "Not a picture by its name.",
            "x": "Not a picture by its name.",
            "x.ZIP": "A ZIP file: add it as a source of its own to index its pictures.",
        }
        assert not any(one.failed for one in FolderSource(tmp_path).find() if isinstance(one, Skipped))

    def test_one_file_as_root(self, tmp_path):
        picture = put(tmp_path / ".hidden/.x.PNG")
        assert [one.path for one in found(picture)] == [str(picture)]
        assert skipped(FolderSource(put(tmp_path / "x.txt"))) == {"x.txt": "Not a picture by its name."}

    def test_a_root_that_is_gone_is_told(self, tmp_path):
        (one,) = FolderSource(tmp_path / "gone").find()
        assert (one.path, one.failed) == (str(tmp_path / "gone"), True)
        assert "it is gone" in one.reason

    def test_a_root_that_is_no_path(self):
        (one,) = FolderSource(Path("/a\0b")).find()
        assert one.failed

    def test_same_name_in_two_folders_is_two_pictures(self, tmp_path):
        put(tmp_path / "a/x.png")
        put(tmp_path / "b/x.png")
        assert names(tmp_path) == ["a/x.png", "b/x.png"]

    def test_names_that_are_not_utf8(self, tmp_path):
        name = os.fsdecode(b"caf\xe9.png")
        try:
            put(tmp_path / name)
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")
        (one,) = found(tmp_path)
        assert os.fsencode(one.path) == os.fsencode(tmp_path.resolve()) + b"/caf\xe9.png"
        assert printable(one.path).endswith("caf�.png")

    @needs_pipes
    def test_pipes_and_folders_named_like_pictures(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.jpg")
        put(tmp_path / "folder.jpg/x.png")
        assert names(tmp_path) == ["folder.jpg/x.png"]
        assert skipped(FolderSource(tmp_path)) == {"pipe.jpg": "Not a file: a pipe, socket or device."}

    def test_folders_nested_deeper_than_the_recursion_limit(self, tmp_path):
        depth = 300
        put(tmp_path / "/".join("d" * depth) / "x.png")
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(len(inspect.stack()) + 200)
        try:
            (one,) = found(tmp_path)
        finally:
            sys.setrecursionlimit(limit)
        assert len(Path(one.path).relative_to(tmp_path.resolve()).parts) == depth + 1

    def test_times_in_the_far_future_are_kept_within_what_an_index_holds(self, tmp_path):
        os.utime(put(tmp_path / "x.png"), ns=(1, 2**63 + 10**18))
        assert found(tmp_path)[0].mtime_ns <= 2**63 - 1


class TestLinks:
    def test_loops_end(self, tmp_path):
        put(tmp_path / "a/x.png")
        (tmp_path / "a/up").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "a/self").symlink_to(tmp_path / "a", target_is_directory=True)
        (tmp_path / "a/endless.png").symlink_to(tmp_path / "a/endless.png")
        (tmp_path / "a/broken.png").symlink_to(tmp_path / "nowhere.png")
        assert names(tmp_path) == ["a/x.png"]
        reason = "A broken link, or one that goes in circles."
        assert skipped(FolderSource(tmp_path)) == {"endless.png": reason, "broken.png": reason}

    def test_that_leave_the_root_are_not_followed(self, tmp_path):
        put(tmp_path / "outside/secret.png")
        put(tmp_path / "root-beside/secret.png")
        root = put(tmp_path / "root/x.png").parent
        (root / "file.png").symlink_to(tmp_path / "outside/secret.png")
        (root / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
        (root / "beside").symlink_to("../root-beside", target_is_directory=True)
        (root / "parent").symlink_to("..", target_is_directory=True)
        assert names(root) == ["x.png"]
        reasons = skipped(FolderSource(root))
        assert set(reasons) == {"file.png", "folder", "beside", "parent"}
        assert all("points outside the folder" in reason for reason in reasons.values())

    def test_to_one_file_give_it_once(self, tmp_path):
        put(tmp_path / "b/x.png")
        put(tmp_path / "notes.txt")
        (tmp_path / "a.png").symlink_to(tmp_path / "b/x.png")
        (tmp_path / "c.png").symlink_to(tmp_path / "b/x.png")
        (tmp_path / "d").symlink_to(tmp_path / "b", target_is_directory=True)
        (tmp_path / "e.txt").symlink_to("notes.txt")
        assert [Path(one.path).name for one in FolderSource(tmp_path).find()] == ["x.png", "notes.txt"]

    def test_to_what_is_left_out_are_followed_once(self, tmp_path):
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

    def test_that_say_more_than_the_name_of_the_file(self, tmp_path):
        put(tmp_path / "objects/0a1b")
        (tmp_path / "x.png").symlink_to("objects/0a1b")
        assert names(tmp_path) == ["objects/0a1b"]

    def test_a_root_that_is_one_is_its_target(self, tmp_path):
        picture = put(tmp_path / "real/x.png")
        (tmp_path / "link").symlink_to("real", target_is_directory=True)
        assert [one.path for one in found(tmp_path / "link")] == [str(picture)]


class TestWhatCannotBeRead:
    @needs_ordinary_user
    def test_closed_folders_are_told_and_passed_over(self, tmp_path):
        put(tmp_path / "closed/x.png")
        put(tmp_path / "open/x.png")
        (tmp_path / "closed").chmod(0)
        source = FolderSource(tmp_path)
        try:
            reasons = skipped(source)
            assert names(tmp_path) == ["open/x.png"]
            assert not source.owns(str(tmp_path / "closed/x.png"))
        finally:
            (tmp_path / "closed").chmod(0o700)
        assert "no permission" in reasons["closed"]
        assert source.unreachable(str(tmp_path / "closed/x.png"))

    @pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE])
    def test_a_folder_that_cannot_be_listed(self, tmp_path, monkeypatch, number):
        put(tmp_path / "closed/x.png")
        put(tmp_path / "open/x.png")
        monkeypatch.setattr(os, "scandir", fails(os.scandir, "closed", number))
        source = FolderSource(tmp_path)
        *_, one = sorted(source.find(), key=lambda one: isinstance(one, Skipped))
        assert (one.path, one.failed) == (str(tmp_path / "closed"), True)
        assert os.strerror(number) not in one.reason
        assert "It cannot be read: it" in one.reason or "the app has no permission" in one.reason
        assert source.unreachable(str(tmp_path / "closed/deep/x.png"))
        assert not source.unreachable(str(tmp_path / "closed.png"))
        assert not source.unreachable(str(tmp_path / "open/y.png"))

    def test_a_file_that_cannot_be_looked_at(self, tmp_path, monkeypatch):
        put(tmp_path / "bad.png")
        put(tmp_path / "good.png")
        monkeypatch.setattr(os, "stat", fails(os.stat, "bad.png", errno.EIO))
        source = FolderSource(tmp_path)
        bad, good = source.find()
        assert (bad.failed, Path(good.path).name) == (True, "good.png")
        assert source.unreachable(str(tmp_path / "bad.png"))

    def test_the_next_walk_starts_afresh(self, tmp_path, monkeypatch):
        put(tmp_path / "closed/x.png")
        source = FolderSource(tmp_path)
        with monkeypatch.context() as patched:
            patched.setattr(os, "scandir", fails(os.scandir, "closed", errno.EIO))
            list(source.find())
        list(source.find())
        assert not source.unreachable(str(tmp_path / "closed/x.png"))


class TestWhatIsGone:
    def test_is_what_is_not_there_and_was_not_missed(self, tmp_path):
        put(tmp_path / "x.png")
        source = FolderSource(tmp_path)
        list(source.find())
        for gone in ("gone.png", "gone/deep/x.png"):
            assert source.owns(str(tmp_path / gone))
            assert not source.unreachable(str(tmp_path / gone))

    def test_is_not_what_is_there_and_left_out(self, tmp_path):
        put(tmp_path / "x.png")
        source = FolderSource(tmp_path)
        list(source.find())
        assert not source.owns(str(put(tmp_path / ".hidden/x.png")))
        put(tmp_path / "archive.zip")
        assert not source.owns(str(tmp_path / "archive.zip/x.png"))

    @pytest.mark.parametrize("left", [None, ".Trash"])
    def test_is_nothing_where_the_root_is_empty(self, tmp_path, left):
        if left:
            (tmp_path / left).mkdir()
        source = FolderSource(tmp_path)
        assert list(source.find()) == []
        assert source.unreachable(str(tmp_path / "x.png"))

    def test_is_nothing_where_the_root_is_away(self, tmp_path):
        source = FolderSource(tmp_path / "away")
        list(source.find())
        assert source.unreachable(str(tmp_path / "away/x.png"))


class TestDrives:
    @pytest.fixture
    def drive(self, tmp_path, monkeypatch):
        """One in the folder; taken out by changing its path."""
        mounted = {str(tmp_path / "drive")}
        ismount = os.path.ismount
        monkeypatch.setattr(os.path, "ismount", lambda path: str(path) in mounted or ismount(path))
        put(tmp_path / "drive/x.png")
        put(tmp_path / "x.png")
        return mounted

    def test_are_remembered(self, tmp_path, drive):
        source = FolderSource(tmp_path)
        list(source.find())
        assert str(tmp_path / "drive") in source.mounts
        drive.clear()
        later = FolderSource(tmp_path, source.mounts)
        list(later.find())
        assert later.unreachable(str(tmp_path / "drive/x.png"))
        assert not later.unreachable(str(tmp_path / "drive.png"))
        assert later.mounts == source.mounts  # it may be back the next time

    def test_that_the_root_is_on(self, tmp_path, drive):
        source = FolderSource(tmp_path / "drive")
        list(source.find())
        assert str(tmp_path / "drive") in source.mounts
        drive.clear()
        later = FolderSource(tmp_path / "drive", source.mounts)
        list(later.find())
        assert later.unreachable(str(tmp_path / "drive/y.png"))

    def test_that_are_taken_out_make_files_unavailable_not_bad(self, tmp_path, drive):
        source = FolderSource(tmp_path, drive.copy())
        drive.clear()
        (tmp_path / "drive/x.png").unlink()
        for ask in (source.stat, source.read):
            with pytest.raises(SourceUnavailable, match="drive is gone or empty now"):
                ask(str(tmp_path / "drive/x.png"))


class TestOneFile:
    def test_is_looked_at_and_read(self, tmp_path):
        path = str(put(tmp_path / "x.png"))
        source = FolderSource(tmp_path)
        assert [source.stat(path)] == found(tmp_path)
        assert source.read(path) == b"picture"

    def test_that_is_gone(self, tmp_path):
        put(tmp_path / "x.png")
        for ask in (FolderSource(tmp_path).stat, FolderSource(tmp_path).read):
            with pytest.raises(UnreadableImage, match="no longer exists"):
                ask(str(tmp_path / "gone.png"))

    def test_that_is_none(self, tmp_path):
        (tmp_path / "folder.png").mkdir()
        with pytest.raises(UnreadableImage, match="Not a file"):
            FolderSource(tmp_path).stat(str(tmp_path / "folder.png"))

    def test_that_may_not_be_looked_at(self, tmp_path, monkeypatch):
        path = str(put(tmp_path / "x.png"))
        monkeypatch.setattr(os, "stat", fails(os.stat, "x.png", errno.EACCES))
        with pytest.raises(UnreadableImage, match=r"x\.png.*has no permission"):
            FolderSource(tmp_path).stat(path)

    @pytest.mark.parametrize("how", ["emptied", "removed", "dead"])
    def test_of_a_root_that_has_gone(self, tmp_path, monkeypatch, how):
        path = put(tmp_path / "root/x.png")
        path.unlink()
        if how == "removed":
            path.parent.rmdir()
        if how == "dead":
            monkeypatch.setattr(os, "stat", fails(os.stat, "x.png", errno.EIO))
            monkeypatch.setattr(os, "scandir", fails(os.scandir, "root", errno.EIO))
        for ask in (FolderSource(path.parent).stat, FolderSource(path.parent).read):
            with pytest.raises(SourceUnavailable, match="root is gone or empty now"):
                ask(str(path))

    def test_that_is_the_root_itself(self, tmp_path):
        put(tmp_path / "another.png")
        with pytest.raises(UnreadableImage, match="no longer exists"):
            FolderSource(tmp_path / "x.png").stat(str(tmp_path / "x.png"))
        (tmp_path / "another.png").unlink()
        with pytest.raises(SourceUnavailable):  # its drive may have been there
            FolderSource(tmp_path / "x.png").stat(str(tmp_path / "x.png"))


class TestLabels:
    @pytest.fixture
    def dataset(self, tmp_path):
        (tmp_path / "data.yaml").write_text("names: [cat]")
        put(tmp_path / "images/x.png")
        (tmp_path / "labels").mkdir()
        (tmp_path / "labels/x.txt").write_text("0 0.5 0.5 1 1\n")
        return FolderSource(tmp_path)

    def test_come_with_the_pictures_and_are_not_told_of_themselves(self, dataset, tmp_path):
        (one,) = dataset.find()
        assert one.annotated_ns > 0
        assert dataset.boxes(one.path, (8, 6)) == (Box("cat", 0.0, 0.0, 1.0, 1.0),)

    def test_that_change_are_seen_by_the_next_walk(self, dataset, tmp_path):
        (before,) = dataset.find()
        os.utime(tmp_path / "labels/x.txt", ns=(1, before.annotated_ns + 5))
        (after,) = dataset.find()
        assert (after.annotated_ns, after.mtime_ns) == (before.annotated_ns + 5, before.mtime_ns)


def test_what_has_become_something_else_is_gone(tmp_path):
    for name in ("folder.png", "below", "file.png"):
        (tmp_path / name).mkdir() if name == "folder.png" else (tmp_path / name).write_bytes(b"x")
    (tmp_path / "link.png").symlink_to(tmp_path / "file.png")
    source = FolderSource(tmp_path)
    gone = {"folder.png": True, "below/x.png": True, "none.png": True, "file.png": False, "link.png": False}
    assert {name: source.owns(f"{tmp_path}/{name}") for name in gone} == gone
    with pytest.raises(UnreadableImage):
        source.stat(f"{tmp_path}/folder.png")
