"""The description is complete and true; the other tests of the routes hold every answer against it."""

import re

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from core.api.light import OwnRoutes
from core.api.v1.earlier import current_path
from core.errors import IndexUnavailable
from core.search.language.url import from_params, to_json
from tests.api.conftest import Description
from tests.served import client_of

UNDESCRIBED = ("/api/openapi.json", "/api/docs", "/search", "/mcp")


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").json()


def test_every_route_is_described_and_nothing_else(services, document):
    own = OwnRoutes(lambda: services)
    made = {
        (path, method)
        for route in (*own.routes, *own.api.load().routes)
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
        if not (path := re.sub(r":\w+}", "}", route.path)).startswith(UNDESCRIBED)  # type: ignore[attr-defined]
    }
    described = {(path, method.upper()) for path, operations in document["paths"].items() for method in operations}
    assert {(current_path(path) or path, method) for path, method in made} == described


def test_every_schema_is_one(document):
    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r"'#/components/schemas/(\w+)'", str(document)))
    assert references <= set(document["components"]["schemas"])


def test_examples_are_what_they_are_examples_of(document):
    schemas = document["components"]["schemas"]
    shown = {name: example for name, schema in schemas.items() for example in schema.get("examples", ())}
    assert {"SearchBody", "ImageBody", "ExportBody"} <= shown.keys()
    for name, example in shown.items():
        Description(document).validate(example, {"$ref": f"#/components/schemas/{name}"})
    fields = [one for schema in schemas.values() for one in schema.get("properties", {}).values() if "examples" in one]
    for field in fields:
        for example in field["examples"]:
            Description(document).validate(example, field)
    assert len(fields) > 5


def test_parameters_of_paths_are_declared(document):
    for path, operations in document["paths"].items():
        for operation in operations.values():
            declared = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path))


@pytest.mark.parametrize(
    "params", [{}, {"q": ["2:red − blue label:cat"], "image": ["0" * 64 + ":-0.5@0,0,0.5,0.5"], "sort": ["newest"]}]
)
def test_what_the_page_sends_is_described(document, params):
    Description(document).validate(to_json(from_params(params)), {"$ref": "#/components/schemas/SearchBody"})


@pytest.mark.parametrize("body", [{"limit": 0}, {"more": ["x"]}, {"sort": "random"}, {"images": [{}]}, {"x": 1}])
def test_what_is_refused_is_not_described(client, document, body):
    assert client.post("/api/v1/search", json=body).status_code == 400
    with pytest.raises(ValidationError):
        Description(document).validate(body, {"$ref": "#/components/schemas/SearchBody"})


def test_what_is_nowhere_is_told_as_json(client):
    for method in ("GET", "POST", "DELETE"):
        answer = client.request(method, "/api/nothing")
        assert answer.status_code == 404
        assert answer.json()["error"]


def test_health(client, red):
    health = client.get("/healthz").json()
    assert (health["status"], health["engine"], health["count"]) == ("ok", "lancedb", 1)


def test_links_to_the_search_page(client):
    moved = client.get("/search", params={"q": "red"}, follow_redirects=False)
    assert moved.headers["location"] == "/?q=red"


def test_routes_follow_the_path_the_app_is_served_under(services, red):
    client = client_of(lambda: services, prefix="/pictures")
    assert client.get("/pictures/healthz").status_code == 200
    assert client.get("/healthz").status_code == 404
    assert client.get("/pictures/api/openapi.json").json()["servers"] == [{"url": "/pictures"}]
    url = client.post("/pictures/api/v1/exports", json={"format": "csv", "ids": [red.id]}).json()["url"]
    assert url.startswith("/pictures/api/v1/exports/")
    assert client.get(url).status_code == 200


def test_readiness(client, red, monkeypatch):
    client.post("/api/v1/search", json={"text": "red"})  # which waits for the model
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "checks": dict.fromkeys(("model", "index", "journal", "disk"), "ready")},
    )

    def fail(*_: object) -> None:
        raise IndexUnavailable("The index does not answer.", "Start it.")

    monkeypatch.setattr("core.index.lance.engine.LanceIndex.count", fail)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert answer.json()["checks"] == {
        "model": "ready",
        "index": "The index does not answer. Start it.",
        "journal": "ready",
        "disk": "ready",
    }
