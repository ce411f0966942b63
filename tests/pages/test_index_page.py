"""The index page, without a browser."""

from contextlib import closing, suppress

import pytest

from core.errors import EmbeddingServersAway, IndexUnavailable
from core.index.statistics import Statistics, unreachable
from core.search.query import Query, Search, Words
from core.services import shared
from tests.colours import ColourEmbedder
from tests.pages.conftest import Component, texts
from tests.pages.test_component_types import assert_has


def metrics(at):
    return {metric.label: metric.value for metric in at.metric}


def notices(at):
    return [notice.value for kind in (at.success, at.warning, at.error) for notice in kind]


def measure(at, words=""):
    at.text_input(key="recall-words").set_value(words)
    return next(button for button in at.button if button.label == "Measure").click().run()


def test_a_healthy_index(corpus, open_page):
    corpus.search(Search(Query((Words("red"),))))
    at = open_page("index.py")
    assert not at.exception
    assert notices(at) == ["**Healthy.** All is well\\."]
    assert {"Pictures": "3", "Fragments": "1"}.items() <= metrics(at).items()
    assert {"Size on disk", "In memory", "Disk left", "Median", "99 % within"} <= metrics(at).keys()
    assert "**Model**: test/colour, 4 dimensions, preprocessing 1" in texts(at)
    assert "1 search since " in texts(at)
    assert "**Embedding**: On this machine" in texts(at)


def test_embedding_servers_are_named_and_what_is_wrong_with_them_is_said(services, open_page, monkeypatch):
    monkeypatch.setattr("core.embedding.servers.pool.PAUSES", ())
    open_page()
    monkeypatch.setenv("INFERENCE_SERVER_URL", "http://127.0.0.1:9")  # nobody listens there
    shared.cache_clear()
    with closing(shared.collections()):
        assert "**Embedding**: http://127.0.0.1:9" in texts(open_page("index.py")).replace("\\", "")
        with suppress(EmbeddingServersAway):
            shared().model.load().result()
        at = open_page(q="red")
        assert not at.exception
        assert any("No embedding server can run clip/ViT" in error.value.replace("\\", "") for error in at.error)
        assert "Try again" in {button.label for button in at.button}


def test_an_index_with_nothing_in_it(services, open_page):
    at = open_page("index.py")
    assert not at.exception
    assert notices(at) == ["**Healthy.** Nothing is indexed yet\\."]
    assert "No searches since the app was started." in texts(at)


@pytest.mark.parametrize(
    ("statistics", "word"),
    [
        (Statistics("yellow", "2 copies have no node.", "Add a node.", count=7), "Needs attention"),
        (Statistics("red", "1 shard is missing.", "Start the node.", count=7), "Incomplete"),
        (unreachable(IndexUnavailable("It does not answer.", "Start the server.")), "Cannot be reached"),
    ],
)
def test_what_is_wrong_and_what_to_do_is_said(corpus, open_page, monkeypatch, statistics, word):
    monkeypatch.setattr(corpus.index, "statistics", lambda: statistics)
    at = open_page("index.py")
    assert not at.exception
    [notice] = notices(at)
    assert notice.startswith(f"**{word}.**")
    assert statistics.remedy.rstrip(".") in notice
    assert bool([button for button in at.button if button.label == "Measure"]) == (statistics.health != "unreachable")
    assert ("Pictures" in metrics(at)) == (statistics.count is not None)


def test_recall_of_words_and_of_a_sample(corpus, open_page):
    at = measure(open_page("index.py"), "red, blue")
    assert not at.exception
    data = Component(at, "recall").data
    assert data["report"]["queries"] == {"words": 2}
    assert data["report"]["verdict"].startswith("Compares each of 3 pictures")
    for interface, sent in (
        ("RecallData", data),
        ("Report", data["report"]),
        ("Row", data["report"]["rows"][0]),
    ):
        assert_has(interface, "recall", sent)
    assert Component(measure(at), "recall").data["report"]["queries"] == {"words": 20, "pictures": 3}


def test_what_cannot_be_measured_is_said(corpus, open_page):
    at = measure(open_page("index.py"), "red name:a, blue")
    assert "different conditions" in texts(at)
    assert not at.exception


@pytest.fixture
def as_clip(monkeypatch):
    """The model of the tests goes by a name that is in the catalog: only such are rebuilt with."""
    monkeypatch.setattr(ColourEmbedder, "model_id", "clip/ViT-B-16")


def press(at, key):
    return at.button(key=key).click().run()


def states(services):
    return {version.number: version.state for version in services.versions.all()}


def done(services):
    """Wait for the newest job to rest."""
    job = services.jobs.wait(services.jobs.states()[0].id, 60)
    assert job.ended, job.error
    return job


def test_versions_are_built_used_and_deleted(as_clip, corpus, open_page):
    """A rebuild is used when it is ready; then back to the first, by the button, and the second deleted."""
    at = press(open_page("index.py"), "index-rebuild")
    assert not at.exception
    done(corpus)
    assert states(corpus) == {1: "retired", 2: "current"}
    at.run()
    assert "**Version 2** :green-badge[In use]" in texts(at)
    assert "**Version 1** :gray-badge[Retired]" in texts(at)
    press(at, "index-compare-1")
    assert "**100% of the first ten results are the same**" in texts(at)
    press(at, "index-swap-1")
    done(corpus)
    assert states(corpus) == {1: "current", 2: "retired"}
    at.run()
    press(at, "index-roll-back")
    done(corpus)
    assert states(corpus) == {1: "retired", 2: "current"}
    at.run()
    press(at, "index-delete-1")
    assert not at.exception
    assert states(corpus) == {2: "current"}


def test_a_version_that_cannot_be_deleted_is_told(as_clip, corpus, open_page):
    at = press(open_page("index.py"), "index-rebuild")
    done(corpus)
    at.run()
    corpus.versions.delete(1)
    press(at, "index-delete-1")
    assert not at.exception
    assert any("There is no version 1" in toast.value for toast in at.toast)


def test_the_index_is_optimized(corpus, open_page):
    at = press(open_page("index.py"), "index-optimize")
    assert not at.exception
    assert any("Optimizing has started" in toast.value for toast in at.toast)
    done(corpus)
    assert "Optimize the index" in texts(at.run())


def test_models_are_offered(corpus, open_page, monkeypatch):
    monkeypatch.setenv("OFFLINE_MODE", "True")
    monkeypatch.setattr("core.embedding.offers.offer.present_weights", lambda *_: False)
    at = next(one for one in open_page("index.py").button if one.label == "Build with another model").click().run()
    assert not at.exception
    assert any("ViT-B/16" in option for box in at.selectbox for option in box.options)
    assert "Cannot be had here" in "\n".join(notice.value for notice in at.warning)
