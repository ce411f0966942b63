"""Signing in, as Streamlit is set up for it: `[auth]` in `secrets.toml`."""

import ipaddress
import logging
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.access.access import Access
from core.access.login import Login, read_login
from core.access.roles import Rules
from core.config import ServerSettings
from core.errors import InvalidSetting
from core.ui.server import collections, server_settings

if TYPE_CHECKING:
    from core.database import Database

_SECRETS = "secrets.toml"
_STREAMLITS_ROUTES = "streamlit.web.server.starlette.starlette_auth_routes"

_log = logging.getLogger(__name__)


@cache
def access() -> Access:
    """Who is let in, for the pages and for what stands before all routes.

    Raises:
        InvalidSetting: signing in is set up, and does not work.
    """
    settings = server_settings()
    login = _login(settings)
    if login:
        logging.getLogger(_STREAMLITS_ROUTES).addFilter(_without_traceback)
        if not settings.admins:
            _log.warning("Nobody may ingest or administer: IMAGE_SEARCH_ADMINS is not set.")
    rules = Rules(settings.viewers, settings.editors, settings.admins)
    return Access(login, rules, _database, settings.contact, is_open=settings.open)


def login_url(provider: str) -> str:
    """Where signing in with a provider begins: good for two minutes."""
    from streamlit.user_info import generate_login_redirect_url

    return generate_login_redirect_url(provider)


def refuse_to_start() -> None:
    """End the process, with what is wrong and what can be done, where the app would be open to those it is not for."""
    try:
        _check_start()
    except InvalidSetting as error:
        sys.exit(f"image-search does not start. {error}")


def _check_start() -> None:
    if access().is_on:
        ServerSettings.load()  # whoever is named wrongly there could not come in, and would not know why
    elif not (server_settings().open or _is_own(st.get_option("server.address") or "")):
        raise InvalidSetting(
            "The app would be open to other machines, and whoever reaches it could do everything.",
            "Have people sign in (docs/access.md), serve it on localhost, or set IMAGE_SEARCH_OPEN=yes if that is "
            "what you want.",
        )


def _login(settings: ServerSettings) -> Login | None:
    files = [Path(file) for file in st.get_option("secrets.files") or ()]
    if not st.secrets.load_if_toml_exists():
        # Streamlit takes what it cannot read for what is not there, and the app would be open.
        if unread := next((file for file in files if file.exists()), None):
            raise InvalidSetting(f"{unread} cannot be read, or is not TOML.", "Correct it and start again.")
        return None
    auth = st.secrets.get("auth")
    if auth is None:
        return None
    if not hasattr(auth, "to_dict"):
        raise InvalidSetting(f"auth in {_SECRETS} is not a section.", "docs/access.md has an example.")
    return read_login(
        auth.to_dict(),
        groups_claim=settings.groups_claim,
        session_hours=settings.session_hours,
        port=st.get_option("server.port"),
    )


def _database() -> "Database":
    from core.database import Database

    return Database(collections().settings.journal)


def _is_own(address: str) -> bool:
    """Whether only this machine can reach a server at this address."""
    if address.startswith("unix:") or address == "localhost" or address.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:  # a name; or none, which is every address
        return False


def _without_traceback(record: logging.LogRecord) -> bool:
    """A provider that is away is no fault of the app's."""
    if record.exc_info and record.exc_info[1]:
        record.msg = f"{record.getMessage()} ({record.exc_info[1]})"
        record.args, record.exc_info = (), None
    return True
