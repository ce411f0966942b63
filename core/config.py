"""Settings, read once from the environment and passed down.

Each is a field of a dataclass. A library that reads them takes a fifth of what the start of a search takes.
"""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

from core.errors import InvalidSetting
from core.hosts import parse_pattern
from core.members import parse_member
from core.models import MODELS, USUAL
from core.telemetry.names import FORMS, LEVELS, LOG_FORM, LOG_LEVEL
from core.text.redaction import holds_secret, secrets_of, without_secrets

_ENCODED = (
    "In the user name and password, percent-encode everything but letters, digits, - . _ and ~: "
    "@ is %40, / is %2F, : is %3A, # is %23, ? is %3F and % is %25"
)
_API_KEY = re.compile(r"[\x21-\x7e]+")  # what an HTTP header can hold
_ADDRESSES = frozenset({"ELASTICSEARCH_URL", "ELASTICSEARCH_CLOUD_ID", "IMAGE_SEARCH_JOURNAL", "IMAGE_SEARCH_URLS"})
# What CSP takes as a source that is a host: its grammar is that of CSP Level 3, section 2.3.1, without paths.
_ANCESTOR = re.compile(r"(https?://)?(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:([0-9]{1,5}|\*))?|https:|\*")

INDEX_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
"""What both LanceDB tables and Elasticsearch aliases accept."""

_SPOKEN = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}


def _setting(
    variable: str,
    description: str,
    read: Callable[[Any], Any],
    default: Any = MISSING,
    *,
    shown: bool = True,
    **more: Any,
) -> Any:
    """A field.

    Args:
        variable: Of the environment.
        read: Makes what is kept out of what was set, a text, or of the default; raises `ValueError` with what was
            expected.
        shown: False where it may hold a password.
    """
    metadata = {"variable": variable, "description": description, "read": read}
    return field(default=default, repr=shown, metadata=metadata, **more)


def _text(value: object) -> str:
    return str(value)


def _flag(value: object) -> bool:
    spoken = _SPOKEN.get(str(value).strip().lower())
    if spoken is None:
        raise ValueError("expected yes or no")
    return spoken


def _between(least: int, most: int | None, value: object) -> int:
    expected = f"a whole number from {least:,} to {most:,}" if most else f"a whole number, at least {least:,}"
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", str(value)) or not least <= int(str(value)) <= (most or 1 << 63):
        raise ValueError(f"expected {expected}")
    return int(str(value))


def _one_of(*options: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        chosen = str(value).strip().lower()
        if chosen not in options:
            raise ValueError(f"expected {', '.join(options[:-1])} or {options[-1]}")
        return chosen

    return read


def _whole(least: int, most: int | None = None) -> Callable[[object], int]:
    return partial(_between, least, most)


def _path(value: str | Path) -> Path:
    return Path(value).expanduser().absolute()


def _file(value: str | Path) -> Path:
    path = _path(value)
    if not path.is_file():
        raise ValueError("expected the path of a certificate file")
    return path


def _split(value: str | Iterable[Any], pattern: str) -> list[Any]:
    parts = re.split(pattern, value) if isinstance(value, str) else list(value)
    return [part.strip() if isinstance(part, str) else part for part in parts if str(part).strip(" ,")]


def _hosts(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(map(parse_pattern, _split(value, r"[,\s]+")))


def _members(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(parse_member, _split(value, ","))))


def _networks(value: str | Iterable[str]) -> tuple[str, ...]:
    """Addresses and networks, in their shortest form."""
    import ipaddress

    try:
        return tuple(str(ipaddress.ip_network(network)) for network in _split(value, r"[,\s]+"))
    except ValueError:
        raise ValueError("expected addresses or networks such as 127.0.0.1 or 10.0.0.0/8") from None


def _ancestors(value: str | Iterable[str]) -> tuple[str, ...]:
    sites = tuple(_split(value, r"[,\s]+"))
    if not all(map(_ANCESTOR.fullmatch, sites)):
        raise ValueError("expected sites such as https://intranet.example.com")
    return sites


def _roots(value: str | Iterable[str | Path]) -> tuple[Path, ...]:
    # A root that does not exist (an unplugged drive) may come back: no reason to refuse to start.
    roots = map(Path, _split(value, re.escape(os.pathsep)))
    return tuple(dict.fromkeys(root.expanduser().resolve() for root in roots))


def _urls(value: str | Iterable[str]) -> tuple[str, ...]:
    urls = tuple(_split(value, ","))
    if any(map(holds_secret, urls)):
        raise ValueError("a URL contains a user name, password or key, which everyone would see")
    return urls


def _tiles(value: str) -> str:
    template = str(value).strip()
    if template and not (
        re.match(r"https?://[^/]", template) and {"{z}", "{x}", "{y}"} <= set(re.findall(r"{\w}", template))
    ):
        raise ValueError("expected a URL such as https://tiles.example.com/{z}/{x}/{y}.png")
    return template


def _model(value: str) -> str:
    if value not in MODELS:
        raise ValueError(f"expected one of {', '.join(MODELS)}")
    return value


def _index_name(value: str) -> str:
    if not INDEX_NAME.fullmatch(value):
        raise ValueError(f"expected lower-case letters, digits, - and _, in the pattern {INDEX_NAME.pattern}")
    return value


def _database(value: str) -> str:
    if "://" not in value and (not Path(value).is_absolute() or value.startswith("//")):
        raise ValueError("expected a URL such as postgresql+psycopg://user@host/name, or the absolute path of a file")
    return value


def _servers(value: str | Iterable[str]) -> tuple[str, ...]:
    urls = tuple(_split(value, r",(?=\s*(?:https?://|$|,))"))  # passwords may hold commas
    for url in urls:
        _check_server(url)
    return urls


def _api_key(value: str) -> str | None:
    key = value.strip()
    if key and not _API_KEY.fullmatch(key):
        raise ValueError("expected an encoded key: letters and digits, no spaces")
    return key or None


def _user_data() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("image-search", appauthor=False))


@dataclass(frozen=True)
class ServerSettings:
    """What holds before anything is answered: read by itself, so that nothing else that is wrong opens a door."""

    hosts: tuple[str, ...] = _setting(
        "IMAGE_SEARCH_HOSTS",
        "Host names the app answers to, besides localhost and its own address, separated by commas",
        _hosts,
        (),
    )
    frame_ancestors: tuple[str, ...] = _setting(
        "IMAGE_SEARCH_FRAME_ANCESTORS",
        "Sites that may show the app in a frame, separated by commas",
        _ancestors,
        (),
    )
    log: str = _setting(
        LOG_FORM, "The form of the logs: `text` for people, or `json`, an object on each line", _one_of(*FORMS), "text"
    )
    log_level: str = _setting(
        LOG_LEVEL,
        "What is logged: `debug`, `info`, `warning` or `error`; `debug` shows what is searched for",
        _one_of(*LEVELS),
        "info",
    )
    open: bool = _setting(
        "IMAGE_SEARCH_OPEN",
        "Whether the app may be reached from other machines without signing in: whoever reaches it can do everything",
        _flag,
        False,
    )
    trusted_proxies: tuple[str, ...] = _setting(
        "IMAGE_SEARCH_TRUSTED_PROXIES",
        "Proxies whose X-Forwarded headers are believed, separated by commas: 127.0.0.1, 10.0.0.0/8",
        _networks,
        (),
    )
    viewers: tuple[str, ...] = _setting(
        "IMAGE_SEARCH_VIEWERS",
        "Who may look, once signed in, separated by commas: ana@example.com, @example.com, group:curators, or *",
        _members,
        (),
    )
    editors: tuple[str, ...] = _setting(
        "IMAGE_SEARCH_EDITORS", "Who may also tag, save searches and export, as above", _members, ()
    )
    admins: tuple[str, ...] = _setting(
        "IMAGE_SEARCH_ADMINS", "Who may also ingest and administer, as above", _members, ()
    )
    groups_claim: str = _setting(
        "IMAGE_SEARCH_GROUPS_CLAIM",
        "Where the sign-in provider says which groups somebody is in",
        _text,
        "groups",
    )
    session_hours: int | None = _setting(
        "IMAGE_SEARCH_SESSION_HOURS",
        "Hours until people sign in again; by default as long as the provider's own statement is valid",
        _whole(1, 720),
        None,
    )
    contact: str = _setting(
        "IMAGE_SEARCH_CONTACT", "Whom people without a role are told to ask; by default the admins", _text, ""
    )

    @classmethod
    def load(cls, **values: Any) -> Self:
        """Read the environment, where an empty variable is one that is not set; `values` (by field name) take
        precedence, for tests.

        Raises:
            InvalidSetting: names the first wrong variable, what it holds and what was expected.
        """
        set_ = {name.upper(): value for name, value in os.environ.items() if value}
        read = {one.name: _read(one, values, set_) for one in fields(cls)}
        settings = cls(**read)
        settings._check()
        return settings

    @classmethod
    def variables(cls) -> dict[str, str]:
        """The environment variable of each field, by its name."""
        return {one.name: one.metadata["variable"] for one in fields(cls)}

    def _check(self) -> None:
        """What single settings cannot tell."""


@dataclass(frozen=True)
class Settings(ServerSettings):
    """Everything that can be set, each by the environment variable that its field names."""

    data_dir: Path = _setting(
        "IMAGE_SEARCH_DATA_DIR",
        "Where the embedded index, thumbnails, uploads and model weights are kept",
        _path,
        default_factory=_user_data,
    )
    model_id: str = _setting(
        "IMAGE_SEARCH_MODEL",
        "A CLIP model or Perception Encoder from Roboflow Inference, or `starter`: see `image-search models`",
        _model,
        USUAL,
    )
    index_name: str = _setting(
        "IMAGE_SEARCH_INDEX", "The name of the index: lower-case letters, digits, - and _", _index_name, "images"
    )
    library_roots: tuple[Path, ...] = _setting(
        "IMAGE_SEARCH_ROOTS",
        f"Folders that may be indexed from the app, separated by `{os.pathsep}`",
        _roots,
        default_factory=lambda: (Path.home(), Path.cwd()),
    )
    urls: tuple[str, ...] = _setting(
        "IMAGE_SEARCH_URLS",
        "URLs (https, s3, gs, az) that the app may read pictures from, separated by commas",
        _urls,
        (),
    )
    upload_mb: int = _setting(
        "IMAGE_SEARCH_UPLOAD_MB", "The largest picture that can be uploaded, in megabytes", _whole(1, 1024), 50
    )
    archive_mb: int = _setting(
        "IMAGE_SEARCH_ARCHIVE_MB", "The largest ZIP file that can be uploaded, in megabytes", _whole(1), 4096
    )
    upload_files: int = _setting(
        "IMAGE_SEARCH_UPLOAD_FILES", "How many files can be uploaded at a time", _whole(1, 10_000), 10_000
    )
    preview_mb: int = _setting(
        "IMAGE_SEARCH_PREVIEW_MB",
        "Disk space for previews, in megabytes; old ones are removed, and made again when needed",
        _whole(1),
        512,
    )
    agents_write: bool = _setting(
        "IMAGE_SEARCH_AGENTS_WRITE",
        "Whether agents may change tags and save searches over HTTP, as far as their token's role goes",
        _flag,
        False,
    )
    tiles_url: str = _setting(
        "IMAGE_SEARCH_TILES",
        "URL of the tiles of a map, with {z}, {x} and {y}; browsers that show the overview ask that server for them",
        _tiles,
        "",
    )
    tiles_credit: str = _setting(
        "IMAGE_SEARCH_TILES_CREDIT",
        "Whom these tiles are from: shown on the map",
        _text,
        "© OpenStreetMap contributors",
    )
    use_app: bool = _setting(
        "IMAGE_SEARCH_USE_APP", "Whether commands let the app answer that runs on the same data folder", _flag, True
    )
    journal_url: str | None = _setting(
        "IMAGE_SEARCH_JOURNAL",
        "Database for jobs and saved searches, as a SQLAlchemy URL; by default a file in the data folder",
        _database,
        None,
        shown=False,
    )
    model_cache: Path | None = _setting(
        "MODEL_CACHE_DIR", "Where model weights are kept; by default `models` in the data folder", _path, None
    )
    elasticsearch_url: tuple[str, ...] = _setting(
        "ELASTICSEARCH_URL",
        "URL of the Elasticsearch server, or several separated by commas",
        _servers,
        (),
        shown=False,
    )
    elasticsearch_cloud_id: str | None = _setting(
        "ELASTICSEARCH_CLOUD_ID", "Used instead of the URL on Elastic Cloud", _text, None, shown=False
    )
    elasticsearch_api_key: str | None = _setting(
        "ELASTICSEARCH_API_KEY", "An encoded API key", _api_key, None, shown=False
    )
    elasticsearch_ca_certs: Path | None = _setting(
        "ELASTICSEARCH_CA_CERTS", "Certificate file of the server's authority", _file, None
    )

    def _check(self) -> None:
        if self.elasticsearch_url and self.elasticsearch_cloud_id:
            reason = "ELASTICSEARCH_URL and ELASTICSEARCH_CLOUD_ID are both set; expected one of them"
            raise InvalidSetting(f"{reason}.", "Unset one and start again.")

    @property
    def uses_elasticsearch(self) -> bool:
        return bool(self.elasticsearch_url or self.elasticsearch_cloud_id)

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Passwords and keys among the settings, in all writings: what nobody may read anywhere."""
        urls = [*self.elasticsearch_url, *filter(None, [self.journal_url])]
        return frozenset(
            filter(None, [self.elasticsearch_api_key, *(secret for url in urls for secret in secrets_of(url))])
        )

    @cached_property
    def journal(self) -> str:
        """The address of the journal's database, or the path of a SQLite file."""
        return self.journal_url or str(self.data_dir / "jobs" / "jobs.db")

    @cached_property
    def model_cache_dir(self) -> Path:
        return self.model_cache or self.data_dir / "models"


def _read(one: Field[Any], values: dict[str, Any], environment: dict[str, str]) -> Any:
    """What a setting comes to: of the values, the environment, or its default."""
    variable = one.metadata["variable"]
    default = one.default if one.default_factory is MISSING else one.default_factory()
    value = values[one.name] if one.name in values else environment.get(variable, default)
    if value is None:
        return None
    try:
        return one.metadata["read"](value)
    except ValueError as error:
        reason = str(error)
    # Out of reach of the other, whose traceback would show what was set.
    shown = _shown(variable, value)
    raise InvalidSetting(f"{variable}{shown} does not work: {reason}.", "Correct it and start again.")


def _shown(variable: str, value: object) -> str:
    """What was set, unless it is a key, or may hold a password in whatever place."""
    parts = map(str.strip, map(str, value) if isinstance(value, list | tuple) else str(value).split(","))
    hidden = variable in _ADDRESSES and any(part != without_secrets(part) for part in parts)
    return "" if hidden or variable == "ELASTICSEARCH_API_KEY" else f" is set to {value!r}, but this"


def _check_server(url: str) -> None:
    scheme, separator, rest = url.partition("://")
    if scheme not in ("http", "https") or not separator:
        raise ValueError("expected URLs such as http://localhost:9200")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in rest[len(authority) :]:
        raise ValueError(f"it is not a URL. {_ENCODED}")
    if not re.search(r"^[^:]*(:[0-9]*)?$|\](:[0-9]*)?$", authority.rpartition("@")[2]):
        raise ValueError(f"its port is not a number, or its server is missing. {_ENCODED}")
