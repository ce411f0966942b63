"""Two processes of the app behind nginx, on one data folder: what somebody with a browser sees of that."""

import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from benchmarks.proxy import proxied
from tests.browser.conftest import Server, servers_in
from tests.material import needs_nginx
from tests.nodes import wait_until

pytestmark = [pytest.mark.browser, needs_nginx]

PICTURES = ("000000000025", "000000000034", "000000000072", "000000000154")
"""Of COCO128: two with giraffes, two with zebras."""

COOKIE = "image_search_process"


@dataclass
class Both:
    url: str
    """Of nginx."""
    servers: dict[str, Server]

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """As a program does, without a cookie."""
        try:
            with urlopen(Request(self.url + path, body, headers), timeout=60) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def is_indexed(self) -> bool:
        status, text = self.ask("/api/v1/search?q=giraffe")
        return status == 200 and len(json.loads(text)["results"]) == len(PICTURES)

    def reads(self, name: str) -> int:
        """How many thumbnails a process has answered with."""
        return self.servers[name].log.read_text().count("/thumbnails/")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, clip: dict[str, str], coco: Path) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("behind")
    (folder / "pictures").mkdir()
    for name in PICTURES:
        shutil.copy(coco / "train" / "images" / f"{name}.jpg", folder / "pictures")
    settings = {
        "IMAGE_SEARCH_DATA_DIR": str(folder / "data"),
        "IMAGE_SEARCH_ROOTS": str(folder / "pictures"),
        "IMAGE_SEARCH_TRUSTED_PROXIES": "127.0.0.1",
        **clip,
    }
    with servers_in(tmp_path_factory) as start, ThreadPoolExecutor(2) as pool:
        servers = list(pool.map(lambda _: start(**settings), range(2)))
        ports = [int(server.url.rpartition(":")[2]) for server in servers]
        with proxied(folder, ports) as url:
            both = Both(url, dict(zip(("one", "two"), servers, strict=True)))
            body = json.dumps({"locations": [str(folder / "pictures")]}).encode()
            status, _ = both.ask("/api/v1/ingest", body, **{"Content-Type": "application/json"})
            assert status < 300
            wait_until(both.is_indexed, 120, "the pictures are indexed")
            yield both


def process(page: Page) -> str:
    """The one that the browser is sent to."""
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == COOKIE)


def search(page: Page, words: str) -> None:
    expect(page.locator(".query.ready")).to_be_visible()
    box = page.get_by_role("combobox", name="Search")
    box.fill(words)
    box.press("Enter")


def expect_first(page: Page, name: str) -> None:
    """The first result, with its thumbnail."""
    tile = page.locator(".tile").first
    expect(tile).to_contain_text(re.compile(name))
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=tile.locator("img").element_handle()
    )


def test_a_page_goes_on_with_the_other_process_when_its_own_is_killed(both: Both, page: Page, coco: Path):
    page.goto(both.url)
    page.get_by_label("Choose a picture").set_input_files(coco / "train" / "images" / f"{PICTURES[1]}.jpg")
    expect(page).to_have_url(re.compile(r"image=[0-9a-f]{64}"))
    expect_first(page, PICTURES[1])
    own = process(page)
    other = "two" if own == "one" else "one"
    before = both.reads(other)
    page.goto(f"{both.url}/?q=zebra")
    expect_first(page, "000000000(034|154)")
    assert both.reads(other) == before, "all of it came from one process"

    both.servers[own].kill()
    search(page, "giraffe")
    expect_first(page, "000000000(025|072)")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert process(page) == other
    assert both.ask("/readyz")[0] == 200

    both.servers[own].start()
    page.reload()
    expect_first(page, "000000000(025|072)")
    assert process(page) == other, "where its page was drawn meanwhile"


def test_what_is_too_large_is_refused_by_the_app_in_words(both: Both):
    status, said = both.ask("/queries", bytes(51 << 20), **{"Content-Type": "image/png"})
    assert status == 413, said
    assert json.loads(said)["error"].endswith("can be uploaded.")
