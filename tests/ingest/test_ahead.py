"""ReadAhead: results in the order of the items, whatever the calls do."""

import threading
from itertools import count

import pytest

from core.ingest.pipeline.read_ahead import ReadAhead

WAIT = 20


@pytest.fixture
def ahead():
    """Makes them, and closes them at the end."""
    made = []

    def make(items, work, workers=2, patience=WAIT, closing=5.0):
        made.append(ReadAhead(iter(items), work, workers, patience, closing))
        return made[-1]

    yield make
    for one in made:
        one.close()


def take_all(ahead, size=4):
    taken = []
    while True:
        ahead.fill(size)
        one = ahead.take()
        if one is None:
            return taken
        taken.append(one)


def threads():
    return {thread for thread in threading.enumerate() if thread.name == "read-ahead"}


def test_the_order_is_that_of_the_items(ahead):
    second = threading.Event()

    def work(item):
        if item == 0:
            assert second.wait(WAIT)  # it ends after the next one
        if item == 1:
            second.set()
        return item * item

    assert take_all(ahead(range(20), work)) == [(n, n * n) for n in range(20)]


def test_items_are_taken_as_they_are_needed(ahead):
    items = count()
    one = ahead(items, lambda item: item)
    one.fill(3)
    one.fill(3)
    assert one.take() == (0, 0)
    assert next(items) == 3


def test_what_is_raised_comes_to_whoever_takes_it(ahead):
    def work(item):
        if item == 1:
            raise TimeoutError("of the work, not of the waiting")
        return item

    one = ahead(range(3), work)
    one.fill(3)
    assert one.take() == (0, 0)
    with pytest.raises(TimeoutError, match="of the work"):
        one.take()
    assert one.take() == (2, 2)
    assert one.take() is None


def test_what_takes_too_long_is_given_up_and_the_others_come(ahead):
    answer, before = threading.Event(), threads()
    try:
        one = ahead(range(8), lambda item: item if item not in (0, 3, 4) else answer.wait(WAIT), 2, patience=0.1)
        assert take_all(one) == [(n, None if n in (0, 3, 4) else n) for n in range(8)]
        assert len(threads() - before) == 5
        one.close()  # does not wait for those
    finally:
        answer.set()
    for thread in threads() - before:
        thread.join(WAIT)
    assert threads() <= before


def test_nothing_is_begun_after_the_end(ahead):
    begun, go_on, seen, before = threading.Event(), threading.Event(), [], threads()

    def work(item):
        seen.append(item)
        begun.set()
        go_on.wait(WAIT)

    one = ahead(range(100), work, workers=1, closing=0.0)
    one.fill(50)
    assert begun.wait(WAIT)
    one.close()
    go_on.set()
    for thread in threads() - before:
        thread.join(WAIT)
    assert (seen, one.take()) == ([0], None)


def test_the_end_comes_while_threads_take_the_last_calls():
    for _ in range(300):
        one = ReadAhead(iter(range(4)), lambda item: item, 4, WAIT)
        one.fill(4)
        closing = threading.Thread(target=one.close, daemon=True)
        closing.start()
        closing.join(WAIT)
        assert not closing.is_alive()
