"""Follower: what changes is told, once it is quiet, and nothing else is."""

import errno
import queue
import threading
from dataclasses import replace

import pytest
from watchdog.observers.api import BaseObserver

from core.ingest.follow import Follower, Pauses

WAIT = 20


IMPATIENT = Pauses(quiet=0.05, longest=0.5, tick=0.01)


@pytest.fixture
def told():
    return queue.SimpleQueue()


@pytest.fixture
def pauses():
    """For a test to override."""
    return IMPATIENT


@pytest.fixture
def follower(told, pauses):
    made = Follower(lambda location: told.put(location) or True, pauses)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures" / "deep").mkdir(parents=True)
    return tmp_path / "pictures"


@pytest.fixture
def followed(follower, told, folder):
    """The folder, which is followed from now on."""
    follower.follow(str(folder))
    assert told.get(timeout=WAIT) == str(folder)  # at first
    return folder


def test_what_is_followed_is_told_at_first_and_then_when_it_changes(followed, told):
    (followed / "new.png").write_bytes(b"x")
    assert told.get(timeout=WAIT) == str(followed)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "deep/new.JPG").write_bytes(b"x"),
        lambda folder: (folder / "deep/1.txt").write_text("0 0.5 0.5 1 1"),
        lambda folder: (folder / "one.png").write_bytes(b"other"),
        lambda folder: (folder / "one.png").unlink(),
        lambda folder: (folder / "one.png").rename(folder / "deep/two.png"),
        lambda folder: (folder / "one.png").rename(folder.parent / "one.png"),
        lambda folder: (folder / "deep").rename(folder / "deeper"),
        lambda folder: (folder / "new").mkdir(),
    ],
)
def test_every_change_counts(follower, told, folder, change):
    (folder / "one.png").write_bytes(b"x")
    follower.follow(str(folder))
    told.get(timeout=WAIT)
    change(folder)
    assert told.get(timeout=WAIT) == str(folder)


def test_what_makes_no_difference_is_not_told(followed, told):
    (followed / ".hidden").mkdir()
    (followed / ".hidden/x.png").write_bytes(b"x")
    (followed / "jobs.db").write_bytes(b"x")
    (followed / ".x.png.part").write_bytes(b"x")
    (followed / "deep").chmod(0o700)
    (followed / "last.png").write_bytes(b"x")
    (followed / "last.png").read_bytes()
    told.get(timeout=WAIT)
    with pytest.raises(queue.Empty):
        told.get(timeout=0.3)


@pytest.mark.parametrize("pauses", [replace(IMPATIENT, quiet=WAIT)])
def test_changes_that_do_not_end_are_told_all_the_same(followed, told):
    (followed / "new.png").write_bytes(b"x")
    assert told.get(timeout=WAIT / 2) == str(followed)


def test_who_is_busy_is_told_once_more(folder):
    told, answers = queue.SimpleQueue(), iter([False, False, True])
    follower = Follower(lambda location: (told.put(location), next(answers))[1], IMPATIENT)
    follower.follow(str(folder))
    assert [told.get(timeout=WAIT) for _ in range(3)] == [str(folder)] * 3
    follower.close()
    assert told.empty()


def test_what_goes_wrong_elsewhere_ends_nothing(folder, caplog):
    told = queue.SimpleQueue()

    def fail(location):
        told.put(location)
        raise ZeroDivisionError

    follower = Follower(fail, IMPATIENT)
    follower.follow(str(folder))
    told.get(timeout=WAIT)
    (folder / "new.png").write_bytes(b"x")
    assert told.get(timeout=WAIT) == str(folder)
    follower.close()
    assert "ZeroDivisionError" in caplog.text


def test_what_is_left_is_not_told(follower, followed, told, tmp_path):
    (tmp_path / "other").mkdir()
    follower.follow(str(tmp_path / "other"))
    assert told.get(timeout=WAIT) == str(tmp_path / "other")
    follower.leave(str(followed))
    follower.leave(str(followed))
    (followed / "new.png").write_bytes(b"x")
    (tmp_path / "other/new.png").write_bytes(b"x")
    assert told.get(timeout=WAIT) == str(tmp_path / "other")
    assert told.empty()


def test_leaving_while_much_changes(follower, told, folder):
    """Whoever leaves holds no lock that whoever tells of changes waits for, nor the other way round."""
    over = threading.Event()

    def change():
        while not over.is_set():
            (folder / "new.png").write_bytes(b"x")

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for _ in range(20):
            follower.follow(str(folder))
            told.get(timeout=WAIT)
            leaving = threading.Thread(target=follower.leave, args=(str(folder),), daemon=True)
            leaving.start()
            leaving.join(WAIT)
            assert not leaving.is_alive()
    finally:
        over.set()
        changing.join()


@pytest.mark.parametrize("pauses", [replace(IMPATIENT, look_unwatched=0.05)])
def test_what_cannot_be_watched_is_looked_at_regularly(follower, told, folder):
    follower.follow("https://example.com/pictures")
    assert {told.get(timeout=WAIT) for _ in range(3)} == {"https://example.com/pictures"}


@pytest.mark.parametrize("pauses", [replace(IMPATIENT, look_unwatched=0.05)])
def test_a_folder_that_comes_back_is_watched_again(follower, told, folder):
    away = folder.rename(folder.parent / "away")
    follower.follow(str(folder))
    told.get(timeout=WAIT)
    away.rename(folder)
    while not follower.is_watched(str(folder)):
        told.get(timeout=WAIT)
    while not told.empty():
        told.get()
    (folder / "new.png").write_bytes(b"x")
    assert told.get(timeout=WAIT) == str(folder)


@pytest.mark.parametrize("pauses", [replace(IMPATIENT, look_unwatched=0.05)])
def test_too_many_folders_for_the_system_are_looked_at_regularly(follower, told, folder, monkeypatch, caplog):
    def refuse(*_, **__):
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(BaseObserver, "schedule", refuse)
    follower.follow(str(folder))
    assert [told.get(timeout=WAIT) for _ in range(2)] == [str(folder)] * 2
    assert "inotify watch limit reached" in caplog.text


def test_names_that_are_not_utf8(follower, told, folder):
    odd = folder / "caf\udce9"
    odd.mkdir()
    follower.follow(str(odd))
    assert told.get(timeout=WAIT) == str(odd)
    (odd / "\udcff.png").write_bytes(b"x")
    assert told.get(timeout=WAIT) == str(odd)


def test_closing_ends_all_threads(folder):
    before = set(threading.enumerate())
    told = threading.Event()
    follower = Follower(lambda location: told.set() or True, IMPATIENT)
    follower.follow(str(folder))
    assert told.wait(WAIT)
    follower.close()
    follower.close()
    follower.follow(str(folder))
    assert not set(threading.enumerate()) - before
