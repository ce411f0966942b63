"""Sessions of people who have signed in, read from the cookie that Streamlit writes."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from starlette.responses import Response
from streamlit.runtime.secrets import AttrDict
from streamlit.web.server.starlette import starlette_auth_routes, starlette_server_config

from core.access import login as module
from core.access.login import COOKIE, MAX_AGE, read_login
from core.errors import InvalidSetting
from tests.signed_in import ORIGIN, SECRET, cookies, login, signed

DAY = 24 * 3600
AUTH = {
    "redirect_uri": f"{ORIGIN}/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "id",
    "client_secret": "hush",
    "server_metadata_url": "https://id.example.com/.well-known/openid-configuration",
}
PROVIDER = {key: AUTH[key] for key in ("client_id", "client_secret", "server_metadata_url")}
SHARED = {key: AUTH[key] for key in ("redirect_uri", "cookie_secret")}


def written_by_streamlit(monkeypatch, claims):
    """What a browser gets from Streamlit's own code."""
    monkeypatch.setattr(starlette_auth_routes, "get_cookie_secret", lambda: SECRET)
    response = Response()
    user = {"origin": ORIGIN, "is_logged_in": True, "provider": "default", **claims}
    with ThreadPoolExecutor(1) as thread:  # this one may have a loop, of those who drive a browser
        writing = starlette_auth_routes._set_auth_cookie(response, user, {"id_token": "x"})
        thread.submit(asyncio.run, writing).result()
    pairs = (
        value.decode().split(";")[0].partition("=") for name, value in response.raw_headers if name == b"set-cookie"
    )
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize(
    "groups", [["curators"], [sha256(bytes([number])).hexdigest() for number in range(250)]], ids=["short", "long"]
)
def test_it_is_what_streamlit_writes(monkeypatch, groups):
    given = written_by_streamlit(monkeypatch, {"iss": "i", "sub": "s", "email": "Ana@example.com", "groups": groups})
    assert (f"{COOKIE}_2" in given) is (len(groups) > 1)
    session = login().session(given)
    assert session.person.email == "ana@example.com"
    assert session.person.groups == set(groups)
    assert starlette_server_config.USER_COOKIE_NAME == COOKIE
    assert starlette_server_config.AUTH_COOKIE_MAX_AGE_SECONDS == MAX_AGE
    assert login().session(given).id == session.id


def test_parts_are_of_one_cookie(monkeypatch):
    long = {"iss": "i", "sub": "s", "groups": [sha256(bytes([number])).hexdigest() for number in range(250)]}
    given = written_by_streamlit(monkeypatch, long)
    assert login().session(given)
    names = sorted(given)
    for name in names:
        if name.startswith(f"{COOKIE}_") and name[-1].isdigit():
            assert login().session({key: given[key] for key in names if key != name}) is None
    text = json.dumps({"origin": ORIGIN, "is_logged_in": True, "sub": "s"})
    halves = {f"{COOKIE}_1": text[:10], f"{COOKIE}_2": text[10:]}

    def parts(late):
        first = {COOKIE: signed("chunks-2"), f"{COOKIE}_1": signed(halves[f"{COOKIE}_1"], name=f"{COOKIE}_1")}
        return first | {f"{COOKIE}_2": signed(halves[f"{COOKIE}_2"], late, name=f"{COOKIE}_2")}

    assert login().session(parts(0))
    assert login().session(parts(60)) is None


@pytest.mark.parametrize(
    "given",
    [
        {},
        {COOKIE: ""},
        {COOKIE: "nonsense"},
        {COOKIE: "nonsense\udcff"},
        cookies(secret="another secret of another app", email="ada@example.com"),
        cookies(cookie="_streamlit_user_tokens", email="ada@example.com"),
        {COOKIE: cookies(cookie=f"{COOKIE}_1", email="ada@example.com")[f"{COOKIE}_1"]},
        cookies(email="ada@example.com", origin="http://localhost:8502"),
        cookies(email="ada@example.com", is_logged_in=False),
        cookies(email="ada@example.com", is_logged_in="yes"),
        {COOKIE: signed("[]")},
        {COOKIE: signed("{")},
        {COOKIE: signed("chunks-0")},
        {COOKIE: signed("chunks-99")},
        {COOKIE: signed("chunks-²")},
    ],
    ids=range(15),
)
def test_what_is_no_session(given):
    assert login().session(given) is None


@pytest.mark.parametrize(
    ("seconds_ago", "exp", "hours", "seconds_left"),
    [
        (0, 3600, None, 3600),
        (0, -1, None, None),
        (2 * DAY, 60, None, 60),
        (0, 90 * DAY, None, MAX_AGE),
        (MAX_AGE + 60, 3600, None, None),
        (MAX_AGE + 60, 3600, 720, None),
        (3600, 60, 12, 11 * 3600),
        (3600, -60, 12, 11 * 3600),
        (13 * 3600, 3600, 12, None),
        (-60, 3600, None, None),
    ],
)
def test_it_ends(seconds_ago, exp, hours, seconds_left):
    now = time.time()
    session = login(session_hours=hours).session(cookies(seconds_ago, email="a@b.c", exp=now + exp))
    if seconds_left is None:
        assert session is None
    else:
        assert session.ends_at - now == pytest.approx(seconds_left, abs=5)


@pytest.mark.parametrize("exp", [None, "soon", True])
def test_without_a_word_of_the_provider_it_ends_with_the_cookie(exp):
    session = login().session(cookies(email="a@b.c", exp=exp))
    assert session.ends_at - time.time() == pytest.approx(MAX_AGE, abs=5)


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": " Ana@Example.com"}, "ana@example.com"),
        ({"email": "ana@example.com", "email_verified": True}, "ana@example.com"),
        ({"email": "ana@example.com", "email_verified": False}, ""),
        ({"email": "ana@example.com", "email_verified": "false"}, ""),
        ({"email": ["ana@example.com"]}, ""),
        ({}, ""),
    ],
)
def test_an_address_counts_where_it_is_verified_or_nothing_is_said(claims, email):
    assert login().session(cookies(**claims)).person.email == email


@pytest.mark.parametrize(
    ("where", "claims", "groups"),
    [
        ("groups", {"groups": ["a", "b", 3, None]}, {"a", "b"}),
        ("groups", {"groups": "a"}, {"a"}),
        ("groups", {"groups": {"a": 1}}, set()),
        ("realm_access.roles", {"realm_access": {"roles": ["a"]}}, {"a"}),
        ("realm_access.roles", {"realm_access.roles": ["b"]}, {"b"}),
        ("realm_access.roles", {"realm_access": "a"}, set()),
        ("cognito:groups", {"cognito:groups": ["a"]}, {"a"}),
    ],
)
def test_groups(where, claims, groups):
    assert login(groups_claim=where).session(cookies(**claims)).person.groups == groups


def read(auth, port=8501):
    return read_login(auth, groups_claim="groups", session_hours=None, port=port)


def test_how_people_sign_in():
    assert read(AUTH).providers == ("default",)
    assert read(AUTH).origin == ORIGIN
    assert read({**SHARED, "google": PROVIDER, "okta": PROVIDER}).providers == ("google", "okta")
    assert read({**AUTH, "okta": PROVIDER}).providers == ("default", "okta")
    below = read({**AUTH, "redirect_uri": "http://localhost:{port}/pictures/oauth2callback"}, 9000)
    assert below.origin == "http://localhost:9000"
    assert SECRET not in repr(read(AUTH))


@pytest.mark.parametrize("key", [*AUTH])
def test_what_is_missing_is_named(key):
    with pytest.raises(InvalidSetting, match=key) as caught:
        read({**AUTH, key: ""})
    assert "hush" not in str(caught.value)
    if key not in SHARED:
        with pytest.raises(InvalidSetting, match=rf"\[auth.okta\] in secrets.toml has no {key}"):
            read({**SHARED, "okta": {**PROVIDER, key: None}})


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        ({**AUTH, "cookie_secret": "short"}, "cookie_secret"),
        ({**AUTH, "redirect_uri": "localhost:8501/oauth2callback"}, "redirect_uri"),
        ({**AUTH, "redirect_uri": f"{ORIGIN}/callback"}, "redirect_uri"),
        (SHARED, "client_id"),
        ({**SHARED, "my_provider": PROVIDER}, "underscore"),
    ],
)
def test_what_does_not_work_is_said_at_the_start(auth, said):
    with pytest.raises(InvalidSetting, match=said):
        read(auth)


def test_the_section_is_read_as_streamlit_has_it():
    assert read(AttrDict({**SHARED, "okta": PROVIDER}).to_dict()).providers == ("okta",)
    assert module.CALLBACK == "/" + starlette_auth_routes._ROUTE_OAUTH_CALLBACK
