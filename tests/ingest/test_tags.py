"""Tags stay with a picture whatever an ingest does to its record."""

import shutil
from dataclasses import replace

import pytest

from core.index.records import record_id
from core.index.tags import change_tags
from core.ingest.journal.progress import Counts


@pytest.fixture
def tagged(services, picture, tmp_path):
    """Indexes a folder with `red.png` and `blue.png`, of which the first is tagged; gives the folder."""
    for colour in ("red", "blue"):
        picture(f"{colour}.png")
    folder = (tmp_path / "pictures").resolve()
    run(services, folder)
    assert change_tags(services.index, [record_id(folder / "red.png")], add=["Anna", "sea"]) == 1
    return folder


def run(services, *paths) -> Counts:
    return list(services.ingest(list(paths)))[-1].counts


def tags(services) -> dict[str, tuple[str, ...]]:
    return {record.name: record.tags for batch in services.index.records() for record in batch}


def test_a_changed_file_keeps_them(services, tagged, picture):
    picture("red.png", "green", size=(70, 20))
    assert run(services, tagged) == Counts(updated=1, unchanged=1)
    assert tags(services) == {"red.png": ("Anna", "sea"), "blue.png": ()}


def test_a_file_that_is_described_anew_keeps_them(services, tagged):
    index = services.index
    (record,) = index.get([record_id(tagged / "red.png")])
    index.upsert([replace(record, described=0, phash="")], index.embeddings([record.id]))
    assert run(services, tagged) == Counts(updated=1, unchanged=1)
    assert index.get([record.id]) == [record]


def test_a_renamed_file_keeps_them(services, tagged):
    (tagged / "red.png").rename(tagged / "scarlet.png")
    assert run(services, tagged) == Counts(renamed=1, unchanged=1)
    assert tags(services) == {"scarlet.png": ("Anna", "sea"), "blue.png": ()}


def test_a_file_that_is_moved_keeps_them(services, tagged):
    (tagged / "deep").mkdir()
    (tagged / "red.png").rename(tagged / "deep" / "red.png")
    assert run(services, tagged) == Counts(renamed=1, unchanged=1)
    assert tags(services) == {"red.png": ("Anna", "sea"), "blue.png": ()}


def test_a_file_that_left_the_folder_keeps_them(services, tagged, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tagged / "red.png").rename(elsewhere / "crimson.png")
    assert run(services, elsewhere) == Counts(renamed=1)
    assert tags(services) == {"crimson.png": ("Anna", "sea"), "blue.png": ()}


def test_one_that_is_changed_and_one_renamed_over_rounds(services, tagged, picture, one_by_one):
    change_tags(services.index, [record_id(tagged / "blue.png")], add=["sky"])
    (tagged / "red.png").rename(tagged / "a.png")
    picture("blue.png", "cyan", size=(70, 20))
    picture("new.png", "green")
    assert run(services, tagged) == Counts(added=1, renamed=1, updated=1)
    assert tags(services) == {"a.png": ("Anna", "sea"), "blue.png": ("sky",), "new.png": ()}


def test_a_file_that_takes_the_place_of_another_gets_its_tags(services, tagged):
    change_tags(services.index, [record_id(tagged / "blue.png")], add=["sky", "SEA"])
    (tagged / "red.png").replace(tagged / "blue.png")
    run(services, tagged)
    assert tags(services)["blue.png"] == ("SEA", "sky")


def test_a_copy_has_none(services, tagged):
    shutil.copy(tagged / "red.png", tagged / "copy.png")
    assert run(services, tagged) == Counts(duplicate=1, unchanged=2)
    assert tags(services) == {"red.png": ("Anna", "sea"), "blue.png": (), "copy.png": ()}
