"""Duplicates and checks on the command line."""

import json

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.services import shared


@pytest.fixture
def run(services):
    runner = CliRunner(mix_stderr=False)

    def run_(*arguments):
        shared.cache_clear()  # as each command is a process of its own
        return runner.invoke(app, [str(argument) for argument in arguments])

    return run_


def test_from_a_scan_to_an_export(run, folder, tmp_path):
    run("ingest", folder)
    assert "duplicates scan" in run("duplicates", "list").stderr
    scanned = json.loads(run("duplicates", "scan", "--json").stdout)
    assert (scanned["records"], scanned["levels"]["same-picture"]["records"]) == (7, 5)
    assert "Same picture" in run("duplicates", "scan").stdout
    listed = json.loads(run("duplicates", "list", "--json").stdout)
    (group,) = listed["groups"]
    assert {member["name"] for member in group["members"]} == {"one.jpg", "half.jpg", "mirrored.jpg", "cropped.jpg"}
    assert "one.jpg  (The oldest file)" in run("duplicates", "list").stdout
    oldest = json.loads(run("duplicates", "list", "--reasons", "oldest", "--json").stdout)
    assert oldest["groups"][0]["reason_key"] == "oldest"
    decided = run("duplicates", "decide", "--keep", folder / "one.jpg", "--set-aside", folder / "half.jpg", "--json")
    assert json.loads(decided.stdout)["set_aside"] == 1
    found = json.loads(run("search", "duplicate:set-aside", "--json").stdout)["results"]
    assert [item["name"] for item in found] == ["half.jpg"]
    assert len(json.loads(run("search", "-duplicate:set-aside", "--json", "-k", 20).stdout)["results"]) >= 1
    run("duplicates", "export", "move", "-o", tmp_path / "move.sh")
    assert b"half.jpg" in (tmp_path / "move.sh").read_bytes()
    assert "Undone" in run("duplicates", "decide", "--undo").stdout
    assert json.loads(run("duplicates", "decide", "--all", "--level", "same-bytes", "--json").stdout)["set_aside"] == 1
    assert "half.jpg" not in run("duplicates", "export", "csv").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decide",), "not clear what to decide"),
        (("decide", "--all", "--undo"), "not clear what to decide"),
        (("decide", "--keep", "/nowhere.jpg"), "not in the index"),
        (("list", "--reasons", "beauty"), "no reason beauty"),
        (("export", "zip"), "no format zip"),
        (("decide", "--undo"), "nothing to undo"),
    ],
)
def test_what_cannot_be_done(run, folder, ingest, scan, arguments, said):
    ingest()
    scan()
    result = run("duplicates", *arguments)
    assert result.exit_code == 1
    assert said in result.stderr


def test_check(run, folder, tmp_path):
    run("ingest", folder / "one.jpg", folder / "two.jpg")
    said = json.loads(run("check", folder, "--json").stdout)
    by_name = {file["path"].removeprefix(f"{folder}/"): file for file in said["files"]}
    assert by_name["copies/one.jpg"]["answer"] == "same-file"
    assert by_name["half.jpg"]["match"]["name"] == "one.jpg"
    assert sum(said["counts"].values()) == 7
    assert run("check", folder, "--new", "--threshold", "1").stdout.split() == [str(folder / "three.jpg")]
    assert "same picture" in run("check", folder).stderr
    assert run("check", folder, "--csv").stdout.count("same-file") == 3
    assert run("check", folder, "--csv", "--json").exit_code == 1
    assert run("check", tmp_path / "nowhere").exit_code == 1
