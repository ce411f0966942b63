"""One index on one server: the clients that speak to it, opened when they are first needed."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from copy import copy
from functools import partial
from pathlib import Path
from typing import NamedTuple

from elasticsearch import ApiError, Elasticsearch

from core.index.elastic.client import connect, location
from core.index.elastic.errors import translate_errors
from core.index.elastic.mapping import Body, Layout, Storage, index_body
from core.index.index import ModelStamp

_PACKED_SINCE = (9, 3)
_PING_SECONDS = 1.0


class _Clients(NamedTuple):
    """Two ways of using the same connections."""

    write_client: Elasticsearch
    search_client: Elasticsearch


class Connection:
    """Takes what `ElasticIndex` takes. Safe to share between threads; constructing sends nothing."""

    def __init__(
        self,
        urls: Sequence[str],
        index: str,
        api_key: str | None,
        cloud_id: str | None,
        ca_certs: Path | None,
        storage: Storage,
    ) -> None:
        self.name = index
        self._fixed: str | None = None
        self._pin: ContextVar[Layout | None] = ContextVar("version", default=None)
        self.address = location(urls, cloud_id)
        self._connect = partial(connect, tuple(urls), api_key, cloud_id, ca_certs)
        self._urls = tuple(dict.fromkeys(urls))
        self._retries = max(1, len(self._urls))
        self._pinged = partial(_answers, api_key=api_key, ca_certs=ca_certs)
        self._lock = threading.Lock()
        self._open: _Clients | None = None
        self._storage = storage
        self._packs: bool | None = None

    @property
    def index(self) -> str:
        """What is asked: the alias; within `pin`, and for a version, the index itself."""
        return self._fixed or (pinned.concrete if (pinned := self._pin.get()) else self.name)

    @property
    def fixed(self) -> str | None:
        """The index that is asked whatever stands under the alias."""
        return self._fixed

    @property
    def pinned(self) -> Layout | None:
        """What stood under the alias when `pin` began, and is asked: it may be gone though there is another by now."""
        return None if self._fixed else self._pin.get()

    @contextmanager
    def pin(self, layout: Layout) -> Iterator[None]:
        """In here, this thread asks this index."""
        token = self._pin.set(layout)
        try:
            yield
        finally:
            self._pin.reset(token)

    def at(self, concrete: str) -> "Connection":
        """One that asks this index, whatever stands under the alias, by the same clients."""
        other = copy(self)
        other._fixed = concrete
        other._clients = self._clients  # type: ignore[method-assign]
        return other

    @property
    def write_client(self) -> Elasticsearch:
        """For writing: waits, and tries again."""
        return self._clients().write_client

    @property
    def search_client(self) -> Elasticsearch:
        """For what people wait for: tries each node, and none for long."""
        return self._clients().search_client

    def translate_errors(self) -> AbstractContextManager[None]:
        """Turns whatever a client raises into `IndexUnavailable`."""
        return translate_errors(self.address, self.name)

    def index_body(self, stamp: ModelStamp) -> Body:
        """What a new index for this model is made of."""
        return index_body(stamp, self.packs(), self._storage)

    def packs(self) -> bool:
        """Whether the server takes packed vectors, four times as fast as numbers. Asked once."""
        if self._packs is None:
            try:
                version = str(self.write_client.info()["version"]["number"])
                self._packs = tuple(map(int, version.split(".")[:2])) >= _PACKED_SINCE
            except (ApiError, ValueError):  # a key need not have the right to ask
                self._packs = False
        return self._packs

    @property
    def is_cluster(self) -> bool:
        """Whether there is another node to ask where one does not answer."""
        return len(self._urls) > 1

    def silent_nodes(self) -> list[str]:
        """Those of several addresses that do not answer now, as people may read them."""
        if not self.is_cluster:
            return []
        with ThreadPoolExecutor(len(self._urls)) as pool:
            answers = list(pool.map(self._pinged, self._urls))
        return [location([url], None) for url, answers_ in zip(self._urls, answers, strict=True) if not answers_]

    def close(self) -> None:
        """Close the connections; they open again when they are used again."""
        with self._lock:
            clients, self._open = self._open, None
        if clients is not None:
            clients.write_client.close()

    def _clients(self) -> _Clients:
        with self._lock:
            if self._open is None:
                write_client = self._connect()
                # Made once: it would add half a millisecond to every search.
                search_client = write_client.options(max_retries=self._retries, retry_on_timeout=self.is_cluster)
                self._open = _Clients(write_client, search_client)
            return self._open


def _answers(url: str, api_key: str | None, ca_certs: Path | None) -> bool:
    with connect((url,), api_key, None, ca_certs) as client:
        return bool(client.options(request_timeout=_PING_SECONDS, max_retries=0).ping())
