"""Where a Ray cluster is, and whether it can be reached at all: told within seconds, without Ray."""

import os
import socket
from importlib.util import find_spec
from pathlib import Path

from core.config import reading
from core.errors import ClusterUnavailable, InvalidSetting
from core.runtime.files import is_there

LOCAL = reading.LOCAL_CLUSTER
"""A cluster of this machine alone, started for the job."""

_SECONDS = 5.0


def as_address(text: str) -> str | None:
    """What names a cluster, `local` or `host:port`; None where it is something else: a folder, a URL of pictures."""
    try:
        return reading.cluster(text) or None
    except ValueError:
        return None


def split(locations: list[str]) -> tuple[str, list[str]]:
    """The cluster that is named before sources, `local` where none is, and the sources. A file that is there is no
    cluster, whatever it is called."""
    first = as_address(locations[0]) if locations and not is_there(Path(locations[0])) else None
    return (first, locations[1:]) if first else (LOCAL, locations)


def check(address: str) -> None:
    """
    Raises:
        InvalidSetting: Ray is not installed.
        ClusterUnavailable: nobody answers there.
    """
    if find_spec("ray") is None:
        raise InvalidSetting(
            "Ray is not installed, on which --ray and IMAGE_SEARCH_RAY ingest.",
            'Install it: pip install "image-search[ray]".',
        )
    if address == LOCAL:
        return
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _SECONDS).close()
    except OSError as error:
        raise ClusterUnavailable(
            f"No Ray cluster answers at {address}.",
            "Start one (ray start --head), and name its head as HOST:PORT; 6379 is the usual port.",
        ) from error


def has_token() -> bool:
    """Whether this machine has what a cluster lets in with, in one of the places where Ray looks for it."""
    named = any(os.environ.get(name) for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"))
    return named or (Path.home() / ".ray" / "auth_token").is_file()
