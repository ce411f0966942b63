"""Filling the index, as a visitor does it: dropping, pausing, leaving, and a server that dies."""

import base64
import csv
import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Server, plan

pytestmark = pytest.mark.browser

MANY = 800
"""Enough to still be at it while somebody looks, presses and restarts."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures that are all different, a broken one and a text."""
    folder = tmp_path_factory.mktemp("many") / "album"
    rng = np.random.default_rng(0)
    for at in range(MANY):
        path = folder / f"{at // 500}" / f"{at:05d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8)).save(path)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Server], clip: dict[str, str], many: Path) -> Server:
    return start_server(IMAGE_SEARCH_ROOTS=str(many), **clip)


def done_so_far(page: Page) -> int:
    text = page.get_by_test_id("stProgress").first.inner_text()
    match = re.search(r"([\d,]+) of", text)
    return int(match[1].replace(",", "")) if match else 0


def metric(page: Page, label: str) -> str:
    return page.get_by_test_id("stMetric").filter(has_text=label).first.get_by_test_id("stMetricValue").inner_text()


SHIFTS = """() => {
    globalThis.shifted = 0
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value
    }).observe({ type: "layout-shift", buffered: true })
}"""


def assert_in_view(page: Page) -> None:
    """What the page is for is seen without a click or a scroll: a folder's path, uploads, and the progress of a job."""
    labels = [page.get_by_text(label, exact=True).first for label in ("Scan folder", "Choose files")]
    boxes = [one.bounding_box() for one in (*labels, *page.get_by_test_id("stProgress").all())]
    assert all(box and box["y"] + box["height"] <= page.viewport_size["height"] for box in boxes), boxes


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_what_it_is_for_is_in_view_and_stays_where_it_is(server: Server, chromium: Browser, size, scheme):
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = context.new_page()
    page.add_init_script(f"({SHIFTS})()")
    page.goto(f"{server.url}/ingest")
    expect(page.get_by_text("Choose files", exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("No sources yet")).to_be_visible()
    assert_in_view(page)
    assert page.evaluate("() => globalThis.shifted") <= 0.1
    context.close()


def test_planned_paused_left_killed_and_reported(server: Server, many: Path, chromium: Browser, tmp_path: Path):
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{server.url}/ingest")
    plan(page, many)
    expect(page.get_by_text(re.compile(f"{MANY + 1:,} pictures to read"))).to_be_visible()
    expect(page.get_by_test_id("stProgress").first).to_contain_text(f"{MANY + 1:,} new")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_test_id("stProgress").first).to_contain_text(
        re.compile(rf"[1-9][\d,]* of {MANY + 2:,}"), timeout=120_000
    )

    assert_in_view(page)
    page.reload()  # it is still the one who began it, and is not asked
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_test_id("stProgress").first).to_contain_text(re.compile("Paused by Chrome on .* at"))
    paused_at = done_so_far(page)
    assert 0 < paused_at < MANY
    page.context.close()  # the tab is closed, and another one opened

    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(f"{server.url}/ingest")
    expect(page.get_by_test_id("stProgress").first).to_contain_text(f"at {paused_at:,} of")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_test_id("stProgress").first).to_contain_text("files/s")  # from then on nothing is laid anew
    asked = page.get_by_text("This job was started")
    while not asked.is_visible():  # a run of the whole page may close it again
        page.get_by_role("button", name="Pause", exact=True).click()  # another tab began it
        page.wait_for_timeout(500)
    expect(page.get_by_role("button", name="Pause this job")).to_be_visible()

    server.kill()
    server.start()
    page.goto(f"{server.url}/ingest")
    expect(page.get_by_text(re.compile(rf"Interrupted at [\d,]+ of {MANY + 2:,}")).first).to_be_visible()
    expect(page.get_by_text("album — done")).to_be_visible(timeout=240_000)
    assert (metric(page, "Found"), metric(page, "Added")) == (f"{MANY + 2:,}", f"{MANY:,}")
    assert (metric(page, "Skipped"), metric(page, "Failed")) == ("1", "1")

    page.get_by_role("button", name="Failed 1").click()  # shown first; now all
    page.get_by_role("textbox", name="Filter by path or reason").fill("broken")
    page.get_by_role("textbox", name="Filter by path or reason").press("Enter")
    expect(page.get_by_text("1 file", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV", exact=True).click()
    download.value.save_as(tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["path"], row["verdict"]) for row in rows] == [(str(many / "broken.jpg"), "failed")]
    assert rows[0]["reason"]
    context.close()


DROP = """([names, contents, folder]) => {
    const transfer = new DataTransfer()
    const files = names.map((name, at) => new File([Uint8Array.from(atob(contents[at]), c => c.charCodeAt(0))], name))
    for (const file of files) transfer.items.add(file)
    if (folder) {
        const entry = {
            isFile: false, name: folder,
            createReader: () => {
                const entries = files.map(file => ({
                    isFile: true, name: file.name, fullPath: `/${folder}/${file.name}`, file: done => done(file),
                }))
                const left = [entries, []]
                return { readEntries: done => done(left.shift()) }
            },
        }
        Object.defineProperty(transfer, "items", { value: [{ webkitGetAsEntry: () => entry }] })
    }
    for (const type of ["dragover", "drop"]) {
        document.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }))
    }
}"""


def dropped(page: Page, files: dict[str, bytes], folder: str = "") -> None:
    """Drop files onto the page, or a folder of them. A real drag cannot be made here; a drop event can."""
    contents = [base64.b64encode(content).decode() for content in files.values()]
    page.evaluate(DROP, [list(files), contents, folder])


def encoded(colour: str, path: Path) -> bytes:
    Image.new("RGB", (64, 48), colour).save(path)
    return path.read_bytes()


def test_a_folder_and_an_archive_are_dropped(
    start_server: Callable[..., Server], clip: dict[str, str], page: Page, tmp_path: Path
):
    server = start_server(**clip)
    colours = ("red", "green", "blue")
    pictures = {f"{colour}.png": encoded(colour, tmp_path / f"{colour}.png") for colour in colours}
    with ZipFile(tmp_path / "more.zip", "w") as archive:
        for colour in ("yellow", "cyan"):
            archive.writestr(f"in/{colour}.png", encoded(colour, tmp_path / "x.png"))
        archive.writestr("../out.png", pictures["red.png"])
    page.goto(f"{server.url}/ingest")
    expect(page.get_by_text(re.compile("ZIP files up to"))).to_be_visible()
    labels = {"red.txt": b"0 0.5 0.5 1 1", "green.txt": b"", "data.yaml": b"names: [brick]"}
    dropped(page, {**pictures, **labels, "notes.doc": b"words"}, folder="album")
    expect(page.get_by_text("album — done")).to_be_visible(timeout=180_000)
    expect(page.get_by_text(re.compile("1 file skipped"))).to_be_visible()

    held: list[Route] = []
    page.route(re.compile(r"/uploads(\?|$)"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"/uploads(\?|$)")):
        dropped(page, {"more.zip": (tmp_path / "more.zip").read_bytes()})
    page.get_by_role("link", name="Search", exact=True).click()  # the upload goes on without its page
    expect(page.get_by_role("combobox", name="Search")).to_be_visible()
    for route in held:
        route.continue_()
    page.get_by_role("link", name="Ingest", exact=True).click()
    expect(page.get_by_text("more.zip — done")).to_be_visible(timeout=60_000)
    assert (metric(page, "Added"), metric(page, "Failed")) == ("2", "1")
    page.goto(f"{server.url}/?q=cyan")
    expect(page.locator(".counts")).to_contain_text("5 pictures")
    page.goto(f"{server.url}/?q=label:brick")
    expect(page.locator(".counts")).to_contain_text("1 picture")
    server.stop()
