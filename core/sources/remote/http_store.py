"""Pictures on web servers, found by the links of index pages."""

import html
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import aiohttp
from fsspec.implementations.http import HTTPFileSystem

from core.errors import SourceRefused
from core.sources.remote.attempts import retry
from core.sources.remote.public import any_client, public_client
from core.sources.remote.remote_store import Entry, changed_ns
from core.sources.remote.transfer import read_body
from core.sources.remote.urls import normalised
from core.sources.source import Found

TIMEOUT = aiohttp.ClientTimeout(total=45, sock_connect=5, sock_read=15)
"""Of a request: seconds for all of it, to connect, and between two parts of the answer."""

_HEADERS = {"User-Agent": "image-search", "Accept-Encoding": "identity"}  # so that the length is the file's
_MAX_PAGE = 4 << 20  # bytes

_HREF = re.compile(
    r"""<a\s[^<>]{0,500}?href\s{0,9}=\s{0,9}("[^"<>]{1,2000}"|'[^'<>]{1,2000}'|[^\s"'<>]{1,2000})""", re.I
)


class HttpStore:
    """Keeps `RemoteStore`.

    Args:
        public_only: Connect to public addresses alone, and through no proxy.
    """

    most_folders = 10_000

    def __init__(self, public_only: bool) -> None:
        self._files = HTTPFileSystem(
            skip_instance_cache=True,
            get_client=public_client if public_only else any_client,
            # Unpacked here, for the library does that without a bound.
            client_kwargs={"timeout": TIMEOUT, "headers": _HEADERS, "auto_decompress": False},
        )

    def pages(self, folder: str) -> Iterator[list[Entry]]:
        address = f"{folder}/"
        page = self.read(address, _MAX_PAGE)[:_MAX_PAGE].decode(errors="replace")
        yield list({entry.url: entry for entry in _links(page, address)}.values())

    def stat(self, url: str) -> Found:
        info = retry(lambda: self._files.info(url))
        # The time where there is one: of a file that is the same, the servers behind one name may give different tags.
        changed = _written_ns(info.get("Last-Modified", "")) or changed_ns(None, info.get("ETag", ""))
        return Found(url, info["size"] or 0, changed)

    def read(self, url: str, limit: int) -> bytes:
        return retry(lambda: self._read(url, limit))

    def _read(self, url: str, limit: int) -> bytes:
        # Any size, so that it is not asked for: this is one request, and what the server says of it is not relied on.
        with self._files.open(url, block_size=0, size=1) as file:
            return read_body(file.read, limit, file.r.headers.get("Content-Encoding", ""))


def _written_ns(text: str) -> int:
    try:
        return changed_ns(parsedate_to_datetime(text), "")
    except (ValueError, OverflowError):
        return 0


def _links(page: str, folder: str) -> Iterator[Entry]:
    """What an index page links to below itself; nothing with a query, which sorts the page or logs out."""
    for match in _HREF.finditer(page):
        try:
            url = normalised(link := urljoin(folder, html.unescape(match[1].strip("\"'")).strip().partition("#")[0]))
        except (SourceRefused, ValueError):  # no address, or one that is not read
            continue
        if url.startswith(folder) and "?" not in url:
            yield Entry(url, link.endswith("/"))
