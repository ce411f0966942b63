"""What goes wrong is said in words, whoever noticed it."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api.deferred import own_routes
from core.api.light import OwnRoutes
from core.errors import InvalidSetting
from tests.signed_in import Asking

LIBRARY = ("pydantic", "fastapi", "starlette", "dictionary", "JSONDecode", "Traceback", "Detail", "RuntimeError")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Field required."),
        (b"{", "This is not valid JSON."),
        (b"\xff", "This is not valid JSON."),
        (b"[" * 100_000, "This is not valid JSON."),
        (b'{"k": ' + b"9" * 5000 + b"}", "This is not valid JSON."),  # longer than Python reads
        (b"[]", "A JSON object is expected."),
        (b'"red"', "A JSON object is expected."),
        (b'{"images": [1]}', "images.0: A JSON object is expected."),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_body_that_cannot_be_read(client, body, words):
    answer = client.post("/api/v1/search", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, words)
    assert answer.json()["remedy"] == "/api/openapi.json describes the requests."


@pytest.mark.parametrize(("path", "status"), [("/api/v1/saved", 500), ("/thumbnails/" + "0" * 64, 500)])
def test_a_setting_that_is_wrong_is_answered(path, status):
    def services():
        raise InvalidSetting("IMAGE_SEARCH_X is wrong.", "Change it.")

    client = TestClient(Asking(Starlette(routes=own_routes(OwnRoutes(services), ""))))
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (
        status,
        {"error": "IMAGE_SEARCH_X is wrong.", "remedy": "Change it."},
    )


def test_a_defect_is_said_without_its_insides():
    def services():
        raise RuntimeError("insides")

    own = own_routes(OwnRoutes(services), "")
    client = TestClient(Asking(Starlette(routes=own)), raise_server_exceptions=False)
    answer = client.get("/api/v1/saved")
    assert (answer.status_code, set(answer.json())) == (500, {"error", "remedy"})
    assert not [word for word in (*LIBRARY, "insides") if word in answer.text]
    with pytest.raises(RuntimeError):  # but the log of the server has it
        TestClient(Asking(Starlette(routes=own))).get("/api/v1/saved")


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/search?q=name:x", "/api/v1/saved", "/api/openapi.json"])
def test_what_can_be_read_can_be_asked_about(client, path):
    answer = client.head(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
