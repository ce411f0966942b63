"""Routes that come later are the same, and are made once."""

import threading

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api.deferred import Deferred, own_routes
from core.api.light import OwnRoutes
from tests.signed_in import Asking


def test_all_that_is_ours_is_answered_as_without_waiting(services):
    made = []

    def make():
        made.append(threading.current_thread())
        return OwnRoutes(lambda: services)

    later = TestClient(Asking(Starlette(routes=own_routes(Deferred(make), "/below"))), follow_redirects=False)
    now = TestClient(
        Asking(Starlette(routes=own_routes(OwnRoutes(lambda: services), "/below"))), follow_redirects=False
    )
    assert made == []
    for method, path in (
        ("GET", "/healthz"),
        ("GET", "/search?q=a%20dog"),
        ("GET", "/api/openapi.json"),
        ("GET", "/api/v1/search?q=name:x"),
        ("PUT", "/api/v1/search"),
        ("GET", "/api"),
        ("GET", "/api/nothing"),
        ("HEAD", "/thumbnails/" + "0" * 64),
        ("GET", "/thumbnails/" + "0" * 64),
        ("DELETE", "/api/v1/saved/7"),
        ("GET", "/exports/x/y"),
    ):
        answers = [client.request(method, f"/below{path}") for client in (later, now)]
        assert answers[0].status_code == answers[1].status_code, path
        assert answers[0].headers.get("location") == answers[1].headers.get("location")
        if "search?" not in path:
            assert answers[0].content == answers[1].content
    assert len(made) == 1
    assert made[0] is not threading.main_thread()
    assert later.get("/elsewhere").status_code == 404


def test_loaded_ahead_they_are_made_once(services):
    made = []
    deferred = Deferred(lambda: made.append(1) or OwnRoutes(lambda: services))
    threads = [threading.Thread(target=deferred.load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert TestClient(Asking(Starlette(routes=own_routes(deferred, "")))).get("/healthz").status_code == 200
    assert made == [1]
