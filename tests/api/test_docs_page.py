"""The page of the API's description works offline and tells nobody."""

import re

import pytest

from core.api.v1.description.docs import FILES, folder

FOREIGN = re.compile(r"(?:https?:)?//[\w.-]+")


@pytest.fixture
def page(client):
    return client.get("/api/docs")


def test_nothing_of_it_is_loaded_from_elsewhere(page):
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    markup = re.sub(r"<script>.*?</script>", "", page.text, flags=re.DOTALL)
    assert not FOREIGN.search(markup)
    assert not FOREIGN.search(re.search(r"<script>(.*?)</script>", page.text, re.DOTALL)[1].replace("// ", ""))
    assert set(re.findall(r'(?:src|href)="([^"]+)"', page.text)) == {f"docs/{name}" for name in FILES} | {"data:,"}
    assert '"validatorUrl": null' in page.text  # or others would be sent the description


def test_its_policy_allows_nobody_else(page):
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert not FOREIGN.search(page.headers["content-security-policy"])
    assert "unsafe" not in policy["script-src"]


@pytest.mark.parametrize("name", FILES)
def test_its_files_are_those_of_the_package(client, name):
    """The one thing that is used of fastapi-offline is where its files are."""
    answer = client.get(f"/api/docs/{name}")
    assert answer.content == (folder() / name).read_bytes()
    assert answer.headers["content-type"].partition(";")[0] == FILES[name]


@pytest.mark.parametrize("name", ["redoc.standalone.js", "favicon.png", "..%2f__init__.py", "x"])
def test_nothing_else_of_it_is_served(client, name):
    answer = client.get(f"/api/docs/{name}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "remedy"}


def test_it_shows_the_description(client, page):
    assert "url: 'openapi.json'" in page.text  # beside it, whatever path the app is served under
    assert client.get("/api/openapi.json").json()["info"]["title"] in page.text
