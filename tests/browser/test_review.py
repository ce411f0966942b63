"""The review of duplicates in a real browser, on routes that answer from groups made up for it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

PAGE = "duplicates_page.py"


@pytest.fixture
def open_(page: Page, component_page: str) -> Iterator[Callable[[str], Page]]:
    """Opens the review of a collection; any error of a script fails the test."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def open_(collection: str) -> Page:
        page.goto(f"{component_page}/?collection={collection}")
        expect(page.locator(".found")).to_contain_text(re.compile(r"\d groups"))  # no longer "Looking for groups…"
        return page

    yield open_
    assert not errors


def groups(page: Page) -> Locator:
    return page.get_by_role("list", name="Groups of duplicates").locator(".group")


def found(page: Page) -> Locator:
    return page.locator(".found")


def test_by_keyboard_from_the_first_group_to_the_last(open_):
    page = open_("few")
    press = page.keyboard.press
    expect(page.get_by_role("tab", selected=True)).to_contain_text("Same file")
    press("j")
    first = page.get_by_role("checkbox", name=re.compile(r"^picture 0 0\.jpg: Keep"))
    expect(first).to_be_focused()
    press("ArrowRight")
    second = page.get_by_role("checkbox", name=re.compile(r"^picture 0 1\.jpg"))
    expect(second).to_be_focused()
    expect(second).not_to_be_checked()
    press("Space")
    expect(second).to_be_checked()
    press("x")
    expect(second).not_to_be_checked()
    press("Enter")
    expect(found(page)).to_contain_text("5 groups")
    expect(page.get_by_role("checkbox", name=re.compile(r"^picture 1 0\.jpg"))).to_be_focused()
    press("u")  # and back
    expect(found(page)).to_contain_text("6 groups")
    press("j")
    press("k")
    for key, left in (("n", 5), ("a", 4), ("Enter", 3)):
        press(key)
        expect(found(page)).to_contain_text(f"{left} groups")
    press("c")  # the next is looked at, and decided while it is
    dialog = page.get_by_role("dialog", name="Compare")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".pane-name").first).to_have_text("picture 3 0.jpg")
    press("Enter")
    expect(dialog.locator(".pane-name").first).to_have_text("picture 4 0.jpg")
    press("Escape")
    expect(page.get_by_role("checkbox", name=re.compile(r"^picture 4 0\.jpg"))).to_be_focused()
    press("2")
    press("Enter")
    press("Enter")
    expect(page.get_by_text("All groups are decided.")).to_be_visible()
    page.get_by_role("radio", name="Decided").check(force=True)
    expect(groups(page)).to_have_count(6)
    expect(page.get_by_role("checkbox", name="picture 4 1.jpg: Kept")).to_be_checked()


def test_ten_thousand_groups_are_a_few_at_a_time_and_decided_at_once(open_):
    page = open_("many")
    expect(found(page)).to_contain_text("10,000 groups · 35,000 pictures · 10 GB could be freed")
    expect(groups(page).first).to_be_visible()
    assert groups(page).count() < 15
    page.locator("main").evaluate("box => box.scrollTop = box.scrollHeight")
    expect(page.get_by_role("checkbox", name=re.compile(r"^picture 9999 0\.jpg"))).to_be_visible()
    page.get_by_role("tab", name="Look-alikes").click()
    expect(found(page)).to_contain_text("10,000 groups")
    slider = page.get_by_role("slider", name="Similarity from")
    slider.fill("0.975")
    expect(found(page)).to_contain_text("5,000 groups")
    expect(slider).to_have_attribute("aria-valuetext", "0.975")
    page.get_by_role("button", name="Keep the suggested in all 5,000").click()
    dialog = page.get_by_role("dialog", name="Decide on all groups")
    expect(dialog).to_contain_text("each of 5,000 groups, and set the 12,500 others aside? 5.0 GB")
    dialog.get_by_role("button", name="Set 12,500 aside").click()
    expect(page.get_by_text("All groups are decided.")).to_be_visible()
    page.get_by_role("button", name="Set aside", exact=True).click()
    with page.expect_download() as table:
        page.get_by_role("link", name="Table (CSV)").click()
    assert Path(table.value.path()).read_text() == "csv "
    page.get_by_role("textbox", name="Script that moves").fill("/pictures/it's & more")
    with page.expect_download() as script:
        page.keyboard.press("Enter")
    assert Path(script.value.path()).read_text() == "move /pictures/it's & more"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").first.click()
    expect(found(page)).to_contain_text("5,000 groups")


def test_what_cannot_be_saved_comes_back_and_is_said(open_):
    page = open_("refusing")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not saved. The job database cannot be written. Check the disk.")).to_be_visible()
    expect(found(page)).to_contain_text("6 groups")
    expect(groups(page).first).to_contain_text("picture 0 0.jpg")


@pytest.mark.parametrize("viewport", [(1440, 900), (390, 844)])
def test_axe_finds_nothing_serious(open_, viewport):
    page = open_("axe")
    page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    expect(groups(page).first).to_be_visible()
    assert serious(page) == []
    groups(page).first.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("dialog", name="Compare")).to_be_visible()
    assert serious(page) == []


def serious(page: Page) -> list[tuple[str, str]]:
    return [
        (violation["id"], node["html"][:160])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
