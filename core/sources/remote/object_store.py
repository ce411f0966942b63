"""Pictures in object stores: whatever fsspec has a driver for."""

from collections.abc import Iterator
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

    Args:
        scheme: Of its addresses.
        page: So many objects are on a page where a folder is listed page by page, as on S3; 1,000 at most.

    Raises:
        SourceRefused: the package that reads such addresses is not installed.
    """

    most_folders = 10**9

    def __init__(self, scheme: str, page: int = 1_000) -> None:
        self._scheme, self._page = scheme, page
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

    def pages(self, folder: str) -> Iterator[list[Entry]]:
        for page in self._s3_pages(folder) if self._scheme == "s3" else self._one_page(folder):
            entries = map(self._entry, page)
            yield [entry for entry in entries if entry.url.startswith(f"{folder}/")]  # some list the folder itself

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

    def _one_page(self, folder: str) -> Iterator[list[dict[str, Any]]]:
        yield self._files.ls(_key(folder), detail=True)

    def _s3_pages(self, folder: str) -> Iterator[list[dict[str, Any]]]:
        """As `ls` has them, which holds all of a folder: of ten million objects 20 GB."""
        bucket, key, _ = self._files.split_path(_key(folder))
        prefix = f"{key}/" if key else ""
        asked = {"Bucket": bucket, "Prefix": prefix, "Delimiter": "/", "MaxKeys": self._page}
        while True:
            page = self._files.call_s3("list_objects_v2", **asked)
            objects = [
                {**one, "name": f"{bucket}/{one['Key']}", "size": one["Size"], "type": "file"}
                for one in page.get("Contents", ())
            ]
            below = [
                {"name": f"{bucket}/{one['Prefix']}", "type": "directory"} for one in page.get("CommonPrefixes", ())
            ]
            if not objects and not below and "ContinuationToken" not in asked:
                yield from self._one_page(folder)  # which says what it is then
                return
            yield objects + below
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

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
