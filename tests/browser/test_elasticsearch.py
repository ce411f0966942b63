"""The app on a server of Elasticsearch that goes away and comes back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, plan
from tests.nodes import Node

pytestmark = [pytest.mark.browser, pytest.mark.elasticsearch]


def test_a_stopped_server_is_said_and_its_return_is_noticed(
    node: Node, start_server: Callable[..., Server], clip: dict[str, str], page: Page, tmp_path: Path
):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for colour in ("red", "green", "blue"):
        Image.new("RGB", (64, 64), colour).save(folder / f"{colour}.png")
    settings = {"IMAGE_SEARCH_INDEX": "seen", "IMAGE_SEARCH_ROOTS": str(folder)}
    server = start_server(ELASTICSEARCH_URL=node.url, **settings, **clip)

    page.goto(f"{server.url}/ingest")
    plan(page, folder)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("pictures — done")).to_be_visible(timeout=120_000)
    page.goto(f"{server.url}/?q=red")
    expect(page.locator(".counts")).to_contain_text("3 pictures")

    node.stop()
    for address in ("/?q=green", "/ingest"):
        page.goto(server.url + address)
        error = page.get_by_role("alert").first
        expect(error).to_contain_text("The index is not available")
        expect(error).to_contain_text(node.url.removeprefix("http://"))
        expect(page.get_by_text("Traceback")).to_have_count(0)

    page.goto(f"{server.url}/?q=green")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    node.start()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".counts")).to_contain_text("3 pictures")
