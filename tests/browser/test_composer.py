"""The search bar on a page of its own, with the server's routes played by the test."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, WebSocketRoute, expect

from tests.browser.conftest import ON_BOTH, ON_STREAMLIT

pytestmark = pytest.mark.browser

PAGE = "composer_page.py"
RED, BLUE, GREEN = "a1" * 32, "b2" * 32, "c3" * 32
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"><rect width="400" height="200"/></svg>'
FILE = {"name": "<i>new</i>.png", "mimeType": "image/png", "buffer": b"a picture"}
RED_PART = {"kind": "image", "id": RED, "weight": 1, "region": None}

DROP = """(target, [kind, value]) => {
  const transfer = new DataTransfer()
  if (kind === "file") transfer.items.add(new File(["a picture"], value, { type: "image/png" }))
  else transfer.setData(kind, value)
  const options = { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true }
  target.dispatchEvent(new DragEvent("dragover", options))
  target.dispatchEvent(new DragEvent("drop", options))
}"""
PASTE = """target => {
  const transfer = new DataTransfer()
  transfer.items.add(new File(["a picture"], "image.png", { type: "image/png" }))
  target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, composed: true }))
}"""
TWO_STEPS_DOWN = """button => {
  const key = { key: "ArrowDown", bubbles: true, composed: true, cancelable: true }
  for (let step = 0; step < 2; step += 1) button.dispatchEvent(new KeyboardEvent("keydown", key))
}"""


@dataclass
class Bar:
    page: Page
    url: str
    saved: list[dict[str, Any]] = field(default_factory=list)
    """As the server keeps them."""
    sent: list[str] = field(default_factory=list)
    """The names of the pictures that were sent."""
    refusal: str | None = None
    """What the server answers to whatever is sent to it."""

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("combobox", name="Search")

    @property
    def chips(self) -> Locator:
        return self.page.get_by_role("list", name="Query", exact=True).get_by_role("listitem")

    def open(self, **query: str | list[str]) -> "Bar":
        self.page.goto(f"{self.url}/?{urlencode(query, doseq=True)}")
        expect(self.box).to_be_visible()
        expect(self.chips.first if query else self.button("beach")).to_be_visible()
        for thumbnail in self.chips.locator("img").all():
            expect(thumbnail).to_have_js_property("complete", True)
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def search(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def asks(self, **change: Any) -> None:
        """What Python heard last."""
        expect(self.page.get_by_test_id("stCode")).to_have_text(json.dumps(change, sort_keys=True, ensure_ascii=True))

    def asked(self) -> int:
        """How often anything was asked."""
        return self.page.evaluate("performance.getEntriesByName('image-search:asked').length")

    def answer(self, route: Route) -> None:
        request = route.request
        path = urlparse(request.url).path.removeprefix("/fake/")
        if self.refusal and request.method != "GET":
            route.fulfill(status=422, json={"error": self.refusal})
        elif path == "queries":
            self.sent.append(parse_qs(urlparse(request.url).query)["name"][0])
            route.fulfill(status=201, json={"id": f"{len(self.sent):064x}", "name": self.sent[-1]})
        elif path == "queries/located":
            route.fulfill(status=201, json={"id": BLUE, "name": request.post_data_json["location"]})
        elif path.startswith("saved"):
            self.keep(request.method, path.removeprefix("saved/"), request.post_data)
            route.fulfill(json=self.saved)
        else:
            route.fulfill(body=SQUARE, content_type="image/svg+xml")

    def keep(self, method: str, id_: str, body: str | None) -> None:
        if method == "POST":
            self.saved.append({"id": len(self.saved) + 1, **json.loads(body or "")})
        elif method == "DELETE":
            self.saved = [one for one in self.saved if str(one["id"]) != id_]


def opened(page: Page, url: str) -> Iterator[Bar]:
    bar, errors = Bar(page, url), []
    page.route("**/fake/**", bar.answer)
    page.on("pageerror", lambda error: errors.append(error))
    yield bar
    assert not errors


@pytest.fixture
def bar(page: Page, component_page: str) -> Iterator[Bar]:
    yield from opened(page, component_page)


@pytest.fixture
def phone(chromium: Browser, component_page: str) -> Iterator[Bar]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield from opened(context.new_page(), component_page)
    context.close()


@ON_BOTH
def test_words_become_chips_and_the_box_says_them_properly(bar: Bar):
    bar.open()
    bar.search("2:beach   + sunset -people label:cat")
    bar.asks(text="2:beach   + sunset -people label:cat", parts=[])
    expect(bar.box).to_have_value("2:beach + sunset − people label:cat")
    expect(bar.chips).to_have_text(["beach2.0", "sunset1.0", "people−1.0", "label:cat"])
    expect(bar.chips.nth(2)).to_have_class(re.compile("negative"))
    expect(bar.button("Weight of people: −1.0")).to_be_visible()
    assert bar.asked() == 1


@ON_BOTH
def test_a_link_shows_every_kind_of_part_and_nothing_in_a_name_is_markup(bar: Bar):
    image = [f"{RED}:-0.5", f"{BLUE}:1@0.5,0,0.5,0.5"]
    bar.open(q="beach −label:cat", image=image, more=GREEN, less=RED)
    expect(bar.chips).to_have_count(6)
    expect(bar.chips.nth(1)).to_have_text("<i>a1</i>.png−0.5")
    expect(bar.chips.nth(1)).to_have_class(re.compile("negative"))
    expect(bar.button("The searched part of <i>b2</i>.png")).to_have_class(re.compile("cropped"))
    expect(bar.chips.nth(3)).to_have_text("More like <i>c3</i>.png")
    expect(bar.chips.nth(4)).to_have_text("Less like <i>a1</i>.png")
    expect(bar.chips.nth(5)).to_have_text("-label:cat")
    assert bar.asked() == 0


def test_examples_are_offered_while_there_is_no_query(bar: Bar):
    bar.open().button("beach").click()
    expect(bar.chips).to_have_text(["beach1.0"])
    expect(bar.page.get_by_role("group", name="Examples")).to_be_hidden()
    bar.button("Clear the words").click()
    bar.asks(text="", parts=[])
    expect(bar.button("beach")).to_be_visible()


@ON_STREAMLIT
def test_a_late_answer_undoes_nothing(bar: Bar):
    held: list[str | bytes] | None = None
    sockets: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server().on_message(lambda said: socket.send(said) if held is None else held.append(said))

    bar.page.route_web_socket("**/_stcore/stream", connect)
    bar.open(q="beach + sunset + sea label:cat")
    held = []
    bar.button("Remove beach").click()
    while not any(b'"text": null' in said for said in held):  # what Python says when it has heard of it
        bar.page.evaluate("0")
    first, held = held, []
    bar.page.keyboard.press("Enter")  # on the chip that took its place
    for said in first:
        sockets[-1].send(said)
    sunset, sea = ({"kind": "words", "text": text, "weight": 1} for text in ("sunset", "sea"))
    bar.asks(text=None, parts=[sunset, sea, {"kind": "filter", "text": "label:cat"}])
    assert bar.chips.all_inner_texts() == ["sea\n1.0", "label:cat"]
    while not any(b'"text": null' in said for said in held):
        bar.page.evaluate("0")
    second, held = held, None
    for said in second:
        sockets[-1].send(said)
    expect(bar.box).to_have_value("sea label:cat")
    expect(bar.button("Remove sea")).to_be_focused()


@ON_BOTH
def test_a_weight_by_the_arrow_keys_steps_over_zero_and_is_asked_for_once(bar: Bar):
    bar.open(q="0.2:beach + sunset")
    weight = bar.page.get_by_role("button", name="Weight of beach")
    weight.focus()
    weight.evaluate(TWO_STEPS_DOWN)
    expect(weight).to_have_text("−0.1")
    bar.asks(
        text=None,
        parts=[{"kind": "words", "text": "beach", "weight": -0.1}, {"kind": "words", "text": "sunset", "weight": 1}],
    )
    expect(bar.box).to_have_value("− 0.1:beach + sunset")
    expect(weight).to_be_focused()
    assert bar.asked() == 1


def test_a_weight_by_the_slider_shows_while_it_is_dragged(bar: Bar):
    bar.open(q="beach")
    bar.button("Weight of beach: 1.0").click()
    slider = bar.page.get_by_role("slider", name="Weight")
    expect(slider).to_be_focused()
    area = slider.bounding_box()
    assert area
    bar.page.mouse.move(area["x"] + area["width"] * 0.66, area["y"] + area["height"] / 2)
    bar.page.mouse.down()
    bar.page.mouse.move(area["x"] + area["width"] - 1, area["y"] + area["height"] / 2, steps=4)
    expect(bar.chips).to_have_text(["beach2.0"])
    bar.page.mouse.up()
    bar.asks(text=None, parts=[{"kind": "words", "text": "beach", "weight": 2}])
    expect(bar.box).to_have_value("2:beach")
    bar.page.keyboard.press("Escape")
    expect(slider).to_be_hidden()
    expect(bar.button("Weight of beach: 2.0")).to_be_focused()


def test_a_weight_in_numbers_and_excluding(bar: Bar):
    bar.open(q="beach", image=RED)
    bar.button("Weight of <i>a1</i>.png: 1.0").click()
    number = bar.page.get_by_role("spinbutton", name="Weight as a number")
    number.fill("0")
    number.press("Tab")
    expect(number).to_have_value("1")
    number.fill("0.25")
    expect(bar.chips.nth(1)).to_contain_text("0.25")
    bar.button("Exclude").click()
    expect(bar.button("Exclude")).to_have_attribute("aria-pressed", "true")
    beach = {"kind": "words", "text": "beach", "weight": 1}
    bar.asks(text=None, parts=[beach, {**RED_PART, "weight": -0.5}])
    bar.button("Exclude").click()
    bar.asks(text=None, parts=[beach, RED_PART])


def test_a_chip_leads_to_its_text_in_the_box(bar: Bar):
    bar.open(q="beach + sea + beach label:cat")
    bar.button("Edit beach").nth(1).click()
    expect(bar.box).to_be_focused()
    bar.page.keyboard.type("dog")
    expect(bar.box).to_have_value("beach + sea + dog label:cat")
    bar.page.keyboard.press("Enter")
    expect(bar.chips).to_have_text(["beach1.0", "sea1.0", "dog1.0", "label:cat"])


def test_what_is_typed_after_a_search_stays(bar: Bar):
    bar.open()
    bar.search("dog")
    bar.page.keyboard.type(" and cat")
    expect(bar.chips).to_have_text(["dog1.0"])
    expect(bar.box).to_have_value("dog and cat")


def test_what_is_typed_goes_along_with_a_changed_picture(bar: Bar):
    bar.open(q="dog", image=[RED, BLUE])
    bar.box.fill("cat")
    bar.button("Remove <i>b2</i>.png").click()
    bar.asks(text="cat", parts=[RED_PART])
    expect(bar.box).to_have_value("cat")


def test_a_filter_is_completed_by_the_keyboard(bar: Bar):
    bar.open()
    options = bar.page.get_by_role("option")
    bar.box.press_sequentially("a beach la")
    expect(options).to_have_text(["label:"])
    expect(bar.box).to_have_attribute("aria-expanded", "true")
    bar.box.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    bar.box.press("Enter")
    expect(bar.box).to_have_value("a beach label:")
    expect(options).to_have_text(["car", "cat", "concert", "traffic light"])
    bar.box.press_sequentially("ca")
    bar.box.press("ArrowDown")
    bar.box.press("ArrowDown")
    bar.box.press("Enter")
    bar.box.press_sequentially("-label:tr")
    bar.box.press("Tab")
    expect(bar.box).to_have_value('a beach label:cat -label:"traffic light" ')
    expect(options).to_have_count(0)
    bar.box.press("Enter")
    expect(bar.chips).to_have_text(["a beach1.0", "label:cat", "-label:traffic light"])


def test_escape_closes_the_offered_values_and_enter_runs_what_is_typed(bar: Bar):
    bar.open()
    bar.box.press_sequentially("tag:")
    expect(bar.page.get_by_role("option")).to_have_text(["<img src=x onerror=hacked()>"])
    bar.box.press("Escape")
    expect(bar.page.get_by_role("option")).to_have_count(0)
    expect(bar.box).to_have_value("tag:")
    bar.box.press_sequentially("holiday")
    bar.box.press("Enter")
    expect(bar.chips).to_have_text(["tag:holiday"])


def test_pictures_are_chosen_dropped_and_pasted(bar: Bar):
    bar.open()
    bar.box.fill("beach")
    bar.page.get_by_label("Choose a picture").set_input_files([FILE, {**FILE, "name": "b.png"}])
    expect(bar.chips).to_have_count(3)
    expect(bar.box).to_have_value("beach")
    bar.page.locator("body").evaluate(DROP, ["file", "c.png"])
    expect(bar.chips).to_have_count(4)
    bar.box.evaluate(PASTE)
    expect(bar.chips).to_have_count(5)
    assert sorted(bar.sent) == sorted([FILE["name"], "b.png", "c.png", "Pasted picture.png"])


def test_a_picture_dragged_from_the_results_is_taken_on_the_bar_only(bar: Bar):
    bar.open(q="beach")
    dragged = ["application/x-image-search-picture", json.dumps({"id": RED, "name": "red.png"})]
    bar.page.get_by_label("Elsewhere").evaluate(DROP, dragged)
    assert bar.asked() == 0
    bar.box.evaluate(DROP, dragged)
    bar.asks(text=None, parts=[{"kind": "words", "text": "beach", "weight": 1}, RED_PART])


@pytest.mark.parametrize(
    ("file", "refusal", "said"),
    [
        ({**FILE, "name": "a.txt", "mimeType": "text/plain"}, None, "a.txt: This is not a picture."),
        (
            {**FILE, "buffer": bytes((1 << 20) + 1)},
            None,
            "<i>new</i>.png: The file is 1.0 MB, more than the 1 MB allowed.",
        ),
        (FILE, "It cannot be read.", "<i>new</i>.png: It cannot be read."),
    ],
)
def test_a_picture_that_is_refused(bar: Bar, file: dict, refusal: str | None, said: str):
    bar.open().refusal = refusal
    bar.page.get_by_label("Choose a picture").set_input_files([file])
    expect(bar.page.get_by_text(said)).to_be_visible()
    expect(bar.chips).to_have_count(0)
    assert bar.asked() == 0


def test_a_part_of_a_picture_is_drawn_moved_and_resized(bar: Bar):
    bar.open(image=RED)
    bar.button("Search with a part of <i>a1</i>.png").click()
    dialog = bar.page.get_by_role("dialog", name="Search with a part of this picture")
    expect(dialog).to_contain_text("The whole picture")
    expect(bar.button("Use this part")).to_be_disabled()
    picture = dialog.get_by_role("img", name="<i>a1</i>.png")
    drag(bar.page, picture, (0.2, 0.2), (0.6, 0.7))
    expect(dialog).to_contain_text("40 × 50 % of the picture, 20 % from the left and 20 % from the top")
    drag(bar.page, picture, (0.4, 0.4), (0.5, 0.3))
    expect(dialog).to_contain_text("40 × 50 % of the picture, 30 % from the left and 10 % from the top")
    drag(bar.page, picture, (0.7, 0.6), (0.9, 0.9))
    expect(dialog).to_contain_text("60 × 80 % of the picture, 30 % from the left and 10 % from the top")
    bar.button("Use this part").click()
    expect(dialog).to_be_hidden()
    expect(bar.button("The searched part of <i>a1</i>.png")).to_be_focused()
    said = bar.page.get_by_test_id("stCode")
    expect(said).to_contain_text("region")
    assert json.loads(said.inner_text())["parts"][0]["region"] == pytest.approx([0.3, 0.1, 0.6, 0.8], abs=0.01)


def drag(page: Page, over: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    area = over.bounding_box()
    assert area
    (x, y), (to_x, to_y) = [
        (area["x"] + area["width"] * across, area["y"] + area["height"] * down) for across, down in (start, end)
    ]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=4)
    page.mouse.up()


def test_a_part_of_a_picture_by_the_keyboard(bar: Bar):
    bar.open(image=f"{RED}:1@0.5,0.5,0.03,0.5")
    bar.button("The searched part of <i>a1</i>.png").press("Enter")
    part = bar.page.get_by_role("group", name="The part")
    expect(part).to_be_focused()
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowUp", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft"):
        part.press(key)
    part.press("Enter")
    bar.asks(text=None, parts=[{**RED_PART, "region": [0.49, 0.49, 0.02, 0.49]}])
    bar.button("The searched part of <i>a1</i>.png").press("Enter")
    bar.page.keyboard.press("Escape")
    assert bar.asked() == 1
    bar.button("The searched part of <i>a1</i>.png").click()
    bar.button("Use the whole picture").click()
    bar.asks(text=None, parts=[RED_PART])


def test_what_the_model_does_not_understand_is_offered_in_another_way(bar: Bar):
    bar.open(q="a beach without people")
    said = bar.page.get_by_text("does not understand “without”. Search for a beach, away from people, instead?")
    expect(said).to_be_visible()
    bar.button("Dismiss the suggestion").click()
    expect(said).to_be_hidden()
    bar.open(q="a beach without people").button("Search that way").click()
    bar.asks(text="a beach − people", parts=[])
    expect(bar.chips).to_have_text(["a beach1.0", "people−1.0"])
    expect(said).to_be_hidden()


@ON_BOTH
def test_recent_searches_are_opened_and_forgotten(bar: Bar):
    bar.open(q="beach")
    recent = bar.page.get_by_role("list", name="Recent searches").get_by_role("listitem")
    bar.search("sunset")
    expect(bar.chips).to_have_text(["sunset1.0"])
    bar.button("Clear the words").click()
    expect(bar.button("beach")).to_be_visible()
    bar.page.reload()
    expect(bar.button("beach")).to_be_visible()
    bar.box.click()
    expect(recent).to_have_text(["sunset", "beach"])
    bar.page.keyboard.press("ArrowDown")
    bar.page.keyboard.press("ArrowDown")
    bar.page.keyboard.press("Enter")
    bar.asks(address="?q=beach")
    expect(bar.box).to_have_value("beach")
    bar.button("Recent and saved searches").click()
    expect(recent).to_have_text(["beach", "sunset"])
    bar.page.keyboard.press("Delete")
    expect(recent).to_have_text(["sunset"])
    bar.button("Clear all").click()
    expect(bar.page.get_by_text("Your searches appear here")).to_be_visible()
    bar.page.keyboard.press("Escape")
    expect(bar.box).to_be_focused()


def test_a_browser_that_keeps_nothing(bar: Bar):
    bar.page.add_init_script("Storage.prototype.getItem = Storage.prototype.setItem = () => { throw new Error('no') }")
    bar.open(q="beach")
    bar.search("sunset")
    expect(bar.chips).to_have_text(["sunset1.0"])
    bar.button("Recent and saved searches").click()
    expect(bar.page.get_by_role("list", name="Recent searches").get_by_role("listitem")).to_contain_text(["beach"])


def test_a_search_is_saved_renamed_opened_and_deleted(bar: Bar):
    bar.open(q="beach").button("Save this search").click()
    bar.page.get_by_label("Name").fill("By the <i>sea</i>")
    bar.page.keyboard.press("Enter")
    expect(bar.button("Saved")).to_be_visible()
    assert bar.saved == [{"id": 1, "name": "By the <i>sea</i>", "query_string": "?q=beach"}]
    bar.button("Saved").click()
    expect(bar.page.get_by_label("Name")).to_have_value("By the <i>sea</i>")
    bar.page.get_by_label("Name").fill("Beaches")
    bar.button("Rename").click()
    expect(bar.button("Saved")).to_be_focused()
    assert bar.saved == [{"id": 2, "name": "Beaches", "query_string": "?q=beach"}]
    bar.search("sunset")
    expect(bar.button("Save this search")).to_be_visible()
    bar.button("Recent and saved searches").click()
    bar.button("Beaches").click()
    bar.asks(address="?q=beach")
    bar.button("Saved").click()
    bar.button("Remove from saved").click()
    expect(bar.button("Save this search")).to_be_visible()
    assert bar.saved == []


def test_a_search_that_cannot_be_saved(bar: Bar):
    bar.open(q="beach").refusal = "There are 200 saved searches already."
    bar.button("Save this search").click()
    bar.page.keyboard.press("Enter")
    expect(bar.page.get_by_role("alert").filter(has_text="There are 200 saved searches already.")).to_be_visible()
    bar.page.keyboard.press("Escape")
    expect(bar.button("Save this search")).to_be_focused()


def test_keys_that_lead_to_the_box(bar: Bar):
    bar.open(q="beach")
    elsewhere = bar.page.get_by_label("Elsewhere")
    elsewhere.press("/")
    expect(elsewhere).to_have_value("/")
    elsewhere.blur()
    bar.page.keyboard.press("/")
    expect(bar.box).to_be_focused()
    expect(bar.box).to_have_value("beach")
    bar.button("Remove beach").focus()
    bar.page.keyboard.press("Control+k")
    expect(bar.box).to_be_focused()


def test_the_help_has_examples_to_try(bar: Bar):
    bar.open()
    bar.button("How to search").click()
    bar.button("beach − people").click()
    bar.asks(text="beach − people", parts=[])
    bar.button("How to search").click()
    bar.button("label:car").click()
    bar.asks(text="beach − people label:car", parts=[])
    bar.button("How to search").click()
    bar.button("tag:").click()
    expect(bar.box).to_have_value("beach − people label:car tag:")
    expect(bar.page.get_by_role("option")).to_have_count(1)


def test_the_picture_at_a_path_takes_its_place(bar: Bar):
    bar.open()
    bar.search("/pictures/a cat.png")
    expect(bar.page.get_by_role("group", name="Suggestion")).to_contain_text("This is the path of a picture.")
    bar.button("Search with this picture").click()
    bar.asks(text="", parts=[RED_PART | {"id": BLUE}])
    expect(bar.box).to_have_value("")
    expect(bar.chips).to_have_count(1)
    expect(bar.page.get_by_role("group", name="Suggestion")).to_be_hidden()
    bar.page.reload()
    expect(bar.chips).to_have_count(1)


def test_why_a_path_is_not_searched_by_is_said(bar: Bar):
    bar.open()
    bar.search("/elsewhere/x.png")
    expect(bar.page.get_by_role("group", name="Suggestion")).to_contain_text("It is outside.")
    expect(bar.button("Search with this picture")).to_be_hidden()


def test_on_a_phone_recent_searches_and_help_are_there_beside_a_query(phone: Bar):
    for query in ({}, {"q": "beach"}, {"q": f"{'beach ' * 9}+ sunset label:cat", "image": [RED, BLUE]}):
        phone.open(**query)
        for name in ("Recent and saved searches", "How to search"):
            phone.button(name).click(trial=True)  # it is seen, and nothing lies over it
        for chip in phone.chips.locator("button").all():
            chip.click(trial=True)


def test_on_a_phone_everything_fits_and_can_be_touched(phone: Bar):
    phone.page.emulate_media(reduced_motion="reduce")  # chips are as large as they will be from the beginning
    phone.open(q=f"2:{'beach ' * 20}+ sunset label:cat", image=[RED, f"{BLUE}:-0.5@0,0,0.5,0.5"], more=GREEN, less=RED)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    small = [
        (one.get_attribute("class"), area)
        for one in phone.page.locator(".query button:visible, .query input:visible").all()
        if (area := one.bounding_box())
        and (area["height"] < 40 or area["width"] < 40 or area["x"] + area["width"] > 390)
    ]
    assert not [one for one in small if one[0] != "visually-hidden"]


def test_a_part_of_a_picture_by_touch(phone: Bar):
    phone.open(image=RED)
    phone.button("Search with a part of <i>a1</i>.png").tap()
    dialog = phone.page.get_by_role("dialog", name="Search with a part of this picture")
    area = dialog.get_by_role("img", name="<i>a1</i>.png").bounding_box()
    assert area
    session = phone.page.context.new_cdp_session(phone.page)
    for kind, share in (("touchStart", 0.25), ("touchMove", 0.5), ("touchMove", 0.75)):
        point = {"x": area["x"] + area["width"] * share, "y": area["y"] + area["height"] * share}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(dialog).to_contain_text("50 × 50 % of the picture, 25 % from the left and 25 % from the top")


@ON_STREAMLIT
def test_back_before_the_answer_brings_the_words_before(bar: Bar):
    bar.open(q="zebra")
    bar.search("for ever")
    expect(bar.page.get_by_text("searching")).to_be_visible()
    bar.page.go_back()
    expect(bar.chips).to_have_count(1)
    expect(bar.page.get_by_text("searching")).to_be_hidden()
    expect(bar.box).to_have_value("zebra")
    bar.search("pizza")
    expect(bar.chips.first).to_contain_text("pizza")
    expect(bar.box).to_have_value("pizza")
