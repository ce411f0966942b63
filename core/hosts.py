"""Host names: what a request says it was sent to, and which of them are answered.

A page whose own name suddenly resolves to this machine (DNS rebinding) has the browser's trust for that name, and is
told apart from the app's own pages by nothing but the name that its requests carry.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Always answered: they lead to the browser's own machine, whoever answers for DNS."""

EVERY = "*"

_BELOW = "*."  # what a pattern begins with that stands for all names below one
_LONGEST = 255  # RFC 1035, section 2.3.4, and brackets and port besides
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,255})(?::([0-9]{1,5}))?")  # RFC 9110, section 7.2
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


@dataclass(frozen=True, slots=True)
class Host:
    """What a request was sent to."""

    name: str
    """Lower case, without a final dot; an IPv6 address in its shortest form, without brackets."""
    port: int | None
    """None: that of the scheme."""


def parse_host(text: str) -> Host | None:
    """The value of a `Host` header; None for whatever is none."""
    matched = _AUTHORITY.fullmatch(text)
    if not matched or len(text) > _LONGEST + len("[]:65535"):
        return None
    name, port = _normal(matched[1]), int(matched[2]) if matched[2] else None
    return Host(name, port) if name and (port or 0) < 1 << 16 else None


def parse_origin(text: str) -> Host | None:
    """The host of an `Origin`, or of the address in a `Referer`; None for `null` and whatever is none.

    The port is left out where it is that of the scheme, as browsers do in `Host`.
    """
    scheme, separator, rest = text.partition("://")
    host = parse_host(re.split(r"[/?#]", rest, maxsplit=1)[0]) if separator else None
    if host is None or scheme.lower() not in _PORTS:
        return None
    return Host(host.name, None) if host.port == _PORTS[scheme.lower()] else host


_PORTS = {"http": 80, "https": 443}


def is_same_origin(origin: str, host: Host) -> bool:
    """Whether an `Origin` is that of the `Host` that it was sent to. A proxy may have taken off the encryption."""
    sender = parse_origin(origin)
    if sender is None:
        return False
    port = None if host.port == _PORTS[origin.partition("://")[0].lower()] else host.port
    return (sender.name, sender.port) == (host.name, port)


def parse_pattern(text: str) -> str:
    """A name that is answered, as a setting says it: `photos.example.com`, `*.example.com` or `.example.com` for all
    below it, an address, or `*`.

    Raises:
        ValueError: it is none; says what was expected.
    """
    below = _BELOW if text.startswith((_BELOW, ".")) else ""
    bare = text.removeprefix("*").removeprefix(".") if below else text
    name = EVERY if text == EVERY else _normal(bare) or _normal(_ascii(bare))
    if not name or (below and ":" in name):
        raise ValueError("expected names such as photos.example.com or *.example.com, without http:// and port")
    return below + name


class Hosts:
    """The names that are answered.

    Args:
        patterns: As `parse_pattern` gives them.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(dict.fromkeys(patterns))
        self._names = frozenset(self.patterns)
        self._endings = tuple(pattern[1:] for pattern in self.patterns if pattern.startswith(_BELOW))

    def allows(self, host: Host) -> bool:
        return EVERY in self._names or host.name in self._names or host.name.endswith(self._endings)


def _normal(text: str) -> str:
    """A name or address as `Host.name` has it; empty for what is none."""
    try:
        return ipaddress.IPv6Address(text.removeprefix("[").removesuffix("]")).compressed
    except ValueError:
        name = text.removesuffix(".").lower()
        return name if _NAME.fullmatch(name) and len(name) <= _LONGEST else ""


def _ascii(text: str) -> str:
    """A name of other letters as it travels; empty for what is none."""
    if text.isascii():
        return ""
    from yarl import URL

    try:
        return URL.build(scheme="http", host=text).raw_host or ""
    except ValueError:
        return ""
