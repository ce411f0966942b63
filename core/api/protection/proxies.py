"""What a proxy in front of the app says of who asks: believed where it comes from a proxy that the settings name, and
heard by nobody else."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_CLIENT, _SCHEME, _HOST = b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"
_OTHERS = frozenset({b"forwarded", b"x-real-ip", b"x-forwarded-port", b"x-forwarded-server", b"x-forwarded-ssl"})
_SCHEMES = frozenset({"http", "https"})

type Headers = Sequence[tuple[bytes, bytes]]


class Proxies:
    """ASGI middleware: `X-Forwarded-For`, `-Proto` and `-Host` of a trusted proxy are client, scheme and host of the
    request. From all others, and afterwards, there are no such headers.

    Args:
        trusted: Addresses and networks.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = [ipaddress.ip_network(network) for network in trusted]
        ignore_forwarded_in_uvicorn()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope = self._believed(scope)
        await self._app(scope, receive, send)

    def _believed(self, scope: Scope) -> Scope:
        headers: Headers = scope["headers"]
        said = {name: _last(headers, name) for name in (_SCHEME, _HOST)}
        kept = [(name, value) for name, value in headers if name not in {_CLIENT, _SCHEME, _HOST} | _OTHERS]
        client = scope.get("client")
        if not client or not self._trusts(client[0]):
            return {**scope, "headers": kept}
        believed = {**scope, "client": (self._asking(headers, client[0]), 0)}
        if (scheme := said[_SCHEME].lower()) in _SCHEMES:
            believed["scheme"] = scheme.replace("http", "ws") if scope["type"] == "websocket" else scheme
        if host := said[_HOST]:
            kept = [(b"host", host.encode("latin-1")), *(pair for pair in kept if pair[0] != b"host")]
        return {**believed, "headers": kept}

    def _asking(self, headers: Headers, peer: str) -> str:
        """The nearest address that is no trusted proxy's: what stands before it anybody can have written."""
        passed = [address for name, value in headers if name == _CLIENT for address in _split(value)]
        for address in reversed(passed):
            if not _is_address(address):
                break
            if not self._trusts(address):
                return address
            peer = address
        return peer

    def _trusts(self, address: str) -> bool:
        try:
            parsed: Any = ipaddress.ip_address(address)
        except ValueError:  # the path of a socket
            return False
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(parsed in network for network in self._trusted)


def ignore_forwarded_in_uvicorn() -> None:
    """From now on: by itself it believes all that comes from this machine, and Streamlit has no option for it."""

    async def pass_on(self: ProxyHeadersMiddleware, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    ProxyHeadersMiddleware.__call__ = pass_on  # type: ignore[method-assign]


def _split(value: bytes) -> list[str]:
    return [part.strip() for part in value.decode("latin-1").split(",")]


def _last(headers: Headers, name: bytes) -> str:
    """What the nearest proxy said."""
    values = [part for key, value in headers if key == name for part in _split(value)]
    return values[-1] if values else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
