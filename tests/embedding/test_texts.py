"""The cache of text embeddings."""

import threading

import numpy as np

from core.embedding.texts import TextCache
from core.vectors import Embeddings


class Recorder:
    """Turns a text into its length and its first letter, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: list[str]) -> Embeddings:
        self.asked.append(texts)
        return np.array([[len(text), ord(text[0])] for text in texts], np.float32)


def test_computes_only_what_is_missing_in_one_call() -> None:
    cache, compute = TextCache(), Recorder()
    cache.get(["a", "bb"], compute)
    rows = cache.get(["bb", "ccc", "a", "dd", "ccc"], compute)
    assert compute.asked == [["a", "bb"], ["ccc", "dd"]]
    assert rows.tolist() == [[2, 98], [3, 99], [1, 97], [2, 100], [3, 99]]


def test_forgets_what_was_used_longest_ago() -> None:
    cache, compute = TextCache(size=2), Recorder()
    cache.get(["a"], compute)
    cache.get(["b"], compute)
    cache.get(["a"], compute)
    cache.get(["c"], compute)
    cache.get(["a"], compute)
    cache.get(["b"], compute)
    assert compute.asked == [["a"], ["b"], ["c"], ["b"]]


def test_more_texts_than_it_keeps_are_all_answered() -> None:
    cache, compute = TextCache(size=2), Recorder()
    texts = ["a", "bb", "ccc", "dddd"]
    assert cache.get(texts, compute)[:, 0].tolist() == [1, 2, 3, 4]
    cache.get(["ccc", "dddd"], compute)
    assert len(compute.asked) == 1


def test_changing_an_answer_does_not_change_the_next() -> None:
    cache, compute = TextCache(), Recorder()
    cache.get(["a"], compute)[:] = 0
    assert cache.get(["a"], compute).tolist() == [[1, 97]]


def test_a_slow_text_holds_up_no_other() -> None:
    cache, compute = TextCache(), Recorder()
    computing, release = threading.Event(), threading.Event()

    def slow(texts: list[str]) -> Embeddings:
        computing.set()
        assert release.wait(30)
        return compute(texts)

    thread = threading.Thread(target=cache.get, args=(["slow"], slow))
    thread.start()
    assert computing.wait(30)
    assert cache.get(["b"], compute).tolist() == [[1, 98]]
    release.set()
    thread.join()
    assert compute.asked == [["b"], ["slow"]]
