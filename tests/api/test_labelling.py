"""Class lists, checks of labels and picks over HTTP: every answer is held against its description."""

import csv
import io
import json
from dataclasses import replace

import pytest

from core.images.describe import Box
from core.ingest.journal.job import Status
from tests.analysis.test_classes import AxisScorer
from tests.ingest.libraries import WAIT

API = "/api/v1"


class ColourScorer(AxisScorer):
    """A word fits pictures of the colour that it names."""

    def __init__(self, embedder):
        super().__init__()
        self._embedder = embedder

    def embedded(self, texts):
        return self._embedder.embed_texts(list(texts))

    def seen(self, images):
        return self._embedder.embed_images(images)


@pytest.fixture
def scorer(services, embedder, monkeypatch):
    made = ColourScorer(embedder)
    monkeypatch.setattr("core.analysis.classes.scoring.Scorers.current", lambda self: made)
    return made


@pytest.fixture
def finish(services):
    """Waits until a job that an answer names has ended."""

    def wait(answer):
        assert answer.status_code == 202, answer.text
        job = services.jobs.wait(answer.json()["job"], WAIT)
        assert job.status is Status.DONE, job.error
        return job

    return wait


@pytest.fixture
def colours(client, corpus, scorer, services):
    """A list of three classes, scored."""
    body = {
        "name": "colours",
        "classes": [
            {"name": "red", "threshold": 9.5},
            {"name": "blue", "threshold": 9.5},
            {"name": "odd", "words": "green"},
        ],
    }
    answer = client.post(f"{API}/classes", json=body)
    assert answer.status_code == 201
    for job in services.jobs.open():
        services.jobs.wait(job.id, WAIT)
    return answer.json()["id"]


class TestClasses:
    def test_from_words_to_a_search(self, client, corpus, colours, finish):
        listed = client.get(f"{API}/classes").json()
        assert listed["work"]["state"] in ("ready", "none")
        (one,) = listed["lists"]
        assert [row["count"] for row in one["classes"]][:2] == [1, 1]
        finish(client.post(f"{API}/classes/{colours}/apply", json={"tags": True}))
        found = client.post(f"{API}/search", json={"text": "class:red"}).json()["results"]
        assert [item["content_hash"] for item in found] == [corpus["red"].content_hash]
        assert found[0]["tags"] == ["red"]
        finish(client.post(f"{API}/classes/{colours}/withdraw"))
        assert client.post(f"{API}/search", json={"text": "class:red"}).json()["results"] == []
        assert client.delete(f"{API}/classes/{colours}").status_code == 204
        assert client.get(f"{API}/classes/{colours}").status_code == 404

    def test_pictures_are_said_to_be_right_or_wrong(self, client, corpus, colours):
        page = client.get(f"{API}/classes/{colours}/pictures", params={"name": "red", "limit": 2}).json()
        assert (page["total"], len(page["pictures"])) == (len(corpus), 2)
        assert page["pictures"][0]["content_hash"] == corpus["red"].content_hash
        said = {"name": "red", "right": [corpus["red"].content_hash], "wrong": [corpus["blue"].content_hash]}
        row = client.post(f"{API}/classes/{colours}/decisions", json=said).json()
        assert (row["yes"], row["no"], row["precision"]["looked_at"], row["filter"]) == (1, 1, 1, "class:red")

    def test_it_is_changed(self, client, colours):
        body = {"name": "tints", "thresholds": {"red": 20.0, "blue": None}}
        changed = client.patch(f"{API}/classes/{colours}", json=body).json()
        assert (changed["name"], changed["classes"][0]["count"]) == ("tints", 0)
        assert changed["classes"][1]["threshold"] is None

    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("POST", "/classes", {"name": "", "classes": [{"name": "a"}]}, 400),
            ("POST", "/classes", {"name": "a", "classes": []}, 400),
            ("POST", "/classes", {"name": "a", "classes": [{"name": "x" * 101}]}, 400),
            ("POST", "/classes", {"name": "a", "classes": [{"name": "a", "threshold": 1e6}]}, 400),
            ("PATCH", "/classes/999", {"name": "a"}, 404),
            ("GET", "/classes/999/pictures?name=a", None, 404),
            ("GET", "/classes/1/pictures?name=a&limit=-1", None, 400),
            ("POST", "/classes/1/decisions", {"name": "red", "right": ["no hash"]}, 400),
        ],
    )
    def test_what_is_refused(self, client, corpus, method, path, body, status):
        answer = client.request(method, f"{API}{path}", json=body)
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


@pytest.fixture
def labelled(services, corpus, scorer):
    """The pictures labelled by their colour, in two splits."""
    records = []
    for at, (colour, record) in enumerate(sorted(corpus.items())):
        box = Box(colour, 0.1, 0.1, 0.5, 0.5)
        records.append(replace(record, boxes=(box,), splits=("train",) if at % 2 else ("val",)))
    services.index.upsert(records, services.index.embeddings([record.id for record in records]))
    return records


class TestLabels:
    def test_a_check_and_what_it_finds(self, client, labelled, finish):
        before = client.get(f"{API}/labels/check").json()
        assert (before["made"], before["labelled"]) == (None, len(labelled))
        finish(client.post(f"{API}/labels/check", json={}))
        after = client.get(f"{API}/labels/check").json()
        assert (after["work"]["state"], after["labels"]) == ("ready", len(labelled))
        assert client.get(f"{API}/labels/suspicious").json()["total"] >= 1
        assert client.get(f"{API}/labels/suspicious?kind=missing&open=true&limit=3").status_code == 200
        assert client.get(f"{API}/labels/balance").json()["splits"] == ["train", "val"]
        assert client.get(f"{API}/labels/boxes").json()["boxes"] == len(labelled)
        assert client.get(f"{API}/labels/boxes/problems?kind=tiny").status_code == 200
        assert client.get(f"{API}/labels/unlabelled").json()["total"] == 0
        assert client.get(f"{API}/labels/leakage").json()["total"] == 0

    def test_a_review(self, client, labelled, finish):
        one = labelled[0]
        said = {"content_hash": one.content_hash, "label": one.labels[0], "verdict": "replaced", "replacement": "teal"}
        assert client.post(f"{API}/labels/decisions", json={"decisions": [said]}).json() == {"kept": 1}
        table = client.get(f"{API}/labels/decisions.csv")
        (row,) = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))
        assert (row["verdict"], row["should_be"]) == ("replaced", "teal")
        corrected = json.loads(client.get(f"{API}/labels/corrected.json").content)
        assert "teal" in [category["name"] for category in corrected["categories"]]
        back = {**said, "verdict": None}
        assert client.post(f"{API}/labels/decisions", json={"decisions": [back]}).json() == {"kept": 0}

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/labels/decisions", {"decisions": []}),
            ("/labels/decisions", {"decisions": [{"content_hash": "0" * 64, "label": "a", "verdict": "maybe"}]}),
            ("/labels/decisions", {"decisions": [{"content_hash": "0" * 64, "label": "a", "verdict": "replaced"}]}),
        ],
    )
    def test_what_is_refused(self, client, path, body):
        assert client.post(f"{API}{path}", json=body).status_code == 400

    def test_problems_that_there_are_none_of(self, client, corpus):
        assert client.get(f"{API}/labels/boxes/problems?kind=large").status_code == 400
        assert client.get(f"{API}/labels/leakage?level=large").status_code == 400


class TestPicks:
    @pytest.mark.parametrize("how", ["diverse", "typical", "random"])
    def test_so_many_of_all(self, client, corpus, how):
        answer = client.post(f"{API}/picks", json={"count": 2, "how": how, "seed": 3}).json()
        assert len(answer["ids"]) == len(answer["pictures"]) == 2
        assert answer["pool"] == len(corpus)
        assert client.post(f"{API}/picks", json={"count": 2, "how": how, "seed": 3}).json() == answer

    def test_balanced(self, client, labelled):
        answer = client.post(f"{API}/picks", json={"count": 2, "how": "balanced", "preview": 1}).json()
        assert (len(answer["ids"]), len(answer["pictures"]), sum(answer["counts"].values())) == (2, 1, 2)

    @pytest.mark.parametrize(
        "body", [{"count": 0}, {"how": "best"}, {"seed": -1}, {"text": "label:none"}, {"how": "balanced", "by": "tag"}]
    )
    def test_what_is_refused(self, client, corpus, body):
        answer = client.post(f"{API}/picks", json=body)
        assert (answer.status_code, bool(answer.json()["remedy"])) == (400, True)
