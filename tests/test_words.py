"""Numbers, sizes and times as people read them."""

import pytest

from core.words import ago, counted, duration, file_size, pictures


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 pictures"), (1, "1 picture"), (2, "2 pictures"), (1_204, "1,204 pictures")]
)
def test_the_number_decides_between_singular_and_plural(number, words):
    assert pictures(number) == words


def test_a_plural_of_its_own():
    assert [counted(number, "copy", "copies") for number in (1, 2)] == ["1 copy", "2 copies"]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        *((0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1 kB"), (999_499, "999 kB")),
        *((999_500, "1.0 MB"), (3_440_000, "3.4 MB"), (999_949_999, "999.9 MB"), (999_950_000, "1.0 GB")),
        (1_234_500_000_000, "1,234.5 GB"),
    ],
)
def test_a_size_never_says_a_thousand_of_a_unit(size, words):
    assert file_size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s")),
        *((3_599.4, "59 min 59 s"), (3_599.6, "1 h 0 min"), (7_500, "2 h 5 min")),
    ],
)
def test_a_duration_never_says_sixty(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [(10, "just now"), (61, "1 minute ago"), (7_300, "2 hours ago"), (90_000, "1 day ago"), (200_000, "2 days ago")],
)
def test_how_long_ago(before, words, monkeypatch):
    monkeypatch.setattr("core.words.time.time", lambda: 1e9)
    assert ago(1e9 - before) == words


def test_what_never_was():
    assert ago(None) == "never"
