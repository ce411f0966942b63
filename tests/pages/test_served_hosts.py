"""Under which names the app is served, by the way it was started; Streamlit's websocket must know the same."""

import pytest
from streamlit import config

from core.hosts import Host
from core.ui import server

OWN = server.own_addresses()


@pytest.fixture(autouse=True)
def _options(monkeypatch):
    """Streamlit's options as they were, and the setting read anew."""
    before = {
        name: config.get_option(name) for name in ("server.address", "browser.serverAddress", "server.allowedHosts")
    }
    monkeypatch.setattr(server, "own_addresses", lambda: ["192.0.2.7", "2001:db8::7"])
    server.server_settings.cache_clear()
    yield
    server.server_settings.cache_clear()
    for name, value in before.items():
        config.set_option(name, value)


@pytest.mark.parametrize(
    ("address", "more"),
    [
        ("localhost", []),
        ("192.0.2.5", ["192.0.2.5"]),
        ("Photos.lan", ["photos.lan"]),
        ("2001:db8::5", ["2001:db8::5"]),
        ("0.0.0.0", ["192.0.2.7", "2001:db8::7"]),
        ("::", ["192.0.2.7", "2001:db8::7"]),
        ("", ["192.0.2.7", "2001:db8::7"]),
        ("unix:///run/app.sock", []),
    ],
)
def test_by_the_address(address, more):
    config.set_option("server.address", address or None)
    config.set_option("browser.serverAddress", None)
    hosts = server.served_hosts()
    assert hosts.patterns == ("localhost", "127.0.0.1", "::1", *more)
    assert config.get_option("server.allowedHosts") == list(hosts.patterns)
    assert not hosts.allows(Host("0.0.0.0", None))


def test_by_the_setting(monkeypatch):
    config.set_option("browser.serverAddress", "pictures.lan")
    monkeypatch.setenv("IMAGE_SEARCH_HOSTS", "photos.example.com")
    hosts = server.served_hosts()
    assert {"localhost", "pictures.lan", "photos.example.com"} <= set(hosts.patterns)
    assert not hosts.allows(Host("192.0.2.7", None))


@pytest.mark.parametrize("wrong", ["http://photos.example.com", "*:80"])
def test_what_is_wrong_opens_no_door(monkeypatch, wrong):
    monkeypatch.setenv("IMAGE_SEARCH_HOSTS", wrong)
    assert set(server.served_hosts().patterns) <= {"localhost", "127.0.0.1", "::1", "192.0.2.7", "2001:db8::7"}


def test_addresses_of_this_machine():
    assert "127.0.0.1" in OWN
