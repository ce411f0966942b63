"""The cache of the values used last."""

import threading
from concurrent.futures import ThreadPoolExecutor

from core.cache import LRUCache


class Recorder:
    """Turns a text into its length, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: list[str]) -> list[int]:
        self.asked.append(texts)
        return [len(text) for text in texts]


def test_makes_only_what_is_missing_in_one_call() -> None:
    cache, make = LRUCache[int](9), Recorder()
    cache.get_all(["a", "bb"], make)
    assert cache.get_all(["bb", "ccc", "a", "dd", "ccc"], make) == [2, 3, 1, 2, 3]
    assert make.asked == [["a", "bb"], ["ccc", "dd"]]


def test_forgets_what_was_used_longest_ago() -> None:
    cache, make = LRUCache[int](2), Recorder()
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.get_all([text], make)
    assert make.asked == [["a"], ["b"], ["c"], ["b"]]


def test_more_than_it_keeps_are_all_answered() -> None:
    cache, make = LRUCache[int](2), Recorder()
    assert cache.get_all(["a", "bb", "ccc", "dddd"], make) == [1, 2, 3, 4]
    cache.get_all(["ccc", "dddd"], make)
    assert len(make.asked) == 1


def test_one_value_is_made_once_though_it_be_none() -> None:
    cache, made = LRUCache[None](2), []
    for _ in range(2):
        assert cache.get(("a", 1), lambda: made.append(1)) is None
    assert made == [1]


def test_what_fails_is_not_kept() -> None:
    cache, make = LRUCache[int](2), Recorder()
    for _ in range(2):
        try:
            cache.get("a", lambda: 1 // 0)
        except ZeroDivisionError:
            continue
    assert cache.get_all(["a"], make) == [1]


def test_a_slow_value_holds_up_no_other() -> None:
    cache, make = LRUCache[int](9), Recorder()
    making, release = threading.Event(), threading.Event()

    def slow(texts: list[str]) -> list[int]:
        making.set()
        assert release.wait(30)
        return make(texts)

    thread = threading.Thread(target=cache.get_all, args=(["slow"], slow))
    thread.start()
    assert making.wait(30)
    assert cache.get_all(["b"], make) == [1]
    release.set()
    thread.join()
    assert make.asked == [["b"], ["slow"]]


def test_many_threads_never_keep_more_than_there_is_room_for() -> None:
    cache = LRUCache[int](3)

    def use(seed: int) -> None:
        for at in range(500):
            key = (seed * at) % 11
            assert cache.get(key, lambda key=key: key) == key  # type: ignore[misc]

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made: list[int] = []
    for key in range(11):
        cache.get(key, lambda key=key: made.append(key) or key)  # type: ignore[misc]
    assert len(made) >= 8


def test_what_takes_long_is_made_once_for_all_who_ask() -> None:
    cache, made, together = LRUCache[int](9), [], threading.Barrier(4)

    def ask(_: int) -> int:
        together.wait(10)
        return cache.get_once("a", lambda: made.append(1) or len(made))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [1] * 4
    assert made == [1]


def test_who_waited_for_what_failed_tries_again() -> None:
    cache, tried, together = LRUCache[int](9), [], threading.Barrier(3)

    def make() -> int:
        tried.append(1)
        if len(tried) < 3:
            raise KeyError
        return 7

    def ask(_: int) -> int | None:
        together.wait(10)
        try:
            return cache.get_once("a", make)
        except KeyError:
            return None

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(ask, range(3)), key=str) == [7, None, None]


def test_values_may_be_of_different_size() -> None:
    cache, make = LRUCache[int](5, size_of=lambda value: value), Recorder()
    assert cache.get_all(["aaa", "bb", "123456"], make) == [3, 2, 6]  # the last is larger than all that is kept
    assert cache.get_all(["aaa", "bb"], make) == [3, 2]
    assert cache.entries == cache.capacity == 5
    assert cache.get_all(["123456"], make) == [6]
    assert make.asked == [["aaa", "bb", "123456"], ["123456"]]
