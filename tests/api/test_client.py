"""The client is what the description says; it finds, sends, waits, draws, and says what went wrong."""

import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import pytest
from PIL import Image

from image_search_client import AsyncClient, Client, ImageSearchError, schemas
from image_search_client.asynchronous.operations import AsyncOperations
from image_search_client.calls import Call, Connection
from image_search_client.grid import drawn
from image_search_client.options import BEGINS
from image_search_client.synchronous.operations import Operations
from tests.client.generating import REPEATABLE, operations, written

URL = "http://localhost"


@pytest.fixture
def relay(client) -> httpx.MockTransport:
    """Sends what httpx sends by the client of the routes, which holds answers against their description."""

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        headers = dict(request.headers) | {"host": "localhost"}
        said = client.request(request.method, str(request.url), headers=headers, content=request.content)
        return httpx.Response(
            said.status_code, headers={"content-type": said.headers.get("content-type", "")}, content=said.content
        )

    return httpx.MockTransport(answer)


@pytest.fixture
def app(relay) -> Client:
    return Client(URL, transport=relay)


def answering(*answers: httpx.Response | Exception, **options: Any) -> tuple[Client, list[httpx.Request]]:
    """A client of an app that says this, and what it was asked."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        said = answers[min(len(asked), len(answers)) - 1]
        if isinstance(said, Exception):
            raise said
        return said

    return Client(URL, transport=httpx.MockTransport(answer), **options), asked


@pytest.fixture
def no_waiting(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)


def test_it_is_as_the_description_says(description):
    """Where this fails, `python -m tests.client.generating` writes it again."""
    for file, text in written(description.document).items():
        assert file.read_text("utf-8") == text, file.name


def test_every_operation_has_a_method_with_its_parameters(description):
    schemas = description.document["components"]["schemas"]
    told = {operation["operationId"]: operation for _, _, operation in operations(description.document)}
    assert told.keys() >= REPEATABLE
    for kind in (Operations, AsyncOperations):
        for name, operation in told.items():
            wanted = {one["name"] for one in operation["parameters"]}
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                body = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
                wanted |= schemas[body]["properties"].keys() if media == "application/json" else {"content"}
            assert inspect.signature(getattr(kind, name)).parameters.keys() - {"self"} == wanted, name


def test_words_pictures_and_both(app, corpus, tmp_path):
    found = app.search("red", k=3)
    assert (len(found), found[0]["name"], found.ids[0]) == (3, "red.png", corpus["red"].id)
    path = tmp_path / "pictures" / "blue.png"
    with Image.open(path) as picture:
        for image in (
            path,
            str(path),
            path.read_bytes(),
            picture,
            found[0] | {"content_hash": corpus["blue"].content_hash},
        ):
            assert app.search(image=image, k=1)[0]["name"] == "blue.png"
    assert app.search("blue", images=[corpus["blue"].content_hash], k=1).ids == [corpus["blue"].id]
    assert [one["name"] for one in app.pictures(found.ids)] == [one["name"] for one in found]
    assert list(found.to_pandas()["id"]) == found.ids
    with pytest.raises(ImageSearchError, match="There is no file"):
        app.search(image="nowhere.png")


def test_a_picture_is_sent_to_the_collection_that_is_searched():
    sent = httpx.Response(201, json={"id": "0" * 64, "name": "a"})
    app, asked = answering(sent, httpx.Response(200, json={"results": []}), collection="images")
    app.search(image=b"a picture", collection="birds")
    assert [(one.url.path, one.url.params["collection"]) for one in asked] == [
        ("/api/v1/queries", "birds"),
        ("/api/v1/search", "birds"),
    ]


def test_pictures_are_sent_indexed_checked_tagged_and_exported(app, services, tmp_path):
    for colour in ("red", "blue"):
        Image.new("RGB", (40, 30), colour).save(tmp_path / f"{colour}.png")
    told: list[str] = []
    job = app.upload(tmp_path / "red.png", title="Sent", told=told.append)
    assert (job["status"], job["counts"]["added"], bool(told)) == ("done", 1, True)
    assert [one["answer"] for one in app.check(tmp_path / "red.png")] == ["same-file"]
    assert app.index(tmp_path / "blue.png")["counts"]["added"] == 1
    ids = app.search("blue", k=1).ids
    assert app.tag(ids, add=["sky"])["changed"] == 1
    file = app.export(tmp_path, "csv", text="tag:sky")
    assert (file.suffix, "blue.png" in file.read_text("utf-8")) == (".csv", True)
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []
    assert app.analyse("duplicates")["status"] == "done"
    assert app.api.get_duplicates()["levels"] is not None
    saved = app.api.post_saved(name="Blue", query_string="q=blue")
    assert [one["id"] for one in app.api.get_saved()] == [saved["id"]]
    assert app.api.delete_saved_id(saved["id"]) is None


def test_beside_an_event_loop(relay, corpus):
    async def found() -> tuple[list[str], str]:
        async with AsyncClient(URL, transport=relay) as app:
            results = await app.search("red", k=2)
            return results.ids, results._repr_html_()

    with ThreadPoolExecutor(1) as pool:
        ids, html = pool.submit(anyio.run, found).result()
    assert ids[0] == corpus["red"].id
    assert html.count('src="data:image/jpeg;base64,') == 2


def test_results_are_drawn_whatever_they_are_called(app, corpus):
    found = app.search("red", k=2)
    html = found._repr_html_()
    assert html.count('<img src="data:image/jpeg;base64,') == 2
    assert "red.png" in html
    assert "red.png" in repr(found)
    hostile = {"id": "1", "content_hash": "h", "name": '"><script>alert(1)</script>', "score": 0.5, "band": "<b>"}
    html = drawn("<i>", [hostile] * 61, lambda _: {"h": b"<svg onload=alert(1)>"})
    assert not {"<script", "<i>", "<b>", "<svg", '"">'} & {
        one for one in ("<script", "<i>", "<b>", "<svg", '"">') if one in html
    }
    assert "and 1 more" in html


@pytest.mark.parametrize(
    ("call", "answers", "sent"),
    [
        (lambda app: app.api.get_me(), [httpx.ConnectError(""), httpx.Response(503), httpx.Response(200, json={})], 3),
        (lambda app: app.api.get_me(), [httpx.Response(503, json={"error": "E.", "remedy": "R."})], 3),
        (lambda app: app.api.post_pictures(ids=[]), [httpx.ReadTimeout("")], 3),
        (lambda app: app.api.post_ingest(locations=["x"]), [httpx.ConnectError("")], 1),
        (lambda app: app.api.post_ingest(locations=["x"]), [httpx.Response(429), httpx.Response(202, json={})], 2),
        (lambda app: app.api.get_me(), [httpx.Response(404)], 1),
    ],
)
def test_only_what_may_be_repeated_is_sent_again(no_waiting, call: Callable[[Client], object], answers, sent):
    app, asked = answering(*answers)
    if isinstance(answers[-1], httpx.Response) and answers[-1].is_success:
        call(app)
    else:
        with pytest.raises(ImageSearchError):
            call(app)
    assert len(asked) == sent


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            httpx.Response(401, json={"error": "Sign in.", "remedy": "Send a token."}),
            ("Sign in.", "Send a token.", 401),
        ),
        (httpx.Response(502, text="<html>"), ("The answer has the status 502.", "Check", 502)),
        (
            httpx.Response(307, headers={"location": "http://elsewhere"}),
            ("The app sends elsewhere.", "Give the URL", 307),
        ),
        (httpx.Response(200, text="<html>"), ("The answer cannot be read.", "Check", None)),
        (httpx.ConnectError(""), ("Nothing answers at this URL.", "Start the app", None)),
        (httpx.ReadTimeout(""), ("The app did not answer within 60 seconds.", "Try again", None)),
    ],
)
def test_what_went_wrong_is_told_with_what_to_do(answer, words):
    app, _ = answering(answer, retries=0)
    with pytest.raises(ImageSearchError) as caught:
        app.api.get_me()
    error = caught.value
    assert (error.message, error.status) == (words[0], words[2])
    assert error.remedy.startswith(words[1])


def test_a_stream_that_fails_on_the_way_is_an_error():
    lines = '{"done": 1, "of": 2}\n{"error": "Gone.", "remedy": "Again."}\n'
    app, _ = answering(httpx.Response(200, text=lines))
    told = app.api.post_heatmap(image="0" * 64)
    assert next(iter(told)) == {"done": 1, "of": 2}
    with pytest.raises(ImageSearchError, match=r"Gone\. Again\."):
        list(told)


def test_the_token_goes_to_the_app_alone(tmp_path):
    made = {"url": "https://elsewhere.example/api/v1/exports/T/..%2fa.csv", "count": 1}
    app, asked = answering(
        httpx.Response(201, json=made), httpx.Response(200, text="x"), token="ims_secret", collection="b"
    )
    assert app.export(tmp_path, "csv").parent == tmp_path
    assert {(one.url.host, one.headers["authorization"]) for one in asked} == {("localhost", "Bearer ims_secret")}
    assert asked[0].url.params["collection"] == "b"
    assert "ims_secret" not in repr(app.api.connection)


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_name_leads_nowhere_else(value):
    with pytest.raises(ImageSearchError):
        _ = Call("GET", "/api/v1/collections/{name}", {"name": value}).url
    with pytest.raises(ImageSearchError):
        Connection(f"ftp://{value}")


def test_each_analysis_is_begun_by_an_operation_that_answers_its_job():
    for name in BEGINS.values():
        assert inspect.signature(getattr(Operations, name)).return_annotation is schemas.Started, name
