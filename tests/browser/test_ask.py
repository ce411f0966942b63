"""Questions about pictures in the app, to an endpoint on this machine that keeps what it was sent."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.ask.stand_in import StandIn
from tests.browser.conftest import Ingested

pytestmark = pytest.mark.browser

QUESTION = "Which pictures show zebras, and how many are there?"


def test_an_answer_whose_citations_light_and_open_pictures(ingested: Ingested, endpoint: StandIn, page: Page):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{ingested.server.url}/ask")
    terms = page.locator(".terms-words")
    expect(terms).to_contain_text(f"Sent to {endpoint.host} (a-model)")
    expect(terms).to_contain_text("No names, folders or places.")
    slider = page.get_by_role("slider", name="Pictures for each search")
    slider.fill("4")
    expect(terms).to_contain_text("up to 4 pictures")
    endpoint.sent.clear()
    box = page.get_by_role("textbox", name="Question")
    box.fill(QUESTION)
    box.press("Enter")
    answer = page.locator(".answer")
    expect(answer).to_contain_text(re.compile(r"^\d pictures show zebras: "))
    citations, tiles = answer.get_by_role("button"), page.get_by_role("list", name="Pictures").get_by_role("listitem")
    expect(tiles).to_have_count(4)
    expect(page.get_by_role("status")).to_have_text(re.compile(r"Answered\. \d pictures cited\."))
    citations.first.hover()
    expect(tiles.first).to_have_class(re.compile(r"\blit\b"))
    expect(tiles.last).to_have_class(re.compile(r"\bquiet-tile\b"))
    citations.first.press("Enter")
    dialog = page.get_by_role("dialog", name="Picture")
    expect(dialog.locator(".facts")).to_contain_text("zebra")
    page.keyboard.press("ArrowRight")
    expect(dialog.locator(".number")).to_have_text("2")
    page.keyboard.press("Escape")
    expect(citations.first).to_be_focused()
    # What the page says was sent is what was sent.
    page.locator(".receipt summary").click()
    told = page.locator(".messages pre").all_inner_texts()
    sent = endpoint.sent[-1]["messages"]
    assert len(told) == len(sent)
    for shown, really in zip(told, sent, strict=True):
        words = really["content"] if isinstance(really["content"], str) else really["content"][0]["text"]
        assert words.split() == shown.split()[: len(words.split())]
    assert ".jpg" not in str(sent[:2]) + "".join(told)
    expect(page.locator(".receipt summary")).to_contain_text("2 requests · 1 image · 2,400 tokens sent, 60 received")
    assert not errors


def test_an_endpoint_that_refuses_and_one_that_is_stopped(ingested: Ingested, page: Page):
    page.goto(f"{ingested.server.url}/ask")
    box = page.get_by_role("textbox", name="Question")
    box.fill("giraffe with a key")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"refuses the key\. Check IMAGE_SEARCH_LLM_KEY\."))
    expect(page.get_by_role("list", name="Pictures").get_by_role("listitem")).to_have_count(8)
    box.fill("What goes on forever?")
    box.press("Enter")
    expect(page.get_by_text("Waiting for the model…")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("alert").last).to_have_text("Stopped.")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.get_by_role("list", name="Searches").get_by_role("link").click()  # within the app
    expect(page.get_by_role("combobox", name="Search")).to_have_value("giraffe with a key")
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(page.locator(".turn")).to_have_count(2)  # it is there still
    page.get_by_role("button", name="Clear the conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("button", name="What is in this collection?")).to_be_visible()
