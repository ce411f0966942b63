"""What goes wrong with Elasticsearch, in words that say what to do on the server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    SerializationError,
    SSLError,
    TransportError,
    UnsupportedProductError,
)

from core.errors import IndexUnavailable, StorageFull
from core.text.redaction import scrubbed

_CORRECT_URL = "Correct ELASTICSEARCH_URL."
_STRANGERS = frozenset({301, 302, 303, 307, 308, 400, 404, 405, 406, 410})  # other web servers' answers to our requests
_BLOCK = re.compile(r"\[[A-Z_]+/(\d+)/")
_CLUSTER = 'PUT /_cluster/settings {{"persistent": {{"cluster.blocks.{0}": null}}}}'
_DISK, _WRITE = 12, 8


class _Block(NamedTuple):
    what: str
    setting: str
    whole: bool = False
    """Whether it is of the whole cluster."""


_BLOCKS = {
    5: _Block("is set to read-only", "read_only"),
    6: _Block("is set to read-only", "read_only", whole=True),
    7: _Block("is blocked against reading", "read"),
    8: _Block("is blocked against writing", "write"),
    9: _Block("is blocked against changes of its settings", "metadata"),
    13: _Block("is set to read-only", "read_only_allow_delete", whole=True),
}
"""By their numbers (IndexMetadata.java and Metadata.java of the server)."""


class IndexMissing(IndexUnavailable):
    """No index stands under this name: for reading the same as an empty one."""


@contextmanager
def translate_errors(address: str, index: str) -> Iterator[None]:
    """Turn whatever the client raises into `IndexUnavailable`, naming the address and what to do."""
    try:
        yield
    except TransportError as error:
        raise _unanswered(error, address) from error
    except ApiError as error:
        raise _refused(error, address, index) from error


def is_disk_block(error: object) -> bool:
    """Whether the server says that it stopped writing because its disk is full (block 12, the flood stage)."""
    return _block(error) == _DISK


def is_write_block(error: object) -> bool:
    """Whether the server says that somebody has blocked the index against writing."""
    return _block(error) == _WRITE


def reason(error: Any) -> str:
    """The server's own words: from the body of an `ApiError`, or from one item of a bulk answer."""
    body = getattr(error, "body", error)
    cause = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(cause, dict):
        return scrubbed(str(cause))[:300]
    root = next(iter(cause.get("root_cause") or []), cause)
    inner = cause.get("caused_by") or {}
    return scrubbed(str(inner.get("reason") or root.get("reason") or root.get("type") or cause))[:300]


def storage_full(address: str, index: str) -> StorageFull:
    return StorageFull(
        f"Elasticsearch at {address} has no space left, and no longer writes to the index {index}.",
        "Free or add disk space on the server; it writes again by itself once enough is free. If the disk is "
        f'not full, undo this: PUT /{index}/_settings {{"index.blocks.read_only_allow_delete": null}}',
    )


def blocked(error: object, address: str, index: str) -> IndexUnavailable | StorageFull | None:
    """The error for an index that is closed, or that somebody has blocked; None where it is neither."""
    number = _block(error)
    if number == _DISK:
        return storage_full(address, index)
    if _is_closed(error):
        return IndexUnavailable(
            f"The index {index} in Elasticsearch at {address} is closed. Its pictures are still in it.",
            f"Open it again: POST /{index}/_open",
        )
    if number not in _BLOCKS:
        return None
    what, setting, whole = _BLOCKS[number]
    if whole:
        return IndexUnavailable(
            f"The whole cluster of Elasticsearch at {address} {what}.",
            f"Whoever set this can undo it: {_CLUSTER.format(setting)}",
        )
    return IndexUnavailable(
        f"The index {index} in Elasticsearch at {address} {what}. Its pictures are still in it.",
        f'Whoever set this can undo it: PUT /{index}/_settings {{"index.blocks.{setting}": null}}',
    )


def parts_missing(address: str, index: str, note: str = "") -> IndexUnavailable:
    return IndexUnavailable(
        f"Elasticsearch at {address} cannot reach all shards of the index {index}{note}.",
        f"Start the nodes that hold them, and try again in a moment; GET /_cluster/health/{index} shows the health "
        "of the cluster.",
    )


def _block(error: object) -> int | None:
    text = str(getattr(error, "body", error))
    return int(found[1]) if "block" in text and (found := _BLOCK.search(text)) else None


def _is_closed(error: object) -> bool:
    return "index_closed" in str(getattr(error, "body", error))


def _unanswered(error: TransportError, address: str) -> IndexUnavailable:
    if isinstance(error, SSLError):
        return IndexUnavailable(
            f"The connection to Elasticsearch at {address} is not trusted: {_tls(error)}.",
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


def _tls(error: SSLError) -> str:
    text = str(error.message).lower()
    if "wrong_version_number" in text or "wrong version number" in text or "record layer" in text:
        return "the server speaks http, not https"
    if "hostname" in text or "ip address mismatch" in text:
        return "its certificate is for another name"
    if "expired" in text:
        return "its certificate has expired"
    return "its certificate is not signed by an authority trusted here"


def _refused(error: ApiError, address: str, index: str) -> IndexUnavailable | StorageFull:
    status, words = error.status_code, reason(error)
    if told := blocked(error, address, index):
        return told
    if status == 401:
        return IndexUnavailable(
            f"Elasticsearch at {address} asks for a valid API key, or user name and password.",
            "Set ELASTICSEARCH_API_KEY to one, or ELASTICSEARCH_URL to https://user:password@server:9200. In the "
            "password, percent-encode everything but letters, digits, - . _ and ~: @ is %40, / is %2F.",
        )
    if status == 407:
        return IndexUnavailable(f"A proxy in front of {address} asks for a password.", _CORRECT_URL)
    if isinstance(error, UnsupportedProductError) or _is_another_product(error):
        return IndexUnavailable(f"The server at {address} is not Elasticsearch 9.", _CORRECT_URL)
    if status == 403:
        return IndexUnavailable(
            f"Elasticsearch at {address} does not allow this: {words}",
            f"Grant the key in ELASTICSEARCH_API_KEY all privileges on {index} and {index}-*.",
        )
    if status == 404 and "index_not_found" in str(error.body):
        return IndexMissing(f"There is no index {index} in Elasticsearch at {address}.", "Index a folder first.")
    if status == 429:
        return IndexUnavailable(f"Elasticsearch at {address} is overloaded: {words}", "Try again in a moment.")
    if status >= 500:
        return _failed(error, address, index)
    return IndexUnavailable(
        f"Elasticsearch at {address} refuses (status {status}): {words}",
        f"Check the index {index} on the server, and the server's log.",
    )


def _failed(error: ApiError, address: str, index: str) -> IndexUnavailable:
    status, text = error.status_code, str(error.body)
    if not isinstance(error.body, dict):  # a gateway before it
        what = f"Elasticsearch at {address} cannot be reached: what is in front of it answers with status {status}."
        return IndexUnavailable(what, "Start the server, or correct ELASTICSEARCH_URL.")
    if "shard" in text:
        return parts_missing(address, index, f" (status {status})")
    return IndexUnavailable(
        f"Elasticsearch at {address} cannot answer (status {status}): {reason(error)}",
        "Try again in a moment; if that does not help, check the health of the cluster.",
    )


def _is_another_product(error: ApiError) -> bool:
    # Servers before 9 refuse the media type of this client. Any web server says 404: then only the header tells.
    unsigned = error.meta.headers.get("x-elastic-product") is None
    return "media_type_header" in str(error.body) or (unsigned and error.status_code in _STRANGERS)
