"""Connections that bring no whole request: uvicorn has no limit for these, so it is put around its two protocols.

Leans on the insides of uvicorn that `docs/upstream.md` names.
"""

import asyncio
import importlib
from typing import Any

_PROTOCOLS = {
    "uvicorn.protocols.http.h11_impl": "H11Protocol",
    "uvicorn.protocols.http.httptools_impl": "HttpToolsProtocol",
}
_TIMER = "_head_timer"


def limit_heads(seconds: float) -> None:
    """From now on a connection is closed on which no request is being answered, and none has come whole in this time
    from its beginning, or from the first byte after the answer before."""
    for module, name in _PROTOCOLS.items():
        try:
            protocol = getattr(importlib.import_module(module), name)
        except ImportError:  # httptools is not here
            continue
        _limit(protocol, seconds)


def _limit(protocol: Any, seconds: float) -> None:
    made, received, lost = (
        getattr(method, "__wrapped__", method)
        for method in (protocol.connection_made, protocol.data_received, protocol.connection_lost)
    )

    def connection_made(self: Any, transport: asyncio.BaseTransport) -> None:
        made(self, transport)
        _arm(self, seconds)

    def data_received(self: Any, data: bytes) -> None:
        received(self, data)
        if _is_answering(self):
            _disarm(self)
        elif getattr(self, _TIMER, None) is None:
            _arm(self, seconds)

    def connection_lost(self: Any, error: Exception | None) -> None:
        _disarm(self)
        lost(self, error)

    wrappers = {connection_made: made, data_received: received, connection_lost: lost}
    for wrapper, wrapped in wrappers.items():
        wrapper.__wrapped__ = wrapped  # type: ignore[attr-defined]  # so that a second call replaces the first
        setattr(protocol, wrapper.__name__, wrapper)


def _is_answering(protocol: Any) -> bool:
    upgraded = protocol.transport.get_protocol() is not protocol
    return upgraded or (protocol.cycle is not None and not protocol.cycle.response_complete)


def _arm(protocol: Any, seconds: float) -> None:
    def close() -> None:
        setattr(protocol, _TIMER, None)
        if not _is_answering(protocol):
            protocol.transport.abort()

    setattr(protocol, _TIMER, protocol.loop.call_later(seconds, close))


def _disarm(protocol: Any) -> None:
    timer = getattr(protocol, _TIMER, None)
    if timer is not None:
        timer.cancel()
        setattr(protocol, _TIMER, None)
