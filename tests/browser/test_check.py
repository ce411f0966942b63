"""The check of files from elsewhere in a real browser, on routes whose answers the files' names say."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_review import serious

pytestmark = pytest.mark.browser

PAGE = "check_page.py"


def test_many_files_each_with_its_verdict(page: Page, component_page: str, tmp_path: Path):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(component_page)
    kinds = ["same-file"] * 3 + ["same-picture"] * 2 + ["look-alike", "unreadable"]
    names = [f"{at} {kind}.jpg" for at, kind in enumerate(kinds)] + [f"{at} new.png" for at in range(100)]
    files = [{"name": name, "mimeType": "image/jpeg", "buffer": b"x"} for name in names]
    files += [
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"x"},
        {"name": "empty.jpg", "mimeType": "image/jpeg", "buffer": b""},
    ]
    page.get_by_label("Choose files").set_input_files(files)
    expect(page.locator(".summary")).to_have_text(
        "108 files checked · 5 in the collection · 1 look-alike · 100 new · 1 skipped: not a picture"
    )
    assert page.locator(".checked").count() < 30, "only what is near the window is in the page"
    chips = page.get_by_role("group", name="Show only")
    chips.get_by_role("button", name="Cannot be read").click()
    expect(page.locator(".checked")).to_have_count(2)
    expect(page.locator(".checked", has_text="empty.jpg")).to_contain_text("The file is empty.")
    chips.get_by_role("button", name="Same picture").press("Enter")
    expect(chips.get_by_role("button", name="Same picture")).to_be_focused()
    expect(page.locator(".checked").first).to_contain_text("half the size")
    assert serious(page) == []
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download CSV").click()
    lines = Path(taken.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[1].startswith('"3 same-picture.jpg","3 same-picture.jpg","Same picture","half the size","0.9500"')
    assert len(lines) == 3
    page.get_by_role("button", name=re.compile("^Compare 3 same-picture")).click()
    expect(page.get_by_role("dialog", name="Compare")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".checked")).to_have_count(0)
    page.get_by_role("textbox", name="Folder, picture or ZIP file").fill("/pictures/new")
    page.keyboard.press("Enter")
    expect(page.locator(".summary")).to_have_text("40 files checked · 0 in the collection · 40 new")
    assert not errors
