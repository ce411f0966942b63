"""Who works on a job, and whether it still lives."""

import multiprocessing
import signal
import threading

import pytest

from core.ingest.jobs.process import Owner

processes = multiprocessing.get_context("forkserver")


def _tell_and_wait(folder, names):
    owner = Owner(folder)
    names.put(owner.id)
    threading.Event().wait()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "jobs"


def test_the_living_pass_for_alive(folder):
    mine, theirs = Owner(folder), Owner(folder)
    assert mine.id != theirs.id
    assert mine.id == mine.id
    for owner in (mine, theirs):
        assert not owner.is_dead(mine.id)
        assert not owner.is_dead(theirs.id)


def test_whoever_has_closed_is_dead(folder):
    mine, theirs = Owner(folder), Owner(folder)
    left = theirs.id
    theirs.close()
    assert mine.is_dead(left)
    assert mine.is_dead(left)
    assert theirs.id != left
    assert not mine.is_dead(theirs.id)


def test_a_killed_process_is_dead(folder):
    names = processes.SimpleQueue()
    process = processes.Process(target=_tell_and_wait, args=(folder, names))
    process.start()
    theirs = names.get()
    assert not Owner(folder).is_dead(theirs)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert Owner(folder).is_dead(theirs)
    process.close()
    names.close()


def test_of_other_machines_nothing_can_be_told(folder, tmp_path):
    theirs = Owner(tmp_path / "elsewhere")
    left = theirs.id
    theirs.close()
    assert not Owner(folder).is_dead(left)
    assert not Owner(folder).is_dead("")


def test_threads_that_are_the_first_get_one_name(folder):
    owner, names, ready = Owner(folder), [], threading.Barrier(8)
    threads = [threading.Thread(target=lambda: (ready.wait(), names.append(owner.id))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 1
    assert not Owner(folder).is_dead(names[0])


def test_owners_that_are_the_first_agree_on_the_folder(folder):
    owners, places, ready = [Owner(folder) for _ in range(8)], [], threading.Barrier(8)
    threads = [
        threading.Thread(target=lambda one=one: (ready.wait(), places.append(one.id.partition("/")[0])))
        for one in owners
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(places)) == 1


def test_looking_on_leaves_nothing_behind(folder):
    theirs = Owner(folder)
    left = theirs.id
    theirs.close()
    assert Owner(folder).is_dead(left)
    assert sorted(path.name for path in folder.iterdir()) == ["id", "id.lock"]
