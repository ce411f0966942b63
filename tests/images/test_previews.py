"""Large views that are kept: as many as there is room for."""

import os
import stat

import pytest

from core.images.previews import Previews

HASHES = [f"{number:064x}" for number in range(12)]


@pytest.fixture
def previews(tmp_path):
    return Previews(tmp_path / "previews", 1000)


def kept(previews):
    return [number for number, digest in enumerate(HASHES) if previews.get(digest, "large")]


def age(tmp_path, *numbers):
    """As if these had been looked at last, in this order, long ago."""
    for when, number in enumerate(numbers):
        path = tmp_path / "previews" / HASHES[number][:2] / f"{HASHES[number]}.large.webp"
        os.utime(path, (when, when))


def test_what_was_kept(previews):
    assert previews.get(HASHES[0], "large") is None
    previews.keep(HASHES[0], "large", b"a")
    previews.keep(HASHES[0], "boxes-7", b"b")
    assert (previews.get(HASHES[0], "large"), previews.get(HASHES[0], "boxes-7")) == (b"a", b"b")


def test_those_looked_at_last_stay(previews, tmp_path):
    for number in range(10):
        previews.keep(HASHES[number], "large", bytes(100))
    age(tmp_path, *range(10))
    assert previews.get(HASHES[0], "large")
    previews.keep(HASHES[10], "large", bytes(100))
    assert kept(previews) == [0, 3, 4, 5, 6, 7, 8, 9, 10]


def test_what_an_earlier_process_kept_counts(previews, tmp_path):
    for number in range(10):
        previews.keep(HASHES[number], "large", bytes(100))
    age(tmp_path, *range(10))
    Previews(tmp_path / "previews", 1000).keep(HASHES[11], "large", bytes(100))
    assert kept(previews) == [2, 3, 4, 5, 6, 7, 8, 9, 11]


def test_one_larger_than_the_room_is_not_kept(previews):
    previews.keep(HASHES[0], "large", bytes(2000))
    assert kept(previews) == []


def test_are_nobody_elses(previews, tmp_path):
    previews.keep(HASHES[0], "large", b"a")
    folder = tmp_path / "previews"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.glob("??/*")] == [0o600]


@pytest.mark.parametrize(("digest", "kind"), [("../../etc", "large"), (HASHES[0], "../x"), (HASHES[0], "")])
def test_what_is_no_name_never_reaches_the_disk(previews, digest, kind):
    with pytest.raises(ValueError, match="not a preview"):
        previews.get(digest, kind)


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    previews = Previews(tmp_path / "file" / "previews", 1000)
    previews.keep(HASHES[0], "large", b"a")
    assert previews.get(HASHES[0], "large") is None
