"""Pictures in object stores: whatever fsspec has a driver for."""

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import aiohttp
import fsspec
from fsspec import AbstractFileSystem

from core.errors import SourceRefused
from core.sources.remote.remote_store import Entry, changed_ns
from core.sources.remote.urls import SCHEMES
from core.sources.source import Found

# Seconds; s3fs has limits of its own.
_TIMEOUTS: dict[str, dict[str, Any]] = {
    "gs": {"requests_timeout": aiohttp.ClientTimeout(total=45, sock_connect=5, sock_read=15)},
    "az": {"connection_timeout": 5, "read_timeout": 15},
}
_TIMES = ("LastModified", "last_modified", "mtime", "created")
_TAGS = ("ETag", "etag")


class ObjectStore:
    """Keeps `RemoteStore`.

    Raises:
        SourceRefused: the package that reads such addresses is not installed.
    """

    most_folders = 10**9

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme
        try:
            fsspec.get_filesystem_class(scheme)
        except ImportError as error:
            package = SCHEMES[scheme].package
            raise SourceRefused(
                f"URLs that begin with {scheme}:// are read by {package}, which is not installed.",
                f"Install it (pip install {package}) and start again.",
            ) from error

    @cached_property
    def _files(self) -> AbstractFileSystem:  # some look for credentials on the network as soon as they are made
        options = _TIMEOUTS.get(self._scheme, {})
        return fsspec.filesystem(self._scheme, skip_instance_cache=True, use_listings_cache=False, **options)

    def list(self, folder: str) -> list[Entry]:
        entries = map(self._entry, self._files.ls(_key(folder), detail=True))
        return [entry for entry in entries if entry.url.startswith(f"{folder}/")]  # some list the folder itself

    def stat(self, url: str) -> Found | None:
        return self._entry(self._files.info(_key(url))).found

    def read(self, url: str, limit: int) -> bytes:
        try:
            data: bytes = self._files.cat_file(_key(url), start=0, end=limit + 1)
        except Exception:
            if (found := self.stat(url)) and not found.size:  # without a first byte, which stores refuse to give
                return b""
            raise
        return data

    def _entry(self, info: dict[str, Any]) -> Entry:
        url = f"{self._scheme}://{info['name'].strip('/')}"
        if info["type"] == "directory":
            return Entry(url, True)
        return Entry(url, False, Found(url, int(info.get("size") or 0), _changed_ns(info)))


def _key(url: str) -> str:
    return url.partition("://")[2]


def _changed_ns(info: dict[str, Any]) -> int:
    moment = next((info[key] for key in _TIMES if info.get(key)), None)
    if isinstance(moment, float):
        moment = datetime.fromtimestamp(moment, UTC)
    tag = next((str(info[key]).strip('"') for key in _TAGS if info.get(key)), "")
    return changed_ns(moment, tag)
