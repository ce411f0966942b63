"""The ingest page, without a browser."""

import pytest

from core.ingest.jobs import Status
from tests.pages.conftest import Component


def finish(services):
    """Wait for the newest job."""
    assert services.jobs._jobs[-1].wait(30)
    return services.jobs.states()[0]


def type_folder(at, text):
    at.text_input(key="folder-path").set_value(str(text))
    return next(button for button in at.button if button.label == "Start").click().run()


def metrics(at):
    return {metric.label: metric.value for metric in at.metric}


def test_a_folder_is_indexed_and_reported(services, open_page, picture, tmp_path):
    picture("red.png")
    (tmp_path / "pictures" / "words.jpg").write_text("words")
    at = type_folder(open_page("ingest.py"), tmp_path / "pictures")
    assert not at.exception
    assert finish(services).status is Status.DONE
    at.run()
    assert metrics(at) | {"Time": ""} == {
        "Found": "2",
        "Added": "1",
        "Updated": "0",
        "Unchanged": "0",
        "Skipped": "1",
        "Time": "",
    }
    table = at.dataframe[0].value
    assert list(table["File"]) == [str(tmp_path / "pictures" / "words.jpg")]
    assert "text" in table["Reason"][0]
    assert [item["name"] for item in Component(at, "gallery").data["items"]] == ["red.png"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "No folder"), ("/does/not/exist", "does not exist"), ("/etc", "IMAGE_SEARCH_ROOTS"), ("\x00", "")],
)
def test_a_folder_that_cannot_be_read_is_said_and_starts_nothing(services, open_page, text, said):
    at = type_folder(open_page("ingest.py"), text)
    assert not at.exception
    assert said in at.error[0].value
    assert services.jobs.states() == []


def test_uploads_are_indexed_under_the_name_they_were_sent_with(services, open_page, picture):
    sent = services.uploads.add(picture("red.png").read_bytes(), "Sunset at sea.png")
    at = open_page("ingest.py")
    Component(at, "uploads").trigger(
        "uploaded", {"ids": [sent.id], "refused": [{"name": "notes.txt", "reason": "This is not a picture."}]}
    )
    assert not at.exception
    finish(services)
    assert services.index.count() == 1
    assert next(services.index.scan())[0][0].name == "Sunset at sea.png"


def test_the_samples_are_one_click(services, open_page, picture, monkeypatch):
    red = picture("red.png")
    monkeypatch.setattr("core.ui.samples.sample_pictures", lambda: [red])
    at = open_page("ingest.py")
    next(button for button in at.button if button.label == "Index the sample pictures").click().run()
    assert not at.exception
    assert finish(services).title == "Sample pictures"
    assert services.index.count() == 1


def test_a_job_that_failed_says_why(services, open_page):
    def work():
        raise ZeroDivisionError
        yield

    services.jobs.start("Broken", work).wait(10)
    at = open_page("ingest.py")
    assert "stopped unexpectedly" in at.error[0].value
    assert not at.exception
