"""What drivers raise, in words of ours: no name of a class, no number of a system, nothing of what a library says."""

import errno
import logging
import os
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from core.errors import SourceUnavailable
from core.sources.remote.attempts import describe_error
from core.sources.remote.transfer import Crowded, Unreadable

ADDRESS = "s3://bucket/a.jpg"
FOREIGN = re.compile(
    r"Errno|errno|Error\b|Exception|Traceback|object at 0x|<class|botocore|boto|aiohttp|fsspec|gcsfs|azure|urllib|"
    r"NoneType|SECRET|0x[0-9a-f]{4}|GetObject|ssl:|XYZZY"
)
SAID = "XYZZY An error occurred (SlowDown) when calling the GetObject operation at https://u:SECRET@host/a?sig=SECRET"


class ClientError(Exception):
    """As botocore's: what the server said stands in a dictionary."""

    def __init__(self, status: object) -> None:
        super().__init__(SAID)
        self.response = {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": status}}


class HttpError(Exception):
    """As gcsfs's."""

    def __init__(self, code: object) -> None:
        super().__init__(SAID)
        self.code = code


class HttpResponseError(Exception):
    """As Azure's."""

    status_code = 503


class EndpointConnectionError(Exception): ...


class ServiceRequestError(Exception): ...


class NoCredentialsError(Exception): ...


class Silent(Exception):
    def __str__(self) -> str:
        return ""


def of_every_number() -> Iterator[OSError]:
    for number in sorted(errno.errorcode):
        yield OSError(number, os.strerror(number), "/tmp/XYZZY")


KEY = aiohttp.client_reqrep.ConnectionKey("host", 443, True, True, None, None, None)
ERRORS: list[Exception] = [
    *of_every_number(),
    *(kind(SAID) for kind in (Exception, RuntimeError, ValueError, TypeError, KeyError, AttributeError, OSError)),
    *(
        kind(SAID)
        for kind in (LookupError, ArithmeticError, AssertionError, NotImplementedError, ImportError, EOFError)
    ),
    *(kind(SAID) for kind in (MemoryError, RecursionError, BufferError, ConnectionError, TimeoutError, StopIteration)),
    *(kind() for kind in (Exception, OSError, KeyError, TimeoutError, FileNotFoundError, Silent, HttpResponseError)),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, SAID),
    ModuleNotFoundError(SAID, name="botocore"),
    *(socket.gaierror(-2, SAID), ssl.SSLError(1, SAID), ssl.SSLCertVerificationError(1, SAID)),
    *(kind(SAID) for kind in (aiohttp.ClientError, aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError)),
    *(kind(URL("https://u:SECRET@host")) for kind in (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)),
    *(kind(KEY, OSError(111, SAID)) for kind in (aiohttp.ClientConnectorError, aiohttp.ClientConnectorDNSError)),
    *(ClientError(status) for status in (200, 301, 400, 403, 404, 412, 500, 503, None, "x")),
    *(HttpError(code) for code in (400, 401, 404, 429, 502, "404", None)),
    *(kind(SAID) for kind in (EndpointConnectionError, ServiceRequestError, NoCredentialsError)),
]


def response_error(status: int) -> aiohttp.ClientResponseError:
    info = aiohttp.RequestInfo(
        URL("https://u:SECRET@host"), "GET", CIMultiDictProxy(CIMultiDict()), URL("https://host")
    )
    return aiohttp.ClientResponseError(info, (), status=status, message=SAID)


@pytest.mark.parametrize("error", [*ERRORS, *map(response_error, (0, 302, 400, 403, 416, 500))], ids=repr)
def test_nothing_of_a_library_is_said(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        told = describe_error(ADDRESS, error, "Set the credentials.")
    assert not FOREIGN.search(str(told)), str(told)
    assert type(error).__name__ not in str(told)
    assert told.message.startswith(ADDRESS)
    assert told.message.endswith(".")
    assert told.remedy.endswith(".")
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ClientError(503), "its server answers with status 503"),
        (HttpError(416), "its server answers with status 416"),
        (HttpResponseError(SAID), "its server answers with status 503"),
        (ClientError(403), "access is denied"),
        (HttpError(404), "does not exist"),
        (NoCredentialsError(SAID), "access is denied"),
        (EndpointConnectionError(SAID), "its server does not answer"),
        (ServiceRequestError(SAID), "its server does not answer"),
        (OSError(errno.EHOSTUNREACH, SAID), "its server does not answer"),
        (ConnectionResetError(errno.ECONNRESET, SAID), "its server does not answer"),
        (OSError(errno.ENOSPC, SAID), "no space left"),
        (OSError(errno.EISDIR, SAID), "it is a folder"),
        (MemoryError(), "does not fit in memory"),
        (ValueError(SAID), "its server's response is not understood"),
        (Crowded("too much is being read at the same time"), "too much is being read at the same time"),
        (Unreadable("its server sends it compressed"), "its server sends it compressed"),
    ],
    ids=repr,
)
def test_what_is_said(error: Exception, said: str) -> None:
    assert said in str(describe_error(ADDRESS, error, "Set the credentials."))


def test_what_has_words_of_ours_keeps_them() -> None:
    told = describe_error(ADDRESS, SourceUnavailable("The server is gone.", "Look for it."), "")
    assert (told.message, told.remedy) == ("The server is gone.", "Look for it.")


def test_what_was_not_understood_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    error: Any = ValueError(SAID)
    describe_error(ADDRESS, error, "")
    assert "ValueError: XYZZY" in caplog.text
