"""The pages for those who see them through a screen reader, use the keyboard alone, or hold a phone."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Ingested

pytestmark = pytest.mark.browser

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 19, 24)"}
ALL: dict[str, Any] = {}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""What axe looks at: of a page that it has seen whole, in other colours, those of its usual rules that tell of them."""

FOCUSED = """() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element.getAttribute("aria-label") ?? element.textContent.trim()
}"""


@pytest.fixture
def visit(ingested: Ingested, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of the app in a window of this size: `visit("/?q=cat", PHONE)`."""
    contexts = []

    def open_(address: str, viewport: dict[str, int] = DESKTOP) -> Page:
        context = chromium.new_context(viewport=viewport, base_url=ingested.server.url, has_touch=viewport is PHONE)
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()


def results(page: Page) -> None:
    expect(
        page.get_by_role("list", name=re.compile("Results|Other pictures")).get_by_role("listitem").first
    ).to_be_visible()


def details(page: Page) -> None:
    results(page)
    page.get_by_role("button", name=re.compile(r"^1\. ")).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def view_options(page: Page) -> None:
    results(page)
    page.locator(".opener").click()
    expect(page.get_by_role("dialog", name="View options")).to_be_visible()


def help_(page: Page) -> None:
    results(page)
    page.get_by_role("button", name="How to search").click()


def ingest(page: Page) -> None:
    expect(page.get_by_role("textbox", name="Folders")).to_be_visible()


def index(page: Page) -> None:
    page.get_by_role("button", name="Measure", exact=True).click()
    expect(page.locator(".recall .verdict")).to_be_visible(timeout=60_000)


def quality(page: Page) -> None:
    check = page.get_by_role("button", name="Check quality")
    board = page.locator(".quality section").first
    expect(check.or_(board).first).to_be_visible()
    if check.is_visible():
        check.click()
    expect(board).to_be_visible(timeout=60_000)


def duplicates(page: Page) -> None:
    expect(page.get_by_role("button", name="Scan for duplicates")).to_be_visible()


def check(page: Page) -> None:
    expect(page.get_by_text("Drop pictures, folders or ZIP files here")).to_be_visible()


def asking(page: Page) -> None:
    page.get_by_role("textbox", name="Question").fill("zebra")
    page.keyboard.press("Enter")
    expect(page.locator(".receipt summary")).to_be_visible(timeout=60_000)
    page.locator(".receipt summary").click()


def overview(page: Page) -> None:
    board = page.locator(".overview .card").first
    expect(board).to_be_visible()
    start = page.get_by_role("button", name="Sum it up")
    if start.is_visible():
        start.click()
    expect(page.get_by_role("heading", name="Typical")).to_be_visible(timeout=60_000)


def sides(page: Page) -> None:
    expect(page.get_by_role("combobox", name="One side")).to_have_value("Label person")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".comparison .evidence")).to_be_visible(timeout=60_000)


def the_map(page: Page) -> None:
    start, drawn = page.get_by_role("button", name="Draw the map"), page.locator(".map[data-drawn]")
    expect(start.or_(drawn).first).to_be_visible()
    if start.is_visible():
        start.click()
    expect(drawn).to_be_visible(timeout=180_000)


STATES = {
    "results": ("/?q=giraffe", results),
    "filtered": ("/?q=label:person+-label:car", results),
    "nothing matches": ("/?q=quantum+chromodynamics", results),
    "details": ("/?q=zebra", details),
    "view options": ("/?q=zebra", view_options),
    "help": ("/", help_),
    "ingest": ("/ingest", ingest),
    "index": ("/index", index),
    "duplicates": ("/duplicates", duplicates),
    "check": ("/check", check),
    "ask": ("/ask", asking),
    "quality": ("/quality", quality),
    "overview": ("/overview", overview),
    "two sides": ("/overview?first=label:person&second=-label:person", sides),
    "map": ("/map?q=giraffe", the_map),
}


@pytest.mark.timeout(900)  # all states, in two schemes
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious_in_any_state(visit, viewport: dict[str, int]):
    page = visit("/", viewport)
    found = {}
    for name, (address, reach) in STATES.items():
        page.goto(address)
        reach(page)
        for scheme in BACKGROUNDS:
            page.emulate_media(color_scheme=scheme)
            expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[scheme])
            page.wait_for_timeout(400)  # what fades is measured as it stays
            found[name, scheme] = serious(page, ALL if scheme == "light" else COLOURS)
    assert found == {(name, scheme): [] for name in STATES for scheme in BACKGROUNDS}


def serious(page: Page, rules: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What axe finds: its rule, what is wrong, and where."""
    return [
        (violation["id"], node["failureSummary"], node["html"][:120])
        for violation in Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(
    ("presses", "link", "leads_to"),
    [
        (1, "Skip to the search box", re.compile("^Search")),
        (2, "Skip to the results", re.compile(r"^1\. ")),
        (3, "Skip to the filters", re.compile("Label")),
    ],
)
def test_links_skip_to_what_the_keyboard_is_wanted_for(visit, presses: int, link: str, leads_to: re.Pattern[str]):
    page = visit("/?q=giraffe")
    results(page)
    expect(page.get_by_role("button", name=link)).to_be_attached()  # the links come after the results
    for _ in range(presses):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=link)).to_be_focused()
    assert page.get_by_role("button", name=link).bounding_box()["width"] > 100, "it is seen while it has the focus"
    page.keyboard.press("Enter")
    assert leads_to.search(page.evaluate(FOCUSED))


def test_without_the_links_the_filters_are_a_stop_each(visit):
    page = visit("/?q=giraffe")
    results(page)
    expect(page.locator("section.group:visible").first).to_be_visible()
    groups = page.locator("section.group:visible").count()
    page.get_by_role("button", name="Label", exact=True).focus()
    presses = 0
    while not re.search("^Search$", page.evaluate(FOCUSED)) and presses < 40:
        page.keyboard.press("Tab")
        presses += 1
    assert presses <= groups + 8, page.evaluate(FOCUSED)  # the part of a name, and the frame with its menu


def test_the_drawer_of_a_phone_closes_when_something_was_chosen(visit):
    page = visit("/?q=giraffe", PHONE)
    results(page)
    sidebar = page.get_by_test_id("stSidebar")
    page.get_by_role("button", name=re.compile("^Filters")).click()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    sidebar.get_by_role("checkbox", name=re.compile("^person")).click()
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    expect(page).to_have_url(re.compile("label"))

    page.get_by_role("button", name=re.compile("^Filters")).click()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    page.reload()
    results(page)
    expect(sidebar).to_have_attribute("data-collapsed", "true")

    page.get_by_role("button", name=re.compile("^Filters")).click()
    sidebar.get_by_role("link", name="Ingest").click()
    ingest(page)
    expect(sidebar).to_have_attribute("data-collapsed", "true")
