"""The quality page, without a browser."""

import pytest
from PIL import Image

from core.ingest.journal.job import Status
from tests.pages.conftest import Component, texts
from tests.pages.test_component_types import assert_has


@pytest.fixture
def checked(corpus):
    """The three pictures of one colour, checked."""
    job = corpus.jobs.wait(corpus.library.analyse("quality"), 30)
    assert job.status is Status.DONE, job.error
    return corpus


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def test_before_anything_is_indexed(services, open_page):
    at = open_page("quality.py")
    assert not at.exception
    assert "Nothing is indexed yet." in texts(at)
    assert not [button for button in at.button if button.label == "Check quality"]


def test_it_is_started_and_shows_what_it_found(corpus, open_page):
    at = open_page("quality.py")
    assert "Find pictures that are blurred, dark or nearly blank" in texts(at)
    at = press(at, "Check quality")
    assert not at.exception
    corpus.jobs.wait(corpus.library.latest_analysis("quality").id, 30)
    at = at.run()
    data = Component(at, "quality").data
    counts = {flag["key"]: flag["count"] for flag in data["report"]["flags"]}
    assert (counts["near-blank"], counts["small"], counts["blurred"]) == (3, 3, 0)
    for interface, sent in (
        ("QualityData", data),
        ("Report", data["report"]),
        ("Flag", data["report"]["flags"][0]),
        ("Example", data["report"]["flags"][0]["worst"][0]),
    ):
        assert_has(interface, "quality", sent)


def test_what_came_in_since_is_told(checked, open_page, tmp_path):
    Image.new("RGB", (40, 30), "yellow").save(tmp_path / "pictures" / "yellow.png")
    for _ in checked.ingest([tmp_path / "pictures"]):  # in the foreground: nothing follows
        pass
    at = open_page("quality.py")
    assert "1 picture not looked at yet" in texts(at)
    at = press(at, "Look at 1 picture")
    checked.jobs.wait(checked.library.latest_analysis("quality").id, 30)
    assert "not looked at yet" not in texts(at.run())


def test_one_that_rests_can_be_resumed(checked, open_page):
    job = checked.library.latest_analysis("quality")
    checked.library.journal.update(job.id, status=Status.PAUSED)
    at = open_page("quality.py")
    assert not at.exception
    assert [button.label for button in at.button if button.label == "Resume"]


def test_a_link_leads_to_the_search(checked, open_page):
    at = open_page("quality.py")
    at = Component(at, "quality").trigger("open", {"q": "quality:small", "evil": "x", "k": 3})
    assert not at.exception
    assert at.query_params["q"] == "quality:small"
    assert "evil" not in at.query_params
