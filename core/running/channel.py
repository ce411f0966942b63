"""What goes between a command and the app: lines of JSON, after each has shown that it has the key.

The key itself never travels. A process that took the port of an app that is gone learns nothing but a number, and one
that connects to the app's port without the key gets no further.
"""

import hmac
import json
from typing import Any, Protocol

ADDRESS = "127.0.0.1"

MAX_LINE = 1 << 20
"""Bytes of what a command asks; what the app answers is as long as it is."""

_APP, _COMMAND = "app", "command"  # who proves: an answer to one question is none to the other


class Stream(Protocol):
    def readline(self, size: int, /) -> bytes: ...

    def write(self, data: bytes, /) -> object: ...

    def flush(self) -> None: ...


class Distrust(Exception):
    """The other side has no key, or none of ours, or does not speak as agreed."""


def _nonce() -> str:
    import secrets  # by way of base64 and random: 5 ms, which only those take who have somebody to talk to

    return secrets.token_hex(16)


def proof(key: str, *texts: str) -> str:
    """Shows to whoever has the key, too, that it is had: a keyed hash of the texts, 64 hexadecimal digits."""
    return hmac.digest(key.encode(), json.dumps(texts).encode(), "sha256").hex()


def ask(stream: Stream, key: str, question: Any) -> None:
    """The command's side, up to the answer, which is the next that `receive` gives.

    Raises:
        Distrust: it is not the app that answers; nothing of the question has gone out.
        OSError: nobody answers in time.
    """
    mine = _nonce()
    send(stream, {"nonce": mine})
    said = receive(stream, MAX_LINE)
    theirs = said.get("nonce")
    _check(said, proof(key, _APP, mine, str(theirs)))
    body = json.dumps(question)
    send(stream, {"question": body, "proof": proof(key, _COMMAND, mine, str(theirs), body)})


def listen(stream: Stream, key: str) -> Any:
    """The app's side: what the command asks.

    Raises:
        Distrust: it is no command that has the key.
        OSError: nothing comes in time.
    """
    theirs = receive(stream, MAX_LINE).get("nonce")
    mine = _nonce()
    send(stream, {"nonce": mine, "proof": proof(key, _APP, str(theirs), mine)})
    said = receive(stream, MAX_LINE)
    body = str(said.get("question"))
    _check(said, proof(key, _COMMAND, str(theirs), mine, body))
    return json.loads(body)


def send(stream: Stream, value: Any) -> None:
    stream.write(json.dumps(value).encode() + b"\n")
    stream.flush()


def receive(stream: Stream, longest: int = -1) -> dict[str, Any]:
    """
    Raises:
        Distrust: it is no line of JSON, or a longer one.
    """
    line = stream.readline(longest)
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not line.endswith(b"\n") or not isinstance(value, dict):
        raise Distrust
    return value


def _check(said: dict[str, Any], expected: str) -> None:
    if not hmac.compare_digest(str(said.get("proof")).encode(), expected.encode()):
        raise Distrust
