"""Files of ours: written whole or not at all, and what becomes of a disk that does not take them."""

import errno
import os
from pathlib import Path

import pytest

from core import storage
from core.errors import StorageFull, StorageUnavailable
from core.images.thumbnails import Thumbnails
from core.images.uploads import Uploads
from core.index.pointer import Manifest, Pointer
from core.ingest.jobs.process import Owner
from core.running import note
from core.sources.listed import write_list
from core.sources.uploaded import put
from core.storage import Part, copy_whole, make_folder, remove_broken_off, write_whole

HASH = "ab" * 32
HARMS = [
    (errno.ENOSPC, StorageFull, "no space left"),
    (errno.EDQUOT, StorageFull, "no space left"),
    (errno.EROFS, StorageUnavailable, "read-only"),
    (errno.EACCES, StorageUnavailable, "permission"),
    (errno.EIO, StorageUnavailable, "drive does not answer"),
    (errno.EMFILE, StorageUnavailable, "cannot be written"),
]


def harm(number: int):
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_writes_and_replaces(tmp_path):
    path = tmp_path / "a/b/x"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("number", "kind", "words"), HARMS)
@pytest.mark.parametrize("step", ["mkstemp", "replace"])
def test_what_keeps_a_file_from_being_written_is_told_and_leaves_nothing(
    tmp_path, monkeypatch, step, number, kind, words
):
    owner, name = (storage.tempfile, "mkstemp") if step == "mkstemp" else (Path, "replace")  # type: ignore[attr-defined]
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_bytes(b"before")
    monkeypatch.setattr(owner, name, harm(number))
    with pytest.raises(kind) as failure:
        write_whole(tmp_path / "a/x", b"one")
    assert type(failure.value) is kind
    assert str(tmp_path / "a") in failure.value.message
    assert words in failure.value.message
    assert failure.value.remedy
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "a").iterdir()] == [("x", b"before")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_a_disk_that_fills_up_while_a_file_is_written(tmp_path, monkeypatch, size):
    monkeypatch.setattr(
        storage.tempfile,  # type: ignore[attr-defined]
        "mkstemp",
        lambda **_: (os.open("/dev/full", os.O_WRONLY), tmp_path / ".part"),
    )
    with pytest.raises(StorageFull):
        write_whole(tmp_path / "x", bytes(size))
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    for write in (lambda: write_whole(tmp_path / "a/x", b"one"), lambda: make_folder(tmp_path / "a")):
        with pytest.raises(StorageUnavailable, match="in its place"):
            write()


def test_a_part_that_is_not_moved_is_gone(tmp_path):
    with Part(tmp_path / "a") as part:
        part.write(b"x")
        assert part.path.parent == tmp_path / "a"
    assert list((tmp_path / "a").iterdir()) == []


def test_a_part_has_another_place_in_a_folder_that_is_not_there_yet(tmp_path):
    with Part(tmp_path) as part:
        part.write(b"abc")
        part.write(b"d")
        assert part.size == 4
        part.move_to(tmp_path / "a/b/x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "a/b/x"]
    assert (tmp_path / "a/b/x").read_bytes() == b"abcd"


@pytest.mark.parametrize("shares", [True, False])
def test_a_copy_shares_room_where_it_can(tmp_path, monkeypatch, shares):
    (tmp_path / "x").write_bytes(b"one")
    if not shares:
        monkeypatch.setattr(storage.os, "link", harm(errno.EXDEV))  # type: ignore[attr-defined]
    copy_whole(tmp_path / "x", tmp_path / "a/y")
    copy_whole(tmp_path / "x", tmp_path / "a/y")
    assert (tmp_path / "a/y").read_bytes() == b"one"
    assert (tmp_path / "a/y").samefile(tmp_path / "x") is shares
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["y"]


def test_a_private_folder(tmp_path):
    make_folder(tmp_path / "open")
    make_folder(tmp_path / "closed", private=True)
    assert (tmp_path / "closed").stat().st_mode & 0o077 == 0
    assert (tmp_path / "open").stat().st_mode & 0o777 != 0o700


def test_what_was_broken_off_is_removed_after_a_day(tmp_path):
    for name, age in (("a/.old.part", 90_000), ("a/.new.part", 0), ("a/old.part", 90_000), ("a/.old", 90_000)):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
        os.utime(file, (file.stat().st_mtime - age,) * 2)
    assert remove_broken_off([tmp_path, tmp_path / "nowhere"]) == 1
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [".new.part", ".old", "old.part"]


def _point(folder: Path) -> None:
    Pointer(folder, "images").write(Manifest())


WRITERS = {
    "thumbnail": lambda folder: Thumbnails(folder).keep(HASH, b"x"),
    "upload": lambda folder: Uploads(folder, 100, unread=True).add(b"x", "x"),
    "dataset": lambda folder: put(folder, {"x.txt": Path(__file__)}),
    "list": lambda folder: write_list(folder / "x.list", [Path("/x")]),
    "owner": lambda folder: Owner(folder).id,
    "versions": _point,
    "note": lambda folder: note.write(str(folder), 1, {}),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_all_that_writes_says_the_same_of_a_folder_that_cannot_be(tmp_path, write):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(StorageUnavailable, match="there is a file in its place") as failure:
        write(tmp_path / "a" / "b")
    assert str(tmp_path / "a") in failure.value.message
