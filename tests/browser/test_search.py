"""A search from the first word to the files taken away, on the app as it is, with real pictures."""

import base64
import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Server, plan

pytestmark = pytest.mark.browser

ZEBRA, ZEBRAS = "000000000034.jpg", re.compile("000000000034|000000000154")
GIRAFFES = re.compile("000000000(025|072|136|144)")

# Drops or pastes a file as a browser would.
_FILE = """
    const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0))
    const files = new DataTransfer()
    files.items.add(new File([bytes], name, { type: "image/jpeg" }))
"""
_DROP = f"""({{ data, name }}) => {{ {_FILE}
    for (const kind of ["dragenter", "dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(kind, {{ bubbles: true, cancelable: true, dataTransfer: files }}))
}}"""
_PASTE = f"""({{ data, name }}) => {{ {_FILE}
    const options = {{ bubbles: true, cancelable: true, clipboardData: files }}
    document.body.dispatchEvent(new ClipboardEvent("paste", options))
}}"""


@pytest.fixture(scope="module")
def library(
    start_server: Callable[..., Server],
    clip: dict[str, str],
    coco: Path,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Server:
    """COCO128, and beside it a smaller copy, a brighter PNG and the very bytes of one of its zebras."""
    folder = tmp_path_factory.mktemp("library")
    shutil.copytree(coco, folder / "coco128")
    original = folder / "coco128" / "train" / "images" / ZEBRA
    (folder / "copies").mkdir()
    shutil.copy(original, folder / "copies" / "same bytes.jpg")
    with Image.open(original) as image:
        image.resize((image.width // 2, image.height // 2)).save(folder / "copies" / "smaller.jpg")
        image.point(lambda level: min(255, level * 5 // 4)).save(folder / "copies" / "brighter.png")
    server = start_server(IMAGE_SEARCH_ROOTS=str(folder), **clip)
    context = chromium.new_context()
    tab = context.new_page()
    tab.goto(f"{server.url}/ingest")
    plan(tab, folder)
    tab.get_by_role("button", name="Start").click()
    expect(tab.get_by_text(re.compile("— done")).first).to_be_visible(timeout=240_000)
    tab.goto(f"{server.url}/?q=zebra")  # by the first search it is learned what scores mean
    expect(first(tab)).to_contain_text(re.compile("strong|likely", re.IGNORECASE), timeout=180_000)
    context.close()
    return server


def tiles(page: Page) -> Locator:
    return page.get_by_role("list", name=re.compile("Results|Other pictures")).get_by_role("listitem")


def first(page: Page) -> Locator:
    return tiles(page).first


def names(page: Page) -> Locator:
    return tiles(page).locator(".name")


def chips(page: Page) -> Locator:
    return page.get_by_role("list", name="Query", exact=True).get_by_role("listitem")


def search(page: Page, text: str) -> None:
    expect(page.locator(".query.ready")).to_be_visible()  # its script is there too
    box = page.get_by_role("combobox", name="Search")
    box.fill(text)
    box.press("Enter")


def file(coco: Path, name: str) -> dict[str, str]:
    data = (coco / "train" / "images" / name).read_bytes()
    return {"data": base64.b64encode(data).decode(), "name": name}


def test_typed_terms_become_chips_and_chips_become_text(library: Server, page: Page):
    page.goto(library.url)
    search(page, "giraffe + 0.5:zebra label:giraffe")
    expect(chips(page)).to_have_count(3)
    expect(first(page)).to_contain_text(GIRAFFES)
    page.get_by_role("button", name="Weight of zebra").click()
    number = page.get_by_role("spinbutton", name="Weight as a number")
    number.fill("-0.5")
    number.press("Enter")
    expect(page).to_have_url(re.compile(r"q=giraffe(\+|%20)%E2%88%92"))
    expect(page.get_by_role("combobox", name="Search")).to_have_value("giraffe − 0.5:zebra label:giraffe")


@pytest.mark.parametrize("how", [_DROP, _PASTE], ids=["dropped", "pasted"])
def test_a_picture_that_is_let_go_of_is_searched_with(library: Server, page: Page, coco: Path, how: str):
    page.goto(library.url)
    expect(first(page)).to_be_visible()
    page.evaluate(how, file(coco, "000000000072.jpg"))
    expect(page).to_have_url(re.compile(r"image=[0-9a-f]{64}"))
    expect(first(page)).to_contain_text("000000000072.jpg")
    expect(first(page)).to_contain_text("1.00")


def test_several_pictures_and_words_are_one_query(library: Server, page: Page, coco: Path):
    page.goto(f"{library.url}/?q=giraffe")
    expect(chips(page)).to_have_count(1)  # what takes the files is there
    names = ["000000000072.jpg", "000000000025.jpg"]
    page.get_by_label("Choose a picture").set_input_files([coco / "train" / "images" / name for name in names])
    expect(chips(page)).to_have_count(3)
    expect(page).to_have_url(re.compile("q=giraffe.*image=.*image="))
    expect(first(page)).to_contain_text(GIRAFFES)
    page.reload()
    expect(chips(page)).to_have_count(3)
    expect(first(page)).to_contain_text(GIRAFFES)


def test_a_part_of_a_picture_is_searched_with(library: Server, page: Page, coco: Path):
    page.goto(library.url)
    page.get_by_label("Choose a picture").set_input_files(coco / "train" / "images" / ZEBRA)
    expect(first(page)).to_contain_text("1.00")
    page.get_by_role("button", name=re.compile("part", re.IGNORECASE)).first.click()
    dialog = page.get_by_role("dialog", name="Search with a part of this picture")
    picture = dialog.get_by_role("img").bounding_box()
    assert picture
    page.mouse.move(picture["x"] + 0.5 * picture["width"], picture["y"] + 0.3 * picture["height"])
    page.mouse.down()
    page.mouse.move(picture["x"] + 0.95 * picture["width"], picture["y"] + 0.95 * picture["height"], steps=4)
    page.mouse.up()
    dialog.get_by_role("button", name="Use this part").click()
    expect(page).to_have_url(re.compile(r"image=[0-9a-f]{64}(@|%40)0\.[45]"))
    expect(first(page)).not_to_contain_text("1.00")
    expect(first(page)).to_contain_text(re.compile(f"{ZEBRAS.pattern}|same bytes|smaller|brighter"))


_SHIFTS = """globalThis.shifted = 0
new PerformanceObserver(list => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) globalThis.shifted += shift.value
}).observe({ type: "layout-shift", buffered: true })"""


def whole(page: Page) -> int:
    """How many tiles are seen whole."""
    return tiles(page).evaluate_all(
        """tiles => tiles.filter(tile => {
            const { top, bottom, width } = tile.getBoundingClientRect()
            return width && top >= 0 && bottom <= innerHeight
        }).length"""
    )


@pytest.mark.parametrize(("width", "height", "fewest"), [(1440, 900, 18), (390, 844, 6)])
@pytest.mark.parametrize("address", ["?q=zebra", "?q=giraffe", ""])
def test_pictures_get_the_room_and_nothing_moves(
    library: Server, chromium: Browser, width: int, height: int, fewest: int, address: str
):
    context = chromium.new_context(viewport={"width": width, "height": height}, is_mobile=width < 500)
    page = context.new_page()
    page.add_init_script(_SHIFTS)
    page.goto(f"{library.url}/{address}")
    expect(tiles(page).nth(fewest)).to_be_attached()
    for image in tiles(page).locator("img").all()[:fewest]:
        expect(image).to_have_js_property("complete", True)
    assert whole(page) >= fewest
    assert page.evaluate("shifted") <= 0.1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.get_by_role("slider", name="Results")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("spinbutton", name="Number of results")).to_be_in_viewport(ratio=1)
    context.close()


def test_a_search_from_the_empty_page_moves_nothing(library: Server, page: Page):
    page.add_init_script(_SHIFTS)
    page.goto(library.url)
    expect(tiles(page).nth(20)).to_be_visible()
    search(page, "giraffe")
    expect(first(page)).to_contain_text(GIRAFFES)
    assert page.evaluate("shifted") <= 0.1
    assert whole(page) >= 18


def test_k_is_in_the_address_and_back_and_reload_keep_it(library: Server, page: Page):
    page.goto(f"{library.url}/?q=zebra")
    expect(tiles(page)).to_have_count(24)
    slider, field = page.get_by_role("slider", name="Results"), page.get_by_role("spinbutton", name="Number of results")
    slider.fill("7")
    expect(tiles(page)).to_have_count(7)
    expect(page).to_have_url(re.compile("k=7"))
    page.reload()
    expect(tiles(page)).to_have_count(7)
    expect(slider).to_have_value("7")
    search(page, "giraffe")
    expect(page).to_have_url(re.compile("q=giraffe.*k=7|k=7.*q=giraffe"))
    expect(tiles(page)).to_have_count(7)
    slider.fill("24")  # as usual: it leaves the address
    expect(page).not_to_have_url(re.compile("k="))
    slider.fill("201")
    expect(page).to_have_url(re.compile("k=all"))
    expect(field).to_have_value("")
    page.go_back()
    expect(tiles(page)).to_have_count(24)
    expect(page.locator(".end")).to_contain_text("24 of ")


def test_k_that_means_nothing_is_as_usual(library: Server, page: Page):
    """What else means nothing is in `tests/search/test_link.py`."""
    page.goto(f"{library.url}/?q=zebra&k=abc")
    expect(tiles(page)).to_have_count(24)


def test_the_box_stays_in_reach_and_back_brings_to_the_same_place(library: Server, page: Page):
    page.goto(f"{library.url}/?q=animal&k=all")
    expect(tiles(page).nth(40)).to_be_attached()
    tiles(page).nth(40).scroll_into_view_if_needed()
    expect(page.get_by_role("combobox", name="Search")).to_be_in_viewport(ratio=1)
    page.wait_for_function("sessionStorage.getItem('image-search-places')")
    search(page, "pizza")
    expect(page).to_have_url(re.compile("q=pizza"))
    expect(first(page)).to_be_in_viewport()
    page.go_back()
    expect(page.get_by_role("combobox", name="Search")).to_have_value("animal")
    expect(tiles(page).nth(40)).to_be_in_viewport()
    page.reload()
    expect(tiles(page).nth(40)).to_be_in_viewport()


def test_without_offers_to_turn_away(library: Server, page: Page):
    page.goto(library.url)
    search(page, "animals without giraffe")
    page.get_by_role("button", name="Search that way").click()
    expect(page.get_by_role("combobox", name="Search")).to_have_value("animals − giraffe")


def test_a_picture_is_excluded_and_back_brings_it_again(library: Server, page: Page):
    page.goto(f"{library.url}/?q=giraffe")
    expect(first(page)).to_contain_text(GIRAFFES)
    first(page).locator(".open").focus()
    page.keyboard.press("x")
    expect(page).to_have_url(re.compile("image=[0-9a-f]{64}(:|%3A)-0.5"))
    expect(chips(page)).to_have_count(2)
    page.go_back()
    expect(chips(page)).to_have_count(1)
    expect(page).not_to_have_url(re.compile("image="))


def test_more_like_this_is_a_chip_that_is_undone(library: Server, page: Page):
    page.goto(f"{library.url}/?q=animal")
    expect(first(page)).to_be_visible()
    first(page).locator(".open").focus()
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile("more=[0-9a-f]{64}"))
    chips(page).nth(1).get_by_role("button", name=re.compile("Remove")).click()
    expect(page).not_to_have_url(re.compile("more="))


def test_facets_narrow_and_filters_are_typed(library: Server, page: Page):
    page.goto(f"{library.url}/?q=zebra")
    expect(first(page)).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("^zebra, ")).click()
    expect(page).to_have_url(re.compile("label%3Azebra|label:zebra"))
    expect(tiles(page)).to_have_count(2)
    page.goto(f"{library.url}/?q=label:zebra width:>=600 name:34")
    expect(tiles(page)).to_have_count(1)
    page.goto(f"{library.url}/?q=label:zebar")
    expect(page.get_by_text("Did you mean “zebra”?")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(tiles(page).nth(20)).to_be_attached()


def test_copies_are_a_stack_that_opens(library: Server, page: Page):
    page.goto(f"{library.url}/?q=zebra")
    counted = page.get_by_role("button", name=re.compile("stack of"))
    expect(counted.first).to_have_text("×4")
    counted.first.click()
    stack = page.get_by_role("dialog", name=re.compile("^Stack of"))
    for name in ("same bytes.jpg", "smaller.jpg", "brighter.png", ZEBRA):
        expect(stack).to_contain_text(name)
    page.goto(f"{library.url}/?q=zebra&collapse=off")
    expect(first(page)).to_be_visible()
    expect(counted).to_have_count(0)


def test_looking_otherwise_is_in_the_address(library: Server, page: Page):
    page.goto(f"{library.url}/?q=giraffe%20%2B%20zebra")
    expect(first(page)).to_be_visible()
    before = names(page).all_inner_texts()
    page.get_by_role("button", name=re.compile("^Best match")).click()
    page.get_by_role("slider", name=re.compile("Diversity|varied", re.IGNORECASE)).fill("0.7")
    expect(page).to_have_url(re.compile("diversity=0.7"))
    expect(names(page)).not_to_have_text(before)
    expect(names(page).first).to_have_text(before[0])
    page.keyboard.press("Escape")
    page.goto(f"{library.url}/?q=zebra&min_match=all&sort=name&k=all")
    expect(names(page).first).to_have_text("000000000009.jpg")


def test_nothing_here_really_matches_is_said(library: Server, page: Page):
    page.goto(f"{library.url}/?q=violin")
    expect(page.get_by_text("Nothing here really matches")).to_be_visible()
    expect(first(page)).to_contain_text("Unlikely")


def test_details_say_why_and_where(library: Server, page: Page):
    page.goto(f"{library.url}/?q=zebra")
    first(page).locator(".open").click()
    details = page.get_by_role("dialog", name=re.compile("34|154|same|smaller|brighter"))
    expect(details.locator(".concepts").get_by_role("listitem").first).to_contain_text("zebra")
    details.get_by_role("button", name="Show where it matches").click()
    expect(details.locator(".heat-legend")).to_be_visible(timeout=120_000)
    expect(details.locator(".neighbours").get_by_role("listitem").first).to_be_visible()


def test_boxes_of_the_labels_are_drawn(library: Server, page: Page):
    page.goto(f"{library.url}/?q=label:zebra")
    first(page).locator(".open").click()
    with page.expect_response(re.compile(r"/boxes/[0-9a-f]{32}")) as answered:
        page.get_by_role("button", name=re.compile(r"^\d+ box")).click()
    assert answered.value.ok


def test_with_the_keyboard_alone(library: Server, page: Page):
    page.goto(library.url)
    expect(first(page)).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("giraffe")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=giraffe"))
    expect(first(page)).to_contain_text(GIRAFFES)
    for _ in range(60):  # wherever it is, Tab comes there
        if first(page).locator(".open").evaluate("tile => tile.matches(':focus')"):
            break
        page.keyboard.press("Tab")
    name = first(page).locator(".name").inner_text()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("region", name="Selection")).to_contain_text("2 selected")
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("image=[0-9a-f]{64}"))
    expect(first(page)).to_contain_text(name)


def test_what_is_selected_is_taken_away(library: Server, page: Page):
    page.goto(f"{library.url}/?q=giraffe")
    for at in (0, 1):
        tiles(page).nth(at).locator(".open").click(modifiers=["Control"])
    selection = page.get_by_role("region", name="Selection")
    chosen = names(page).all_inner_texts()[:2]
    taken = {}
    for choice in ("Table (CSV)", "Original files", "Contact"):
        selection.get_by_role("button", name="Download").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=choice).click()
        taken[choice] = Path(download.value.path()).read_bytes()
    rows = list(csv.DictReader(io.StringIO(taken["Table (CSV)"].decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == chosen
    with zipfile.ZipFile(io.BytesIO(taken["Original files"])) as archive:
        assert sorted(archive.namelist()) == sorted(chosen)
        assert archive.testzip() is None
    with Image.open(io.BytesIO(taken["Contact"])) as sheet:
        assert min(sheet.size) > 200


def test_tags_are_given_and_searched_by(library: Server, page: Page):
    page.goto(f"{library.url}/?q=giraffe")
    first(page).locator(".open").click(modifiers=["Control"])
    name = first(page).locator(".name").inner_text()
    page.get_by_role("button", name="Tag…").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Tags"))
    dialog.get_by_label("Add a tag").fill("tall")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).not_to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("^tall, 1"))).to_be_visible()
    page.goto(f"{library.url}/?q=tag:tall")
    expect(tiles(page)).to_have_count(1)
    expect(first(page)).to_contain_text(name)


def test_a_link_with_a_picture_and_options_opens_cold(library: Server, page: Page, coco: Path, chromium: Browser):
    page.goto(library.url)
    page.get_by_label("Choose a picture").set_input_files(coco / "train" / "images" / "000000000072.jpg")
    expect(page).to_have_url(re.compile("image="))
    context = chromium.new_context()
    other = context.new_page()
    other.goto(f"{page.url}&q=zebra%20shape:landscape&sort=name&collapse=off&min_match=all&k=all")
    expect(chips(other)).to_have_count(3)
    expect(other.get_by_role("combobox", name="Search")).to_have_value("zebra shape:landscape")
    expect(other.get_by_role("button", name=re.compile("^Name ·"))).to_be_visible()
    expect(names(other).first).to_have_text("000000000009.jpg")
    context.close()


def test_a_search_is_saved_and_opened_again(library: Server, page: Page):
    page.goto(f"{library.url}/?q=giraffe%20label:giraffe")
    page.get_by_role("button", name="Save this search").click()
    page.get_by_role("textbox", name="Name").fill("Tall ones")
    page.get_by_role("textbox", name="Name").press("Enter")
    page.goto(library.url)
    page.get_by_role("combobox", name="Search").click()
    page.get_by_text("Tall ones").click()
    expect(page).to_have_url(re.compile("q=giraffe"))
    expect(first(page)).to_contain_text(GIRAFFES)
