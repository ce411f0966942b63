"""The command line: its JSON, its exit status, and what goes to which stream."""

import json

import pytest
from typer.testing import CliRunner

from core.cli import app


@pytest.fixture
def run(services):
    runner = CliRunner(mix_stderr=False)
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


def test_ingest_then_again(run, picture, tmp_path):
    picture("red.png")
    picture("blue.jpg")
    (tmp_path / "pictures" / "words.jpg").write_text("words")
    first = json.loads(run("ingest", tmp_path / "pictures", "--json").stdout)
    assert {key: first[key] for key in ("found", "added", "updated", "unchanged")} == {
        "found": 3,
        "added": 2,
        "updated": 0,
        "unchanged": 0,
    }
    assert [failure["path"] for failure in first["failed"]] == [str(tmp_path / "pictures" / "words.jpg")]
    assert first["failed"][0]["reason"]
    assert first["seconds"] >= 0
    second = json.loads(run("ingest", tmp_path / "pictures", "--json").stdout)
    assert (second["added"], second["unchanged"]) == (0, 2)


def test_search_by_words_by_picture_and_in_a_folder(run, picture, tmp_path):
    red, blue = picture("a/red.png"), picture("b/blue.png")
    run("ingest", tmp_path / "pictures")
    assert json.loads(run("search", "red", "--json").stdout)[0] == {"rank": 1, "path": str(red), "score": 1.0}
    assert json.loads(run("search", "--image", blue, "-k", 1, "--json").stdout)[0]["path"] == str(blue)
    inside = json.loads(run("search", "red", "--folder", tmp_path / "pictures" / "b", "--json").stdout)
    assert [hit["path"] for hit in inside] == [str(blue)]
    new = picture("elsewhere.png", "red", size=(5, 5))
    assert json.loads(run("search", "--image", new, "-k", 1, "--json").stdout)[0]["path"] == str(red)
    assert str(red) in run("search", "red").stdout


def test_status_and_remove(run, picture, tmp_path):
    empty = json.loads(run("status", "--json").stdout)
    assert empty == {"engine": "lancedb", "index": "images", "model_id": "clip/ViT-B-16", "dims": 512, "count": 0}
    picture("red.png")
    run("ingest", tmp_path / "pictures")
    full = json.loads(run("status", "--json").stdout)
    assert (full["model_id"], full["dims"], full["count"]) == ("test/colour", 4, 1)
    assert json.loads(run("remove", tmp_path / "pictures", "--json").stdout) == {"removed": 1}
    assert json.loads(run("status", "--json").stdout)["count"] == 0


@pytest.mark.parametrize(
    "arguments",
    [("ingest", "/does/not/exist"), ("search",), ("search", "red", "-k", "0"), ("search", "--image", "/no/such.png")],
)
def test_an_expected_error_is_one_line_and_status_1(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments", [("nonsense",), ("ingest",), ("search", "red", "-k", "many")])
def test_wrong_usage_is_status_2(run, arguments):
    assert run(*arguments).exit_code == 2


def test_a_wrong_setting_is_an_expected_error(run, monkeypatch):
    from core.services import shared

    shared.cache_clear()
    monkeypatch.setenv("IMAGE_SEARCH_MODEL", "gpt")
    result = run("status")
    assert result.exit_code == 1
    assert "IMAGE_SEARCH_MODEL" in result.stderr


def test_ingest_begins_nothing_that_outlives_it(run, picture, tmp_path, monkeypatch):
    # A thread that is inside the index when Python ends may take the process down, and the exit status with it.
    begun = []
    monkeypatch.setattr("core.search.examples.Examples.words", lambda *_: begun.append(True))
    picture("red.png")
    assert run("ingest", tmp_path / "pictures").exit_code == 0
    assert begun == []
