"""The overview page, without a browser."""

import json

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.images.describe import Box
from core.ingest.journal.job import Status
from core.services import shared
from tests.colours import COLOURS
from tests.pages.conftest import Component, texts
from tests.pages.test_component_types import assert_has


@pytest.fixture
def many(services, picture, tmp_path):
    """A picture of each colour, in two folders, some of them somewhere and some with boxes."""
    for at, name in enumerate(COLOURS):
        picture(f"{'warm' if at % 2 else 'cold'}/{name}.png")
    for _ in services.ingest([tmp_path / "pictures"]):
        pass
    from dataclasses import replace

    records = sorted((record for batch in services.index.records() for record in batch), key=lambda one: one.name)
    changed = [
        replace(
            record,
            gps=(48.1, 11.5) if at < 2 else None,
            boxes=(Box("thing", 0.1, 0.1, 0.5, 0.5),) * at,
        )
        for at, record in enumerate(records[:4])
    ]
    services.index.upsert(changed, services.index.embeddings([record.id for record in changed]))
    return services


def carry_out(services, name, options=None):
    job = services.jobs.wait(services.library.analyse(name, options), 60)
    assert job.status is Status.DONE, job.error
    return job


def press(at, label):
    return next(button for button in at.button if button.label == label).click().run()


def board(at):
    assert not at.exception, at.exception
    return Component(at, "overview").data


def test_before_anything_is_indexed(services, open_page):
    at = open_page("overview.py")
    assert not at.exception
    assert "Nothing is indexed yet." in texts(at)


def test_it_opens_at_once_with_what_the_index_counts(many, open_page):
    at = open_page("overview.py")
    data = board(at)
    assert data["told"]["pictures"] == len(COLOURS)
    assert data["told"]["gathered"] is None
    assert {value["count"] for value in data["told"]["facets"]["folder"]["values"]} == {5}
    assert "are gathered in the background" in texts(at)
    at = press(at, "Sum it up")
    many.jobs.wait(many.library.latest_analysis("overview").id, 60)
    data = board(at.run())
    gathered = data["told"]["gathered"]
    assert gathered["pictures"] == len(COLOURS)
    assert gathered["places"]["located"] == 2
    assert gathered["label_boxes"] == {"thing": 6}
    for interface, sent in (
        ("OverviewData", data),
        ("Told", data["told"]),
        ("Gathered", gathered),
        ("Facet", data["told"]["facets"]["folder"]),
        ("Value", data["told"]["facets"]["folder"]["values"][0]),
        ("Dot", gathered["places"]["dots"][0]),
        ("BoxShare", gathered["boxes"][0]),
        ("Shown", gathered["typical"][0]),
    ):
        assert_has(interface, "overview", sent)


def test_places_and_boxes_lead_to_their_pictures(many, open_page):
    carry_out(many, "overview")
    at = open_page("overview.py")
    cell = board(at)["told"]["gathered"]["places"]["dots"][0]["cell"]
    for asked, count in (({"cell": cell}, 2), ({"least": 1, "most": 2}, 2)):
        at = Component(open_page("overview.py"), "overview").trigger("ask", asked)
        assert not at.exception
        text = at.query_params["q"]
        assert text.startswith("selection:")
        assert Component(at, "gallery").data["answer"]["searched"] == count


def test_analyses_are_started_from_it(many, open_page):
    at = Component(open_page("overview.py"), "overview").trigger("start", "quality")
    assert not at.exception
    assert many.jobs.wait(many.library.latest_analysis("quality").id, 60).status is Status.DONE
    assert board(open_page("overview.py"))["told"]["quality"]["flagged"] == len(COLOURS)


def test_two_sides_are_chosen_and_compared(many, open_page, tmp_path):
    first, second = (f"folder:{tmp_path / 'pictures' / name}" for name in ("cold", "warm"))
    at = open_page("overview.py", first=first, second=second)
    assert not at.exception
    assert "These two were not compared yet." in [one.value for one in at.info]
    at = press(at, "Compare")
    assert not at.exception
    many.jobs.wait(many.library.latest_analysis("compare").id, 60)
    at = at.run()
    data = Component(at, "comparison").data
    assert [side["pictures"] for side in data["found"]["sides"]] == [5, 5]
    assert data["found"]["verdict"]["evidence"] == "few"
    for interface, sent in (
        ("ComparisonData", data),
        ("Found", data["found"]),
        ("Verdict", data["found"]["verdict"]),
        ("Overlap", data["found"]["overlap"]),
        ("Side", data["found"]["sides"][0]),
        ("Unlike", data["found"]["sides"][0]["pictures_unlike"][0]),
    ):
        assert_has(interface, "comparison", sent)


def test_sides_that_say_nothing_are_told(many, open_page):
    at = press(open_page("overview.py", first="label:thing", second="label:thing"), "Compare")
    assert not at.exception
    assert any("Both sides are the same" in toast.value for toast in at.toast)


def test_the_command_tells_the_same(many, tmp_path):
    def run(*arguments):
        shared.cache_clear()  # as each command is a process of its own
        result = CliRunner(mix_stderr=False).invoke(app, ["overview", *arguments])
        assert result.exit_code == 0, result.stderr
        return result.stdout

    told = json.loads(run("--json"))
    assert told["gathered"]["boxes"][0]["count"] == 7
    assert "10 pictures" in run("--kept")
    sides = (f"folder:{tmp_path / 'pictures' / 'cold'}", f"folder:{tmp_path / 'pictures' / 'warm'}")
    found = json.loads(run("--compare", *sides, "--json"))
    assert [side["pictures"] for side in found["sides"]] == [5, 5]
    assert run("--compare", *sides, "--kept").startswith("Too few pictures to tell")
