"""The connection to Elasticsearch, and the words for what goes wrong with it."""

import logging
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from elastic_transport import BaseNode, HttpHeaders, Urllib3HttpNode
from elastic_transport.client_utils import DEFAULT
from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    Elasticsearch,
    OrjsonSerializer,
    SerializationError,
    SSLError,
    TransportError,
    UnsupportedProductError,
)

from core.errors import IndexUnavailable, StorageFull
from core.redaction import without_secrets

CONNECT_SECONDS = 2.0
"""How long to wait for a connection. An answer may take as long as the request allows."""

_CORRECT_URL = "Correct ELASTICSEARCH_URL."
_PORTS = {"http": 80, "https": 443}
_STRANGERS = frozenset({301, 302, 307, 308, 400, 404, 405, 406, 410})  # what other web servers say to our requests


logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # it prints a traceback for each attempt


class IndexMissing(IndexUnavailable):
    """No index stands under this name: for reading the same as an empty one."""


class QuickConnectNode(Urllib3HttpNode):
    """Finds out soon that nobody is there, while slow answers stay allowed."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: Any = DEFAULT,
    ) -> Any:
        seconds = self.config.request_timeout if request_timeout is DEFAULT else request_timeout
        timeout: Any = urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds)
        return super().perform_request(method, target, body, headers, timeout)


NODE_CLASS: type[BaseNode] = QuickConnectNode
"""What speaks HTTP; tests put their own here."""


def location(urls: Sequence[str], cloud_id: str | None) -> str:
    """The addresses without user names and passwords, for people to read."""
    if cloud_id:
        name, separator, _ = cloud_id.partition(":")
        return f"Elastic Cloud {name}" if separator else "Elastic Cloud"
    return ", ".join(map(without_secrets, urls))


def connect(urls: Sequence[str], api_key: str | None, cloud_id: str | None, ca_certs: Path | None) -> Elasticsearch:
    """A client, which may be shared between threads. Nothing is sent yet.

    Raises:
        IndexUnavailable: an address or the certificate file cannot be used.
    """
    where: dict[str, Any] = (
        {"cloud_id": cloud_id} if cloud_id else {"hosts": list(dict.fromkeys(map(_with_port, urls)))}
    )
    if ca_certs is not None:
        where["ca_certs"] = str(ca_certs)
        _check_certificate(ca_certs)  # the client would open it with the first request, and say less
    with suppress(ValueError):  # what it says repeats the address, or a part of it
        return Elasticsearch(
            **where,
            api_key=api_key,
            node_class=NODE_CLASS,
            serializer=OrjsonSerializer(),  # writes the numbers of a query twenty times as fast as the standard library
            request_timeout=30,
            max_retries=3,
            retry_on_timeout=True,
        )
    raise IndexUnavailable(
        f"{location(urls, cloud_id)} is not an address of Elasticsearch.",
        "Correct ELASTICSEARCH_URL or ELASTICSEARCH_CLOUD_ID.",
    )


def _check_certificate(file: Path) -> None:
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:  # ssl.SSLError is one
        why = "holds no certificate" if isinstance(error, ssl.SSLError) else "cannot be read"
        raise IndexUnavailable(f"The file {file} {why}.", "Correct ELASTICSEARCH_CA_CERTS.") from error


@contextmanager
def worded(address: str, index: str) -> Iterator[None]:
    """Turn whatever the client raises into `IndexUnavailable`, naming the address and what to do."""
    try:
        yield
    except TransportError as error:
        raise _unanswered(error, address) from error
    except ApiError as error:
        raise _refused(error, address, index) from error


def is_disk_block(error: object) -> bool:
    """Whether the server says that it stopped writing because its disk is full (block 12, the flood stage)."""
    text = str(error)
    return "/12/" in text and "block" in text


def reason(error: Any) -> str:
    """The server's own words: from the body of an `ApiError`, or from one item of a bulk answer."""
    body = getattr(error, "body", error)
    cause = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(cause, dict):
        return str(cause)[:300]
    root = next(iter(cause.get("root_cause") or []), cause)
    inner = cause.get("caused_by") or {}
    return str(inner.get("reason") or root.get("reason") or root.get("type") or cause)[:300]


def storage_full(address: str, words: str) -> StorageFull:
    return StorageFull(
        f"Elasticsearch at {address} has no space left: {words}",
        "Free disk space on the server or add some; it writes again by itself once enough is free.",
    )


def _unanswered(error: TransportError, address: str) -> IndexUnavailable:
    if isinstance(error, SSLError):
        return IndexUnavailable(
            f"The connection to Elasticsearch at {address} is not trusted: {error.message}.",
            "Set ELASTICSEARCH_CA_CERTS to the certificate file of the server's CA, or correct ELASTICSEARCH_URL.",
        )
    if isinstance(error, SerializationError):
        return IndexUnavailable(f"The server at {address} does not answer as Elasticsearch does.", _CORRECT_URL)
    if isinstance(error, ConnectionTimeout):
        return IndexUnavailable(
            f"Elasticsearch at {address} did not answer in time.",
            "Start the server or correct ELASTICSEARCH_URL; if it is running, wait until it is less busy.",
        )
    return IndexUnavailable(
        f"Elasticsearch at {address} does not answer.", "Start the server or correct ELASTICSEARCH_URL."
    )


def _refused(error: ApiError, address: str, index: str) -> IndexUnavailable:
    status, words = error.status_code, reason(error)
    if is_disk_block(words):
        return storage_full(address, words)
    if status == 401:
        return IndexUnavailable(
            f"Elasticsearch at {address} asks for a valid API key.", "Set ELASTICSEARCH_API_KEY to one."
        )
    if isinstance(error, UnsupportedProductError) or _is_another_product(error):
        return IndexUnavailable(f"The server at {address} is not Elasticsearch 9.", _CORRECT_URL)
    if status == 403 and "blocked by" not in words:
        return IndexUnavailable(
            f"Elasticsearch at {address} does not allow this: {words}",
            f"Give the key in ELASTICSEARCH_API_KEY all privileges on {index} and {index}-*.",
        )
    if status == 404 and "index_not_found" in str(error.body):
        return IndexMissing(f"There is no index {index} in Elasticsearch at {address}.", "Index a folder first.")
    if status == 429:
        return IndexUnavailable(f"Elasticsearch at {address} is overloaded: {words}", "Try again in a moment.")
    if status >= 500:
        return IndexUnavailable(
            f"Elasticsearch at {address} cannot answer (status {status}): {words}",
            "Try again in a moment; if it stays so, look at the health of the cluster.",
        )
    return IndexUnavailable(
        f"Elasticsearch at {address} refuses (status {status}): {words}",
        f"Look at the index {index} on the server, or choose another IMAGE_SEARCH_INDEX.",
    )


def _is_another_product(error: ApiError) -> bool:
    # Servers before 9 refuse the media type of this client. Any web server says 404: then only the header tells.
    unsigned = error.meta.headers.get("x-elastic-product") is None
    return "media_type_header" in str(error.body) or (unsigned and error.status_code in _STRANGERS)


def _with_port(url: str) -> str:
    # The client insists on a port; an address without one means the usual one, as in a browser.
    try:
        parts = urlsplit(url)
        if parts.port is not None or parts.scheme not in _PORTS or not parts.hostname:
            return url
    except ValueError:
        return url
    return parts._replace(netloc=f"{parts.netloc.rstrip(':')}:{_PORTS[parts.scheme]}").geturl()
