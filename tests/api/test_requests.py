"""What is told of each request: an id, a line, a number."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.access.roles import Role
from core.api.deferred import own_routes
from core.api.protection import protection
from core.hosts import LOOPBACK, Hosts
from core.telemetry import context
from core.telemetry.events import Answered, subscribe
from tests.served import Served

HASH = "a" * 64
CASES = [
    ("GET", "/healthz", 200, "/healthz"),
    ("GET", "/thumbnails/" + HASH, 404, "/thumbnails/{content_hash}"),
    ("HEAD", "/api/v1/thumbnails/" + HASH, 404, "/api/v1/thumbnails/{content_hash}"),
    ("GET", "/api/v1/search?q=secret+words", 200, "/api/v1/search"),
    ("GET", "/api/search?q=secret+words", 200, "/api/v1/search"),
    ("DELETE", "/api/v1/saved/7", 404, "/api/v1/saved/{id:int}"),
    ("POST", "/api/v1/search", 415, "/api/v1/search"),
    ("GET", "/api/openapi.json", 200, "/api/openapi.json"),
    ("GET", "/api/docs", 200, "/api/docs"),
    ("GET", "/api/v1/secret", 404, "other"),
    ("GET", "/secret/path", 404, "other"),
    ("GET", "/_stcore/health", 404, "other"),
    ("BREW", "/healthz", 405, "/healthz"),
    ("GET", "/", 200, "/"),
]


@pytest.fixture
def visitor(services, portal):
    async def page(_):
        return PlainTextResponse(context.request_id())

    async def broken(_):
        raise RuntimeError("unexpected")

    routes = [
        *own_routes(Served(lambda: services), "/pictures"),
        Route("/pictures/", page),
        Route("/pictures/ingest", broken),
    ]
    stack = protection(Hosts([*LOOPBACK, "testserver"]), "/pictures", dict.fromkeys(("/", "/ingest"), Role.VIEWER))
    made = TestClient(Starlette(routes=routes, middleware=stack), raise_server_exceptions=False)
    made.portal = portal
    return made


@pytest.fixture
def answered():
    found = []
    subscription = subscribe()
    subscription.handle(lambda event: found.append(event) if isinstance(event, Answered) else None)
    yield found
    del subscription  # it hears of events as long as somebody holds it


@pytest.mark.parametrize(("method", "path", "status", "route"), CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
def test_each_is_counted_by_its_route(visitor, answered, caplog, method, path, status, route):
    caplog.set_level(logging.INFO, "core")
    answer = visitor.request(method, f"/pictures{path}")
    event = answered[-1]
    assert (event.route, event.status, answer.status_code) == (route, status, status)
    assert event.method == (method if method != "BREW" else "other")
    lines = [record for record in caplog.records if hasattr(record, "route")]
    ours = route != "other" or path.startswith(("/api", "/healthz"))
    assert [(line.route, line.status, line.method) for line in lines] == (
        [(route, status, event.method)] if ours else []
    )
    assert "secret" not in caplog.text


def test_what_was_asked_for_is_told_on_request_alone(visitor, caplog):
    caplog.set_level(logging.DEBUG, "core.api.telemetry.requests")
    visitor.get("/pictures/api/v1/search?q=red+bus&api_key=sw0rdfish")
    line = next(record for record in caplog.records if hasattr(record, "route"))
    assert line.url == "/pictures/api/v1/search?q=red+bus&api_key=***"


def test_an_id_is_kept_and_given_back(visitor):
    assert visitor.get("/pictures/", headers={"X-Request-ID": "a-1"}).headers["x-request-id"] == "a-1"
    assert visitor.get("/pictures/", headers={"X-Request-ID": "a-1"}).text == "a-1"
    made = visitor.get("/pictures/", headers={"X-Request-ID": "a b"}).headers["x-request-id"]
    assert len(made) == 16
    twice = visitor.get("/pictures/", headers=[("X-Request-ID", "a"), ("X-Request-ID", "b")])
    assert len(twice.headers["x-request-id"]) == 16


def test_what_is_refused_or_breaks_is_counted_too(visitor, answered):
    assert visitor.get("/pictures/healthz", headers={"Host": "evil.example"}).status_code == 421
    assert (answered[-1].route, answered[-1].status) == ("other", 421)
    answer = visitor.get("/pictures/ingest", headers={"X-Request-ID": "b-1"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "b-1")
    assert (answered[-1].route, answered[-1].status) == ("/ingest", 500)


def test_a_job_is_told_with_the_request_that_asked_for_it(services, caplog, picture):
    caplog.set_level(logging.INFO, "core")
    picture("red.png")
    context.begin_request("who-asked")
    seen = []
    caplog.handler.addFilter(lambda record: seen.append((record.name, dict(context.fields()))) or True)
    job = services.library.add([str(services.settings.library_roots[0] / "pictures")], auto_start=True)
    context.begin_request("another")
    services.jobs.wait(job, 30)
    assert services.jobs.state(job).request_id == "who-asked"
    of_job = [fields for name, fields in seen if name == "core.ingest.jobs.worker"]
    assert of_job
    assert all(fields == {"request_id": "who-asked", "job": job} for fields in of_job)
