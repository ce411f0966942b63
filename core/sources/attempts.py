"""What may go wrong on the way to an address: tried again where it may pass, and told in words where it does not."""

import errno
import time
from collections.abc import Callable

import aiohttp

from core.errors import UnreadableImage
from core.images.names import shown
from core.redaction import scrubbed
from core.sources.public import NotPublic

_PAUSES = (0.5, 2.0)  # seconds, before each further attempt
_PASSING = (TimeoutError, ConnectionError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)
_WORDS: dict[type[Exception], str] = {
    aiohttp.ClientConnectorDNSError: "there is no server of this name",
    aiohttp.ClientConnectorCertificateError: "the certificate of its server is not trusted",
    aiohttp.ClientSSLError: "no secure connection to its server comes about",
    aiohttp.ClientConnectionError: "its server does not answer",
    aiohttp.ClientPayloadError: "its server broke off the answer",
    aiohttp.TooManyRedirects: "its server leads around in a circle",
    aiohttp.InvalidURL: "its server leads to something that is no address",
    aiohttp.ClientError: "its server does not answer as web servers do",
}
"""The first that fits."""
_PASSING_STATUS = {429, 500, 502, 503, 504}


def tried[Result](work: Callable[[], Result]) -> Result:
    """What the work returns, or raises at last."""
    for pause in _PAUSES:
        try:
            return work()
        except Exception as error:
            if not may_pass(error):
                raise
        time.sleep(pause)
    return work()


def is_missing(error: Exception) -> bool:
    """Whether there is no such file, or none for us: some servers say the latter of either."""
    error = _cause(error)
    return isinstance(error, FileNotFoundError) or _status(error) in {404, 410} or _is_forbidden(error)


def in_words(url: str, error: Exception, credentials: str) -> UnreadableImage:
    """Drivers raise what their libraries do, which have no common parent: whatever it is, it is a verdict on one file.

    Args:
        credentials: What to do where the server asks for them.
    """
    name, error = shown(url), _cause(error)
    if _is_forbidden(error):
        return UnreadableImage(f"{name} may not be read.", credentials)
    if is_missing(error):
        return UnreadableImage(f"{name} is not there.", "Check the spelling, or index its address again.")
    if _is_private(error):
        return UnreadableImage(f"{name} leads to this machine or its network.", "Index it from the command line.")
    if isinstance(error, TimeoutError):
        return UnreadableImage(f"{name} took too long to answer.", "Index its address again later.")
    return UnreadableImage(
        f"{name} cannot be read: {_reason(error)}.", "Check the address, and that its server answers."
    )


def _reason(error: Exception) -> str:
    """Without the words of the web's library, in which addresses stand that a server leads on to, with their keys."""
    if isinstance(status := _status(error), int) and status >= 400:
        return f"its server answers with status {status}"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "there is no space left for it on this machine"
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words
    return " ".join(shown(scrubbed(str(error))).split())[:200] or type(error).__name__


def may_pass(error: Exception) -> bool:
    """Whether it is the way there or the server that fails, rather than what was asked for."""
    error = _cause(error)
    return (isinstance(error, _PASSING) or _status(error) in _PASSING_STATUS) and not _is_private(error)


def _is_private(error: Exception) -> bool:
    return isinstance(getattr(error, "os_error", None), NotPublic)


def _is_forbidden(error: Exception) -> bool:
    if isinstance(error, PermissionError) or _status(error) in {401, 403}:
        return True
    return "credential" in f"{type(error).__name__} {error}".lower()  # as each driver's library has errors of its own


def _cause(error: Exception) -> Exception:
    """What is behind a "not found": the driver for the web says so whatever happened."""
    while isinstance(error, FileNotFoundError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    return error


def _status(error: Exception) -> object:
    return getattr(error, "status", None)
