"""Indices to measure with: made empty, and gone afterwards."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from core.index.elastic.engine import ElasticIndex
from core.index.elastic.mapping import Storage
from core.index.index import Index
from core.index.lance.engine import LanceIndex

NO_SERVER = "ELASTICSEARCH_URL is not set"


def server() -> tuple[str, ...]:
    """The addresses in ELASTICSEARCH_URL; empty where it is not set."""
    return tuple(url.strip() for url in os.environ.get("ELASTICSEARCH_URL", "").split(",") if url.strip())


def rest(index: Index) -> None:
    """Wait until a server has merged what was written: it does that in the background, on the processors that are to be
    measured. A minute at most."""
    if not isinstance(index, ElasticIndex):
        return
    calm = 0
    for _ in range(120):
        merges = index.connection.write_client.indices.stats(index=index.name, metric="merge").body["_all"]["total"]
        calm = calm + 1 if merges["merges"]["current"] == 0 else 0
        if calm == 4:
            return
        time.sleep(0.5)


@contextmanager
def lance() -> Iterator[Index]:
    with TemporaryDirectory(prefix="benchmark-") as folder:
        yield LanceIndex(Path(folder), "benchmark")


@contextmanager
def elastic(storage: Storage | None = None) -> Iterator[Index]:
    """On the server in ELASTICSEARCH_URL, under a name of its own."""
    index = ElasticIndex(server(), f"benchmark-{uuid.uuid4().hex[:12]}", storage=storage)
    try:
        yield index
    finally:
        index.drop()
        index.close()
