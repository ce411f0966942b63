"""The ingest page, without a browser."""

import re

import pytest

from core.access.actors import Actor
from core.errors import ModelUnavailable
from core.ingest.journal.job import Kind, Status
from tests.pages.conftest import Component, texts


def finish(services):
    """Wait for the newest job to rest."""
    return services.jobs.wait(services.jobs.states()[0].id, 30)


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def look(at, *lines):
    at.text_area(key="source-text").set_value("\n".join(map(str, lines)))
    return press(at, "Scan folder")


def bar_texts(at):
    return "\n".join(bar.proto.text for bar in at.get("progress"))


def metrics(at):
    return {metric.label: metric.value for metric in at.metric}


def test_a_folder_is_planned_started_and_reported(services, open_page, picture, tmp_path):
    picture("red.png")
    (tmp_path / "pictures" / "words.jpg").write_text("words")
    (tmp_path / "pictures" / "notes.txt").write_text("words")
    at = look(open_page("ingest.py"), tmp_path / "pictures")
    assert not at.exception
    assert finish(services).status is Status.PLANNED
    at.run()
    assert "**2** new · **0** unchanged · **1** skipped" in bar_texts(at)
    assert "2 pictures to read" in texts(at)
    assert " s on this machine" in texts(at)  # tried on a few of them
    assert services.index.count() == 0
    press(at, "Start")
    assert finish(services).status is Status.DONE
    at.run()
    assert not at.exception
    assert {**metrics(at), "Time": ""} == {"Found": "3", "Added": "1", "Skipped": "1", "Failed": "1", "Time": ""}
    assert list(at.dataframe[0].value["File"]) == [str(tmp_path / "pictures" / "words.jpg")]  # failed ones first
    assert "text" in at.dataframe[0].value["Reason and remedy"][0]
    assert [item["name"] for item in Component(at, "gallery").data["answer"]["results"]] == ["red.png"]


def test_the_report_of_each_of_two_jobs_with_one_title_can_be_chosen_and_stays(services, open_page, picture):
    for name in ("red.png", "blue.png"):
        folder = str(picture(name).parent)
        services.jobs.wait(services.library.add([folder], auto_start=True), 30)
    at = open_page("ingest.py").run()  # which has been sent back what it has said
    assert metrics(at)["Unchanged"] == "1"
    (reports,) = (box for box in at.selectbox if box.label == "Report")
    assert len(set(reports.options)) == 2
    reports.select_index(1).run()
    for _ in range(2):
        assert {"Found": "1", "Added": "1"}.items() <= metrics(at.run()).items()
        assert "Unchanged" not in metrics(at)


def test_the_report_is_narrowed_by_verdict_and_text(services, open_page, picture, tmp_path):
    for name in ("red.png", "blue.png"):
        picture(name)
    (tmp_path / "pictures" / "notes.txt").write_text("words")
    services.jobs.wait(services.library.add([str(tmp_path / "pictures")], auto_start=True), 30)
    at = open_page("ingest.py")
    assert len(at.dataframe[0].value) == 3
    at.pills[0].set_value(["skipped"]).run()
    assert list(at.dataframe[0].value["Verdict"]) == ["Skipped"]
    at.pills[0].set_value([]).run()
    at.text_input[0].set_value("BLUE").run()
    assert list(at.dataframe[0].value["File"]) == [str(tmp_path / "pictures" / "blue.png")]


def test_the_report_is_narrowed_by_what_is_wrong(services, open_page, picture, tmp_path):
    picture("red.png")
    for name, data in (("notes.txt", b"words"), ("drawing.svg", b"<svg/>"), ("words.jpg", b"words"), ("cut.png", b"")):
        (tmp_path / "pictures" / name).write_bytes(data)
    services.jobs.wait(services.library.add([str(tmp_path / "pictures")], auto_start=True), 30)
    at = open_page("ingest.py")
    assert "Not indexed: 2 not pictures, 1 unsupported, 1 damaged" in texts(at)
    assert at.pills[1].options == ["Not a picture 1", "Damaged 1"]  # of those that failed, which are chosen
    at.pills[1].set_value(["damaged"]).run()
    assert list(at.dataframe[0].value["File"]) == [str(tmp_path / "pictures" / "cut.png")]
    at.pills[0].set_value(["skipped"]).run()
    assert at.pills[1].options == ["Not a picture 1", "Unsupported 1"]
    at.pills[1].set_value(["unsupported"]).run()
    assert list(at.dataframe[0].value["Problem"]) == ["Unsupported"]
    assert not at.exception


def test_several_folders_at_once(services, open_page, picture):
    at = look(open_page("ingest.py"), picture("a/red.png").parent, "", picture("b/blue.png").parent)
    assert finish(services).plan.new == 2
    assert not at.exception


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No folder"),
        ("/does/not/exist", "outside the folders"),
        ("{roots}/missing", "does not exist"),
        ("/etc", "IMAGE_SEARCH_ROOTS"),
        ("\x00", ""),
        ("https://example.org/", "IMAGE_SEARCH_URLS"),
        ("file:///etc", ""),
    ],
)
def test_a_source_that_cannot_be_read_is_said_and_starts_nothing(services, open_page, text, said):
    at = look(open_page("ingest.py"), text.format(roots=services.settings.library_roots[0]))
    assert not at.exception
    assert said in at.error[0].value.replace("\\", "")
    assert services.jobs.states() == []


def test_a_plan_can_be_discarded(services, open_page, picture):
    at = look(open_page("ingest.py"), picture("red.png").parent)
    finish(services)
    press(at.run(), "Discard")
    assert not at.exception
    assert services.jobs.states()[0].status is Status.CANCELLED
    assert services.index.count() == 0


def test_pictures_whose_files_are_gone_are_removed_on_demand_only(services, open_page, picture):
    red, blue = picture("red.png"), picture("blue.png")
    services.jobs.wait(services.library.add([str(red.parent)], auto_start=True), 30)
    blue.unlink()
    at = look(open_page("ingest.py"), red.parent)
    finish(services)
    at.run()
    assert "**1** missing" in bar_texts(at)
    assert services.index.count() == 2
    at.checkbox[0].check().run()
    press(at, "Start")
    finish(services)
    assert services.index.count() == 1
    assert metrics(at.run())["Removed"] == "1"


def test_a_job_is_paused_and_resumed(services, open_page, picture, held, one_by_one):
    pictures = [picture(f"{colour}.png") for colour in ("red", "green", "blue")]
    services.library.add([str(pictures[0].parent)], auto_start=True)
    assert held.running.wait(30)
    at = press(open_page("ingest.py"), "Pause")
    held.go_on.set()
    assert finish(services).status is Status.PAUSED
    assert 0 < services.index.count() < 3
    press(at.run(), "Resume")
    assert finish(services).status is Status.DONE
    assert not at.run().exception
    assert services.jobs.states()[0].counts.added == services.index.count() == 3


def test_what_failed_is_retried(services, open_page, picture):
    bad = picture("red.png")
    whole = bad.read_bytes()
    bad.write_bytes(whole[:20])
    services.jobs.wait(services.library.add([str(bad.parent)], auto_start=True), 30)
    at = open_page("ingest.py")
    bad.write_bytes(whole)
    press(at, "Retry 1 failed file")
    assert finish(services).counts.added == 1
    assert not at.run().exception


def test_sources_are_listed_checked_and_removed(services, open_page, picture):
    folder = picture("red.png").parent
    services.jobs.wait(services.library.add([str(folder)], auto_start=True), 30)
    at = open_page("ingest.py")
    assert "1 picture ·" in texts(at)
    picture("blue.png")
    press(at, "Scan again")
    assert finish(services).plan.new == 1
    press(at.run(), "Remove from index")
    assert not at.exception
    assert services.index.count() == 0
    assert services.library.sources() == []


def test_uploads_are_indexed_under_the_name_they_were_sent_with(services, open_page, picture):
    sent = services.uploads.add(picture("red.png").read_bytes(), "Sunset at sea.png")
    services.start_uploads([sent.id])
    finish(services)
    assert services.index.count() == 1
    assert next(services.index.scan())[0][0].name == "Sunset at sea.png"
    at = open_page("ingest.py")
    assert not at.exception
    assert "Uploaded picture" in texts(at)


def test_the_samples_are_one_click(services, open_page, picture, monkeypatch):
    red = picture("red.png")
    for module in ("core.ui.samples", "core.sources.samples"):
        monkeypatch.setattr(f"{module}.sample_pictures", lambda: [red])
    at = press(open_page("ingest.py"), "Index sample pictures")
    assert not at.exception
    assert finish(services).title == "Sample pictures"
    assert services.index.count() == 1


def test_a_job_that_failed_says_why(services, open_page, picture, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError
        yield

    monkeypatch.setattr("core.ingest.work.run", broken)
    services.jobs.wait(services.library.add([str(picture("red.png").parent)], auto_start=True), 30)
    at = open_page("ingest.py")
    assert "stopped unexpectedly" in at.error[0].value
    assert not at.exception


def test_a_job_of_the_history_is_shown(services, open_page, picture):
    services.jobs.wait(services.library.add([str(picture("a/red.png").parent)], auto_start=True), 30)
    services.jobs.wait(services.library.add([str(picture("b/blue.png").parent)], auto_start=True), 30)
    at = open_page("ingest.py")
    assert list(at.dataframe(key="history").value["Job"]) == ["b", "a"]


def test_the_job_that_is_shown_already_can_be_chosen_in_the_history(services, open_page, picture):
    services.jobs.wait(services.library.add([str(picture("red.png").parent)], auto_start=True), 30)
    at = open_page("ingest.py")
    at.session_state["history"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    at.run()
    assert not at.exception
    assert [heading.value for heading in at.subheader].count("pictures — done") == 2


def test_what_another_browser_started_is_paused_only_after_asking_and_says_by_whom(
    services, open_page, picture, held, one_by_one
):
    pictures = [picture(f"{colour}.png") for colour in ("red", "green", "blue")]
    services.library.add([str(pictures[0].parent)], auto_start=True, by=Actor("Firefox on Linux", "abc"))
    assert held.running.wait(30)
    at = open_page("ingest.py")
    assert "Pause" not in [button.label for button in at.button]  # but the one that asks
    assert "started by Firefox on Linux just now. Pause it anyway?" in texts(at).replace("\\", "")
    press(at, "Pause this job")
    held.go_on.set()
    job = finish(services)
    assert (job.status, job.changed_by) == (Status.PAUSED, "A browser")
    assert re.search(r"Paused by a browser at \d of 3", bar_texts(at.run()).replace("\\", ""))


def test_uploads_have_their_own_report_while_another_job_is_paused(
    services, open_page, picture, held, one_by_one, tmp_path
):
    pictures = [picture(f"album/{colour}.png") for colour in ("red", "green", "blue")]
    job_id = services.library.add([str(pictures[0].parent)], auto_start=True)
    assert held.running.wait(30)
    services.jobs.pause(job_id)
    held.go_on.set()
    services.jobs.wait(job_id, 30)
    sent = services.uploads.add(picture("yellow.png").read_bytes(), "Lemon.png")
    services.jobs.wait(services.start_uploads([sent.id]), 30)
    at = open_page("ingest.py")
    assert not at.exception
    headings = [heading.value for heading in at.subheader]
    assert headings == ["album", "Uploaded picture — done"]
    assert "Resume" in [button.label for button in at.button]
    services.jobs.resume(job_id)
    services.jobs.wait(job_id, 30)
    at.run()
    assert "album — done" in [heading.value for heading in at.subheader]
    at.selectbox[0].select(next(one for one in at.selectbox[0].options if "Uploaded" in one)).run()
    assert "Uploaded picture — done" in [heading.value for heading in at.subheader]


def test_removing_a_source_says_how_many_pictures_that_were(services, open_page, picture):
    folder = picture("red.png").parent
    picture("blue.png")
    services.jobs.wait(services.library.add([str(folder)], auto_start=True), 30)
    at = press(open_page("ingest.py"), "Remove from index")
    assert [toast.value for toast in at.toast] == ["Removed 2 pictures from the index. The files are not touched."]


def test_the_starter_model_gives_way_to_clip_by_one_button_or_says_why_not(
    services, open_page, picture, embedder, monkeypatch
):
    embedder.model_id = "starter"
    services.jobs.wait(services.library.add([str(picture("red.png").parent)], auto_start=True), 30)
    away = ModelUnavailable("The weights are not here.", "Connect this machine.")
    monkeypatch.setattr(services.model, "obstacle", lambda *_: away)
    at = press(open_page("ingest.py"), "Switch to CLIP")
    assert "weights are not here" in at.warning[0].value.replace("\\", "")
    monkeypatch.setattr(services.model, "obstacle", lambda *_: None)
    press(at, "Switch to CLIP")
    assert not at.exception
    job = services.jobs.states()[0]
    assert (job.kind, job.title) == (Kind.REBUILD, "Re-embed with clip/ViT-B-16")


def test_the_search_page_says_what_is_being_indexed_first(services, open_page, picture, held):
    services.library.add([str(picture("album/red.png").parent)], auto_start=True)
    assert held.running.wait(30)
    at = open_page()
    assert "Indexing: album" in texts(at)
    assert "Index sample pictures" not in [button.label for button in at.button]
    held.go_on.set()
    finish(services)
    assert "Indexing" not in texts(at.run())
