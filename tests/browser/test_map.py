"""The map, in a page of its own and in the app."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import map_corpus as corpus
from tests.browser.conftest import Ingested

pytestmark = pytest.mark.browser

PAGE = "map_page.py"


@pytest.fixture
def visit(component_page: str, page: Page) -> Iterator[Callable[..., Page]]:
    """Opens the page: `visit("points=1000")`. Whatever a script raises fails the test, and so does a request to another
    host."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.on("request", lambda request: None if request.url.startswith(OWN) else errors.append(request.url))

    def open_(address: str = "") -> Page:
        page.goto(f"{component_page}/?{address}")
        expect(page.locator(".map[data-drawn]")).to_be_visible()
        return page

    yield open_
    assert errors == []


OWN = ("http://localhost:", "blob:", "data:")


def surface(page: Page) -> Locator:
    return page.get_by_role("application", name=re.compile("Map of"))


def draw(page: Page, corners: list[tuple[float, float]]) -> None:
    """Along these corners, as shares of the map's width and height."""
    box = surface(page).bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for x, y in places[1:]:
        page.mouse.move(x, y, steps=8)
    page.mouse.up()


def told(page: Page) -> Locator:
    return page.locator(".announcement")


def asked() -> dict[str, Any]:
    """For what a selection was asked last."""
    found: dict[str, Any] = json.loads(corpus.asked[-1])
    return found


def test_a_lasso_selects_what_is_in_it_and_leads_to_a_search(visit):
    page = visit("points=3000")
    surface(page).focus()
    page.keyboard.press("l")
    expect(page.get_by_role("radio", name="Select with a lasso")).to_be_checked()
    draw(page, [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)])
    bar = page.get_by_role("region", name="Selection")
    expect(bar).to_be_visible()
    assert len(asked()["lasso"]) > 20
    count = len(next(reversed(corpus.selections.values())))
    assert count > 100
    expect(bar.locator(".chosen")).to_have_text(f"{count:,} selected")
    page.get_by_role("radio", name="Add").check(force=True)
    draw(page, [(0.4, 0.02), (0.99, 0.02), (0.99, 0.98), (0.4, 0.98)])
    expect(bar.locator(".chosen")).not_to_have_text(f"{count:,} selected")
    assert asked()["mode"] == "add"
    page.get_by_role("link", name=re.compile("^Search in these")).click()
    expect(page.get_by_text(re.compile(r"\('go', 'q=selection%3As\d+'\)"))).to_be_visible()
    surface(page).focus()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_what_the_legend_hides_is_not_selected(visit):
    page = visit("points=3000")
    values = page.get_by_role("list", name="Values").get_by_role("listitem")
    values.nth(1).get_by_role("button", name=re.compile("^Only ")).press("Enter")
    expect(page.get_by_role("button", name="Show all", exact=True).last).to_be_visible()
    surface(page).press("a")
    expect(page.get_by_role("region", name="Selection")).to_be_visible()
    _, cluster = corpus.made(3000)
    assert set(asked()["points"]) == {int(point) for point in (cluster == 2).nonzero()[0]}


def test_clusters_are_a_list_for_the_keyboard(visit):
    page = visit()
    clusters = page.get_by_role("complementary", name="Clusters")
    first = clusters.get_by_role("listitem").first
    name = first.locator(".name").inner_text()
    first.get_by_role("button", name=re.compile("Show on map")).focus()
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text(name)
    page.keyboard.press("Tab")
    expect(first.get_by_role("link", name=f"Search in {name}")).to_be_focused()
    first.get_by_role("button", name=f"Rename {name}").press("Enter")
    page.get_by_role("textbox", name=f"Name of {name}").fill("my dogs")
    page.keyboard.press("Enter")
    expect(first.get_by_role("button", name="Rename my dogs")).to_be_focused()
    expect(told(page)).to_have_text("Renamed to my dogs")
    assert page.get_by_text(corpus.HOSTILE, exact=True).count() == 2  # as text, here and in the legend


def test_hits_are_lit_and_the_search_is_placed_by_them(visit):
    page = visit("points=3000&q=red+cars")
    _, cluster = corpus.made(3000)
    expect(page.locator(".lit-said")).to_have_text(
        f"{int((cluster == 2).sum())} pictures lit for “red cars”. ◆ is the search: placed where its hits are."
    )
    page.get_by_role("combobox", name="Colour by").select_option("Strength of the match")
    expect(page.locator(".ramp")).to_be_visible()
    page.get_by_role("searchbox", name="Light up a search").fill("snow")
    page.keyboard.press("Enter")
    expect(page.locator(".lit-said")).to_contain_text("“snow”")
    page.get_by_role("button", name="Unlight the search").click()
    expect(page.locator(".lit")).to_be_hidden()
    expect(page.get_by_role("combobox", name="Colour by")).to_have_value("cluster")


def test_arrows_go_from_picture_to_picture_and_enter_opens(visit):
    page = visit()
    surface(page).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(told(page)).to_contain_text(".jpg")
    first = told(page).inner_text()
    page.keyboard.press("Shift+ArrowUp")
    expect(told(page)).not_to_have_text(first)
    page.keyboard.press("Enter")
    card = page.get_by_role("region", name="Picture")
    expect(card).to_be_visible()
    expect(card.get_by_role("link", name="Find similar")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(surface(page)).to_be_focused()


def test_a_lasso_on_the_map_is_a_filter_of_the_search_page(ingested: Ingested, page: Page):
    """From the button that draws it: what is in the lasso is what the search page finds, and the other way round."""
    page.goto(f"{ingested.server.url}/map")
    start = page.get_by_role("button", name="Draw the map")
    surface_ = surface(page)
    expect(start.or_(surface_)).to_be_visible()
    if start.is_visible():
        start.click()
    expect(page.locator(".map[data-drawn]")).to_be_visible(timeout=180_000)
    page.keyboard.press("Escape")
    surface_.focus()
    page.keyboard.press("l")
    with page.expect_response(re.compile("/map/selections$")) as answered:
        draw(page, [(0.1, 0.1), (0.6, 0.1), (0.6, 0.9), (0.1, 0.9)])
    selection = answered.value.json()
    assert 0 < selection["count"] < 128
    ids = page.request.get(f"{ingested.server.url}/api/v1/map/selections/{selection['id']}/ids").text().split()
    page.get_by_role("link", name=f"Search in these {selection['count']}").click()
    expect(page).to_have_url(re.compile("selection"))
    asked_ = {"text": selection["filter"], "collapse": "off", "limit": 1000}
    found = page.request.post(f"{ingested.server.url}/api/v1/search", data=asked_).json()
    assert {item["id"] for item in found["results"]} == set(ids)
    expect(page.locator(".counts")).to_contain_text(str(selection["count"]))

    page.goto(f"{ingested.server.url}/?q=label:giraffe")
    page.get_by_role("link", name="Show on map").click()
    expect(page).to_have_url(re.compile("/map.*giraffe"))
    expect(page.locator(".lit-said")).to_contain_text("lit for “label:giraffe”")
