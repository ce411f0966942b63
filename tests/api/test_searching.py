"""Searches as JSON, and why and where a picture matches."""

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from core.errors import ModelUnavailable
from core.search.relevance.calibrator import Calibrations
from tests.colours import COLOURS

HASH = "0123456789abcdef" * 4


def names(answer):
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["results"]]


class TestSearch:
    def test_words(self, client, corpus):
        answer = client.post("/api/v1/search", json={"text": "red", "limit": 2})
        assert names(answer)[0] == "red.png"
        told = answer.json()
        assert (told["searched"], told["has_more"], told["offset"]) == (len(COLOURS), True, 0)
        assert told["results"][0]["score"] == pytest.approx(1, abs=1e-3)

    def test_the_next_page_goes_on(self, client, corpus):
        whole = names(client.post("/api/v1/search", json={"text": "red"}))
        pages = [names(client.post("/api/v1/search", json={"text": "red", "offset": n, "limit": 3})) for n in (0, 3, 6)]
        assert [name for page in pages for name in page] == whole[:9]

    def test_nothing_looked_for_browses(self, client, corpus):
        answer = client.post("/api/v1/search", json={"sort": "name", "collapse": "off"})
        assert names(answer) == sorted(f"{name}.png" for name in COLOURS)
        assert {item["score"] for item in answer.json()["results"]} == {None}

    def test_pictures_words_and_feedback(self, client, corpus):
        body = {
            "text": "green",
            "images": [{"image": corpus["red"].content_hash, "weight": 1, "region": [0, 0, 1, 1]}],
            "collapse": "off",
            "limit": 1,
        }
        assert names(client.post("/api/v1/search", json=body)) == ["yellow.png"]
        more = {"text": "red", "more": [corpus["blue"].content_hash], "less": [corpus["red"].content_hash]}
        assert names(client.post("/api/v1/search", json=more | {"limit": 1}))[0] != "red.png"

    def test_conditions_of_the_text(self, client, corpus):
        assert names(client.post("/api/v1/search", json={"text": "red name:blue"})) == ["blue.png"]

    def test_an_unchanged_search_is_an_unchanged_answer(self, client, corpus):
        first, second = (client.post("/api/v1/search", json={"text": "red"}).content for _ in range(2))
        assert first == second

    def test_how_well_they_match(self, client, calibrated):
        told = client.post("/api/v1/search", json={"text": "red", "collapse": "off"}).json()
        strengths = [item["strength"] for item in told["results"]]
        assert strengths == sorted(strengths, reverse=True)
        assert all(0 <= strength <= 1 for strength in strengths)
        assert sum(told["bands"].values()) == len(told["results"])
        assert told["matched"] == sum(item["matches"] for item in told["results"])

    def test_by_address_as_by_body(self, client, corpus):
        body = {"text": "red", "collapse": "off", "limit": 5, "offset": 1}
        address = {"q": "red", "collapse": "off", "limit": "5", "offset": "1"}
        posted, got = (
            client.post("/api/v1/search", json=body).json(),
            client.get("/api/v1/search", params=address).json(),
        )
        assert got["results"] == posted["results"]

    def test_labels_of_the_address_narrow(self, client, corpus, boxed):
        assert names(client.get("/api/v1/search", params={"q": "blue", "label": ["red thing", "other"]})) == ["red.png"]
        assert names(client.get("/api/v1/search", params={"q": "blue", "label": "other"})) == []

    def test_a_picture_by_address(self, client, corpus):
        answer = client.get("/api/v1/search", params={"image": corpus["blue"].content_hash, "k": 1})
        assert names(answer) == ["blue.png"]

    @pytest.mark.parametrize("name", ["k", "limit", "offset"])
    @pytest.mark.parametrize("number", ["-1", "many", "1e3", "10001", "9" * 5000, "٣", ""])
    def test_what_is_no_number_by_address(self, client, name, number):
        answer = client.get("/api/v1/search", params={"q": "red", name: number})
        assert answer.status_code == 400
        assert answer.json()["error"].startswith(f"{name} cannot be “")

    @pytest.mark.parametrize(
        ("k", "count"), [(1, 1), (3, 3), (200, len(COLOURS)), (10_000, len(COLOURS)), ("all", len(COLOURS))]
    )
    def test_k_is_how_many_by_body_and_by_address(self, client, corpus, k, count):
        asked = {"collapse": "off", "k": k}
        whole = names(client.post("/api/v1/search", json={"text": "red", "collapse": "off"}))
        posted = client.post("/api/v1/search", json={"text": "red", **asked})
        got = client.get("/api/v1/search", params={"q": "red", **asked})
        assert names(posted) == names(got) == whole[:count]
        assert (posted.json()["has_more"], posted.json()["total"]) == (False, len(COLOURS))

    def test_pages_stay_within_k(self, client, corpus):
        def page(offset):
            return client.post("/api/v1/search", json={"text": "red", "k": 5, "offset": offset, "limit": 3})

        whole = names(client.post("/api/v1/search", json={"text": "red"}))
        pages = [page(offset) for offset in (0, 3, 6)]
        assert [names(answer) for answer in pages] == [whole[:3], whole[3:5], []]
        assert [answer.json()["has_more"] for answer in pages] == [True, False, False]

    def test_as_usual_24_of_a_search_and_all_when_browsing(self, client, corpus, monkeypatch):
        monkeypatch.setattr("core.search.query.USUAL_K", 4)
        for answer in (
            client.post("/api/v1/search", json={"text": "red"}),
            client.get("/api/v1/search", params={"q": "red"}),
        ):
            assert (len(names(answer)), answer.json()["has_more"]) == (4, False)
        assert len(names(client.get("/api/v1/search", params={"collapse": "off"}))) == len(COLOURS)
        assert len(names(client.post("/api/v1/search", json={"k": 2}))) == 2

    def test_a_picture_that_is_not_kept(self, client, red):
        for answer in (
            client.get("/api/v1/search", params={"image": HASH}),
            client.post("/api/v1/search", json={"images": [{"image": HASH}]}),
        ):
            assert answer.status_code == 400
            assert "is gone" in answer.json()["error"]

    def test_only_what_turns_away(self, client, red):
        """Lists what is least like it, and calls nothing a match."""
        answer = client.post("/api/v1/search", json={"text": "-red"})
        assert answer.status_code == 200
        assert (answer.json()["judged"], answer.json()["matched"]) == (False, None)
        assert {result["band"] for result in answer.json()["results"]} == {None}
        assert answer.json()["notes"]


class TestRefusals:
    """Of every route that takes a search as JSON, and of those that change something."""

    PATHS = ("/api/v1/search", "/api/v1/explain", "/api/v1/heatmap", "/api/v1/exports", "/api/v1/tags", "/api/v1/saved")

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"content-type": "text/plain"}, 415),
            ({"content-type": "application/x-www-form-urlencoded"}, 415),
            ({}, 415),
            ({"content-type": "application/json", "sec-fetch-site": "cross-site"}, 403),
            ({"content-type": "application/json", "sec-fetch-site": "same-site"}, 403),
        ],
    )
    def test_pages_of_other_sites(self, client, path, headers, status):
        answer = client.post(path, content=b'{"text": "red"}', headers=headers)
        assert answer.status_code == status
        assert answer.json()["error"]

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        "body",
        [b"", b"[]", b"null", b"{", b"\xff", b'"\\ud800"', b'{"text": "\\ud800"}', b"[" * 100_000, b'{"a":' * 50_000],
        ids=lambda body: repr(body[:20]),
    )
    def test_what_is_no_object_of_json(self, client, path, body):
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert answer.json()["error"]

    @pytest.mark.parametrize("path", PATHS)
    def test_bodies_are_bounded(self, client, path):
        body = b'{"text": "%s"}' % (b"x" * (2 << 20))
        assert client.post(path, content=body, headers={"content-type": "application/json"}).status_code == 413

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("text", 7),
            ("text", ["red"]),
            ("limit", 0),
            ("limit", 10**9),
            ("limit", 10**400),
            ("limit", "5"),
            ("limit", 2.5),
            ("limit", True),
            *(("k", k) for k in (0, -1, 10_001, 10**400, "5", "many", "", 2.5, True)),
            ("offset", -1),
            ("offset", 10_000),
            ("diversity", float("nan")),
            ("diversity", float("inf")),
            ("diversity", 1.1),
            ("duplicate_threshold", 0),
            ("duplicate_threshold", -1e308),
            ("collapse", "everything"),
            ("min_match", None),
            ("sort", "random"),
            ("more", [HASH[:-1]]),
            ("more", ["../../etc/passwd"]),
            ("more", [HASH] * 33),
            ("less", "x"),
            ("images", [{"image": HASH, "weight": float("nan")}]),
            ("images", [{"image": HASH, "weight": 2.1}]),
            ("images", [{"image": HASH, "region": [0, 0, 1]}]),
            ("images", [{"image": HASH, "region": [0, 0, 1, 2]}]),
            ("images", [{"image": HASH.upper()}]),
            ("images", [{"image": f"{HASH}\n"}]),
            ("images", [{"weight": 1}]),
            ("unheard_of", 1),
            ("un\u202eheard\n" * 100, 1),
        ],
        ids=lambda value: ascii(value)[:40],
    )
    def test_the_field_that_is_wrong_is_named(self, client, field, value):
        body = json.dumps({"text": "red", field: value})
        answer = client.post("/api/v1/search", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        told = answer.json()
        assert told["error"].startswith(field.partition("\u202e")[0])
        assert len(told["error"]) < 300
        assert told["error"].isprintable()
        assert told["remedy"]

    @pytest.mark.parametrize("region", [[0.5, 0.5, 0.9, 0.9], [0, 0, 0.001, 0.001]])
    def test_regions_outside_of_the_picture(self, client, red, region):
        body = {"images": [{"image": red.content_hash, "region": region}]}
        assert client.post("/api/v1/search", json=body).status_code == 400


@pytest.fixture
def bank(monkeypatch, embedder):
    words = tuple(COLOURS)
    monkeypatch.setattr(Calibrations, "bank", lambda self, model: (words, embedder.embed_texts(words)), raising=False)


class TestWhy:
    def test_what_ties_a_picture_to_words(self, client, corpus, bank):
        client.post("/api/v1/search", json={"text": "red"})  # the model is there
        answer = client.post("/api/v1/explain", json={"text": "red", "image": corpus["red"].content_hash})
        assert answer.json()["concepts"][0] == {"concept": "red", "weight": pytest.approx(1, abs=1e-3)}

    def test_and_to_a_picture(self, client, corpus, bank):
        client.post("/api/v1/search", json={"text": "red"})
        pictures = [{"image": corpus["blue"].content_hash}]
        answer = client.post("/api/v1/explain", json={"images": pictures, "image": corpus["blue"].content_hash})
        assert answer.json()["concepts"][0]["concept"] == "blue"

    def test_not_yet(self, client, red, monkeypatch):
        monkeypatch.setattr(Calibrations, "bank", lambda self, model: None, raising=False)
        answer = client.post("/api/v1/explain", json={"text": "red", "image": red.content_hash})
        assert answer.status_code == 503
        assert answer.json()["remedy"]

    @pytest.mark.parametrize("body", [{"text": "red"}, {"text": "red", "image": HASH}, {"image": HASH}])
    def test_without_a_picture_or_a_search(self, client, red, bank, body):
        client.post("/api/v1/search", json={"text": "red"})
        assert client.post("/api/v1/explain", json=body).status_code == 400


@pytest.fixture
def half_and_half(tmp_path, index_pictures, services):
    """The record of a picture that is red on the left and blue on the right."""
    image = Image.new("RGB", (400, 300), COLOURS["blue"])
    image.paste(COLOURS["red"], (0, 0, 200, 300))
    (tmp_path / "pictures").mkdir()
    image.save(tmp_path / "pictures" / "both.png")
    index_pictures()
    return next(services.index.records())[0]


def lines(answer):
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


class TestHeat:
    def test_the_half_that_is_meant_is_warm(self, client, half_and_half):
        *steps, last = lines(client.post("/api/v1/heatmap", json={"text": "red", "image": half_and_half.content_hash}))
        heat = np.array(last["values"]).reshape(last["rows"], last["columns"])
        assert heat[:, :8].min() > 0.8
        assert heat[:, 16:].max() < 0.2
        assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)
        assert (steps[0]["done"], steps[-1]["done"]) == (0, steps[-1]["of"])

    def test_a_picture_is_looked_at_once(self, client, half_and_half, embedder):
        for text in ("red", "blue", "red"):
            client.post("/api/v1/heatmap", json={"text": text, "image": half_and_half.content_hash})
            seen = embedder.embedded_images
        assert (
            client.post("/api/v1/heatmap", json={"text": "green", "image": half_and_half.content_hash}).status_code
            == 200
        )
        assert embedder.embedded_images == seen

    @pytest.mark.parametrize("body", [{"text": "red"}, {"text": "red", "image": HASH}])
    def test_without_a_picture(self, client, red, body):
        assert client.post("/api/v1/heatmap", json=body).status_code == 400

    def test_without_a_search(self, client, red):
        assert client.post("/api/v1/heatmap", json={"image": red.content_hash}).status_code == 400

    def test_a_picture_that_is_gone_ends_with_the_reason(self, client, red, tmp_path):
        (tmp_path / "pictures" / "red.png").unlink()
        first, last = lines(client.post("/api/v1/heatmap", json={"text": "red", "image": red.content_hash}))
        assert first["done"] == 0
        assert "red.png" in last["error"]

    def test_a_model_that_dies_meanwhile_ends_with_the_reason(self, client, half_and_half, embedder, monkeypatch):
        def die(_):
            raise ModelUnavailable("The model stopped.", "Try again.")

        monkeypatch.setattr(embedder, "embed_images", die)
        body = {"text": "red", "image": half_and_half.content_hash}
        assert lines(client.post("/api/v1/heatmap", json=body))[-1] == {
            "error": "The model stopped.",
            "remedy": "Try again.",
        }
        monkeypatch.undo()
        assert "values" in lines(client.post("/api/v1/heatmap", json=body))[-1]  # the next one's turn came

    def test_stops_when_nobody_reads_any_more(self, client, half_and_half, embedder, monkeypatch):
        begun, left, batches = threading.Event(), threading.Event(), []
        embed = embedder.embed_images

        def embed_until_left(images):
            batches.append(len(images))
            begun.set()
            assert left.wait(30)
            return embed(images)

        monkeypatch.setattr(embedder, "embed_images", embed_until_left)
        body = json.dumps({"text": "red", "image": half_and_half.content_hash}).encode()
        asked = False

        async def receive():
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": body, "more_body": False}
            assert await asyncio.to_thread(begun.wait, 30)
            left.set()
            return {"type": "http.disconnect"}

        async def send(_):
            pass

        scope = {
            "type": "http",
            "asgi": {"spec_version": "2.3"},
            "method": "POST",
            "path": "/api/v1/heatmap",
            "headers": [(b"content-type", b"application/json")],
            "query_string": b"",
        }
        with ThreadPoolExecutor(1) as another:  # in this one Playwright may have left a loop running
            another.submit(asyncio.run, client.app(scope, receive, send)).result()
        assert len(batches) == 1

    def test_one_at_a_time_and_searches_beside_it(self, client, half_and_half, embedder, monkeypatch):
        release, begun, together = threading.Event(), threading.Event(), []
        embed = embedder.embed_images

        def embed_slowly(images):
            together.append(1)
            begun.set()
            assert release.wait(30)
            assert len(together) == 1
            together.pop()
            return embed(images)

        monkeypatch.setattr(embedder, "embed_images", embed_slowly)
        bodies = [{"text": text, "image": half_and_half.content_hash} for text in ("red", "blue")]
        with client, ThreadPoolExecutor(2) as threads:
            answers = [threads.submit(client.post, "/api/v1/heatmap", json=body) for body in bodies]
            assert begun.wait(30)
            assert names(client.post("/api/v1/search", json={"text": "red"})) == ["both.png"]
            release.set()
            assert all("values" in lines(answer.result(60))[-1] for answer in answers)


def test_a_path_as_the_whole_text_is_told_of(client, corpus, picture, tmp_path):
    path = str(picture("new.png", "blue"))
    by_body, by_address = (
        client.post("/api/v1/search", json={"text": path}),
        client.get("/api/v1/search", params={"q": path}),
    )
    assert by_body.json()["location"] == by_address.json()["location"] == path
    assert "was read as words" in by_body.json()["notes"][0]
    outside = client.post("/api/v1/search", json={"text": "file:///etc/x.png"}).json()
    assert outside["location"] is None
    assert "outside the folders that the app may read" in outside["notes"][0]
    assert client.post("/api/v1/search", json={"text": "blue"}).json()["location"] is None
