"""What the pages know of the server that they run in."""

import ipaddress
import socket
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psutil
import streamlit as st
from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.config import ServerSettings
from core.errors import InvalidSetting
from core.hosts import LOOPBACK, Hosts, parse_pattern

if TYPE_CHECKING:
    from core.services import Services
    from core.services.collections import Collections

_CHOSEN = "collection"  # in the URL, and in the state of a session


def collections() -> "Collections":
    """Those of this process.

    Raises:
        InvalidSetting: the environment asks for something that does not work.
    """
    from core.services import shared  # most of what is imported: a server listens before

    return shared.collections()


def services() -> "Services":
    """The services of the page's collection, which all sessions share.

    Raises:
        InvalidSetting: the environment asks for something that does not work.
        NoSuchCollection: there is none of this name (any more).
    """
    return collections().of(collection())


def collection() -> str:
    """The collection that the page shows, by its name; "" for the first one, where its URL names none.

    It is kept through the pages of a session: links between them that Streamlit makes have no parameters.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    kept = str(st.session_state.get(_CHOSEN, ""))
    named = ",".join(st.query_params.get_all(_CHOSEN)) or kept
    if named != kept:
        st.session_state.clear()  # what was chosen and typed on the pages was another's
        st.session_state[_CHOSEN] = named
    return named


def base_path() -> str:
    """The path under which the app is served: Streamlit prefixes its own routes with it, and ours must follow."""
    prefix = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}" if prefix else ""


def route(name: str) -> str:
    """The URL of one of the app's own routes, for the page's collection: `route("thumbnails")`. What is added to its
    path goes before its parameters."""
    chosen = f"?{urlencode({_CHOSEN: collection()})}" if collection() else ""
    return f"{base_path()}/{name}{chosen}"


@cache
def server_settings() -> ServerSettings:
    """Where these are wrong, which the pages say, the most careful ones."""
    try:
        return ServerSettings.load()
    except InvalidSetting:
        return ServerSettings()


def served_hosts() -> Hosts:
    """The names under which the app is served, of which Streamlit is told: it checks its websocket by itself.

    Beside those of the setting, the addresses that Streamlit was given. Where it listens on all of the machine's, all
    of these: no name that is made to lead here is an address.
    """
    given = [st.get_option(option) or "" for option in ("server.address", "browser.serverAddress")]
    everywhere = not given[0] or _is_unspecified(given[0])
    own = own_addresses() if everywhere else []
    named = [name for name in map(_pattern, [*given, *own]) if name and not _is_unspecified(name)]
    hosts = Hosts([*LOOPBACK, *named, *server_settings().hosts])
    config.set_option("server.allowedHosts", list(hosts.patterns))
    return hosts


def own_addresses() -> list[str]:
    """Of this machine's network cards."""
    families = (socket.AF_INET, socket.AF_INET6)
    found = [address for addresses in psutil.net_if_addrs().values() for address in addresses]
    return [address.address.partition("%")[0] for address in found if address.family in families]


def _is_unspecified(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False


def _pattern(name: str) -> str:
    try:
        return parse_pattern(name)
    except ValueError:  # the path of a socket
        return ""
