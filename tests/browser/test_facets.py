"""The panel of facets and the view options, in a page of their own."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import ON_BOTH, ON_STREAMLIT

pytestmark = pytest.mark.browser

PAGE = "facets_page.py"
OBSERVE = """() => {
    window.changes = 0
    const see = node => {
        if (node.shadowRoot?.querySelector(".facets, .view")) {
            new MutationObserver(seen => (window.changes += seen.length)).observe(
                node.shadowRoot, { subtree: true, childList: true, attributes: true, characterData: true })
        }
        node.querySelectorAll("*").forEach(child => child.shadowRoot && see(child))
    }
    see(document)
}"""


@pytest.fixture
def visit(component_page: str, page: Page) -> Iterator[Callable[..., Page]]:
    """Opens the page: `visit("where=rich")`. Whatever a script raises fails the test."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))

    def open_(address: str = "") -> Page:
        page.goto(f"{component_page}/?{address}")
        expect(page.get_by_role("heading", name="Filters")).to_be_visible()
        expect(page.locator(".facets.ready, .view.ready")).to_have_count(
            2
        )  # what is built by their scripts is there too
        return page

    yield open_
    assert errors == []


def group(page: Page, title: str) -> Locator:
    return page.locator("section.group").filter(has=page.get_by_role("button", name=re.compile(f"^{title}")))


def names(within: Locator) -> list[str]:
    return within.locator(".value").all_inner_texts()


def edits(page: Page, count: int) -> None:
    expect(page.get_by_text(f"edits {count}", exact=True)).to_be_visible()


def condition(page: Page, text: str) -> Locator:
    return page.get_by_text(text, exact=True)


def test_values_of_a_group_are_alternatives_and_keep_their_places(visit):
    page = visit()
    labels, formats = group(page, "Label"), group(page, "Format")
    formats.get_by_role("button", name="Format").click()
    shown = names(labels)
    assert shown[:4] == ["person", "car", "dog", "bird"]
    expect(labels.get_by_role("checkbox", name="car, 666 pictures")).not_to_be_checked()

    labels.get_by_role("checkbox", name="car").click()
    edits(page, 1)
    expect(condition(page, "AnyOf(field='label', values=('car',), excluded=False)")).to_be_visible()
    expect(labels.get_by_role("checkbox", name="person, 1,000 pictures")).to_be_visible()  # beside those chosen
    expect(group(page, "Shape").get_by_role("checkbox", name=re.compile("^Landscape, "))).to_be_visible()  # follows
    assert names(labels) == shown  # nothing moved under the pointer

    labels.get_by_role("checkbox", name="dog").click()
    edits(page, 2)
    expect(condition(page, "AnyOf(field='label', values=('car', 'dog'), excluded=False)")).to_be_visible()
    formats.hover()
    expect(labels.locator(".value").first).to_have_text("car")
    assert names(labels)[:3] == ["car", "dog", "person"]

    formats.get_by_role("checkbox", name="PNG").click()
    edits(page, 3)
    expect(formats.get_by_role("checkbox", name=re.compile("^JPEG, [1-9]"))).to_be_visible()  # still to be had
    formats.get_by_role("checkbox", name="JPEG").click()
    expect(condition(page, "AnyOf(field='format', values=('PNG', 'JPEG'), excluded=False)")).to_be_visible()


def test_all_of_several(visit):
    page = visit()
    labels = group(page, "Label")
    labels.get_by_text("all", exact=True).click()
    for label in ("person", "dog"):  # each is answered before the next: two at once may be one edit
        labels.get_by_role("checkbox", name=label).click()
        expect(condition(page, f"AnyOf(field='label', values=('{label}',), excluded=False)")).to_be_visible()
    labels.get_by_text("any", exact=True).click()
    expect(condition(page, "AnyOf(field='label', values=('person', 'dog'), excluded=False)")).to_be_visible()
    edits(page, 3)


def test_excluded_by_a_control_of_its_own(visit):
    page = visit()
    labels = group(page, "Label")
    labels.get_by_role("button", name="Exclude dog").click()
    expect(condition(page, "AnyOf(field='label', values=('dog',), excluded=True)")).to_be_visible()
    excluded = labels.get_by_role("checkbox", name=re.compile("^dog, [1-9].* pictures, excluded"))
    assert excluded.get_attribute("aria-checked") == "mixed"
    excluded.click()
    edits(page, 2)
    expect(page.get_by_text("AnyOf")).to_have_count(0)


@ON_BOTH
def test_by_keyboard(visit):
    page = visit()
    labels = group(page, "Label")
    labels.get_by_role("searchbox").focus()
    page.keyboard.press("ArrowDown")
    expect(labels.get_by_role("checkbox", name="person")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    edits(page, 1)
    expect(labels.get_by_role("checkbox", name="car")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("-")
    edits(page, 2)
    expect(condition(page, "AnyOf(field='label', values=('car',), excluded=False)")).to_be_visible()
    expect(condition(page, "AnyOf(field='label', values=('dog',), excluded=True)")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="dog excluded")).to_have_count(1)
    page.keyboard.press("r")  # Streamlit's own shortcut for another run
    page.keyboard.press("End")
    expect(labels.get_by_role("button", name="Show 7 more")).to_be_focused()
    edits(page, 2)


def test_each_group_is_one_tab_stop_where_one_was_last(visit):
    page = visit()
    labels, tags = group(page, "Label"), group(page, "Tag")
    labels.get_by_role("button", name="Label").focus()
    page.keyboard.press("Tab")
    expect(tags.get_by_role("button", name="Tag")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    expect(labels.get_by_role("radio", name="any")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(labels.get_by_role("checkbox", name="person")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(labels.get_by_role("checkbox", name="person")).to_be_focused()
    page.keyboard.press("Home")
    expect(labels.get_by_role("button", name="Label")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(labels.get_by_role("button", name="Label")).to_be_focused()
    edits(page, 0)


@ON_BOTH
def test_clicks_in_quick_succession_all_count(visit):
    page = visit()
    labels = group(page, "Label")
    for label in ("person", "car", "dog", "bird", "car"):
        labels.get_by_role("checkbox", name=re.compile(f"^{label}")).click()
    expect(condition(page, "AnyOf(field='label', values=('person', 'dog', 'bird'), excluded=False)")).to_be_visible()
    checked = labels.get_by_role("checkbox", checked=True)
    expect(checked).to_have_count(3)


@ON_BOTH
def test_an_unchanged_run_changes_nothing(visit):
    page = visit("where=folders")
    page.evaluate(OBSERVE)
    runs = int(page.get_by_text(re.compile(r"^runs \d+$")).inner_text().split()[1])
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text(f"runs {runs + 1}", exact=True)).to_be_visible()
    assert page.evaluate("window.changes") == 0
    page.get_by_role("button", name="Type label:cat").click()
    expect(group(page, "Label").locator(".badge")).to_have_text("1")
    assert page.evaluate("window.changes") > 0


def test_what_was_typed_is_shown_and_chosen_values_come_first(visit):
    page = visit()
    page.get_by_role("button", name="Type label:cat").click()
    labels = group(page, "Label")
    expect(labels.get_by_role("checkbox", name="cat")).to_be_checked()
    assert names(labels)[0] == "cat"


def test_long_groups_hostile_names_and_empty_groups(visit):
    page = visit("many")
    labels = group(page, "Label")
    expect(labels.locator(".row")).to_have_count(8)
    labels.get_by_role("button", name="Show 7 more").click()
    hostile = labels.get_by_role("checkbox", name="<img src=x")
    expect(hostile).to_be_visible()
    assert hostile.bounding_box()["width"] < 260
    assert hostile.get_attribute("title").startswith("<img src=x onerror=alert(1)>")
    assert page.locator("section img").count() == 0
    expect(group(page, "Lens")).to_be_hidden()

    cameras = group(page, "Camera")
    cameras.get_by_role("button", name="Camera").click()
    cameras.get_by_role("searchbox").fill("a 29")
    expect(cameras.locator(".row")).to_have_count(10)
    cameras.get_by_role("checkbox", name="Camera 295").click()
    edits(page, 1)
    cameras.get_by_role("searchbox").fill("")
    page.get_by_role("heading", name="Filters").hover()
    expect(cameras.locator(".value").first).to_have_text("Camera 295")
    cameras.get_by_role("searchbox").fill("leica")
    expect(cameras.get_by_text("Nothing has this name.")).to_be_visible()


def test_folders_are_a_tree_of_which_one_is_chosen(visit):
    page = visit()
    folders = group(page, "Folder")
    assert names(folders) == ["2023", "2024/deep/nested", "raw\udcff"]
    first = folders.get_by_role("treeitem", name="2023, 1,000 pictures")
    first.focus()
    page.keyboard.press("ArrowRight")
    assert names(folders)[:3] == ["2023", "oslo", "rome"]
    folders.get_by_role("treeitem", name="oslo, 500 pictures").click()
    edits(page, 1)
    expect(condition(page, "InFolder(folder='/photos/2023/oslo', excluded=False)")).to_be_visible()
    folders.get_by_role("treeitem", name="2023").click()
    edits(page, 2)
    expect(page.get_by_text("InFolder(")).to_have_text("InFolder(folder='/photos/2023', excluded=False)")
    folders.get_by_role("button", name="Reset").click()
    folders.get_by_role("button", name="Exclude raw").click()
    expect(condition(page, r"InFolder(folder='/photos/raw\udcff', excluded=True)")).to_be_visible()


def test_years_and_dates(visit):
    page = visit()
    taken = group(page, "Taken")
    taken.get_by_role("checkbox", name="2022").click()
    dates = "low=datetime.datetime({}, 1, 1, 0, 0), high=datetime.datetime({}, 1, 1, 0, 0), excluded=False"
    expect(page.get_by_text(dates.format(2022, 2023))).to_be_visible()
    taken.get_by_role("checkbox", name="2020").click()
    expect(page.get_by_text(dates.format(2020, 2023))).to_be_visible()
    expect(taken.get_by_role("checkbox", checked=True)).to_have_count(3)
    expect(taken.get_by_label("From")).to_have_value("2020-01-01")
    expect(taken.get_by_label("To")).to_have_value("2022-12-31")
    taken.get_by_role("checkbox", name="2020").click()
    expect(page.get_by_text(dates.format(2021, 2023))).to_be_visible()

    taken.get_by_label("To").fill("2022-05-31")
    taken.get_by_label("To").blur()
    expect(page.get_by_text("high=datetime.datetime(2022, 6, 1, 0, 0)")).to_be_visible()
    edits(page, 4)
    taken.get_by_label("From").fill("2023-01-01")
    taken.get_by_label("From").blur()
    expect(taken.get_by_text("This range ends before it begins.")).to_be_visible()
    taken.get_by_role("button", name="Exclude 2021").click()
    edits(page, 5)
    expect(page.get_by_text("high=datetime.datetime(2022, 1, 1, 0, 0), excluded=True)")).to_be_visible()


def test_sizes(visit):
    page = visit("where=rich")
    width = group(page, "Width")
    expect(width.get_by_label("From")).to_have_value("1000")
    width.get_by_label("To").fill("2,000 px")
    width.get_by_label("To").press("Enter")
    expect(condition(page, "Between(field='width', low=1000, high=2001, excluded=False)")).to_be_visible()
    expect(width.get_by_label("To")).to_have_value("2000")
    width.get_by_role("button", name="1920+").click()
    expect(condition(page, "Between(field='width', low=1920, high=None, excluded=False)")).to_be_visible()

    size = group(page, "File size")
    size.get_by_role("button", name="File size").click()
    size.get_by_label("From").fill("1.5")
    size.get_by_label("From").press("Enter")
    expect(condition(page, "Between(field='size', low=1500000, high=None, excluded=False)")).to_be_visible()
    edits(page, 3)
    size.get_by_label("To").fill("big")
    size.get_by_label("To").press("Enter")
    expect(size.get_by_text("Type a size, such as 500 kB or 2 MB.")).to_be_visible()
    edits(page, 3)


def test_what_has_no_place_stays_until_it_is_removed(visit):
    page = visit("where=rich")
    others = page.get_by_role("list", name="Other conditions")
    expect(others.get_by_role("listitem")).to_have_count(2)
    group(page, "Label").get_by_role("checkbox", name="unicorn").click()
    edits(page, 1)
    expect(condition(page, "Between(field='sharpness', low=0.2, high=None, excluded=False)")).to_be_visible()
    others.get_by_role("button", name="Remove sharpness:>=0.2").click()
    expect(page.get_by_text("field='sharpness'")).to_have_count(0)
    expect(condition(page, "NameContains(text='draft', excluded=True)")).to_be_visible()
    group(page, "Name contains").get_by_role("searchbox").fill("img1")
    page.keyboard.press("Enter")
    expect(condition(page, "NameContains(text='img1', excluded=False)")).to_be_visible()
    page.get_by_role("button", name="Clear all").click()
    edits(page, 4)
    expect(page.get_by_text("2,000 of 2,000")).to_be_visible()
    expect(page.get_by_role("button", name="Clear all")).to_be_hidden()


def test_the_view_is_changed_and_reset(visit):
    page = visit("nothing")
    opener = page.get_by_role("button", name="Best match")
    opener.click()
    options = page.get_by_role("dialog", name="View options")
    expect(options.get_by_text("Nothing really matches")).to_be_visible()
    options.get_by_text("Newest").click()
    edits(page, 1)  # two clicks that come together are one edit
    options.get_by_text("Everything", exact=True).click()
    edits(page, 2)
    options.get_by_text("Copies", exact=True).click()
    expect(
        page.get_by_text("collapse=<Collapse.BYTES: 'bytes'>, duplicate_threshold=None, diversity=0.0")
    ).to_be_visible()
    expect(page.get_by_text("min_match=<MinMatch.ALL: 'all'>, sort=<Sort.NEWEST: 'newest'>)")).to_be_visible()
    expect(options.get_by_label("Look-alikes from")).to_be_hidden()
    expect(page.locator(".summary")).to_have_text("Newest · copies as one")
    edits(page, 3)
    options.get_by_role("button", name="Reset").click()
    edits(page, 4)
    expect(opener).to_be_visible()
    expect(options).to_be_visible()


@ON_BOTH
def test_sliders_are_followed_while_they_are_dragged(visit):
    page = visit()
    page.get_by_role("button", name="Best match").click()
    options = page.get_by_role("dialog", name="View options")
    slider = options.get_by_label("Look-alikes from")
    expect(slider).to_have_value("0.93")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.65, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, middle, steps=8)
    expect(page.get_by_text(re.compile(r"duplicate_threshold=0\.8\d+"))).to_be_visible()  # not yet let go
    page.mouse.move(box["x"] + box["width"] * 0.5, middle, steps=8)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"duplicate_threshold=0\.(89|9)\d*,"))).to_be_visible()
    options.get_by_role("button", name="Auto").click()
    expect(page.get_by_text("duplicate_threshold=None")).to_be_visible()
    expect(options.locator("output[for=duplicate_threshold]")).to_have_text("auto · 0.93")
    diversity = options.get_by_label("Diversity")
    diversity.focus()
    page.keyboard.press("End")
    expect(page.get_by_text("diversity=1.0")).to_be_visible()


def test_the_popover_closes_and_the_focus_returns(visit):
    page = visit()
    opener = page.get_by_role("button", name="Best match")
    options = page.get_by_role("dialog", name="View options")
    opener.focus()
    page.keyboard.press("Enter")
    expect(options.get_by_role("radio", name="Best match")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("sort=<Sort.NEWEST: 'newest'>")).to_be_visible()
    page.keyboard.press("Escape")
    expect(options).to_be_hidden()
    opener = page.get_by_role("button", name="Newest")
    expect(opener).to_be_focused()
    opener.click()
    expect(options).to_be_visible()
    page.get_by_text("2,000 of 2,000").click()
    expect(options).to_be_hidden()


def test_where_nothing_is_matched_there_is_no_best_match(visit):
    page = visit("unscored")
    page.get_by_role("button", name="Sort").click()
    options = page.get_by_role("dialog", name="View options")
    for name in ("Best match", "Strong"):
        expect(options.get_by_text(name, exact=True)).to_be_hidden()
    expect(options.get_by_label("Diversity")).to_be_hidden()
    expect(options.get_by_role("radio", name="Newest")).to_be_focused()
    options.get_by_text("Oldest").click()
    expect(page.get_by_role("button", name="Oldest")).to_be_visible()


@ON_STREAMLIT
def test_on_a_phone(component_page: str, chromium: Browser):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{component_page}/?where=folders")
    page.get_by_role("button", name="Best match").tap()
    page.get_by_role("dialog").get_by_text("Oldest").tap()
    box = page.get_by_role("dialog", name="View options").bounding_box()
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    page.get_by_role("button", name="Done").tap()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_text("sort=<Sort.OLDEST: 'oldest'>")).to_be_visible()
    page.get_by_role("button", name="Filters, 2 set").tap()
    folders = group(page, "Folder")
    expect(page.get_by_role("button", name="Filters, 2 set")).to_be_hidden()  # they are open
    expect(folders.get_by_role("treeitem", name="2024")).to_be_checked()
    folders.get_by_role("button", name="Exclude raw").tap()
    edits(page, 2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
