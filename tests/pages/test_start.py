"""The app does not start where it would be open to those it is not for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config

from core.access.roles import Role
from core.ui import server
from core.ui.access import login

ROOT = Path(__file__).parents[2]
AUTH = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "a secret of the tests, long enough"
client_id = "id"
client_secret = "hush"
server_metadata_url = "https://id.example.com/.well-known/openid-configuration"
"""


@pytest.fixture(autouse=True)
def options(monkeypatch, tmp_path):
    """Streamlit's as they were, and no secrets of whoever runs the tests."""
    names = ("server.address", "secrets.files")
    before = {name: config.get_option(name) for name in names}
    config.set_option("secrets.files", [str(tmp_path / "secrets.toml")])
    fresh()
    yield
    for name, value in before.items():
        config.set_option(name, value)
    fresh()


def fresh():
    st.secrets._reset()
    login.access.cache_clear()
    server.server_settings.cache_clear()


def secrets(tmp_path, text):
    (tmp_path / "secrets.toml").write_text(text)


@pytest.mark.parametrize(
    "address", ["localhost", "127.0.0.1", "127.0.0.2", "::1", "app.localhost", "unix:///run/app.sock"]
)
def test_for_its_own_machine_it_starts(address):
    config.set_option("server.address", address)
    login.refuse_to_start()
    assert not login.access().is_on


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "", None, "192.168.1.5", "2001:db8::5", "photos.lan", "localhost.lan"]
)
def test_for_others_it_starts_where_that_is_meant_or_people_sign_in(address, tmp_path, monkeypatch):
    config.set_option("server.address", address)
    with pytest.raises(SystemExit, match=r"does not start.*open to other machines.*IMAGE_SEARCH_OPEN=yes"):
        login.refuse_to_start()
    fresh()
    monkeypatch.setenv("IMAGE_SEARCH_OPEN", "yes")
    login.refuse_to_start()
    fresh()
    monkeypatch.delenv("IMAGE_SEARCH_OPEN")
    secrets(tmp_path, AUTH)
    login.refuse_to_start()
    assert login.access().is_on


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[auth", "cannot be read"),
        ("auth = 1", "not a section"),
        ("[auth]\n", "redirect_uri"),
        (AUTH.replace("client_secret", "client_secrets"), "client_secret"),
        (AUTH.replace("a secret of the tests, long enough", "xxx"), "shorter than"),
    ],
)
def test_where_signing_in_is_set_up_wrongly_it_is_not_open_instead(tmp_path, text, said):
    config.set_option("server.address", "localhost")
    secrets(tmp_path, text)
    with pytest.raises(SystemExit, match=said) as caught:
        login.refuse_to_start()
    assert "hush" not in str(caught.value)


def test_secrets_of_something_else_change_nothing(tmp_path):
    config.set_option("server.address", "localhost")
    secrets(tmp_path, "[database]\npassword = 'x'")
    login.refuse_to_start()
    assert not login.access().is_on


def test_who_is_named_wrongly_is_said_before_they_cannot_come_in(tmp_path, monkeypatch):
    config.set_option("server.address", "localhost")
    secrets(tmp_path, AUTH)
    monkeypatch.setenv("IMAGE_SEARCH_ADMINS", "ana")
    with pytest.raises(SystemExit, match="IMAGE_SEARCH_ADMINS"):
        login.refuse_to_start()


def test_the_settings_count(tmp_path, monkeypatch):
    secrets(tmp_path, AUTH)
    monkeypatch.setenv("IMAGE_SEARCH_EDITORS", "@example.com, group:The curators")
    monkeypatch.setenv("IMAGE_SEARCH_SESSION_HOURS", "12")
    monkeypatch.setenv("IMAGE_SEARCH_GROUPS_CLAIM", "roles")
    access = login.access()
    assert access.rules.role_of("", {"The curators"}) is Role.EDITOR
    assert (access.login.session_hours, access.login.groups_claim) == (12, "roles")
    assert access.login.origin == f"http://localhost:{config.get_option('server.port')}"


def test_the_process_ends_with_a_sentence():
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "streamlit_app.py",
        "--server.address=0.0.0.0",
        "--server.port=0",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IMAGE_SEARCH_")}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1
    assert "image-search does not start. The app would be open to other machines" in ended.stderr
    assert "Traceback" not in ended.stderr
