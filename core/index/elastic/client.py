"""The connection to Elasticsearch."""

import logging
import ssl
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from elastic_transport import BaseNode, HttpHeaders, Urllib3HttpNode
from elastic_transport.client_utils import DEFAULT
from elasticsearch import Elasticsearch, OrjsonSerializer

from core.errors import IndexUnavailable
from core.text.redaction import without_secrets

CONNECT_SECONDS = 2.0
"""How long to wait for a connection. An answer may take as long as the request allows."""

_PORTS = {"http": 80, "https": 443}


logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # it prints a traceback for each attempt


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
        f"{location(urls, cloud_id)} is not a URL of Elasticsearch.",
        "Correct ELASTICSEARCH_URL or ELASTICSEARCH_CLOUD_ID.",
    )


def _check_certificate(file: Path) -> None:
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:  # ssl.SSLError is one
        why = "contains no certificate" if isinstance(error, ssl.SSLError) else "cannot be read"
        raise IndexUnavailable(f"The file {file} {why}.", "Correct ELASTICSEARCH_CA_CERTS.") from error


def _with_port(url: str) -> str:
    # The client insists on a port; an address without one means the usual one, as in a browser.
    try:
        parts = urlsplit(url)
        if parts.port is not None or parts.scheme not in _PORTS or not parts.hostname:
            return url
    except ValueError:
        return url
    return parts._replace(netloc=f"{parts.netloc.rstrip(':')}:{_PORTS[parts.scheme]}").geturl()
