"""Jobs over HTTP: an ingest is begun, looked at and stopped, within the folders that the app may read."""

import pytest

from core.access.roles import Role
from core.ingest.journal.job import Status
from tests.served import client_of

WAIT = 30


@pytest.fixture
def begin(client, picture, services, monkeypatch):
    """Has the pictures of a folder indexed; gives the answer."""

    def begin_(**body):
        folder = picture("red.png").parent
        return client.post("/api/v1/ingest", json={"locations": [str(folder)], **body})

    return begin_


def test_a_folder_is_indexed(client, begin, services):
    answer = begin(title="Reds")
    assert answer.status_code == 202
    job_id = answer.json()["job"]
    services.jobs.wait(job_id, WAIT)
    job = client.get(f"/api/v1/jobs/{job_id}").json()
    assert (job["status"], job["title"], job["kind"], job["analysis"]) == ("done", "Reds", "ingest", None)
    assert (job["total"], job["done"], job["counts"]["added"], job["error"]) == (1, 1, 1, None)
    assert client.get("/api/v1/jobs").json() == [job]
    assert client.post("/api/v1/search", json={}).json()["total"] == 1


def test_a_plan_waits_and_is_started_or_cancelled(client, begin, services):
    first = begin(start=False).json()["job"]
    assert services.jobs.wait(first, WAIT).status is Status.PLANNED
    assert client.get(f"/api/v1/jobs/{first}").json()["told"] == "Ready to start · 1 picture to index"
    assert client.post(f"/api/v1/jobs/{first}/cancel", json={}).json()["status"] == "cancelled"
    assert client.post(f"/api/v1/jobs/{first}/start").status_code == 409
    second = begin(start=False).json()["job"]
    services.jobs.wait(second, WAIT)
    assert client.post(f"/api/v1/jobs/{second}/start").status_code == 200
    assert services.jobs.wait(second, WAIT).status is Status.DONE
    assert client.post(f"/api/v1/jobs/{second}/pause").status_code == 409


@pytest.mark.parametrize(
    ("location", "status"),
    [("/", 403), ("/etc", 403), ("../..", 403), ("ftp://example.com/x", 403), ("", 400), ("x\0y", 403)],
)
def test_what_may_not_be_read(client, services, location, status):
    answer = client.post("/api/v1/ingest", json={"locations": [location]})
    assert answer.status_code == status
    assert answer.json()["remedy"]
    assert services.jobs.states() == []


def test_one_that_there_is_not(client):
    for path in ("99", "99/cancel"):
        answer = client.request("POST" if "/" in path else "GET", f"/api/v1/jobs/{path}")
        assert (answer.status_code, answer.json()["error"]) == (404, "There is no job 99.")


def test_an_editor_stops_no_ingest(client, begin, services, portal):
    job_id = begin(start=False).json()["job"]
    services.jobs.wait(job_id, WAIT)
    editor = client_of(lambda: services, Role.EDITOR)
    editor.portal = portal
    assert editor.post(f"/api/v1/jobs/{job_id}/cancel").status_code == 403
    assert services.jobs.state(job_id).status is Status.PLANNED
