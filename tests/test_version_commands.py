"""Versions as the command line and the API show and change them."""

import json

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from core.api.light import OwnRoutes
from core.cli import app
from core.errors import JobRefused, ModelUnavailable, VersionRefused
from core.ingest.journal.job import Status
from core.services import shared
from core.versions.compare import overlap
from tests.signed_in import Asking
from tests.test_reembed import CLIP, best
from tests.test_reembed import starter as starter  # the fixture


@pytest.fixture
def run(starter):
    def command(*arguments):
        shared.cache_clear()  # as each command is a process of its own
        return CliRunner(mix_stderr=False).invoke(app, ["versions", *arguments])

    return command


def told(result):
    assert result.exit_code == 0, result.output + result.stderr
    return json.loads(result.stdout)


def numbers(run):
    return {one["number"]: one["state"] for one in told(run("list", "--json"))}


def test_a_version_is_built_compared_used_and_rolled_back(run, starter, picture, tmp_path):
    assert numbers(run) == {1: "current"}
    built = told(run("build", "--model", CLIP, "--no-swap", "--json"))
    assert (built["status"], built["updated"], built["current"]["number"]) == ("done", 3, 1)
    assert numbers(run) == {1: "current", 2: "ready"}
    compared = told(run("compare", "--json"))
    assert (compared["current"]["version"], compared["other"]["version"], compared["overlap"]) == (1, 2, 1.0)
    assert compared["texts"] > 10
    assert compared["pictures"] == 3
    assert compared["other"]["model_id"] == CLIP
    said = run("compare", "2").stdout
    assert "Of the first ten results 100% are the same" in said
    assert told(run("swap", "2", "--json"))["current"]["model_id"] == CLIP
    assert best(starter, "green") == "green.png"
    picture("yellow.png")
    for _ in starter.ingest([tmp_path / "pictures"]):
        pass
    back = told(run("rollback", "--json"))
    assert (back["current"]["number"], back["current"]["count"], back["updated"]) == (1, 4, 1)
    assert best(starter, "yellow") == "yellow.png"
    refused = run("delete", "1")
    assert refused.exit_code == 1
    assert "is in use" in refused.stderr
    assert run("delete", "2").stdout == "Deleted version 2.\n"
    assert "Nothing" not in run("list").stdout
    assert numbers(run) == {1: "current"}
    again = run("rollback")
    assert again.exit_code == 1
    assert "no version before" in again.stderr


def test_what_cannot_be_had_is_refused_before_anything_begins(run, starter, monkeypatch):
    def away(*_):
        raise ModelUnavailable("The weights are not here.", "Connect this machine.")

    monkeypatch.setattr("core.model.check_obtainable", away)
    result = run("build", "--model", CLIP)
    assert result.exit_code == 1
    assert "weights are not here" in result.stderr
    assert starter.jobs.states() == []
    assert told(run("build", "--json"))["current"]["number"] == 2  # with the model in use, nothing is needed
    for arguments in (("compare", "7"), ("swap", "7"), ("swap", "2")):
        assert run(*arguments).exit_code == 1


def test_the_api(starter):
    client = TestClient(Asking(OwnRoutes(lambda: starter).api.load()))
    headers = {"Sec-Fetch-Site": "same-origin"}
    [one] = client.get("/api/v1/versions").json()
    assert (one["number"], one["state"], one["model_id"], one["count"]) == (1, "current", "starter", 3)
    answer = client.post("/api/v1/versions", json={"model": CLIP, "swap": False}, headers=headers)
    assert answer.status_code == 202, answer.text
    starter.jobs.wait(answer.json()["job"], 30)
    compared = client.get("/api/v1/versions/2/comparison").json()
    assert (compared["overlap"], compared["other"]["count"]) == (1.0, 3)
    assert client.delete("/api/v1/versions/1", headers=headers).status_code == 409
    answer = client.post("/api/v1/versions/2/swap", headers=headers)
    starter.jobs.wait(answer.json()["job"], 30)
    assert [one["state"] for one in client.get("/api/v1/versions").json()] == ["retired", "current"]
    answer = client.post("/api/v1/versions/rollback", headers=headers)
    starter.jobs.wait(answer.json()["job"], 30)
    assert client.delete("/api/v1/versions/2", headers=headers).status_code == 204
    assert client.get("/api/v1/versions/2/comparison").status_code == 409
    assert client.post("/api/v1/versions", json={"model": "", "swap": 1}, headers=headers).status_code == 400


def test_a_version_that_a_job_is_at_work_on_is_not_deleted(starter, monkeypatch):
    job_id = starter.versions.build(CLIP, swaps=False)
    starter.jobs.wait(job_id, 30)
    with monkeypatch.context() as broken:
        broken.setattr("core.index.lance.history.update.LanceUpdate.swap", lambda *_: 1 / 0)
        starter.jobs.wait(starter.versions.swap(2), 30)
    starter.library.journal.update(starter.jobs.states()[0].id, status=Status.PAUSED)
    with pytest.raises(JobRefused):
        starter.versions.delete(2)
    with pytest.raises(JobRefused):
        starter.versions.build()
    with pytest.raises(VersionRefused):
        starter.versions.swap(1)


@pytest.mark.parametrize(
    ("one", "other", "share"), [("abc", "abc", 1), ("abcd", "abxy", 0.5), ("", "", 1), ("a", "", 0)]
)
def test_the_overlap_is_the_share_of_results_that_both_have(one, other, share):
    assert overlap(one, other) == share
