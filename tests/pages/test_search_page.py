"""The search page, without a browser."""

import sys
from concurrent.futures import Future

import pytest

from core.embedding.loading import ModelState
from core.errors import IndexUnavailable, ModelUnavailable, StoreUnavailable
from core.index.index import ModelStamp
from core.ingest.journal.job import Status
from core.services.belongings import Belongings
from tests.pages.conftest import Component, texts


def hash_of(services, name):
    return next(r.content_hash for records, _ in services.index.scan() for r in records if r.name == name)


def answer(at):
    return Component(at, "gallery").data["answer"]


def names(at):
    return [item["name"] for item in answer(at)["results"]]


def change(at, value):
    """What the composer sends, with the number of the change."""
    return Component(at, "query").trigger("query", {"edit": 1, "value": value})


def test_a_link_is_the_search(corpus, open_page):
    at = open_page(q="green name:e")
    assert not at.exception
    assert names(at)[0] == "green.png"
    assert len(names(at)) == 3
    assert answer(at)["results"][0]["score"] == pytest.approx(1.0, abs=1e-3)
    assert Component(at, "query").data["text"] == "green name:e"
    assert [part["kind"] for part in Component(at, "query").data["parts"]] == ["words", "filter"]
    assert Component(at, "gallery").data["search"]["text"] == "green name:e"


def test_no_data_frames_are_loaded_for_it(corpus, open_page, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)  # cannot be imported
    at = open_page(q="green")
    assert not at.exception
    assert names(at)[0] == "green.png"


def test_words_and_filter_change_the_address(corpus, open_page):
    at = open_page()
    change(at, {"text": " 2:blue  - red format:png", "parts": []})
    assert at.query_params["q"] == "2:blue − red format:png"
    assert names(at)[0] == "blue.png"


def test_chips_are_the_text(corpus, open_page):
    at = open_page(q="blue + red name:e")
    parts = Component(at, "query").data["parts"]
    changed = [parts[0] | {"weight": -0.5}, *parts[1:]]
    change(at, {"text": None, "parts": changed})
    assert at.query_params["q"] == "− 0.5:blue + red name:e"
    assert names(at)[0] == "red.png"


def test_what_cannot_be_read_is_kept_to_be_mended(corpus, open_page):
    at = open_page()
    change(at, {"text": "blue width:wide", "parts": []})
    assert not at.exception
    assert at.query_params["q"] == Component(at, "query").data["text"] == "blue width:wide"
    assert "width:wide" in at.error[0].value.replace("\\", "")


def test_a_picture_by_its_hash_needs_no_model(corpus, open_page):
    red = hash_of(corpus, "red.png")
    at = open_page(image=f"{red}:0.5")
    assert names(at)[0] == "red.png"
    (part,) = Component(at, "query").data["parts"]
    assert part == {"kind": "image", "id": red, "name": "red.png", "weight": 0.5, "region": None}


@pytest.mark.parametrize(
    ("action", "address"),
    [
        ("similar", {"image": "{red}"}),
        ("add", {"q": "green", "image": "{red}"}),
        ("exclude", {"q": "green", "image": "{red}:-0.5"}),
        ("more", {"q": "green", "more": "{red}"}),
        ("less", {"q": "green", "less": "{red}"}),
    ],
)
def test_what_is_done_with_a_picture_is_in_the_address(corpus, open_page, action, address):
    red = hash_of(corpus, "red.png")
    at = open_page(q="green")
    Component(at, "gallery").trigger("act", {"action": action, "hashes": [red]})
    assert not at.exception
    wanted = {name: value.format(red=red) for name, value in address.items()}
    assert {name: at.query_params[name] for name in at.query_params} in (
        wanted,
        {name: [value] for name, value in wanted.items()},
    )


def test_an_example_of_more_becomes_one_of_less(corpus, open_page):
    red = hash_of(corpus, "red.png")
    at = open_page(q="green", more=red)
    Component(at, "gallery").trigger("act", {"action": "less", "hashes": [red]})
    assert "more" not in at.query_params
    assert red in at.query_params["less"]


def test_a_label_of_a_picture_narrows(corpus, open_page):
    at = open_page(q="green")
    Component(at, "gallery").trigger("narrow", "format:PNG")
    assert at.query_params["q"] == "green format:PNG"
    Component(at, "gallery").trigger("narrow", "format:PNG")
    assert at.query_params["q"] == "green format:PNG"


def test_the_panel_narrows_and_its_counts_follow(corpus, open_page, picture, tmp_path):
    at = open_page(q="green")
    assert dict(Component(at, "facets").data["groups"]["format"]) == {"PNG": 3}
    chosen = {"values": {"shape": {"chosen": ["landscape"], "excluded": []}}}
    Component(at, "facets").trigger("where", {"edit": 1, "value": chosen})
    assert at.query_params["q"] == "green shape:landscape"


def test_options_are_in_the_address(corpus, open_page):
    at = open_page(q="green")
    Component(at, "view").trigger(
        "options", {"edit": 1, "value": {"sort": "name", "collapse": "off", "min_match": "all"}}
    )
    assert (at.query_params["sort"], at.query_params["collapse"]) in (("name", "off"), (["name"], ["off"]))
    assert names(at) == sorted(names(at))


def test_a_filter_that_nothing_passes_can_be_removed(corpus, open_page):
    at = open_page(q="green label:dgo")
    assert "No pictures match these filters" in texts(at)
    assert "dgo" in at.warning[0].value
    next(button for button in at.button if button.label == "Clear filters").click()
    at.run()
    assert len(names(at)) == 3


def test_a_search_that_was_kept_opens(corpus, open_page):
    at = open_page(q="green")
    change(at, {"address": "?q=blue+name%3Ae&sort=name"})
    assert sorted(names(at)) == ["blue.png", "green.png", "red.png"]
    assert Component(at, "query").data["text"] == "blue name:e"


def test_an_empty_corpus_invites(services, open_page):
    at = open_page()
    assert not at.exception
    assert "Nothing is indexed yet" in texts(at)
    assert [button.label for button in at.button] == ["Add pictures", "Index sample pictures"]


def test_before_the_first_search_there_are_pictures_and_examples(corpus, open_page):
    at = open_page()
    assert sorted(names(at)) == ["blue.png", "green.png", "red.png"]


@pytest.mark.parametrize(
    "query", [{"image": "../../etc/passwd"}, {"sort": "many"}, {"q": "\x00"}, {"image": "A" * 64}, {"diversity": "nan"}]
)
def test_a_broken_link_opens(corpus, open_page, query):
    at = open_page(**query)
    assert not at.exception
    assert len(names(at)) == 3


def test_a_picture_that_is_gone_is_said(corpus, open_page):
    at = open_page(image="0" * 64)
    assert not at.exception
    assert "is gone" in texts(at)


def test_text_that_was_cut_is_said(corpus, open_page):
    at = open_page(q=" ".join(["red"] * 30))
    assert answer(at)["read_text"] == " ".join(["red"] * 20)


def test_while_the_model_loads_the_page_says_so(corpus, open_page, monkeypatch):
    at = open_page()
    monkeypatch.setattr(type(corpus.model), "state", ModelState("loading", 7.0, None, None))
    monkeypatch.setattr(type(corpus.model), "load", lambda _: Future())
    at.query_params["q"] = "red"
    at.run()
    assert "The model is loading" in texts(at)
    assert "7 s" in texts(at)


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (IndexUnavailable("No answer from http://localhost:9200.", "Start the server."), "index is not available"),
        (ModelUnavailable("No weights.", "Go back to the starter model."), "model is not available"),
    ],
)
def test_an_expected_error_is_shown_with_its_remedy(corpus, open_page, monkeypatch, error, title):
    at = open_page()

    def fail(*_, **__):
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
        assert "Starter model" in texts(at)
        assert "Switch to CLIP" in [button.label for button in at.button]


def test_the_starter_model_has_its_place_on_the_page_while_it_loads(corpus, open_page, monkeypatch):
    monkeypatch.setattr(type(corpus.model), "state", ModelState("loading", 7.0, None, None))
    monkeypatch.setattr(corpus.index, "model", lambda: ModelStamp("starter", 512))
    assert "Starter model" in texts(open_page("ingest.py"))


def press_switch(at):
    next(button for button in at.button if button.label == "Switch to CLIP").click()
    return at.run()


def test_switching_to_clip_says_what_is_in_the_way(corpus, open_page, embedder, monkeypatch):
    embedder.model_id = "starter"

    def offline(*_):
        raise ModelUnavailable("The weights are not here.", "Go back to the starter model.")

    monkeypatch.setattr("core.model.check_obtainable", offline)
    monkeypatch.setattr("core.model.how_to_obtain", lambda *_: "Connect this machine once")
    said = press_switch(open_page()).warning[0].value
    assert "The weights are not here" in said
    assert "Connect this machine once" in said
    assert "Go back to the starter model" not in said


def test_clip_found_again_is_used_where_nothing_is_indexed(services, open_page, embedder, monkeypatch):
    embedder.model_id = "starter"
    monkeypatch.setattr("core.model.check_obtainable", lambda *_: None)
    retried = []
    at = open_page()
    monkeypatch.setattr(services.model, "retry", lambda: retried.append(True))
    assert not press_switch(at).exception
    assert retried == [True]


def test_a_running_job_shows_on_the_search_page(corpus, open_page, picture, held):
    job = corpus.library.add([str(picture("holidays/yellow.png").parent)], auto_start=True)
    try:
        assert held.running.wait(30)
        at = open_page()
        assert "holidays" in at.get("progress")[0].proto.text
    finally:
        held.go_on.set()
        assert corpus.jobs.wait(job, 30).status is Status.DONE


def test_a_path_as_the_whole_text_is_offered_as_a_picture(corpus, open_page, picture):
    path = picture("a b.png", "blue")
    at = open_page(q=f'"{path}"')
    assert Component(at, "query").data["pasted"] == {"location": str(path), "refusal": None}
    at = open_page(q="/elsewhere/x.png")
    assert "outside the folders" in Component(at, "query").data["pasted"]["refusal"]
    assert Component(open_page(q="blue"), "query").data["pasted"] is None


def test_a_store_that_does_not_answer_is_told_until_it_does(open_page, monkeypatch):
    class Away:
        trouble: StoreUnavailable | None = StoreUnavailable("The store s3://bucket does not answer.", "Wait.")

        def check(self) -> None:
            if self.trouble:
                raise self.trouble

    away = Away()
    monkeypatch.setattr(Belongings, "mirror", property(lambda _: away))
    at = open_page()
    assert "The store s3://bucket does not answer." in at.warning[0].value.replace("\\", "")
    away.trouble = None
    assert not at.run().warning
