"""The page that takes questions about pictures: what it says where it cannot, and what it gives its component."""

from dataclasses import replace

from tests.pages.conftest import Component
from tests.pages.test_component_types import assert_has


def test_without_a_model_it_explains_itself(corpus, open_page):
    at = open_page("ask.py")
    (said,) = [one.value for one in at.info]
    assert len(said.splitlines()) == 2
    assert "IMAGE_SEARCH_LLM_URL" in said
    assert not [one for one in at.get("bidi_component") if one.proto.component_name.endswith("ask")]


def test_what_the_conversation_is_given(corpus, open_page, monkeypatch):
    chosen = replace(corpus.settings, llm_url="http://localhost:11434/v1", llm_model="some", llm_names=True)
    monkeypatch.setattr(corpus, "settings", chosen)
    data = Component(open_page("ask.py"), "ask").data
    assert_has("AskData", "ask", data)
    assert_has("AskRoutes", "ask", data["routes"])
    assert_has("Terms", "ask", data["terms"])
    assert data["asked"] == {"host": "localhost:11434", "model": "some"}
    assert (data["terms"]["names"], data["terms"]["places"]) == (True, False)
    assert len(data["terms"]["search_tokens"]) == 36
    assert data["terms"]["search_tokens"] == sorted(data["terms"]["search_tokens"])


def test_nothing_indexed_is_said(services, open_page, monkeypatch):
    monkeypatch.setattr(services, "settings", replace(services.settings, llm_url="http://host/v1", llm_model="some"))
    at = open_page("ask.py")
    assert "Nothing is indexed yet" in at.info[0].value
