"""What settings are made of: each is read from a text of the environment, or refused with what was expected.

All raise `ValueError` for the latter: what was set is added by who knows its name.
"""

import os
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from core.hosts import parse_pattern
from core.members import parse_member
from core.models import MODELS
from core.runtime.files import is_file
from core.store.address import normalised
from core.text.redaction import holds_secret

_ENCODED = (
    "In the user name and password, percent-encode everything but letters, digits, - . _ and ~: "
    "@ is %40, / is %2F, : is %3A, # is %23, ? is %3F and % is %25"
)
_API_KEY = re.compile(r"[\x21-\x7e]+")  # what an HTTP header can hold
# What CSP takes as a source that is a host: its grammar is that of CSP Level 3, section 2.3.1, without paths.
_ANCESTOR = re.compile(r"(https?://)?(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:([0-9]{1,5}|\*))?|https:|\*")

INDEX_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
"""What both LanceDB tables and Elasticsearch aliases accept."""

_SPOKEN = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}


def text(value: object) -> str:
    """Whatever is written."""
    return str(value)


def flag(value: object) -> bool:
    """Yes or no, in any of the words for it."""
    spoken = _SPOKEN.get(str(value).strip().lower())
    if spoken is None:
        raise ValueError("expected yes or no")
    return spoken


def _between(least: int, most: int | None, value: object) -> int:
    expected = f"a whole number from {least:,} to {most:,}" if most else f"a whole number, at least {least:,}"
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", str(value)) or not least <= int(str(value)) <= (most or 1 << 63):
        raise ValueError(f"expected {expected}")
    return int(str(value))


def one_of(*options: str) -> Callable[[object], str]:
    """Reads one of these words, in lower or upper case."""

    def read(value: object) -> str:
        chosen = str(value).strip().lower()
        if chosen not in options:
            raise ValueError(f"expected {', '.join(options[:-1])} or {options[-1]}")
        return chosen

    return read


LOCAL_CLUSTER = "local"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
_CLUSTER = re.compile(rf"({_HOST}|\[[0-9A-Fa-f:.]+\]):([0-9]{{1,5}})")


def cluster(value: object) -> str:
    """The head of a Ray cluster, or a cluster of this machine alone."""
    named = str(value).strip()
    found = _CLUSTER.fullmatch(named)
    if named not in ("", LOCAL_CLUSTER) and not (found and 0 < int(found[3]) < 1 << 16):
        raise ValueError(f"expected HOST:PORT of the head of a Ray cluster, or {LOCAL_CLUSTER}")
    return named


def whole(least: int, most: int | None = None) -> Callable[[object], int]:
    """Reads a whole number between these, both included."""
    return partial(_between, least, most)


def path(value: str | Path) -> Path:
    """An absolute path; `~` is the home folder."""
    return Path(value).expanduser().absolute()


def file(value: str | Path) -> Path:
    """A certificate that is there."""
    found = path(value)
    if not is_file(found):
        raise ValueError("expected the path of a certificate file")
    return found


def _split(value: str | Iterable[Any], pattern: str) -> list[Any]:
    parts = re.split(pattern, value) if isinstance(value, str) else list(value)
    return [part.strip() if isinstance(part, str) else part for part in parts if str(part).strip(" ,")]


def hosts(value: str | Iterable[str]) -> tuple[str, ...]:
    """Patterns of host names, separated by commas or spaces."""
    return tuple(map(parse_pattern, _split(value, r"[,\s]+")))


def members(value: str | Iterable[str]) -> tuple[str, ...]:
    """Who has a role, separated by commas."""
    return tuple(dict.fromkeys(map(parse_member, _split(value, ","))))


def networks(value: str | Iterable[str]) -> tuple[str, ...]:
    """Addresses and networks, in their shortest form."""
    import ipaddress

    try:
        return tuple(str(ipaddress.ip_network(network)) for network in _split(value, r"[,\s]+"))
    except ValueError:
        raise ValueError("expected addresses or networks such as 127.0.0.1 or 10.0.0.0/8") from None


def ancestors(value: str | Iterable[str]) -> tuple[str, ...]:
    """Sites that may show the app in a frame, as CSP writes them."""
    sites = tuple(_split(value, r"[,\s]+"))
    if not all(map(_ANCESTOR.fullmatch, sites)):
        raise ValueError("expected sites such as https://intranet.example.com")
    return sites


def roots(value: str | Iterable[str | Path]) -> tuple[Path, ...]:
    """Folders, separated as in `PATH`."""
    # A root that does not exist (an unplugged drive) may come back: no reason to refuse to start.
    named = map(Path, _split(value, re.escape(os.pathsep)))
    return tuple(dict.fromkeys(root.expanduser().resolve() for root in named))


def urls(value: str | Iterable[str]) -> tuple[str, ...]:
    """URLs without passwords, separated by commas."""
    listed = tuple(_split(value, ","))
    if any(map(holds_secret, listed)):
        raise ValueError("a URL contains a user name, password or key, which everyone would see")
    return listed


def endpoint(value: str) -> str:
    url = str(value).strip().rstrip("/")
    if holds_secret(url):
        raise ValueError("a URL with a user name, password or key; a key goes into IMAGE_SEARCH_LLM_KEY")
    if url and not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", url):
        raise ValueError("expected a URL such as http://localhost:11434/v1")
    return url


def store(value: object) -> str:
    """The URL of a store, or nothing."""
    return normalised(str(value))


def tiles(value: str) -> str:
    """The template of a URL of map tiles, or nothing."""
    template = str(value).strip()
    if template and not (
        re.match(r"https?://[^/]", template) and {"{z}", "{x}", "{y}"} <= set(re.findall(r"{\w}", template))
    ):
        raise ValueError("expected a URL such as https://tiles.example.com/{z}/{x}/{y}.png")
    return template


def model(value: str) -> str:
    """The id of a model that there is."""
    if value not in MODELS:
        raise ValueError(f"expected one of {', '.join(MODELS)}")
    return value


def index_name(value: str) -> str:
    """A name for a table or alias."""
    if not INDEX_NAME.fullmatch(value):
        raise ValueError(f"expected lower-case letters, digits, - and _, in the pattern {INDEX_NAME.pattern}")
    return value


def database(value: str) -> str:
    """The URL of a database, or the path of a SQLite file."""
    if "://" not in value and (not Path(value).is_absolute() or value.startswith("//")):
        raise ValueError("expected a URL such as postgresql+psycopg://user@host/name, or the absolute path of a file")
    return value


def servers(value: str | Iterable[str]) -> tuple[str, ...]:
    """URLs of Elasticsearch nodes, separated by commas."""
    listed = tuple(_split(value, r",(?=\s*(?:https?://|$|,))"))  # passwords may hold commas
    for url in listed:
        _check_server(url)
    return listed


def embedding_servers(value: str | Iterable[str]) -> tuple[str, ...]:
    """URLs of Inference servers, separated by commas: everyone sees them, so a key has a setting of its own."""
    listed = tuple(dict.fromkeys(url.rstrip("/") for url in _split(value, ",")))
    for url in listed:
        if holds_secret(url):
            raise ValueError("a URL contains a user name, password or key: INFERENCE_SERVER_API_KEY is for the key")
        _check_server(url, "http://localhost:9001")
    return listed


def api_key(value: str) -> str | None:
    """A key as an HTTP header can hold it."""
    key = value.strip()
    if key and not _API_KEY.fullmatch(key):
        raise ValueError("expected an encoded key: letters and digits, no spaces")
    return key or None


def _check_server(url: str, example: str = "http://localhost:9200") -> None:
    scheme, separator, rest = url.partition("://")
    if scheme not in ("http", "https") or not separator:
        raise ValueError(f"expected URLs such as {example}")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in rest[len(authority) :]:
        raise ValueError(f"it is not a URL. {_ENCODED}")
    if not re.search(r"^[^:]*(:[0-9]*)?$|\](:[0-9]*)?$", authority.rpartition("@")[2]):
        raise ValueError(f"its port is not a number, or its server is missing. {_ENCODED}")
