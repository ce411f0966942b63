"""A folder that mirrors a store: what is written on one machine is read on another."""

import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import StorageFull, StorageUnavailable
from core.store import remote
from core.store.mirror import Mirror

ON_A_DRIVE = pytest.mark.parametrize("url", ["file"], indirect=True)


def test_what_one_keeps_the_other_has_until_it_is_removed(mirror, clock):
    one, other = mirror("one"), mirror("other")
    ours, theirs = one.root / "thumbnails/ab/x.jpg", other.root / "thumbnails/ab/x.jpg"
    assert not other.has(theirs)
    one.keep(ours, b"picture")
    assert not other.has(theirs)  # for some seconds: it had just been asked for
    clock.moved += 11
    assert other.has(theirs)
    assert theirs.read_bytes() == b"picture"
    assert other.is_here(theirs)
    assert [(found.path, found.size) for found in other.found(other.root / "thumbnails")] == [(theirs, 7)]
    one.remove([ours, ours])
    assert not ours.exists()
    clock.moved += 3601
    assert not other.is_here(theirs)
    assert not other.has(theirs)
    assert not theirs.exists()


def test_what_changes_is_read_as_it_is(mirror, clock):
    one, other = mirror("one"), mirror("other")
    ours, theirs = one.root / "analysis/about.json", other.root / "analysis/about.json"
    one.write(ours, b"1")
    assert other.fresh(theirs)
    first = other.version(theirs)
    assert first == one.version(ours) != 0
    for text in (b"2", b"3"):  # of the same length, within the same second
        one.write(ours, text)
        clock.moved += 3
        assert other.fresh(theirs)
        assert theirs.read_bytes() == text
    assert other.version(theirs) != first
    assert other.version(theirs, theirs.with_suffix(".npz")) == other.version(theirs)
    beside = {other.version(theirs, theirs.with_suffix(".npz"))}
    for text in (b"4", b"5", b"6", b"7"):
        one.write(ours.with_suffix(".npz"), text)
        clock.moved += 3
        beside.add(other.version(theirs, theirs.with_suffix(".npz")))
    assert len(beside) == 5
    again = mirror("other")  # as after a restart
    os.utime(theirs, (0, theirs.stat().st_mtime))
    assert again.fresh(theirs)
    one.remove([ours])
    clock.moved += 3
    assert not other.fresh(theirs)
    assert (theirs.exists(), other.version(theirs)) == (False, 0)


def test_a_folder_is_removed_and_no_other(mirror):
    one = mirror("one")
    for name in ("a/x", "a/b/y", "a/[x]", "a/ä 1?*.png", "ab/z", "a.txt"):
        one.keep(one.root / name, b"")
    one.remove([one.root / "a/[x]", one.root / "a/none"])
    assert one.has(one.root / "a/x")
    one.remove_below(one.root / "a")
    assert {found.path.relative_to(one.root).as_posix() for found in one.found(one.root)} == {"ab/z", "a.txt"}
    one.remove_below(one.root)
    one.remove_below(one.root)
    assert one.found(one.root) == []


@ON_A_DRIVE
def test_takes_no_more_room_than_it_may(mirror, clock):
    one, whole = mirror("one", 10_000), mirror("whole")
    places = [f"thumbnails/{number:02}/x.jpg" for number in range(20)]
    for place in places:
        one.keep(one.root / place, bytes(1000))
        clock.moved += 3601  # so that each is the one used last
        one.has(one.root / places[0])
    one.keep(one.root / "analysis/whole.npy", bytes(50_000))
    here = {place for place in places if (one.root / place).is_file()}
    assert sum((one.root / place).stat().st_size for place in here) <= 10_000
    assert {places[0], places[-1]} <= here
    assert (one.root / "analysis/whole.npy").is_file()
    one.keep(one.root / "uploads.kept/large.zip", bytes(20_000))
    assert (one.root / "uploads.kept/large.zip").is_file()  # however large: it is about to be read
    assert not (one.root / places[0]).is_file()
    assert all(whole.has(whole.root / place) for place in places)
    assert all(one.has(one.root / place) for place in places)  # fetched again


@ON_A_DRIVE
def test_many_threads_fetch_a_file_once(mirror, monkeypatch):
    one, other = mirror("one"), mirror("other")
    one.keep(one.root / "uploads/x", bytes(100_000))
    asked = []
    get = remote.Remote.get
    monkeypatch.setattr(remote.Remote, "get", lambda self, *args: asked.append(args) or get(self, *args))
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: other.has(other.root / "uploads/x"), range(16)))
    assert len(asked) == 1


def test_a_name_in_a_bucket_leads_nowhere_else(tmp_path, monkeypatch):
    class Bucket:
        def find(self, path, detail):
            names = (
                "a",
                "datasets/a",
                "datasets/../../x",
                "datasets//y",
                "datasets/./z",
                "datasets/n\nl",
                "datasets/b\\s",
            )
            return {name: {"name": f"bucket/below/{name}", "type": "file", "size": 1} for name in names}

    monkeypatch.setattr(remote, "driver", lambda scheme: Bucket())
    one = Mirror(tmp_path / "one", "s3://bucket/below", 1000)
    assert [found.path for found in one.found(one.root / "datasets")] == [one.root / "datasets/a"]


@ON_A_DRIVE
def test_goes_to_other_processes(mirror, url):
    one = mirror("one")
    one.keep(one.root / "x", b"1")
    copy = pickle.loads(pickle.dumps(one))
    assert (copy.url, copy.root, copy.has(copy.root / "x")) == (url, one.root, True)


class Away(Exception):
    """As a driver's library raises it."""


@ON_A_DRIVE
def test_while_a_store_is_away_what_is_here_is_read(mirror, clock, monkeypatch):
    one = mirror("one")
    here, gone = one.root / "thumbnails/x", one.root / "thumbnails/y"
    one.keep(here, b"1")
    one.write(one.root / "analysis/a", b"2")
    one.check()
    calls = []

    def away(_):
        calls.append(1)
        raise Away("x")

    monkeypatch.setattr(remote, "driver", away)
    one = mirror("one")  # as after a restart
    clock.moved += 3601
    assert one.has(here)
    assert one.fresh(one.root / "analysis/a")
    assert one.version(one.root / "analysis/a", one.root / "analysis/none")
    with pytest.raises(StorageUnavailable):
        one.write(one.root / "analysis/a", b"3")
    assert (one.root / "analysis/a").read_bytes() == b"2"
    for act in (lambda: one.has(gone), lambda: one.keep(gone, b""), one.check, lambda: one.found(one.root)):
        with pytest.raises(StorageUnavailable, match="does not answer") as failure:
            act()
        assert failure.value.remedy
    assert (len(calls), gone.exists()) == (1, False)  # asked once for all of these
    assert one.trouble is not None
    monkeypatch.undo()
    clock.moved += remote.AWAY
    one.check()
    assert one.trouble is None
    one.keep(gone, b"")


def test_a_full_drive_is_told(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "full")

    one, other = (Mirror(tmp_path / name, f"file://{tmp_path}/store", 1000) for name in ("one", "other"))
    one.keep(one.root / "y", b"1")
    with monkeypatch.context() as patch:
        patch.setattr("core.store.remote.shutil.copyfile", full)
        with pytest.raises(StorageFull, match="in the store"):
            one.keep(one.root / "x", b"1")
    assert one.trouble is not None
    (one.root / "y").unlink()
    assert one.has(one.root / "y")  # a full one can be read
    monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem.get_file", full)
    with pytest.raises(StorageFull, match="other"):
        other.has(other.root / "y")
    assert other.trouble is None


def test_what_an_s3_refuses_is_told_without_its_keys(s3, tmp_path, monkeypatch, caplog):
    with pytest.raises(StorageUnavailable, match="no such bucket") as failure:
        Mirror(tmp_path / "one", "s3://elsewhere/x", 1000).check()
    assert "IMAGE_SEARCH_STORE" in failure.value.remedy
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # where nobody answers
        with pytest.raises(StorageUnavailable, match="does not answer") as away:
            Mirror(tmp_path / "two", "s3://pictures/x", 1000).check()
    with monkeypatch.context() as patch:
        patch.delenv("AWS_ACCESS_KEY_ID")
        patch.delenv("AWS_SECRET_ACCESS_KEY")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        with pytest.raises(StorageUnavailable, match="access is denied") as denied:
            Mirror(tmp_path / "three", "s3://pictures/x", 1000).check()
    assert "AWS_ACCESS_KEY_ID" in denied.value.remedy
    assert not any("not-to-be-told" in text for text in (str(failure.value), str(away.value), caplog.text))
