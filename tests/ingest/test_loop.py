"""Loop: a thread that misses nothing, and that nothing ends but the end."""

import threading

import pytest

from core.ingest.jobs.loop import Loop

WAIT = 20


@pytest.fixture
def ending():
    return threading.Event()


@pytest.fixture
def loop(ending):
    """Makes them, and ends them with the test."""
    made = []

    def make(step):
        made.append(Loop("loop", step, ending, after_failure=0.001))
        return made[-1]

    yield make
    ending.set()
    for one in made:
        one.join()


def test_works_as_long_as_there_is_more_and_then_when_it_is_woken(loop):
    left, idle, calls = [3], threading.Semaphore(0), []

    def step():
        calls.append(left[0])
        left[0] = max(0, left[0] - 1)
        if left[0]:
            return 0.0
        idle.release()
        return None

    one = loop(step)
    one.wake()
    assert idle.acquire(timeout=WAIT)
    assert calls == [3, 2, 1]
    left[0] = 2
    one.wake()
    assert idle.acquire(timeout=WAIT)
    assert calls == [3, 2, 1, 2, 1]


def test_what_comes_while_it_looks_is_not_missed(loop):
    looked, twice = threading.Event(), threading.Event()

    def step():
        if looked.is_set():
            twice.set()
        else:
            looked.set()
            one.wake()  # something came just after it had looked

    one = loop(step)
    one.wake()
    assert twice.wait(WAIT)


def test_looks_again_when_it_is_time(loop):
    calls = threading.Semaphore(0)
    one = loop(lambda: calls.release() or 0.001)
    one.wake()
    for _ in range(5):
        assert calls.acquire(timeout=WAIT)


def test_goes_on_after_whatever_is_raised(loop, caplog):
    calls = threading.Semaphore(0)

    def step():
        calls.release()
        raise ZeroDivisionError

    loop(step).wake()
    for _ in range(3):
        assert calls.acquire(timeout=WAIT)
    assert "ZeroDivisionError" in caplog.text


def test_there_is_one_thread_whoever_wakes_it(loop):
    names, go_on, ready = set(), threading.Event(), threading.Barrier(8)
    one = loop(lambda: names.add(threading.get_ident()) or go_on.wait(WAIT) or None)
    threads = [threading.Thread(target=lambda: (ready.wait(), one.wake())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    go_on.set()
    assert sum(thread.name == "loop" for thread in threading.enumerate()) == 1
    assert len(names) == 1


def test_does_not_begin_after_the_end(loop, ending):
    ending.set()
    one = loop(lambda: pytest.fail("it began"))
    one.wake()
    one.join()
    assert not any(thread.name == "loop" for thread in threading.enumerate())
