"""The URL of a store: which there are, what reads them, and how they are written here."""

import re
from dataclasses import dataclass
from importlib.util import find_spec

from core.errors import InvalidSetting
from core.text.redaction import holds_secret

VARIABLE = "IMAGE_SEARCH_STORE"

MIRROR = "stored"
"""In the data folder of a collection: what mirrors its part of the store."""

_LONGEST = 1000  # characters
_BUCKET = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_PART = re.compile(r"[\w @+,=~()-][\w .@+,=~()-]*|\.[\w@+,=~()-][\w .@+,=~()-]*")  # never . or .., and no pattern


@dataclass(frozen=True, slots=True)
class Driver:
    package: str
    """What reads it, as it is imported; "" where nothing more is needed."""
    extra: str = ""
    """Of this app, with which it is installed."""
    credentials: str = ""
    """Where keys belong, as a sentence."""


DRIVERS = {
    "s3": Driver(
        "s3fs",
        "s3",
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys that may list, read, write and delete there.",
    ),
    "gs": Driver("gcsfs", "gcs", "Set GOOGLE_APPLICATION_CREDENTIALS to an account that may write there."),
    "az": Driver("adlfs", "azure", "Set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY."),
    "file": Driver("", "", "Give the user who runs the app permission to write there."),  # a drive that all have
    "memory": Driver(""),  # in this process, for tests
}
"""By what the URLs of stores begin with."""

_ALIASES = {"s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az"}
_EXPECTED = "expected a URL such as s3://bucket/prefix, gs://bucket, az://container or file:///mnt/shared"


def normalised(text: str) -> str:
    """The URL without a slash at the end; "" is none.

    Raises:
        ValueError: what was expected. What programs may read in two ways is refused.
    """
    url = text.strip()
    if not url:
        return ""
    if holds_secret(url):
        raise ValueError("the URL contains a user name, password or key, which belong into variables of their own")
    scheme, separator, rest = url.partition("://")
    scheme = _ALIASES.get(scheme.lower(), scheme.lower())
    if not separator or scheme not in DRIVERS or len(url) > _LONGEST:
        raise ValueError(_EXPECTED)
    if scheme == "file" and not rest.startswith("/"):
        raise ValueError("expected an absolute path in a file URL: file:///mnt/shared")
    top, *parts = rest.removeprefix("/" if scheme == "file" else "").rstrip("/").split("/")
    if not (_PART if scheme == "file" else _BUCKET).fullmatch(top) or not all(map(_PART.fullmatch, parts)):
        raise ValueError(_EXPECTED)
    return f"{scheme}://{'/' if scheme == 'file' else ''}{'/'.join((top, *parts))}"


def below(url: str, folder: str) -> str:
    """The URL of a folder in a store; "" where there is no store."""
    return f"{url}/{folder}" if url and folder else url


def driver_of(url: str) -> Driver:
    """What reads a normalised URL."""
    return DRIVERS[url.partition("://")[0]]


def check_driver(url: str) -> None:
    """
    Raises:
        InvalidSetting: what reads such stores is not installed.
    """
    driver = driver_of(url)
    if driver.package and find_spec(driver.package) is None:
        raise InvalidSetting(
            f"{VARIABLE} names a store that {driver.package} reads, which is not installed.",
            f'Install it (pip install "image-search[{driver.extra}]") and start again.',
        )
