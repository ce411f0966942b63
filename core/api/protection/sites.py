"""Where a request comes from: the app's own pages, a program, or a page of another site."""

import re

from starlette.requests import HTTPConnection

from core.access.actors import TOKEN_PREFIX
from core.hosts import Host, is_same_origin, parse_host

FOREIGN = (
    "Only the app's own pages may do this.",
    "Open the app itself. A proxy in front of it must pass on the Host header.",
)
"""What such a request is told, and what can be done."""

_TOKEN = re.compile(rf"bearer +{TOKEN_PREFIX}", re.IGNORECASE)
_OWN = frozenset({"same-origin", "none"})  # none: typed, or from a bookmark
_READING = frozenset({"GET", "HEAD"})


def requested_host(connection: HTTPConnection) -> Host | None:
    """What it was sent to: of exactly one `Host` header that can be one. `X-Forwarded-Host` is anyone's to write."""
    named = connection.headers.getlist("host")
    return parse_host(named[0]) if len(named) == 1 else None


def carries_token(connection: HTTPConnection) -> bool:
    """Whether it has a token of the app's; what stands behind this looks whether it is one."""
    given = connection.headers.getlist("authorization")
    return len(given) == 1 and _TOKEN.match(given[0].strip()) is not None


def is_foreign(connection: HTTPConnection, *, private: bool) -> bool:
    """Whether a page of another site has sent it; another port of the same machine is another site too.

    What carries a token is a program's: no browser sends one unasked, and nothing else that it sends counts then.

    Answered from its head alone, so that neither the answer nor the time it takes tells what there is. Links to the
    app's pages may be followed from anywhere.

    Args:
        private: Whether it asks for more than a page, which is the same for everyone.
    """
    if carries_token(connection):
        return False
    host = requested_host(connection)
    origins = connection.headers.getlist("origin")
    if any(host is None or not is_same_origin(origin, host) for origin in origins):
        return True
    sites = set(connection.headers.getlist("sec-fetch-site"))
    page = connection.scope.get("method") in _READING and not private
    if not sites:  # a program, or a browser that does not trust the connection: plain http from another machine
        referrer = connection.headers.get("referer")
        return not (page or origins or referrer is None or (host is not None and is_same_origin(referrer, host)))
    navigates = connection.headers.get("sec-fetch-mode") == "navigate"
    return not (sites <= _OWN or (page and navigates))
