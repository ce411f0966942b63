"""The commands about the map: made, named, taken away."""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.index.chosen.ids import IdSet
from core.services import shared


@pytest.fixture
def run(services):
    runner = CliRunner(mix_stderr=False)

    def run_(*arguments):
        shared.cache_clear()  # as each command is a process of its own
        return runner.invoke(app, [str(argument) for argument in arguments])

    return run_


def test_from_nothing_to_a_table(run, services, picture, tmp_path):
    assert "no map yet" in run("map", "status").stdout
    assert json.loads(run("map", "status", "--json").stdout) == {"state": "none", "map": None}
    assert run("clusters").exit_code == run("map", "export").exit_code == 1
    for colour in ("red", "green", "blue"):
        picture(f"{colour}.png")
    run("ingest", tmp_path / "pictures")
    built = run("map", "build", "--json")
    assert built.exit_code == 0, built.stderr
    assert json.loads(built.stdout)["map"]["points"] == 3
    assert json.loads(run("clusters", "--json").stdout) == []
    assert "no clusters" in run("clusters").stderr
    rows = list(csv.reader(io.StringIO(run("map", "export").stdout.lstrip("\ufeff"))))
    assert rows[0] == ["id", "x", "y", "cluster", "path"]
    assert {row[4].rpartition("/")[2] for row in rows[1:]} == {"red.png", "green.png", "blue.png"}
    assert run("map", "export", tmp_path / "places.csv").exit_code == 0
    assert (tmp_path / "places.csv").read_text("utf-8-sig").splitlines()[0] == '"id","x","y","cluster","path"'
    assert run("map", "export", tmp_path / "none" / "places.csv").exit_code == 1
    assert run("clusters", "rename", 1, "x").exit_code == 1


def test_selections(run, services, picture, tmp_path):
    picture("red.png")
    picture("blue.png")
    run("ingest", tmp_path / "pictures")
    ids = [record.id for some in services.index.records() for record in some]
    made = services.analysis.map.selections.add(IdSet(ids[:1]))
    assert json.loads(run("selections", "--json").stdout)[0]["id"] == made.id
    assert run("selections", "ids", made.id).stdout == f"{ids[0]}\n"
    assert "selection:Mine" in run("selections", "keep", made.id, "Mine").stdout
    found = json.loads(run("search", "selection:mine", "--json").stdout)["results"]
    assert [one["id"] for one in found] == ids[:1]
    assert run("selections", "delete", "mine").exit_code == 0
    assert run("selections", "ids", "mine").exit_code == 1
