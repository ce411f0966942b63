"""People sign in with a provider, as far as their role goes, and out; in a real browser."""

import re
import time
from urllib.parse import urlsplit

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import expect

from tests import signed_in
from tests.browser.conftest import servers_in

USERS = [
    User(sub="vera", claims={"email": "vera@example.com"}),
    User(sub="ada", claims={"email": "ada@example.com"}),
    User(sub="mallory", claims={"email": "mallory@example.org"}),
]
SECRETS = """
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "{secret}"
client_id = "image-search"
client_secret = "hush"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def provider():
    with run_server_in_thread(user_claims=USERS) as server:
        yield server


@pytest.fixture(scope="module")
def server(provider, tmp_path_factory):
    file = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    url = f"http://localhost:{provider.server_port}"
    file.write_text(SECRETS.format(secret=signed_in.SECRET, provider=url))
    with servers_in(tmp_path_factory) as start:
        yield start(
            STREAMLIT_SECRETS_FILES=str(file),
            OFFLINE_MODE="True",
            MODEL_CACHE_DIR=str(tmp_path_factory.mktemp("none")),
            IMAGE_SEARCH_ADMINS="ada@example.com",
            IMAGE_SEARCH_VIEWERS="@example.com",
        )


def sign_in(page, sub):
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name=f"Authorize as {sub}").click()


def test_from_a_link_to_the_page_and_out_again(server, page):
    page.goto(f"{server.url}/?q=red")
    expect(page.get_by_role("heading", name="image-search")).to_be_visible()
    sign_in(page, "vera")
    expect(page.get_by_role("combobox", name="Search")).to_be_visible()
    assert urlsplit(page.url).query == "q=red"
    expect(page.get_by_role("link", name="Ingest")).to_have_count(0)
    page.get_by_role("button", name="vera@example.com").click()
    page.get_by_text("Sign out", exact=True).click()
    expect(page).to_have_url(re.compile("/oauth2/end_session"))
    page.get_by_role("button").first.click()
    page.goto(server.url)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_who_may_ingest_and_who_may_not_even_look(server, page):
    page.goto(f"{server.url}/ingest")
    sign_in(page, "ada")
    expect(page.get_by_role("button", name="Scan folder")).to_be_visible()
    page.context.clear_cookies()
    page.goto(server.url)
    sign_in(page, "mallory")
    expect(page.get_by_text("mallory@example.org")).to_be_visible()
    expect(page.get_by_text("Ask ada@example.com.")).to_be_visible()


def test_a_session_that_ends_asks_to_sign_in(server, page):
    given = signed_in.cookies(email="vera@example.com", exp=time.time() + 8, origin=server.url)
    page.context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in given.items()])
    page.goto(server.url)
    expect(page.get_by_role("combobox", name="Search")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_the_provider_is_away_and_who_is_in_goes_on(server, provider, page):
    """The last one: it does not come back."""
    provider.shutdown()
    provider.server_close()
    page.goto(server.url)
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_text("does not respond")).to_be_visible()
    given = signed_in.cookies(email="vera@example.com", origin=server.url)
    page.context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in given.items()])
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("combobox", name="Search")).to_be_visible()
