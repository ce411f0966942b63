"""Addresses: how they are written here, and which of them the app may read."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from core.errors import SourceRefused
from core.text.names import printable
from core.text.redaction import holds_secret, is_secret_name, without_secrets


@dataclass(frozen=True, slots=True)
class Scheme:
    package: str
    """What reads it, as pip calls it."""
    credentials: str
    """Where names and passwords belong, as a sentence."""


WEB = ("http", "https")
_NETRC = Scheme("aiohttp", "For servers that ask for a password use the command line, which finds it in ~/.netrc.")
SCHEMES = {
    "http": _NETRC,
    "https": _NETRC,
    "s3": Scheme(
        "s3fs", "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or for a public bucket FSSPEC_S3_ANON=true."
    ),
    "gs": Scheme("gcsfs", "Set GOOGLE_APPLICATION_CREDENTIALS, or for a public bucket FSSPEC_GS_TOKEN=anon."),
    "az": Scheme("adlfs", "Set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY."),
    "memory": Scheme("fsspec", ""),  # pictures in this process, as tests put them there
}
"""What addresses that are read begin with."""

_ALIASES = {"s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az"}
_LONGEST = 2000  # characters

_URL = re.compile(r"\s*[a-z][a-z0-9+.-]+:(//|:)", re.IGNORECASE)  # two letters at least: C:// is a drive
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?|[0-9a-f:.]*:[0-9a-f:.]*")
_BUCKET = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


def is_url(text: str) -> bool:
    """Whether a user means an address, readable here or not, rather than a path."""
    return _URL.match(text) is not None


def check_url(text: str, allowed: Sequence[str]) -> str:
    """What a user typed as the normalised address of something at or below one of those allowed.

    Raises:
        SourceRefused: it is no address that can be read, or lies elsewhere.
    """
    url = normalised(text)
    if any(_is_below(url, normalised(prefix)) for prefix in allowed):
        return url
    raise SourceRefused(
        f"{printable(url)} is outside the URLs that the app may read: {', '.join(map(printable, allowed)) or 'none'}.",
        "Choose one below these, or add it to IMAGE_SEARCH_URLS and restart the app.",
    )


def normalised(text: str) -> str:
    """An address in the one form in which it is compared, kept and asked for: without a slash at the end.

    What other programs may read in two ways (dots for folders, encoded slashes, backslashes) is refused rather than
    put right.

    Raises:
        SourceRefused: it cannot be read, or holds a password.
    """
    url = text.strip()
    if len(url) > _LONGEST or "\\" in url or any(unicodedata.category(character) in {"Cc", "Cs"} for character in url):
        raise _refused(url, "is too long, or contains characters that no URL has")
    scheme, _, rest = url.partition("://")
    scheme = _ALIASES.get(scheme.lower(), scheme.lower())
    if scheme not in SCHEMES:
        raise SourceRefused(
            f"{_short(url)} is not a URL that can be read.",
            f"Give one that begins with {', '.join(f'{known}://' for known in SCHEMES if known != 'memory')}, "
            "or the path of a file.",
        )
    if holds_secret(url):
        raise _holds_secret(scheme)
    _check_path(url, re.split(r"[?#]", rest)[0] if scheme in WEB else rest)
    return _web(scheme, url) if scheme in WEB else _bucket(scheme, rest)


def is_normalised(url: str) -> bool:
    """Whether it is in that form already, as what stores list need not be."""
    try:
        return normalised(url) == url
    except SourceRefused:
        return False


def _web(scheme: str, url: str) -> str:
    try:
        from yarl import URL

        parsed = URL(url)  # by what will ask for it, so that both read it alike
    except ValueError:  # without what it says: it may hold a part of a password
        parsed = None
    if parsed is None:
        raise _refused(url, "is not a URL")
    if parsed.raw_user is not None or parsed.raw_password is not None or any(map(is_secret_name, parsed.query)):
        raise _holds_secret(scheme)  # as whoever will ask for it reads it
    host = (parsed.raw_host or "").rstrip(".")
    if not _HOST.fullmatch(host):
        raise _refused(url, "names no server")
    port = "" if parsed.is_default_port() else f":{parsed.port}"
    query = f"?{parsed.raw_query_string}" if parsed.raw_query_string else ""
    return f"{scheme}://{f'[{host}]' if ':' in host else host}{port}{parsed.raw_path.rstrip('/')}{query}"


def _bucket(scheme: str, rest: str) -> str:
    bucket, _, key = rest.partition("/")
    if "@" in bucket or ":" in bucket:
        raise _holds_secret(scheme)
    if not _BUCKET.fullmatch(bucket):
        raise _refused(f"{scheme}://{rest}", "names no bucket")
    return f"{scheme}://{bucket}/{key}".rstrip("/")


def _check_path(url: str, path: str) -> None:
    """Encoded once or many times, it must be the same path."""
    if "::" in path.partition("/")[2]:
        raise _refused(url, "chains several URLs with ::")
    while (plain := unquote(path)) != path:
        if plain.count("/") != path.count("/"):
            raise _refused(url, "contains an encoded slash")
        path = plain
    if "\\" in path or any(unicodedata.category(character) == "Cc" for character in path):
        raise _refused(url, "contains characters that no URL has")
    if any(part in {".", ".."} for part in path.split("/")):
        raise _refused(url, "goes up and down folders with dots")


def _is_below(url: str, prefix: str) -> bool:
    ends = ("/", "?") if url.startswith(WEB) else ("/",)
    return url == prefix or url.startswith(tuple(prefix + end for end in ends))


def _holds_secret(scheme: str) -> SourceRefused:
    return SourceRefused("This URL contains a name, password or key.", SCHEMES[scheme].credentials)


def _refused(url: str, why: str) -> SourceRefused:
    return SourceRefused(f"{_short(url)} {why}.", "Write it the way its server does.")


def _short(url: str) -> str:
    bare = without_secrets(url)  # neither on the page nor in logs
    return printable(bare if len(bare) <= 200 else f"{bare[:200]}…")
