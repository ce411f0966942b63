"""What proxies say of who asks: believed where the settings name them, and heard nowhere else."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from uvicorn import Config

from core.api.protection import protection
from core.config import ServerSettings
from core.errors import InvalidSetting
from core.hosts import LOOPBACK, Hosts

SAID = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-host": "photos.example.com"}


async def echo(request: Request) -> JSONResponse:
    told = [name for name in request.headers if name.startswith("x-forwarded") or name in {"forwarded", "x-real-ip"}]
    return JSONResponse([request.client.host, request.url.scheme, request.headers["host"], told])


def asked(peer, trusted, headers, through_uvicorn=False):
    hosts = Hosts([*LOOPBACK, "photos.example.com"])
    app = Starlette(routes=[Route("/", echo)], middleware=protection(hosts, "", trusted_proxies=trusted))
    if through_uvicorn:  # as it stands around every app
        config = Config(app)
        config.load()
        app = config.loaded_app
    answer = TestClient(app, "http://localhost", client=(peer, 5000)).get("/", headers=headers)
    return answer.json() if answer.status_code == 200 else answer.status_code


@pytest.mark.parametrize("through_uvicorn", [False, True])
@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.1"])
def test_by_default_nobody_is_believed(peer, through_uvicorn):
    assert asked(peer, (), SAID, through_uvicorn) == [peer, "http", "localhost", []]


@pytest.mark.parametrize("through_uvicorn", [False, True])
def test_a_proxy_that_is_trusted_is(through_uvicorn):
    assert asked("127.0.0.1", ("127.0.0.1/32",), SAID, through_uvicorn) == [
        "203.0.113.9",
        "https",
        "photos.example.com",
        [],
    ]
    assert asked("10.1.2.3", ("127.0.0.1/32",), SAID, through_uvicorn) == ["10.1.2.3", "http", "localhost", []]


@pytest.mark.parametrize(
    ("peer", "chain", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),  # the first is what the client wrote
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::9", "2001:db8::9"),
    ],
)
def test_the_client_is_the_nearest_that_is_no_proxy(peer, chain, client):
    assert asked(peer, ("10.0.0.0/8",), {"x-forwarded-for": chain})[0] == client


@pytest.mark.parametrize(
    ("said", "scheme"), [("https", "https"), ("HTTPS", "https"), ("http, https", "https"), ("javascript", "http")]
)
def test_the_scheme(said, scheme):
    assert asked("127.0.0.1", ("127.0.0.1",), {"x-forwarded-proto": said})[1] == scheme


@pytest.mark.parametrize("host", ["evil.example", "localhost:8501, evil.example", "", "a b"])
def test_the_host_is_checked_whoever_says_it(host):
    status = asked("127.0.0.1", ("127.0.0.1",), {"x-forwarded-host": host})
    assert (status == 421) is bool(host)


def test_where_it_comes_from_is_compared_with_the_name_of_the_proxy():
    trusted = ("127.0.0.1",)
    assert asked("127.0.0.1", trusted, {**SAID, "origin": "https://photos.example.com"})[2] == "photos.example.com"
    assert asked("127.0.0.1", trusted, {**SAID, "origin": "https://evil.example"}) == 403
    assert asked("127.0.0.1", (), {**SAID, "origin": "https://photos.example.com"}) == 403


@pytest.mark.parametrize("wrong", ["nginx", "10.0.0.1/8", "10.0.0.256", "*"])
def test_what_is_no_address(monkeypatch, wrong):
    monkeypatch.setenv("IMAGE_SEARCH_TRUSTED_PROXIES", wrong)
    with pytest.raises(InvalidSetting, match=r"10\.0\.0\.0/8"):
        ServerSettings.load()


def test_addresses_and_networks(monkeypatch):
    monkeypatch.setenv("IMAGE_SEARCH_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8 ::1")
    assert ServerSettings.load().trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")
