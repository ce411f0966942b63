"""What may go wrong on the way to an address: tried again where it may pass, and told in words where it does not."""

import errno
import logging
import re
import time
from collections.abc import Callable

import aiohttp

from core.errors import ImageSearchError, UnreadableImage
from core.sources.remote.public import NotPublic
from core.sources.remote.transfer import Crowded, Unreadable
from core.storage import is_full
from core.store.failures import is_forbidden, status_of
from core.text.names import printable
from core.text.redaction import scrubbed

_log = logging.getLogger(__name__)

PAUSES = (0.5, 2.0)
"""Seconds before each further attempt."""

_PASSING = (TimeoutError, ConnectionError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)
_WORDS: dict[type[Exception], str] = {
    aiohttp.ClientConnectorDNSError: "there is no server with this name",
    aiohttp.ClientConnectorCertificateError: "the certificate of its server is not trusted",
    aiohttp.ClientSSLError: "no secure connection to its server can be made",
    aiohttp.ClientConnectionError: "its server does not answer",
    aiohttp.ClientPayloadError: "its server cut off the response",
    aiohttp.TooManyRedirects: "its server redirects in circles",
    aiohttp.InvalidURL: "its server redirects to something that is not a URL",
    aiohttp.ClientError: "its server does not answer as web servers do",
    IsADirectoryError: "it is a folder",
    NotADirectoryError: "it is a folder",
    ConnectionError: "its server does not answer",
    MemoryError: "it does not fit in memory",
    ImportError: "a package that reads such URLs is not installed",
}
"""The first that fits."""
_ANYTHING = "its server's response is not understood"
_NO_ANSWER = {
    *(errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH, errno.ENETRESET),
    *(errno.ENOTCONN, errno.EADDRNOTAVAIL),
}
_ABOUT_CONNECTION = re.compile(r"connect|timeout|endpoint|transport|servicerequest", re.IGNORECASE)
"""What drivers call their errors of connections, whose classes are there only with the driver."""
_PASSING_STATUS = {429, 500, 502, 503, 504}


def retry[Result](work: Callable[[], Result]) -> Result:
    """What the work returns, or raises at last."""
    for pause in PAUSES:
        try:
            return work()
        except Exception as error:
            if not is_transient(error):
                raise
        time.sleep(pause)
    return work()


def is_missing(error: Exception) -> bool:
    """Whether there is no such file, or none for us: some servers say the latter of either."""
    error = _cause(error)
    return isinstance(error, FileNotFoundError) or status_of(error) in {404, 410} or is_forbidden(error)


def describe_error(url: str, error: Exception, credentials: str) -> UnreadableImage:
    """Drivers raise what their libraries do, which have no common parent: whatever it is, it is a verdict on one file.

    Args:
        credentials: What to do where the server asks for them.
    """
    name, error = printable(url), _cause(error)
    if isinstance(error, ImageSearchError):
        return UnreadableImage(error.message, error.remedy)
    if is_forbidden(error):
        return UnreadableImage(f"{name} cannot be read: access is denied.", credentials)
    if is_missing(error):
        return UnreadableImage(f"{name} does not exist.", "Check the spelling, or index its URL again.")
    if _is_private(error):
        return UnreadableImage(f"{name} points to this machine or its network.", "Index it from the command line.")
    if isinstance(error, TimeoutError):
        return UnreadableImage(f"{name} took too long to respond.", "Index its URL again later.")
    return UnreadableImage(f"{name} cannot be read: {_reason(error)}.", "Check the URL, and that its server responds.")


def _reason(error: Exception) -> str:
    """In words of ours: those of a library are for those who know it, and name addresses with their keys."""
    if isinstance(status := status_of(error), int) and status >= 400:
        return f"its server answers with status {status}"
    if is_full(error):
        return "there is no space left for it on this machine"
    if isinstance(error, Crowded | Unreadable):
        return str(error)
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words
    _log.warning("Not read: %s", scrubbed(f"{type(error).__name__}: {error}"))
    is_away = isinstance(error, OSError) and error.errno in _NO_ANSWER
    return "its server does not answer" if is_away or _ABOUT_CONNECTION.search(type(error).__name__) else _ANYTHING


def is_transient(error: Exception) -> bool:
    """Whether it is the way there or the server that fails, rather than what was asked for."""
    error = _cause(error)
    return (isinstance(error, _PASSING) or status_of(error) in _PASSING_STATUS) and not _is_private(error)


def _is_private(error: Exception) -> bool:
    return isinstance(getattr(error, "os_error", None), NotPublic)


def _cause(error: Exception) -> Exception:
    """What is behind a "not found": the driver for the web says so whatever happened."""
    while isinstance(error, FileNotFoundError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return error
