"""What is open when the server ends."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.websockets import WebSocket

from core.api.protection.sockets import QuietSockets

SOCKET = {"type": "websocket", "headers": [], "path": "/_stcore/stream"}


async def closes_twice(scope, receive, send):
    """As Streamlit does where a page is open when the server ends."""
    socket = WebSocket(scope, receive, send)
    await socket.accept()
    await socket.close()
    try:
        await socket.receive_bytes()
    finally:
        await socket.close()


def answered(app, scope) -> list[str]:
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message["type"])

    with ThreadPoolExecutor(1) as pool:  # a loop of its own: a browser's may run in this thread
        pool.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    return sent


def test_a_socket_that_is_closed_twice_ends_without_an_error():
    assert answered(QuietSockets(closes_twice), SOCKET) == ["websocket.accept", "websocket.close"]


def test_whatever_else_goes_wrong_is_told():
    async def fails(scope, receive, send):
        raise RuntimeError("another")

    with pytest.raises(RuntimeError, match="another"):
        answered(QuietSockets(fails), SOCKET)
