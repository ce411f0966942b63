"""The gallery in a real browser, on routes that answer from a collection made up for it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests.browser import gallery_corpus as corpus
from tests.browser.conftest import ON_BOTH, ON_STREAMLIT

pytestmark = pytest.mark.browser


PAGE = "gallery_page.py"


@pytest.fixture
def address(component_page: str) -> str:
    return component_page


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A tab; any error of a script fails the test."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors


@pytest.fixture
def touch(chromium: Browser) -> Iterator[Page]:
    """A telephone."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def open_(page: Page, address: str) -> Callable[..., Page]:
    def open_(query: str = "q=zebra") -> Page:
        page.goto(f"{address}/?{query}")
        expect(page.locator(".counts")).not_to_be_empty()
        return page

    return open_


def tiles(page: Page) -> Locator:
    return page.get_by_role("list", name=re.compile("Results|Other pictures")).get_by_role("listitem")


def tile(page: Page, at: int) -> Locator:
    """Its button, which has the focus."""
    return tiles(page).nth(at).locator(".open")


def selected(page: Page) -> list[int]:
    return [at for at, one in enumerate(tiles(page).all()) if "selected" in (one.get_attribute("class") or "")]


def asked(page: Page, path: str) -> list[Request]:
    """Requests to this path, as they will come."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request) if path in request.url else None)
    return requests


def run_again(page: Page, button: str = "Run again") -> None:
    end = page.get_by_text("End of run")
    runs = int(end.inner_text().split()[-1])
    page.get_by_role("button", name=button).click()
    expect(end).to_have_text(f"End of run {runs + 1}")


def test_the_head_says_how_many_how_good_and_how_long(open_):
    page = open_()
    expect(page.locator(".counts")).to_have_text("24 strong · 12 likely · 3 weak of 300 pictures")
    page.get_by_role("button", name="where the time went").click()
    times = page.get_by_role("dialog", name="Where the time went")
    for line in ("Reading the search12 ms", "Searching the index8 ms", "Ranking3 ms", "4 duplicates are in stacks"):
        expect(times).to_contain_text(line)
    page.keyboard.press("Escape")
    expect(times).not_to_be_visible()
    expect(page.get_by_role("button", name="where the time went")).to_be_focused()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nothing", "Nothing here really matches. The nearest:"),
        ("kind", "Most pictures here are of this kind. Which of them show exactly this is uncertain."),
        ("named", "By its name: the file name says so. The starter model does not see it in the picture."),
        ("long", "It searched for: “as much as was read”"),
        ("noted", "No picture has the label unicorn."),
        ("empty", "No pictures match these filters."),
    ],
)
def test_what_is_to_be_said_stands_above_the_pictures(open_, words, said):
    expect(open_(f"q={words}").locator(".notices")).to_contain_text(said)


def test_where_nothing_matches_none_is_counted_as_weak(open_):
    expect(open_("q=nothing").locator(".counts")).to_have_text("No matches among 300 pictures")


def test_what_is_only_known_to_be_of_this_kind_is_said_to_be_that(open_):
    page = open_("q=kind")
    expect(page.locator(".counts")).to_have_text("24 strong · 12 likely · 3 of this kind among 300 pictures")
    expect(tiles(page).nth(38)).to_contain_text("Of this kind")
    expect(tile(page, 38)).to_have_accessible_name(re.compile("of this kind, similarity"))
    expect(tiles(page).nth(0)).to_contain_text("Strong")


def test_what_matches_by_its_name_says_so(open_):
    page = open_("q=named")
    expect(tiles(page).nth(30)).to_contain_text("By its name")
    expect(tile(page, 30)).to_have_accessible_name(re.compile("by its name, similarity"))
    expect(tiles(page).nth(29)).to_contain_text("Likely")


def test_a_tile_says_all_in_words(open_):
    page = open_()
    expect(tile(page, 3)).to_have_accessible_name(
        "4. picture-058.jpg, strong match, similarity 0.32, 4 of the same in a stack"
    )
    expect(tiles(page).nth(30)).to_contain_text("Likely")
    tile(page, 3).click(modifiers=["Control"])
    expect(tile(page, 3)).to_have_accessible_name(re.compile("selected$"))


def test_other_pictures_stand_below_a_heading(open_):
    page = open_()
    expect(page.get_by_role("list", name="Results").get_by_role("listitem")).to_have_count(39)
    expect(page.get_by_role("heading", name="Other pictures")).to_be_attached()
    expect(page.get_by_role("list", name="Other pictures").get_by_role("listitem")).to_have_count(21)


def test_names_are_never_markup(open_):
    page = open_(f"image={corpus.hash_of(13)}")
    expect(tiles(page).first).to_contain_text(corpus.HOSTILE)
    tile(page, 0).click()
    expect(page.get_by_role("dialog")).to_contain_text(corpus.HOSTILE)
    assert page.title() != "hit"


def test_pages_are_loaded_before_their_end_is_reached(open_):
    page = open_()
    searches = asked(page, "/api/v1/search")
    for at in (59, 119, 179, 239, 299):
        tiles(page).nth(at).scroll_into_view_if_needed()
    expect(page.get_by_text("All 300 pictures shown.")).to_be_visible()
    expect(tiles(page)).to_have_count(300)
    assert [request.post_data_json["offset"] for request in searches] == [60, 120, 180, 240]
    names = page.locator(".name").all_text_contents()
    assert len(set(names)) == 300


def test_a_page_that_fails_is_said_and_tried_again(open_):
    page = open_()
    broken = {"error": "The index does not answer.", "remedy": "Start it."}
    page.route("**/api/v1/search", lambda route: route.fulfill(status=503, json=broken))
    tiles(page).nth(59).scroll_into_view_if_needed()
    expect(page.get_by_text("More pictures could not be loaded. The index does not answer. Start it.")).to_be_visible()
    page.unroute("**/api/v1/search")
    page.get_by_role("button", name="Try again").click()
    expect(tiles(page)).to_have_count(120)


def test_where_the_ranking_ends_it_says_so(open_):
    expect(open_("q=deep").get_by_text("The nearest 10,000 are shown: narrow the search")).to_be_attached()


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Results")


def field(page: Page) -> Locator:
    return page.get_by_role("spinbutton", name="Number of results")


@ON_BOTH
def test_k_is_dragged_and_the_page_hears_of_it_once_it_is_let_go(open_):
    page = open_("q=zebra&k=24")
    expect(tiles(page)).to_have_count(24)
    expect(page.locator(".end")).to_contain_text("24 of 300 shown")
    searches, box = asked(page, "/api/v1/search"), slider(page).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 24 / 201, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.15, 0.2, 0.25):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    expect(field(page)).to_have_value(re.compile("4|5"))
    k = int(field(page).input_value())
    assert 40 < k < 60
    expect(tiles(page)).to_have_count(k)  # at once, of those that are here
    assert "k=24" in page.url
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"k={k}(&|$)"))
    expect(page.get_by_text(f"('k', {k})")).to_be_visible()
    assert not searches
    page.go_back()  # one step, not one for each number on the way
    expect(page).to_have_url(re.compile("k=24"))
    expect(tiles(page)).to_have_count(24)
    expect(field(page)).to_have_value("24")


def test_tiles_that_come_again_are_the_same(open_):
    page = open_("q=zebra&k=40")
    expect(tiles(page)).to_have_count(40)
    page.locator(".tile").evaluate_all("tiles => tiles.forEach(tile => (tile.kept = true))")
    slider(page).fill("5")
    expect(tiles(page)).to_have_count(5)
    slider(page).fill("40")
    expect(tiles(page)).to_have_count(40)
    assert page.locator(".tile").evaluate_all("tiles => tiles.every(tile => tile.kept)")


def test_k_with_the_keyboard(open_):
    page = open_("q=zebra&k=24")
    slider(page).focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(tiles(page)).to_have_count(21)
    expect(page).to_have_url(re.compile("k=21"))
    page.keyboard.press("End")
    expect(slider(page)).to_have_attribute("aria-valuetext", "All")
    expect(page).to_have_url(re.compile("k=10000"))
    page.go_back()
    expect(page).to_have_url(re.compile("k=21"))
    page.go_back()
    expect(page).to_have_url(re.compile("k=24"))


def type_k(page: Page, text: str) -> None:
    """In place of what stands there."""
    field(page).press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_k_that_is_typed(open_):
    page = open_("q=zebra&k=24")
    for typed, k, count in [("130", 130, 130), ("7", 7, 7), ("99999", 10_000, None), ("250", 250, None)]:
        type_k(page, typed)
        expect(page).to_have_url(re.compile(f"k={k}(&|$)"))
        if count:
            expect(tiles(page)).to_have_count(count)
    expect(slider(page)).to_have_value("200")
    for typed in ("0", "-3", "1.5"):
        type_k(page, typed)
        expect(field(page)).to_have_value("250")
    type_k(page, "")
    expect(page).to_have_url(re.compile("k=10000"))
    expect(field(page)).to_have_attribute("placeholder", "All")


def test_more_than_came_at_first_are_asked_for_once(open_):
    page = open_("q=zebra&k=24")
    searches = asked(page, "/api/v1/search")
    slider(page).fill("150")
    expect(tiles(page)).to_have_count(150)
    assert [(one.post_data_json["offset"], one.post_data_json["limit"]) for one in searches] == [(60, 90)]
    slider(page).fill("24")
    expect(tiles(page)).to_have_count(24)
    slider(page).fill("150")
    expect(tiles(page)).to_have_count(150)
    expect(page).to_have_url(re.compile("k=150"))
    assert len(searches) == 1


def test_show_more_goes_on(open_):
    page = open_("q=zebra&k=12")
    expect(page.locator(".end")).to_contain_text("12 of 300 shown")
    for k in (24, 50):
        page.get_by_role("button", name="Show more").click()
        expect(tiles(page)).to_have_count(k)
        expect(page.locator(".end")).to_contain_text(f"{k} of 300 shown")
        expect(page).to_have_url(re.compile(f"k={k}"))
    expect(page.get_by_text("Other pictures")).to_be_visible()  # from the 40th on


def test_all_goes_on_as_it_is_scrolled(open_):
    page = open_("q=zebra&k=24")
    slider(page).fill("201")
    expect(tiles(page).nth(59)).to_be_attached()
    for at in (59, 119, 179, 239, 299):
        tiles(page).nth(at).scroll_into_view_if_needed()
    expect(page.get_by_text("All 300 pictures shown.")).to_be_visible()


def width(page: Page) -> float:
    return tiles(page).first.bounding_box()["width"]


@ON_BOTH
def test_tiles_have_a_size_that_is_kept(open_):
    page = open_()
    sizes = page.get_by_role("radiogroup", name="Tile size")
    medium = width(page)
    sizes.locator("label").nth(2).click()
    large = width(page)
    page.reload()
    expect(page.locator(".counts")).not_to_be_empty()
    assert width(page) == large > medium
    page.mouse.move(640, 500)
    page.keyboard.down("Control")
    for by in (100, 100):
        page.mouse.wheel(0, by)
    page.keyboard.up("Control")
    expect(sizes.get_by_role("radio", name="Small")).to_be_checked()
    assert width(page) < medium
    sizes.locator("label").nth(1).click()
    assert width(page) == medium


def test_two_fingers_change_the_size(touch, address):
    touch.goto(f"{address}/?q=zebra")
    expect(tile(touch, 0)).to_be_visible()
    cdp = touch.context.new_cdp_session(touch)
    for kind, apart in (("touchStart", 60), ("touchMove", 90), ("touchMove", 120), ("touchEnd", 0)):
        fingers = [{"x": 195, "y": 500 + side * apart} for side in (-1, 1)] if apart else []
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    expect(touch.get_by_role("radio", name="Large")).to_be_checked()


def top_tile(page: Page) -> tuple[str, float]:
    """What stands first in the window, and where."""
    return page.evaluate(
        """() => {
            const tiles = [...document.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
                shadowRoot ? [...shadowRoot.querySelectorAll(".tile")] : [])
            const tile = tiles.find(tile => tile.getBoundingClientRect().bottom > 100)
            return [tile.dataset.id, Math.round(tile.getBoundingClientRect().top)]
        }"""
    )


@ON_STREAMLIT
def test_back_and_reload_bring_to_the_same_place(open_):
    page = open_("q=zebra")
    for at in (59, 119, 170):
        tiles(page).nth(at).scroll_into_view_if_needed()
    expect(tiles(page)).to_have_count(240)
    page.wait_for_function("sessionStorage.getItem('image-search-places')")
    page.wait_for_timeout(400)  # until the scrolling has come to rest, and is noted
    before = top_tile(page)
    page.reload()
    page.wait_for_function(f"({_TOP}) === '{before[0]}'")
    assert top_tile(page) == before
    tile(page, 172).focus()
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("image="))
    expect(tiles(page).first).to_be_in_viewport()
    page.go_back()
    page.wait_for_function(f"({_TOP}) === '{before[0]}'")
    expect(tiles(page).nth(170)).to_be_in_viewport()


def test_the_same_search_asked_for_anew_begins_at_the_top(open_, address):
    page = open_("q=zebra")
    tiles(page).nth(50).scroll_into_view_if_needed()
    page.wait_for_function("sessionStorage.getItem('image-search-places')")
    page.goto(f"{address}/?q=zebra")
    expect(tiles(page).first).to_be_in_viewport()


_TOP = """[...document.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot ? [...shadowRoot.querySelectorAll(".tile")] : [])
    .find(tile => tile.getBoundingClientRect().bottom > 100)?.dataset.id"""


def _watch(page: Page) -> None:
    """Count calls of the script, and what is done to the grid, from now on; a thumbnail that arrives does not count."""
    page.locator(".results").evaluate(
        """results => {
            globalThis.called = globalThis.touched = 0
            const find = ShadowRoot.prototype.querySelector
            ShadowRoot.prototype.querySelector = function (selector) {
                called += selector === ".gallery"
                return find.call(this, selector)
            }
            new MutationObserver(changes => (globalThis.touched += changes.length)).observe(
                results, { subtree: true, childList: true, characterData: true,
                    attributeFilter: ["src", "style", "hidden", "tabindex", "aria-label", "data-band"] })
        }"""
    )


@ON_BOTH
def test_an_unchanged_run_leaves_200_tiles_alone(open_):
    """Although the search takes another time on each run."""
    page = open_()
    for at in (59, 119, 179):
        tiles(page).nth(at).scroll_into_view_if_needed()
    expect(tiles(page)).to_have_count(240)
    page.mouse.move(0, 0)
    _watch(page)
    thumbnails, searches = asked(page, "/thumbnails/"), asked(page, "/api/v1/search")
    run_again(page)
    run_again(page)
    assert page.evaluate("[called, touched]") == [0, 0]
    assert not thumbnails
    assert not searches
    run_again(page, "Changed")
    page.wait_for_function("called === 1")


def test_changed_results_keep_pages_place_and_thumbnails(open_):
    page = open_()
    for at in (59, 119):
        tiles(page).nth(at).scroll_into_view_if_needed()
    expect(tiles(page)).to_have_count(180)
    expect(page.locator(".end .spinner")).to_be_hidden()
    painted = "images => images.filter(image => image.complete && image.naturalWidth).length"
    loaded = page.locator(".tile img").evaluate_all(painted)
    page.locator(".tile img").evaluate_all("images => images.forEach(image => (image.kept = image.src))")
    searches = asked(page, "/api/v1/search")
    with page.expect_response("**/api/v1/search"):
        page.get_by_role("button", name="Changed").dispatch_event("click")  # without scrolling to it
    expect(page.locator(".end .spinner")).to_be_hidden()
    expect(tiles(page)).to_have_count(180)
    assert [request.post_data_json["offset"] for request in searches] == [60]
    assert page.locator(".tile img").evaluate_all("images => images.every(image => image.kept === image.src)")
    assert page.locator(".tile img").evaluate_all(painted) >= loaded > 0


@ON_BOTH
def test_another_search_begins_at_the_top(open_, address):
    page = open_()
    tiles(page).nth(59).scroll_into_view_if_needed()
    tile(page, 50).click(modifiers=["Control"])
    tile(page, 50).press("s")
    expect(page.get_by_text("('similar', [105])")).to_be_visible()
    expect(tiles(page).first).to_contain_text("picture-105.jpg")
    expect(tiles(page).first).to_be_in_viewport()
    expect(tile(page, 0)).to_be_focused()
    assert selected(page) == []
    page.go_back()
    expect(tiles(page).first).to_contain_text("picture-055.jpg")


def test_the_time_on_the_page_is_measured_from_the_asking(open_):
    page = open_()
    tile(page, 0).focus()
    page.keyboard.press("s")
    expect(tiles(page).first).to_be_visible()
    page.get_by_role("button", name="where the time went").click()
    expect(page.get_by_role("dialog", name="Where the time went")).to_contain_text("Page, until the first pictures")


def five_columns(page: Page) -> None:
    page.set_viewport_size({"width": 1100, "height": 900})
    page.wait_for_function(
        """() => [...document.querySelectorAll("*")].some(({ shadowRoot }) =>
            shadowRoot?.querySelector(".results")?.style.getPropertyValue("--columns") === "5")"""
    )


def test_the_keyboard_goes_everywhere(open_):
    page = open_("q=page")
    five_columns(page)
    page.get_by_role("button", name=re.compile("^Download")).focus()
    page.keyboard.press("Tab")
    expect(tile(page, 0)).to_be_focused()
    ways = [
        ("ArrowRight", 1),
        ("ArrowDown", 6),
        ("ArrowLeft", 5),
        ("ArrowUp", 0),
        ("ArrowLeft", 0),
        ("End", 59),
        ("Home", 0),
    ]
    for key, at in ways:
        page.keyboard.press(key)
        expect(tile(page, at)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".results :focus")).to_have_count(0)  # one stop


def test_keys_cross_the_heading_in_their_column(open_):
    """39 matches in five columns: four in the last row, and 21 below, one of them in a row of its own."""
    page = open_("q=page")
    five_columns(page)
    tile(page, 34).focus()
    for key, at in [("ArrowDown", 38), ("ArrowDown", 42), ("ArrowUp", 38), ("ArrowRight", 39), ("ArrowUp", 35)]:
        page.keyboard.press(key)
        expect(tile(page, at)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    expect(tile(page, 54)).to_be_focused()
    before = 54
    page.keyboard.press("PageUp")
    at = page.evaluate("document.activeElement.shadowRoot.activeElement.closest('.tile').at")
    assert at < before - 5


@pytest.mark.parametrize(
    ("key", "action"), [("s", "similar"), ("a", "add"), ("x", "exclude"), ("m", "more"), ("l", "less")]
)
def test_letters_act_on_the_tile_that_has_the_focus(open_, key, action):
    page = open_()
    tile(page, 1).focus()
    page.keyboard.press(key)
    expect(page.get_by_text(f"('{action}', [56])")).to_be_visible()


def test_actions_appear_where_the_pointer_or_the_focus_is(open_):
    page = open_()
    tile(page, 1).focus()
    expect(tiles(page).nth(1).get_by_role("group", name="Actions on picture-056.jpg")).to_be_attached()
    tiles(page).nth(2).hover()
    page.get_by_role("group", name="Actions on picture-057.jpg").get_by_role("button", name="Exclude").click()
    expect(page.get_by_text("('exclude', [57])")).to_be_visible()
    expect(tile(page, 2)).to_be_focused()


def test_feedback_is_seen_on_the_tile(open_):
    page = open_(f"q=zebra&less={corpus.hash_of(56)}")
    expect(tiles(page).nth(1).locator(".mark")).to_have_attribute("data-kind", "less")


def test_selecting_with_the_mouse(open_):
    page = open_()
    tiles(page).nth(1).hover()
    page.get_by_role("checkbox", name="Select picture-056.jpg").click()
    tile(page, 4).click(modifiers=["Shift"])
    assert selected(page) == [1, 2, 3, 4]
    tile(page, 2).click(modifiers=["Control"])
    assert selected(page) == [1, 3, 4]
    expect(page.get_by_role("region", name="Selection")).to_contain_text("3 selected")
    page.get_by_role("button", name="Clear the selection").click()
    assert selected(page) == []
    expect(page.get_by_role("region", name="Selection")).not_to_be_visible()


def test_selecting_with_the_keyboard(open_):
    page = open_()
    tile(page, 0).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert selected(page) == [0, 1, 2]
    page.keyboard.press("Shift+ArrowLeft")
    assert selected(page) == [0, 1]
    page.keyboard.press("Control+a")
    assert len(selected(page)) == 60
    page.keyboard.press("Escape")
    assert selected(page) == []
    expect(page.get_by_role("status").filter(has_text="Nothing selected")).to_be_attached()


def test_what_is_selected_is_searched_with_together(open_):
    page = open_()
    top = tiles(page).first.bounding_box()
    for at in (0, 2):
        tile(page, at).click(modifiers=["Control"])
    assert tiles(page).first.bounding_box() == top
    page.get_by_role("button", name="Find similar to these").click()
    expect(page.get_by_text("('similar', [55, 57])")).to_be_visible()


def test_a_finger_selects_by_resting_and_then_by_tapping(touch, address):
    touch.goto(f"{address}/?q=zebra")
    first = tile(touch, 0)
    expect(first).to_be_visible()
    box = first.bounding_box()
    at = {"x": box["x"] + 60, "y": box["y"] + 60}
    cdp = touch.context.new_cdp_session(touch)
    cdp.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    expect(touch.get_by_text("1 selected").first).to_be_visible()
    cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tile(touch, 1).tap()
    assert selected(touch) == [0, 1]
    touch.get_by_role("button", name="Clear the selection").tap()
    tile(touch, 1).tap()
    expect(touch.get_by_role("dialog")).to_contain_text("picture-056.jpg")


def test_narrow_tiles_have_a_menu(touch, address):
    touch.goto(f"{address}/?q=zebra")
    touch.get_by_role("button", name="Actions on picture-055.jpg").tap()
    touch.get_by_role("menuitem", name="Less like this").tap()
    expect(touch.get_by_text("('less', [55])")).to_be_visible()
    assert touch.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_stack_shows_what_is_in_it(open_):
    page = open_()
    page.get_by_role("button", name="stack of picture-058.jpg").click()
    stack = page.get_by_role("dialog", name="Stack of picture-058.jpg")
    expect(stack.get_by_role("listitem")).to_have_count(4)
    expect(stack).to_contain_text("… / old disk / 2")
    stack.get_by_role("checkbox", name="copy 1 of 58.jpg").click()
    expect(page.get_by_role("region", name="Selection")).to_contain_text("1 selected")
    page.keyboard.press("Escape")
    expect(stack).not_to_be_visible()
    expect(tile(page, 3)).to_be_focused()
    expect(page.get_by_role("region", name="Selection")).to_be_visible()  # the next Escape is for that
    page.keyboard.press("d")
    stack.get_by_text("copy 2 of 58.jpg").click()
    expect(page.get_by_role("dialog").filter(has_text="copy 2 of 58.jpg")).to_be_visible()


@pytest.mark.parametrize(
    ("choice", "format_"), [("Table (CSV)", "csv"), ("Original files", "zip"), ("Contact", "sheet")]
)
def test_what_is_selected_is_taken_away(open_, choice, format_):
    page = open_()
    tile(page, 0).click(modifiers=["Control"])
    page.get_by_role("region", name="Selection").get_by_role("button", name="Download").click()
    with page.expect_request("**/api/v1/exports") as request, page.expect_download() as download:
        page.get_by_role("menuitem", name=choice).click()
    asked = request.value.post_data_json
    assert (asked["ids"], asked["format"], asked["text"]) == (["id55"], format_, "zebra")
    assert download.value.url.endswith(f"/exports/token/pictures.{format_}")


def test_all_matches_are_taken_away_and_errors_are_words(open_):
    page = open_()
    page.route(
        "**/api/v1/exports", lambda route: route.fulfill(status=413, json={"error": "That is too much.", "remedy": ""})
    )
    page.get_by_role("button", name=re.compile("^Download")).click()
    expect(page.get_by_text("Download all 39 matches")).to_be_visible()
    with page.expect_request("**/api/v1/exports") as request:
        page.get_by_role("menuitem", name="Data (JSON)").click()
    sent = request.value.post_data_json
    assert (sent["text"], sent["limit"], sent["format"]) == ("zebra", 39, "json")
    expect(page.get_by_text("That is too much.")).to_be_visible()


def test_tags_of_several(open_):
    page = open_()
    for at in (0, 2):  # of which the second has a tag
        tile(page, at).click(modifiers=["Control"])
    page.get_by_role("button", name="Tag…").click()
    dialog = page.get_by_role("dialog", name="Tags of 2 pictures")
    expect(dialog.get_by_role("list")).to_contain_text("family")
    dialog.get_by_role("button", name="Remove the tag family").click()
    dialog.get_by_label("Add a tag").fill("two")
    dialog.get_by_role("button", name="two words").click()
    dialog.get_by_label("Add a tag").fill("new")
    with page.expect_request("**/api/v1/tags") as request:
        dialog.get_by_role("button", name="Save").click()
    assert request.value.post_data_json == {"ids": ["id55", "id57"], "add": ["two words", "new"], "remove": ["family"]}
    expect(page.locator(".toast")).to_have_text(re.compile("Changed the tags of 2 pictures."))
    expect(page.get_by_text("changed", exact=True)).to_be_visible()
    assert selected(page) == [0, 2]


def test_details_tell_all_and_turn(open_):
    page = open_()
    tile(page, 1).click()
    details = page.get_by_role("dialog", name="picture-056.jpg")
    for text in ("2 of 60", "Strong match", "Similarity 0.32", "480 × 640", "wild animal"):
        expect(details).to_contain_text(text)
    page.keyboard.press("ArrowRight")
    details = page.get_by_role("dialog", name="picture-057.jpg")
    for text in ("17 May 2024, 09:30", "48.1372° N, 11.5761° W", "Fujifilm X-T5", "/pictures/1"):
        expect(details).to_contain_text(text)
    page.keyboard.press("Escape")
    expect(details).not_to_be_visible()
    expect(tile(page, 2)).to_be_focused()


def test_details_go_on_where_the_page_ends(open_):
    page = open_()
    tile(page, 0).click()
    expect(page.get_by_role("dialog")).to_contain_text("1 of 60")
    page.keyboard.press("End")
    expect(page.get_by_role("dialog")).to_contain_text("60 of 120")


def test_details_narrow_and_act(open_):
    page = open_()
    tile(page, 1).click()
    page.get_by_role("button", name="traffic light").click()
    expect(page.get_by_text('label:"traffic light"')).to_be_visible()
    expect(page.get_by_role("dialog")).not_to_be_visible()
    tile(page, 1).click()
    page.get_by_role("dialog").get_by_role("button", name="Less like").click()
    expect(page.get_by_text("('less', [56])")).to_be_visible()


def test_details_show_boxes_of_every_picture_that_has_some(open_):
    page = open_()
    tile(page, 1).click()
    page.get_by_role("button", name="3 boxes").click()
    boxed = page.locator(".boxed")
    expect(boxed).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(boxed).not_to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(boxed).to_have_attribute("src", "/boxes/id58")
    expect(boxed).to_be_visible()


def test_details_show_where_it_matches_and_keep_it(open_):
    page = open_()
    tile(page, 1).click()
    page.get_by_role("button", name="Show where it matches").click()
    expect(page.get_by_text(re.compile(r"\d+ of 36 parts compared"))).to_be_visible()
    canvas = page.locator("canvas.heat")
    expect(canvas).to_be_visible()
    assert canvas.evaluate("canvas => [canvas.width, canvas.height]") == [192, 192]
    page.get_by_label("Opacity of the colours").fill("40")
    expect(canvas).to_have_css("opacity", "0.4")
    heats = asked(page, "/api/v1/heatmap")
    page.locator(".next").click()
    expect(canvas).not_to_be_visible()
    page.locator(".previous").click()
    expect(canvas).to_be_visible()
    assert not heats


def test_comparing_stops_with_the_picture(open_):
    page = open_()
    tile(page, 1).click()
    with page.expect_event("requestfailed", lambda request: "/api/v1/heatmap" in request.url):
        page.get_by_role("button", name="Show where it matches").click()
        page.keyboard.press("ArrowRight")
    expect(page.locator("canvas.heat")).not_to_be_visible()


def test_why_and_where_say_what_went_wrong(open_):
    page = open_()
    for route in ("explain", "heatmap"):
        page.route(
            f"**/api/v1/{route}",
            lambda route: route.fulfill(
                status=503, json={"error": f"No answer from {route.request.url.rpartition('/')[2]}."}
            ),
        )
    tile(page, 1).click()
    expect(page.get_by_text("No answer from explain.")).to_be_visible()
    page.unroute("**/api/v1/explain")
    page.get_by_role("dialog").get_by_role("button", name="Try again").click()
    expect(page.get_by_text("wild animal")).to_be_visible()
    page.get_by_role("button", name="Show where it matches").click()
    expect(page.get_by_text("No answer from heatmap.")).to_be_visible()


def test_more_like_this_leads_on_and_back(open_):
    page = open_()
    tile(page, 1).click()
    like = page.get_by_role("dialog").locator(".neighbours").get_by_role("button")
    expect(like).to_have_count(8)
    like.nth(2).click()
    expect(page.get_by_role("dialog", name="picture-059.jpg")).to_be_visible()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("dialog", name="picture-056.jpg")).to_be_visible()


def test_a_tag_in_the_details(open_):
    page = open_()
    tile(page, 1).click()
    details = page.get_by_role("dialog")
    details.get_by_label("Add a tag").fill("s")  # a letter that acts elsewhere
    with page.expect_request("**/api/v1/tags") as request:
        page.keyboard.press("Enter")
    assert request.value.post_data_json == {"ids": ["id56"], "add": ["s"], "remove": []}
    expect(details.locator(".tags").get_by_role("listitem")).to_contain_text("s")
    expect(details).to_be_visible()
    expect(details.get_by_role("group", name="Tags in use").get_by_role("button")).not_to_have_count(0)
    details.get_by_role("button", name="Copy path").focus()
    expect(details.get_by_role("group", name="Tags in use").get_by_role("button")).to_have_count(0)


def test_browsing_has_no_scores(open_):
    page = open_("q=")
    expect(page.locator(".counts")).to_have_text("300 pictures")
    expect(tile(page, 0)).to_have_accessible_name("picture-000.jpg")
    tile(page, 0).click()
    details = page.get_by_role("dialog")
    expect(details.get_by_text("More like this", exact=True)).to_be_visible()
    expect(details.get_by_text("Why this matches")).not_to_be_visible()
    expect(details.get_by_role("button", name="Show where it matches")).not_to_be_visible()


def test_without_a_search_pictures_are_only_shown(page, address):
    page.goto(f"{address}/?plain=1")
    tiles(page).first.hover()
    actions = page.get_by_role("group", name="Actions on picture-000.jpg").get_by_role("button")
    expect(actions).to_have_count(1)
    expect(page.locator(".head")).not_to_be_visible()
    expect(tiles(page)).to_have_count(60)


def test_motion_is_spared_where_it_is_not_wanted(chromium, address):
    context = chromium.new_context(
        reduced_motion="reduce", forced_colors="active", viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{address}/?q=zebra")
    tile(page, 0).click()
    expect(page.get_by_role("dialog")).to_have_css("animation-duration", "0s")
    context.close()


@pytest.mark.parametrize("width", [320, 390, 820, 1440, 2560])
def test_it_fits_everywhere(open_, width):
    page = open_()
    page.set_viewport_size({"width": width, "height": 844})
    tile(page, 0).click(modifiers=["Control"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    bar = page.get_by_role("region", name="Selection").bounding_box()
    assert bar["x"] >= 0
    assert bar["x"] + bar["width"] <= width


def sheets(page: Page) -> list[Any]:
    return [one.bounding_box() for one in page.locator(".compare .sheet").all()]


def test_two_that_are_selected_are_compared_at_one_zoom(open_):
    page = open_()
    tile(page, 0).click(modifiers=["Control"])
    expect(page.get_by_role("button", name="Compare these two")).to_be_hidden()
    tile(page, 5).click(modifiers=["Control"])  # of the same sides
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Compare")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("row", name=re.compile("^Name"))).to_contain_text("picture-060.jpg")
    before = sheets(page)
    dialog.locator(".area").first.hover(position={"x": 100, "y": 100})
    page.mouse.wheel(0, -600)
    expect(dialog.locator(".panes")).to_have_class(re.compile("zoomed"))
    page.wait_for_timeout(100)  # a frame
    first, second = sheets(page)
    assert first["width"] > 1.5 * before[0]["width"]
    panes = [one.bounding_box() for one in dialog.locator(".area").all()]
    for side, extent in (("x", "width"), ("y", "height")):
        at = [(sheet[side] - pane[side]) / sheet[extent] for sheet, pane in zip((first, second), panes, strict=True)]
        assert at[0] == pytest.approx(at[1], abs=0.002), "both show the same part"
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    moved = sheets(page)
    assert [one["x"] for one in moved] == pytest.approx(
        [one["x"] + moved[0]["x"] - first["x"] for one in (first, second)]
    )
    assert moved[0]["x"] < first["x"]
    page.keyboard.press("0")
    page.keyboard.press("d")
    expect(dialog.get_by_text("They differ in 100 % of the area.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert selected(page) == [0, 5]


def test_boxes_lie_on_the_tiles_where_they_lie_in_the_pictures(open_):
    page = open_()
    boxes = tiles(page).nth(1).locator(".boxes i")  # picture 56: 480 × 640, cropped above and below
    expect(boxes).to_have_count(2)
    frame, box = tiles(page).nth(1).locator(".frame").bounding_box(), boxes.first.bounding_box()
    height = frame["width"] * 640 / 480
    top = frame["y"] + frame["height"] / 2 - height / 2
    assert box["x"] == pytest.approx(frame["x"] + 0.2 * frame["width"], abs=1.5)
    assert box["width"] == pytest.approx(0.5 * frame["width"], abs=1.5)
    assert box["y"] == pytest.approx(top + 0.25 * height, abs=1.5)
    assert box["height"] == pytest.approx(0.55 * height, abs=1.5)
    assert tiles(page).nth(0).locator(".boxes").count() == 0  # a picture without labels
    page.evaluate("localStorage.setItem('image-search-boxes-on-tiles', 'false')")
    page.reload()
    expect(page.locator(".counts")).not_to_be_empty()
    expect(page.locator(".boxes i")).to_have_count(0)
