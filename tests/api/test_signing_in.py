"""Signing in and out with a provider, without a browser; what happens where it is away."""

import logging
import re
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import streamlit as st
from oidc_provider_mock import User, run_server_in_thread
from starlette.testclient import TestClient
from streamlit.runtime import Runtime

import streamlit_app
from core.access.access import Access
from core.access.login import COOKIE, read_login
from core.access.roles import Role
from core.api.protection import protection
from core.database import Database
from core.hosts import LOOPBACK, Hosts
from core.ui.access import login as module
from core.ui.shell import pages, shell
from tests.signed_in import RULES, SECRET, cookies, header

USERS = [
    User(sub="ada", claims={"email": "ada@example.com", "email_verified": True}),
    User(sub="eve", claims={"email": "eve@example.com", "groups": ["curators"]}),
    User(sub="sly", claims={"email": "ada@example.com", "email_verified": False}),
    User(sub="mallory", claims={"email": "mallory@example.org", "name": "Mallory"}),
]


@contextmanager
def app_with(provider: str, folder, prefix: str = ""):
    """The app, where people sign in with a provider; Streamlit has its routes, and nothing more of it runs."""
    auth: dict[str, Any] = {
        "redirect_uri": f"http://localhost:8501{prefix}/oauth2callback",
        "cookie_secret": SECRET,
        "client_id": "image-search",
        "client_secret": "hush",
        "server_metadata_url": f"{provider}/.well-known/openid-configuration",
    }
    st.secrets.merge_programmatic_secrets({"auth": auth})
    login = read_login(auth, groups_claim="groups", session_hours=None, port=8501)
    database = Database(str(folder / "jobs.db"))
    access = Access(login, RULES, lambda: database)
    before = streamlit_app.app._user_routes, streamlit_app.app._user_middleware
    others = [route for route in before[0] if getattr(route, "path", "") not in pages(signs_in=False)]
    streamlit_app.app._user_routes = [*others, *shell(prefix, signs_in=True)]
    streamlit_app.app._user_middleware = protection(
        Hosts(LOOPBACK), prefix, pages(signs_in=True), access=access, login_url=module.login_url
    )
    logging.getLogger(module._STREAMLITS_ROUTES).addFilter(module._without_traceback)
    yield streamlit_app.app._build_starlette_app(), access
    streamlit_app.app._user_routes, streamlit_app.app._user_middleware = before
    st.secrets._reset()
    Runtime._instance = None
    streamlit_app.app._runtime = None


@pytest.fixture(scope="module")
def provider():
    with run_server_in_thread(user_claims=USERS) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def signing(provider, tmp_path_factory):
    with app_with(provider, tmp_path_factory.mktemp("signing")) as made:
        yield made


@pytest.fixture
def browser(signing, portal):
    made = TestClient(signing[0], "http://localhost:8501", raise_server_exceptions=False, follow_redirects=False)
    made.portal = portal
    return made


def begin(browser, page="/"):
    """From the page for it to the provider; returns the provider's URL."""
    (link,) = re.findall(r'href="(/[^"]*sign-in[^"]*)"', browser.get(page).text)
    to_streamlit = browser.get(link.replace("&amp;", "&"))
    assert to_streamlit.status_code == 302
    to_provider = browser.get(to_streamlit.headers["location"])
    assert to_provider.status_code == 302
    return to_provider.headers["location"]


def come_back(browser, url, **form):
    """What the app answers when the provider sends somebody back."""
    sent_back = httpx.post(url, data=form).headers["location"]
    return browser.get(sent_back.removeprefix("http://localhost:8501"))


@pytest.mark.parametrize("page", ["/", "/?q=red%20bus&k=5", "/search?q=%2Fx%3D1", "/ingest", "/access"])
def test_they_come_to_the_page_that_they_asked_for(browser, page):
    answer = come_back(browser, begin(browser, page), sub="ada")
    assert answer.status_code == 302
    assert answer.headers["location"] == page
    assert browser.get("/api/v1/me").json() == {"name": "ada@example.com", "role": "admin"}
    assert browser.get(page).status_code in {200, 307}


@pytest.mark.parametrize(
    ("sub", "role"),
    [("ada", Role.ADMIN), ("eve", Role.EDITOR), ("vera@example.com", Role.VIEWER), ("sly", None), ("mallory", None)],
)
def test_they_have_the_role_of_what_the_provider_says(browser, sub, role):
    assert come_back(browser, begin(browser), sub=sub).status_code == 302
    told = browser.get("/api/v1/me")
    assert told.status_code == (200 if role else 403)
    assert role is None or told.json()["role"] == role.word


def test_what_was_done_is_noted(browser, signing):
    come_back(browser, begin(browser), sub="mallory")
    browser.get("/auth/logout")
    noted = [(one.who, one.action) for one in signing[1].audit.entries(2)]
    assert noted == [("mallory@example.org", "Signed out"), ("mallory@example.org", "Signed in without a role")]


def test_who_signs_out_is_out_wherever_the_cookie_went(browser):
    come_back(browser, begin(browser), sub="ada")
    copied = {name: value for name, value in browser.cookies.items() if name.startswith(COOKIE)}
    assert browser.get("/").status_code == 200
    answer = browser.get("/auth/logout")
    assert urlsplit(answer.headers["location"]).path == "/oauth2/end_session"
    assert not [name for name in browser.cookies if name.startswith(COOKIE)]
    assert browser.get("/").status_code == browser.get("/api/v1/me").status_code == 401
    assert browser.get("/api/v1/me", headers=header(copied)).status_code == 401
    assert browser.get("/oauth2callback").headers["location"] == "/", "the provider sends them back here"


def test_another_site_signs_nobody_out(browser):
    come_back(browser, begin(browser), sub="ada")
    for headers in (
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
        {"referer": "http://evil.example/"},
    ):
        assert browser.get("/auth/logout", headers=headers).status_code == 403
        assert browser.get("/sign-out", headers=headers).status_code == 403
    assert browser.get("/").status_code == 200


def test_the_provider_may_send_them_back_from_elsewhere(browser):
    url = begin(browser)
    sent_back = httpx.post(url, data={"sub": "ada"}).headers["location"].removeprefix("http://localhost:8501")
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "referer": "http://id.example.com/"}
    assert browser.get(sent_back, headers=link).headers["location"] == "/"
    assert browser.get(sent_back, headers=link).status_code == 401, "once"


def test_who_is_refused_is_told(browser):
    answer = come_back(browser, begin(browser), action="deny")
    assert answer.status_code == 401
    assert "did not confirm who you are" in answer.text
    assert ">Sign in</a>" in answer.text


@pytest.mark.parametrize("query", ["code=x&state=y", "error=access_denied&error_description=%3Cscript%3E", "code=x"])
def test_what_nobody_has_begun_ends_nowhere(browser, query):
    answer = browser.get(f"/oauth2callback?{query}")
    assert answer.status_code == 401
    assert "did not confirm" in answer.text
    assert "<script>" not in answer.text
    assert not browser.cookies.get(COOKIE)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/nothing",
        "javascript:alert(1)",
        "/auth/logout",
        "",
        "/\n/evil",
        "x" * 9000,
    ],
)
def test_they_are_led_to_pages_of_the_app_alone(browser, wanted):
    browser.get("/sign-in/default", params={"next": wanted})
    answer = come_back(browser, begin(browser), sub="ada")
    assert answer.headers["location"] == "/"
    assert browser.get("/sign-in", params={"next": wanted}).headers["location"] == "/"


def test_who_has_signed_in_need_not_again(browser):
    come_back(browser, begin(browser), sub="ada")
    assert browser.get("/sign-in").headers["location"] == "/"
    assert browser.get("/sign-in/default?next=/ingest").headers["location"] == "/ingest"


@pytest.mark.parametrize(("path", "status"), [("/sign-in", 200), ("/sign-in/okta", 404), ("/sign-in/default/x", 404)])
def test_pages_for_it(browser, path, status):
    answer = browser.get(path)
    assert (answer.status_code, ">Sign in</a>" in answer.text) == (status, True)
    assert browser.post(path).status_code == 405


def test_behind_a_proxy_with_encryption_the_cookie_is_for_encrypted_ways_alone(signing, portal):
    app, _ = signing
    secure = TestClient(app, "https://localhost:8501", raise_server_exceptions=False, follow_redirects=False)
    secure.portal = portal
    assert "; secure" in secure.get("/sign-in/default").headers["set-cookie"].lower()
    given = come_back(secure, begin(secure), sub="ada").headers.get_list("set-cookie")
    mine = [one for one in given if one.startswith(COOKIE)]
    assert mine
    assert all(
        "; secure" in one.lower() and "httponly" in one.lower() and "samesite=lax" in one.lower() for one in mine
    )


def test_the_provider_is_away(signing, provider, tmp_path, portal, caplog):
    with run_server_in_thread() as server:
        gone = f"http://localhost:{server.server_port}"
    auth = dict(st.secrets["auth"].to_dict()) | {"server_metadata_url": f"{gone}/.well-known/openid-configuration"}
    st.secrets.merge_programmatic_secrets({"auth": auth})
    browser = TestClient(signing[0], "http://localhost:8501", raise_server_exceptions=False, follow_redirects=False)
    browser.portal = portal
    with caplog.at_level(logging.WARNING):
        (link,) = re.findall(r'href="(/[^"]*sign-in[^"]*)"', browser.get("/ingest").text)
        answer = browser.get(browser.get(link.replace("&amp;", "&")).headers["location"])
    assert answer.status_code == 503
    assert "does not respond" in answer.text
    assert ">Sign in</a>" in answer.text
    assert not [record for record in caplog.records if record.exc_info], "no traceback"
    signed_in = header(cookies(email="vera@example.com"))
    assert browser.get("/", headers=signed_in).status_code == 200, "who is in goes on"
    assert browser.get("/auth/logout", headers=signed_in).status_code == 302
    st.secrets.merge_programmatic_secrets(
        {"auth": auth | {"server_metadata_url": f"{provider}/.well-known/openid-configuration"}}
    )


def test_where_signing_in_begins(signing):
    url = urlsplit(module.login_url("default"))
    assert url.path == "/auth/login"
    assert parse_qs(url.query)["provider"][0].count(".") == 2  # a signed statement
