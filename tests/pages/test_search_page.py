"""The search page, without a browser."""

from concurrent.futures import Future

import pytest

from core.embedding.loading import ModelState
from core.errors import IndexUnavailable, ModelUnavailable
from core.ingest.state import Status
from tests.pages.conftest import Component, texts


def hash_of(services, name):
    return next(r.content_hash for records, _ in services.index.scan() for r in records if r.name == name)


def names(at):
    return [item["name"] for item in Component(at, "gallery").data["items"]]


def test_a_link_is_the_search(corpus, open_page):
    at = open_page(q="green", k="2")
    assert not at.exception
    assert names(at)[0] == "green.png"
    assert len(names(at)) == 2
    assert Component(at, "gallery").data["items"][0]["score"] == pytest.approx(1.0, abs=1e-3)
    assert Component(at, "query").data["text"] == "green"
    assert "2** nearest of 3 pictures" in texts(at)


def test_words_change_the_address(corpus, open_page):
    at = open_page()
    Component(at, "query").trigger("query", {"text": " blue ", "pictures": []})
    assert at.query_params["q"] == "blue"
    assert names(at)[0] == "blue.png"


def test_a_picture_by_its_hash_needs_no_model(corpus, open_page):
    at = open_page(image=hash_of(corpus, "red.png"))
    assert names(at)[0] == "red.png"
    assert Component(at, "query").data["pictures"] == [{"id": hash_of(corpus, "red.png"), "name": "red.png"}]


def test_find_similar_replaces_the_query_and_add_keeps_it(corpus, open_page):
    red = hash_of(corpus, "red.png")
    at = open_page(q="green")
    Component(at, "gallery").trigger("add", red)
    assert (at.query_params["q"], at.query_params["image"]) == ("green", red)
    Component(at, "gallery").trigger("similar", red)
    assert "q" not in at.query_params
    assert at.query_params["image"] == red


def test_an_empty_corpus_invites(services, open_page):
    at = open_page()
    assert not at.exception
    assert "Nothing is indexed yet" in texts(at)
    assert [button.label for button in at.button] == ["Add my pictures", "Index the sample pictures"]


def test_before_the_first_search_there_are_pictures_and_examples(corpus, open_page):
    at = open_page()
    assert sorted(names(at)) == ["blue.png", "green.png", "red.png"]


@pytest.mark.parametrize("query", [{"image": "../../etc/passwd"}, {"k": "many"}, {"q": "\x00"}, {"image": "A" * 64}])
def test_a_broken_link_opens(corpus, open_page, query):
    at = open_page(**query)
    assert not at.exception
    assert len(names(at)) == 3


def test_a_picture_that_is_gone_is_said(corpus, open_page):
    at = open_page(image="0" * 64)
    assert not at.exception
    assert "not kept any more" in texts(at)


def test_text_that_was_cut_is_said(corpus, open_page):
    at = open_page(q=" ".join(["red"] * 30))
    assert "longer than the model can read" in texts(at)


def test_while_the_model_loads_the_page_says_so(corpus, open_page, monkeypatch):
    at = open_page()
    monkeypatch.setattr(type(corpus.model), "state", ModelState("loading", 7.0, None, None))
    monkeypatch.setattr(corpus, "load", Future)
    at.query_params["q"] = "red"
    at.run()
    assert "The model is loading" in texts(at)
    assert "7 s" in texts(at)


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (IndexUnavailable("No answer from http://localhost:9200.", "Start the server."), "index is not available"),
        (ModelUnavailable("No weights.", "Go online once."), "model is not available"),
    ],
)
def test_an_expected_error_is_shown_with_its_remedy(corpus, open_page, monkeypatch, error, title):
    at = open_page()

    def fail(*_):
        raise error

    monkeypatch.setattr(corpus, "search", fail)
    at.query_params["q"] = "red"
    at.run()
    assert not at.exception
    assert title in at.error[0].value
    assert error.remedy.replace(".", "\\.") in at.error[0].value
    assert "Try again" in [button.label for button in at.button]


def test_the_starter_model_is_announced_on_every_page(corpus, open_page, embedder):
    embedder.model_id = "starter"
    for page in ("search.py", "ingest.py"):
        at = open_page(page)
        assert "starter model" in texts(at)
        assert "Try CLIP again" in [button.label for button in at.button]


def press_try_clip(at):
    next(button for button in at.button if button.label == "Try CLIP again").click()
    return at.run()


def test_trying_for_clip_again_says_what_is_in_the_way(corpus, open_page, embedder, monkeypatch):
    embedder.model_id = "starter"

    def offline(*_):
        raise ModelUnavailable("The weights are not here.", "Go online once.")

    monkeypatch.setattr("core.services.check_obtainable", offline)
    at = press_try_clip(open_page())
    assert "Go online once" in at.warning[0].value


def test_clip_found_again_does_not_mix_with_what_the_starter_model_indexed(
    services, picture, open_page, embedder, monkeypatch, tmp_path
):
    embedder.model_id = "starter"
    picture("red.png")
    for _ in services.ingest([tmp_path / "pictures"]):
        pass
    monkeypatch.setattr("core.services.check_obtainable", lambda *_: None)
    at = press_try_clip(open_page())
    assert "cannot be compared" in at.warning[0].value
    assert services.index.count() == 1


def test_clip_found_again_is_used_where_nothing_is_indexed(services, open_page, embedder, monkeypatch):
    embedder.model_id = "starter"
    monkeypatch.setattr("core.services.check_obtainable", lambda *_: None)
    retried = []
    at = open_page()
    monkeypatch.setattr(services, "retry_model", lambda: retried.append(True))
    assert not press_try_clip(at).exception
    assert retried == [True]


def test_a_running_job_shows_on_the_search_page(corpus, open_page, picture, held):
    job = corpus.library.add([str(picture("holidays/yellow.png").parent)], starts=True)
    try:
        assert held.running.wait(30)
        at = open_page()
        assert "holidays" in at.get("progress")[0].proto.text
    finally:
        held.go_on.set()
        assert corpus.jobs.wait(job, 30).status is Status.DONE
