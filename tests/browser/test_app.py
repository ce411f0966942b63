"""The app as a visitor meets it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Ingested, Server, plan

pytestmark = pytest.mark.browser


def first_tile(page: Page):
    return page.get_by_role("list", name="Results").get_by_role("listitem").first


def search(page: Page, words: str) -> None:
    expect(page.locator(".query.ready")).to_be_visible()  # its script is there too
    box = page.get_by_role("combobox", name="Search")
    box.fill(words)
    box.press("Enter")


@pytest.fixture(scope="module")
def empty_server(start_server: Callable[..., Server], clip: dict[str, str]) -> Server:
    """For all that need one with nothing indexed yet."""
    return start_server(**clip)


@pytest.mark.parametrize(
    ("address", "sign"),
    [("/ingest", "Add pictures"), ("/", "Nothing is indexed yet"), ("/search?q=coffee", "Nothing is indexed yet")],
)
def test_a_cold_deep_link_opens_in_its_frame(empty_server: Server, page: Page, address: str, sign: str):
    page.goto(empty_server.url + address)
    expect(page.get_by_text(sign).first).to_be_visible()
    expect(page.get_by_role("link", name="Ingest", exact=True)).to_be_visible()


@pytest.fixture
def birds(empty_server: Server, page: Page) -> Iterator[str]:
    """A second collection; the URL of the API for it."""
    api = f"{empty_server.url}/api/v1/collections"
    assert page.request.post(api, data={"name": "birds", "title": "Birds", "model": "starter"}).ok
    yield f"{api}/birds"
    assert page.request.delete(f"{api}/birds?confirm=birds").ok


def test_a_collection_is_chosen_with_the_keyboard_and_stays_chosen(empty_server: Server, birds: str, page: Page):
    page.goto(f"{empty_server.url}/?q=coffee")
    switch = page.get_by_role("button", name="Collection: images")
    switch.press("ArrowDown")
    expect(page.get_by_role("link", name="images")).to_be_focused()
    page.keyboard.press("Escape")
    expect(switch).to_be_focused()
    switch.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Birds")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{empty_server.url}/?q=coffee&collection=birds")
    expect(page.get_by_role("button", name="Collection: Birds")).to_be_visible()
    page.get_by_role("link", name="Ingest", exact=True).click()  # of Streamlit's navigation
    expect(page.get_by_text("0 pictures in birds")).to_be_visible()
    expect(page).to_have_url(f"{empty_server.url}/ingest?collection=birds")
    page.go_back()
    expect(page).to_have_url(f"{empty_server.url}/?q=coffee&collection=birds")
    page.go_back()
    expect(page.get_by_role("button", name="Collection: images")).to_be_visible()
    expect(page).to_have_url(f"{empty_server.url}/?q=coffee")


def test_coco_by_path_with_progress_on_every_page(ingested: Ingested):
    counts = [int(m[1]) for text in ingested.seen if (m := re.search(r"(\d+) of 128", text))]
    assert len(set(counts)) > 1, ingested.seen
    assert counts == sorted(counts)
    assert "coco128" in ingested.seen_elsewhere


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("giraffe", {"000000000025.jpg", "000000000072.jpg", "000000000136.jpg", "000000000144.jpg"}),
        ("zebra", {"000000000034.jpg", "000000000154.jpg"}),
    ],
)
def test_coco_by_words(ingested: Ingested, page: Page, words: str, first: set[str]):
    page.goto(ingested.server.url)
    search(page, words)
    expect(page).to_have_url(re.compile(f"q={words}"))
    expect(page.locator(".counts")).to_contain_text("128 pictures")
    expect(first_tile(page)).to_contain_text(re.compile("|".join(first)))
    expect(first_tile(page)).to_contain_text(re.compile(r"0\.\d\d"))
    thumbnail = first_tile(page).locator("img")
    expect(thumbnail).to_have_js_property("complete", True)
    assert thumbnail.evaluate("image => image.naturalWidth") > 100


def test_coco_link_and_back(ingested: Ingested, page: Page):
    page.goto(f"{ingested.server.url}/?q=zebra")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("zebra")
    search(page, "pizza")
    expect(page).to_have_url(re.compile("q=pizza"))
    expect(page.get_by_role("combobox", name="Search")).to_have_value("pizza")
    page.go_back()
    expect(page.get_by_role("combobox", name="Search")).to_have_value("zebra")
    expect(first_tile(page)).to_contain_text(re.compile("000000000034|000000000154"))


def test_coco_dropped_picture_finds_itself_and_joins_words(ingested: Ingested, page: Page, coco: Path):
    page.goto(ingested.server.url)
    page.get_by_label("Choose a picture").set_input_files(coco / "train" / "images" / "000000000072.jpg")
    expect(page).to_have_url(re.compile(r"image=[0-9a-f]{64}"))
    expect(first_tile(page)).to_contain_text("000000000072.jpg")
    expect(first_tile(page)).to_contain_text("1.00")
    search(page, "zebra")
    expect(page).to_have_url(re.compile(r"q=zebra"))
    assert "image=" in page.url
    page.get_by_role("button", name="Remove zebra").click()
    expect(page).not_to_have_url(re.compile("q=zebra"))
    page.reload()
    expect(first_tile(page)).to_contain_text("000000000072.jpg")


def test_coco_find_similar_from_the_keyboard(ingested: Ingested, page: Page):
    page.goto(f"{ingested.server.url}/?q=zebra")
    tile = first_tile(page)
    expect(tile).to_contain_text(re.compile("000000000034|000000000154"))
    name = tile.locator(".name").inner_text()
    tile.get_by_role("button").first.focus()
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile(r"image=[0-9a-f]{64}"))
    expect(page).not_to_have_url(re.compile("q="))
    expect(first_tile(page)).to_contain_text(name)
    expect(first_tile(page)).to_contain_text("1.00")


def test_coco_larger_view(ingested: Ingested, page: Page):
    page.goto(f"{ingested.server.url}/?q=giraffe")
    first_tile(page).get_by_role("button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("JPEG")
    expect(dialog).to_contain_text("Similarity 0.")
    expect(dialog.locator(".place-in-list")).to_have_text(re.compile("^1 of "))
    page.keyboard.press("ArrowRight")
    expect(dialog.locator(".place-in-list")).to_have_text(re.compile("^2 of "))
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()


def test_coco_a_folder_that_is_refused(ingested: Ingested, coco: Path, page: Page):
    page.goto(f"{ingested.server.url}/ingest")
    for typed, said in [(f"{coco}/missing", "does not exist"), ("/etc", "IMAGE_SEARCH_ROOTS")]:
        plan(page, typed)
        expect(page.get_by_role("alert").first).to_contain_text(said)


def test_samples_in_one_click_then_words(start_server: Callable[..., Server], page: Page):
    pytest.importorskip("efficientnet_lite_pytorch")
    server = start_server(IMAGE_SEARCH_MODEL="starter")
    page.goto(server.url)
    page.get_by_role("button", name="Index sample pictures").click()
    expect(page.get_by_text("Sample pictures — done")).to_be_visible(timeout=180_000)
    page.get_by_role("link", name="Search", exact=True).click()
    expect(page.get_by_text("Starter model")).to_be_visible()
    for words, name in [("coffee", "coffee.png"), ("cat", "chelsea.png"), ("rocket", "rocket.jpg")]:
        search(page, words)
        expect(first_tile(page)).to_contain_text(name)
    server.stop()


def test_coco_by_upload_with_a_text_among_the_pictures(empty_server: Server, coco: Path, page: Page, tmp_path: Path):
    server = empty_server
    words = tmp_path / "words.jpg"
    words.write_text("these are words")
    pictures = sorted((coco / "train" / "images").iterdir())
    page.goto(f"{server.url}/ingest")
    page.get_by_label("Choose files").set_input_files([*pictures, words])
    expect(page.get_by_text(re.compile(r"\d+ of 129 uploaded"))).to_be_visible()
    expect(page.get_by_role("list", name="Refused files")).to_contain_text("words.jpg")
    expect(page.get_by_text("128 uploaded pictures — done")).to_be_visible(timeout=180_000)
    page.goto(f"{server.url}/?q=giraffe")
    expect(page.locator(".counts")).to_contain_text("128 pictures")
    expect(first_tile(page)).to_contain_text(re.compile("000000000(025|072|136|144)"))  # the names they were sent with
    server.stop()


def test_narrow_and_dark(ingested: Ingested, chromium: Browser):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{ingested.server.url}/?q=giraffe")
    expect(first_tile(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
