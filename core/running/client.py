"""The command's side: the app that runs on the same data folder answers, or nobody does."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from core.running.note import Note, data_dir, environment, is_ours, read

ANSWERED = ("search", "status", "labels")
"""The commands that an app answers: those that only ask."""

_WORKS = frozenset({"check", "suspicious", "decide", "export", "leakage", "balance", "boxes", "unlabelled"})
"""What below `labels` has jobs done: in a process of its own."""

SWITCH = "IMAGE_SEARCH_USE_APP"

_ON = frozenset({"1", "true", "t", "yes", "y", "on"})
_ON_THE_SPOT = 1.0  # seconds: an app that is there answers at once that it is
_PATIENCE = 90.0  # seconds: a search may wait a minute until it is known what scores mean


class Reply(NamedTuple):
    """What a command says, in its order: whether to stderr, and the text."""

    said: Sequence[tuple[bool, str]]
    status: int


def reply_of_app(arguments: Sequence[str]) -> Reply | None:
    """What the running app answers to a command line; None where the command has to find out by itself.

    Args:
        arguments: The command, and what follows it.
    """
    if not arguments or arguments[0] not in ANSWERED or (arguments[0] == "labels" and _WORKS.intersection(arguments)):
        return None
    variables = environment()
    if variables.get(SWITCH, "on").lower() not in _ON:
        return None
    note = read(data_dir(variables))
    if note is None or not is_ours(note, variables):
        return None
    from core.running.channel import Distrust  # here and below: what it takes to speak, where somebody may listen

    try:
        return _reply(note, arguments, os.getcwd())  # noqa: PTH109 - pathlib takes 10 ms
    except (OSError, ValueError, KeyError, TypeError, Distrust):  # gone, another one's, too slow, another version
        return None


def _reply(note: Note, arguments: Sequence[str], folder: str) -> Reply | None:
    import socket

    from core.running.channel import ADDRESS, ask, receive

    with socket.create_connection((ADDRESS, note.port), _ON_THE_SPOT) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection.makefile("rwb") as stream:
            ask(stream, note.key, {"arguments": list(arguments), "folder": folder, "home": home()})
            connection.settimeout(_PATIENCE)
            answer = receive(stream)
    if answer.get("said") is None:
        return None
    return Reply([(bool(is_error), str(text)) for is_error, text in answer["said"]], int(answer["status"]))


def home() -> str:
    """What `~` stands for."""
    return os.path.expanduser("~")  # noqa: PTH111
