"""The collection that a request names: `?collection=birds`."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, quote

from starlette.types import Scope

from core.search.language.url import COLLECTION
from core.services import ASKED


def collection_of(scope: Scope) -> str:
    """As the URL of a request has it; "" where it names none."""
    query = scope.get("query_string", b"").decode("latin-1")
    return ",".join(parse_qs(query).get(COLLECTION, ())) if COLLECTION in query else ""


@contextmanager
def asking(name: str) -> Iterator[str]:
    """Within, and in the threads that are started in here, it is the one whose services are asked."""
    token = ASKED.set(name)
    try:
        yield name
    finally:
        ASKED.reset(token)


def with_collection(url: str) -> str:
    """The URL of one of our routes, for the collection that the request at hand names."""
    return f"{url}?{COLLECTION}={quote(ASKED.get())}" if ASKED.get() else url
