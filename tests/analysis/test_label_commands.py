"""The commands about labels, classes and picks: their JSON, their files, their exit status."""

import csv
import json

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.services import shared
from tests.analysis.test_classes import AxisScorer


class ColourScorer(AxisScorer):
    def __init__(self, embedder):
        super().__init__()
        self._embedder = embedder

    def embedded(self, texts):
        return self._embedder.embed_texts(list(texts))

    def seen(self, images):
        return self._embedder.embed_images(images)


@pytest.fixture
def run(services, embedder, picture, folder, monkeypatch):
    """Runs a command on four pictures of one colour each, of which two are labelled."""
    for name in ("red", "green", "blue", "white"):
        picture(f"{name}.png")
    (folder / "data.yaml").write_text("names: [red thing, blue thing]\n")
    (folder / "red.txt").write_text("0 0.5 0.5 0.4 0.4\n")
    (folder / "blue.txt").write_text("1 0.5 0.5 0.4 0.4\n")
    list(services.ingest([folder]))
    monkeypatch.setattr("core.analysis.classes.scoring.Scorers.current", lambda self: ColourScorer(embedder))
    runner = CliRunner(mix_stderr=False)

    def run_(*arguments, status=0):
        shared.cache_clear()  # as each command is a process of its own
        result = runner.invoke(app, [str(argument) for argument in arguments])
        assert result.exit_code == status, (result.stdout, result.stderr)
        return result

    return run_


@pytest.fixture
def folder(tmp_path):
    """Where the pictures lie."""
    return tmp_path / "pictures"


def answer(result):
    return json.loads(result.stdout)


def test_labels_are_listed_as_before(run, folder):
    assert answer(run("labels", "--json")) == {"blue thing": 1, "red thing": 1}
    assert answer(run("labels", "--folder", folder, "--json")) == {"blue thing": 1, "red thing": 1}
    assert "1  red thing" in run("labels").stdout


def test_labels_are_checked_decided_and_exported(run, folder, tmp_path):
    told = answer(run("labels", "check", "--json"))
    assert (told["pictures"], told["labelled"], told["labels"]) == (4, 2, 2)
    assert answer(run("labels", "suspicious", "--json"))["total"] >= 1
    red = folder / "red.png"
    assert answer(run("labels", "decide", red, "red thing", "--should-be", "scarlet", "--json")) == {"kept": 1}
    run("labels", "export", tmp_path / "said.csv")
    (row,) = csv.DictReader((tmp_path / "said.csv").read_text("utf-8-sig").splitlines())
    assert (row["path"], row["verdict"], row["should_be"]) == (str(red), "replaced", "scarlet")
    run("labels", "export", tmp_path / "labels.json")
    names = {one["name"] for one in json.loads((tmp_path / "labels.json").read_text())["categories"]}
    assert names == {"red thing", "blue thing", "scarlet"}
    assert answer(run("labels", "decide", red, "red thing", "clear", "--json")) == {"kept": 0}


@pytest.mark.parametrize(
    "arguments",
    [("decide", "x.png", "cat", "maybe"), ("decide", "x.png", "cat"), ("export", "labels.txt"), ("check", "now")],
)
def test_wrong_usage(run, arguments):
    run("labels", *arguments, status=2)


def test_other_reports(run):
    assert answer(run("labels", "balance", "--json"))["rows"][0]["pictures"] == {"": 1}
    assert answer(run("labels", "boxes", "--kept", "--json"))["boxes"] == 2
    assert answer(run("labels", "boxes", "tiny", "--kept", "--json")) == []
    assert answer(run("labels", "leakage", "--kept", "--json"))["total"] == 0
    assert "rows" in answer(run("labels", "unlabelled", "--kept", "--json"))


def test_a_class_list_from_words_to_a_filter(run, folder, services):
    told = answer(run("classes", "create", "colours", "red", "tint: blue", "--json"))
    assert [(one["name"], one["words"]) for one in told["classes"]] == [("red", ""), ("tint", "blue")]
    run("classes", "threshold", "colours", "red", "8")
    run("classes", "threshold", "colours", "tint", "8")
    red = folder / "red.png"
    said = answer(run("classes", "say", "colours", "red", "--right", red, "--json"))
    assert said["precision"]["looked_at"] == 1
    applied = answer(run("classes", "apply", "colours", "--tags", "--json"))
    assert (applied["applied"], [one["count"] for one in applied["classes"]]) == (True, [1, 1])
    found = answer(run("search", "class:tint", "--json"))["results"]
    assert [one["name"] for one in found] == ["blue.png"]
    assert found[0]["tags"] == ["tint"]
    shown = answer(run("classes", "show", "colours", "--class", "red", "-n", "2", "--json"))
    assert [one["right"] for one in shown["pictures"]] == [True, None]
    assert answer(run("classes", "--json"))[0]["name"] == "colours"
    run("classes", "withdraw", "colours")
    assert answer(run("search", "class:tint", "--json"))["results"] == []
    run("classes", "delete", "colours")
    assert answer(run("classes", "--json")) == []
    assert "no class list" in run("classes", "show", "colours", status=1).stderr


def test_so_many_are_picked_tagged_and_written(run, tmp_path, services):
    picked = answer(run("pick", "2", "--seed", "4", "--json"))
    assert len(picked["pictures"]) == 2
    assert answer(run("pick", "2", "--seed", "4", "--json")) == picked
    balanced = answer(run("pick", "2", "--how", "balanced", "--tag", "next", "--csv", tmp_path / "p.csv", "--json"))
    assert balanced["counts"] == {"blue thing": 1, "red thing": 1}
    assert len(list(csv.DictReader((tmp_path / "p.csv").read_text("utf-8-sig").splitlines()))) == 2
    assert len(answer(run("search", "tag:next", "--json"))["results"]) == 2
    assert run("pick", "0", status=1).stderr
    run("pick", "2", "--how", "best", status=2)
    assert "blue.png" in run("pick", "1", 'label:"blue thing"').stdout
