"""The pages of duplicates and of the check, without a browser."""

import shutil

import pytest

from core.access.actors import COMMAND_LINE
from core.analysis.duplicates.model import Level
from core.images.files import SUFFIXES
from tests.pages.conftest import Component, texts
from tests.pages.test_component_types import assert_has


@pytest.fixture
def scanned(services, picture, tmp_path):
    """A picture, a copy of it and another, scanned."""
    red = picture("red.png")
    shutil.copy(red, red.with_name("copy of red.png"))
    picture("blue.png")
    for _ in services.ingest([tmp_path / "pictures"]):
        pass
    services.jobs.wait(services.analysis.duplicates.begin(by=COMMAND_LINE), 60)
    return services


def test_before_the_first_scan_it_says_what_it_will_find(corpus, open_page):
    at = open_page("duplicates.py")
    assert not at.exception
    assert [button.label for button in at.button] == ["Scan for duplicates"]
    assert not at.get("bidi_component") or all(
        not one.proto.component_name.endswith("duplicates") for one in at.get("bidi_component")
    )


def test_where_nothing_is_indexed_there_is_nothing_to_scan(services, open_page):
    at = open_page("duplicates.py")
    assert not at.exception
    assert not at.button
    assert "Nothing is indexed yet." in texts(at)


def test_a_scan_begins_by_its_button(corpus, open_page):
    at = open_page("duplicates.py")
    at.button[0].click().run()
    assert not at.exception
    assert corpus.library.latest_analysis("duplicates") is not None


def test_the_groups_are_asked_for_by_url(scanned, open_page):
    at = open_page("duplicates.py")
    assert not at.exception
    data = Component(at, "duplicates").data
    assert_has("DuplicatesData", "duplicates", data)
    assert_has("ReviewRoutes", "duplicates", data["routes"])
    assert_has("LevelSummary", "duplicates", data["summary"]["levels"][Level.SAME_BYTES])
    assert data["summary"]["levels"][Level.SAME_BYTES]["groups"] == 1
    assert data["collections"] == []
    assert (data["decides"], data["search"]) == (True, "/?q=duplicate%3Aset-aside")


def test_the_check_says_what_it_takes(corpus, open_page):
    at = open_page("check.py")
    assert not at.exception
    data = Component(at, "check").data
    assert_has("CheckData", "check", data)
    assert_has("CheckRoutes", "check", data["routes"])
    assert_has("CheckLimits", "check", data["limits"])
    assert data["suffixes"] == sorted(SUFFIXES)
    assert data["roots"], "an admin may name folders of the server"
