"""Servers that embed: what is sent and what is believed; what becomes of one that is away, slow, wrong or hostile."""

import itertools
import json
import logging
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from core.api.health import READY, checks
from core.config import Settings
from core.embedding.loading import load_served
from core.embedding.offers.offer import offers
from core.embedding.offers.speeds import speeds
from core.embedding.servers import pool as pools
from core.embedding.servers import served
from core.embedding.servers.pool import ServerPool
from core.errors import EmbeddingServersAway, InvalidSetting, ModelMismatch, ModelUnavailable
from core.ingest.journal.job import Status
from core.ingest.journal.progress import Counts
from core.services import Services
from core.status.overview import overview, plain
from core.vectors import unit
from tests.embedding.standin import DIMS, MODEL, Standin, embedded, listening, row
from tests.test_imports import imported

AWAY = "http://127.0.0.1:9"  # nobody listens there
CACHE = Path("/nowhere")
COLOURS = [(at, 7 * at % 256, 255 - at) for at in range(20)]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(pools, "PAUSES", (0.0,))


def embedder(*urls, key=None, model_id=MODEL):
    return load_served(model_id, CACHE, None, ServerPool(urls, key))


def pictures():
    return [Image.new("RGB", (300 + at, 240), colour) for at, colour in enumerate(COLOURS)]


def expected():
    return unit(np.array([row(int.from_bytes(bytes(colour))) for colour in COLOURS], np.float32))


def saying(status, content=b""):
    return lambda path, body: (status, content)


def rows_like(change):
    def answer(path, body):
        status, content = embedded(path, body)
        return status, json.dumps({"embeddings": change(json.loads(content)["embeddings"])}).encode()

    return answer


class Nth:
    """Embeds, and behaves otherwise from the nth request on."""

    def __init__(self, first, then):
        self.first, self.then, self.calls = first, then, 0

    def __call__(self, path, body):
        self.calls += 1
        return embedded(path, body) if self.calls < self.first else self.then(path, body)


def test_pictures_and_words_in_their_order_without_loss():
    with listening(embedded, embedded) as both:
        model = embedder(*(one.url for one in both))
        np.testing.assert_allclose(model.embed_images(pictures()), expected(), atol=1e-6)
        texts = ["x" * length for length in range(1, 12)]
        words = unit(np.array([row(len(text)) for text in texts], np.float32))
        np.testing.assert_allclose(model.embed_texts(texts), words, atol=1e-6)
        asked = [one for server in both for one in server.asked]
        sizes = sorted(len(body["image"]) for _, body in asked if "image" in body)
        assert sizes == [4, 8, 8]
        assert all(server.asked for server in both)
        assert {path for path, _ in asked} == {"/clip/embed_image", "/clip/embed_text"}
        assert {body["clip_version_id"] for _, body in asked} == {"ViT-B-16"}
    assert model.embed_images([]).shape == (0, DIMS)


def test_several_batches_are_in_flight():
    meeting = threading.Barrier(2)

    def answer(path, body):
        if "image" in body and len(body["image"]) == served.BATCH:
            meeting.wait(20)
        return embedded(path, body)

    with listening(answer) as (one,):
        np.testing.assert_allclose(embedder(one.url).embed_images(pictures()), expected(), atol=1e-6)


def test_another_family_has_paths_of_its_own():
    model_id, dims = "perception_encoder/PE-Core-B16-224", 1024
    rows = rows_like(lambda rows: [[*one, *one] for one in rows])
    with listening(rows) as (one,):
        model = embedder(one.url, model_id=model_id)
        assert model.embed_images(pictures()[:2]).shape == (2, dims)
        assert [path for path, _ in one.asked] == ["/perception_encoder/embed_text", "/perception_encoder/embed_image"]
        assert one.asked[0][1]["perception_encoder_version_id"] == "PE-Core-B16-224"


WRONG = {
    "an error": (
        saying(500, b'{"message": "Model package is broken."}'),
        "500: Model package is broken",
        "Its log says",
    ),
    "overloaded": (saying(503), "answers with 503", "Its log says"),
    "the key": (saying(401, b'{"message": "Unauthorized"}'), "does not accept the key", "INFERENCE_SERVER_API_KEY"),
    "another site": (saying(404, b"<html>"), "answers with 404", "is the URL of"),
    "no JSON": (saying(200, b"<html>ok</html>"), "not that of an Inference server", "is the URL of"),
    "a deep one": (saying(200, b"[" * 100_000), "not that of an Inference server", "is the URL of"),
    "too few": (rows_like(lambda rows: rows[1:]), "not one embedding for each", "is the URL of"),
    "not numbers": (rows_like(lambda rows: [["x"] * DIMS]), "not that of an Inference server", "is the URL of"),
    "not finite": (rows_like(lambda rows: [[1e999] * DIMS]), "not one embedding for each", "is the URL of"),
    "zeros": (rows_like(lambda rows: [[0.0] * DIMS]), "not one embedding for each", "is the URL of"),
    "another model": (rows_like(lambda rows: [one[:100] for one in rows]), "it runs another model", "Have it run"),
    "too long": (saying(200, b" " * 3000), "its answer is too long", "is the URL of"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_what_to_do(what, monkeypatch, caplog):
    monkeypatch.setattr(pools, "MAX_BYTES", 2000 if what == "too long" else 1 << 20)
    answer, message, remedy = WRONG[what]
    with listening(answer) as (one,), caplog.at_level(logging.DEBUG), pytest.raises(ModelUnavailable) as raised:
        embedder(one.url, key="open-sesame")
    assert message in raised.value.message
    assert MODEL in raised.value.message
    assert remedy in raised.value.remedy
    assert "open-sesame" not in caplog.text + str(raised.value)
    assert isinstance(raised.value, EmbeddingServersAway) is (what in ("an error", "overloaded"))


def test_none_is_there():
    with pytest.raises(EmbeddingServersAway, match=f"{AWAY}: it does not answer. Start it.*INFERENCE_SERVER_URL"):
        embedder(AWAY)
    with pytest.raises(EmbeddingServersAway):
        ServerPool([AWAY]).check()


def test_one_that_hangs(monkeypatch):
    ended = threading.Event()
    monkeypatch.setattr(served, "IMAGE_SECONDS", 0.1)

    def hang(path, body):
        ended.wait(20)
        return embedded(path, body)

    with listening(Nth(2, hang), embedded) as (slow, other):
        model = embedder(slow.url, other.url)
        np.testing.assert_allclose(model.embed_images(pictures()), expected(), atol=1e-6)
        alone = served.ServedTowers(MODEL, ServerPool([slow.url]))
        with pytest.raises(EmbeddingServersAway, match=r"not answer within 0\.1 seconds"):
            alone.embed_image([Image.new("RGB", (224, 224))])
        ended.set()


@pytest.mark.parametrize("wrong", [saying(500), saying(429), saying(401), saying(200, b"?"), saying(404)])
def test_the_next_one_answers_for_it_and_it_is_asked_last(wrong):
    with listening(wrong, embedded) as (one, other):
        model = embedder(one.url, other.url)
        for _ in range(3):
            np.testing.assert_allclose(model.embed_images(pictures()), expected(), atol=1e-6)
        assert len(one.asked) <= 2  # by those that were on their way when it was found out
        assert len(other.asked) == 1 + 3 * 3


def test_one_that_stays_away_is_asked_ever_more_seldom(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(pools, "time", SimpleNamespace(monotonic=lambda: now[0]))
    pool, asked = ServerPool(["http://one", "http://other"]), []
    for _ in range(1200):
        now[0] += 0.5
        if pool.order()[0] == "http://one":
            asked.append(now[0])
            pool.rest("http://one")
    assert [later - before for before, later in itertools.pairwise(asked)] == pytest.approx(
        [10, 20, 40, 80, 160], abs=1.1
    )


def test_one_that_is_gone_in_the_middle():
    with listening(embedded) as (other,):
        one = Standin()
        model = embedder(one.url, other.url)
        model.embed_images(pictures())
        one.close()
        np.testing.assert_allclose(model.embed_images(pictures()), expected(), atol=1e-6)


def test_what_passes_is_tried_again():
    class Once:
        calls = 0

        def __call__(self, path, body):
            self.calls += 1
            return saying(503)(path, body) if self.calls == 1 else embedded(path, body)

    with listening(Once()) as (one,):
        embedder(one.url)
        assert len(one.asked) == 2


def test_the_key_is_sent_and_shown_nowhere(settings, monkeypatch):
    with listening(embedded) as (one,):
        embedder(one.url, key="open-sesame")
        embedder(one.url)
        assert one.keys == ["Bearer open-sesame", ""]
    monkeypatch.setenv("INFERENCE_SERVER_API_KEY", "open-sesame")
    loaded = Settings.load()
    assert "open-sesame" in loaded.secrets
    assert "open-sesame" not in repr(loaded)


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("http://me:open-sesame@gpu:9001", "INFERENCE_SERVER_API_KEY is for the key"),
        ("http://gpu:9001?api_key=open-sesame", "INFERENCE_SERVER_API_KEY is for the key"),
        ("gpu:9001", "http://localhost:9001"),
        ("http://gpu:port", "not a number"),
    ],
)
def test_addresses_that_are_none(urls, expected, monkeypatch):
    monkeypatch.setenv("INFERENCE_SERVER_URL", urls)
    with pytest.raises(InvalidSetting, match="INFERENCE_SERVER_URL") as raised:
        Settings.load()
    assert expected in str(raised.value)
    assert "sesame" not in str(raised.value)


def test_it_takes_neither_inference_nor_a_runtime_here():
    code = "import core.embedding.servers.served, core.embedding.loading as l; l.embedder_class('clip/ViT-B-16')"
    assert imported(code, "inference", "inference_sdk", "torch", "onnxruntime", "clip", "streamlit") == ""


class TestCollection:
    """The model of a collection."""

    @pytest.fixture
    def open_(self, settings):
        made = []

        def open_(*urls):
            set_ = Settings.load(data_dir=settings.data_dir, inference_servers=urls)
            made.append(Services(set_, command_line=True))
            return made[-1]

        yield open_
        for one in made:
            one.close()

    def test_it_is_embedded_there_and_told(self, open_, picture):
        with listening(embedded) as (one,):
            services = open_(f"{one.url}/")
            assert services.model.obstacle() is None
            assert services.model.embedder().model_id == MODEL
            told = overview(services)
            assert told.embedding_servers == (one.url,)
            assert plain(told)["embedding_servers"] == [one.url]
            noted = speeds(services.settings.model_cache_dir)
            [offer] = [offer for offer in services.models() if offer.wanted]
            assert (offer.status, offer.title, one.url in offer.message) == ("present", "On embedding servers", True)
            list(services.ingest([picture("red.png").parent]))
            assert services.index.model().model_id == MODEL
            assert speeds(services.settings.model_cache_dir) == noted  # that of this machine is another

    def test_no_other_model_stands_in_and_it_goes_on_when_they_are_back(self, open_, monkeypatch):
        with listening(embedded) as (one,):
            services = open_(one.url)
            one.answer = saying(503)
            with pytest.raises(EmbeddingServersAway):
                services.model.embedder()
            assert services.model.loaded is None
            with pytest.raises(EmbeddingServersAway):  # it is said, rather than waited for again
                services.model.load().result(0)
            monkeypatch.setattr("core.model.AGAIN_SECONDS", 0.0)
            one.answer = embedded
            assert services.model.load().result().model_id == MODEL

    def test_a_job_pauses_while_they_are_away_and_goes_on_by_itself(self, open_, picture, monkeypatch):
        monkeypatch.setattr("core.ingest.jobs.worker.PAUSES", (0.1,))
        monkeypatch.setattr("core.ingest.pipeline.run.MIN_ROUND", 1)
        monkeypatch.setattr("core.ingest.pipeline.run.MAX_ROUND", 1)
        red, *_ = [picture(f"{name}.png") for name in ("red", "green", "blue")]
        with listening(embedded) as (one,):
            services = open_(one.url)
            one.answer = Nth(3, saying(503))  # the first is for the model, the next for a picture
            job_id = services.library.add([str(red.parent)], auto_start=True)
            job = services.jobs.wait_for(job_id, lambda job: job.status is Status.PAUSED, 30)
            assert isinstance(job.error, EmbeddingServersAway)
            assert 0 < job.done < 3
            assert checks(services)["model"] == READY  # they are there, and overloaded
            one.answer = embedded
            job = services.jobs.wait_for(job_id, lambda job: job.ended, 30)
            assert (job.status, job.counts) == (Status.DONE, Counts(added=3))

    def test_readiness_tells_whether_they_are_there(self, open_):
        one = Standin()
        services = open_(one.url)
        services.model.embedder()
        assert checks(services)["model"] == READY
        one.close()
        assert "No embedding server can be reached" in checks(services)["model"]

    def test_an_index_of_somebody_elses_model(self):
        with pytest.raises(ModelMismatch):
            load_served(MODEL, CACHE, "their/model", ServerPool([AWAY]))

    def test_the_starter_model_is_embedded_with_here(self, settings):
        set_ = Settings.load(data_dir=settings.data_dir, inference_servers=(AWAY,), model_id="starter")
        assert not set_.is_served("starter")
        [starter] = [one for one in offers(CACHE, "", "", (AWAY,)) if not one.model.files]
        assert "embedding servers" not in starter.title
