"""The page about labels in a real browser, on routes that answer from a dataset made up for it."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import labels_corpus as corpus

pytestmark = pytest.mark.browser

PAGE = "labels_page.py"
SEEN = {
    "classes": "animals",
    "suspicious": "Labelled cat",
    "leakage": "the same file",
    "balance": "Where they lie",
    "unlabelled": "traffic light · 80 %",
    "pick": "Which",
}


@pytest.fixture
def open_(page: Page, component_page: str) -> Iterator[Callable[[str], Page]]:
    """Opens a part of the page; any error of a script fails the test."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    corpus.decisions.clear()

    def open_(section: str) -> Page:
        page.goto(f"{component_page}/?section={section}")
        expect(page.locator(".labels .body")).to_contain_text(SEEN[section])
        return page

    yield open_
    assert not errors


def test_suspicious_labels_are_reviewed_by_keyboard(open_):
    page = open_("suspicious")
    press, said, title = page.keyboard.press, page.get_by_role("status"), page.get_by_role("heading", level=2)
    for _ in range(12):  # to the part that takes the keys
        press("Tab")
        if page.get_by_role("button", name=re.compile("^R Label is right")).evaluate("one => one.matches(':focus')"):
            break
    press("r")
    expect(said).to_have_text("picture 1.jpg, labelled dog")
    expect(title).to_have_text("Labelled dog")
    press("1")
    expect(title).to_have_text("Labelled traffic light")
    press("ArrowLeft")
    expect(page.locator(".decided")).to_have_text("dog should be traffic light.")
    press("z")
    expect(page.locator(".decided")).to_have_count(0)
    assert [one["verdict"] for one in corpus.decisions.values()] == ["right"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_part(open_, page, scheme):
    page.emulate_media(color_scheme=scheme)
    found = {}
    for section in SEEN:
        open_(section)
        if section == "classes":
            page.get_by_role("button", name="cat", exact=True).click()
            expect(page.locator(".tile").first).to_be_visible()
        if section == "pick":
            page.get_by_role("button", name="Pick", exact=True).click()
            expect(page.locator(".tile").first).to_be_visible()
        found[section] = serious(page)
    assert found == {section: [] for section in SEEN}


def serious(page: Page) -> list[tuple[str, str]]:
    return [
        (violation["id"], node["html"][:160])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
