"""The app's side: listens on the loopback interface for commands that have the key of its note."""

import logging
import socket
import socketserver
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from core.errors import StorageUnavailable
from core.running.channel import ADDRESS, Distrust, listen, send
from core.running.client import ANSWERED, Reply, home
from core.running.note import environment, remove, write

type Answer = Callable[[Sequence[str], Path], Reply | None]
"""Takes a command line and the folder that it was given in; None where the command has to find out by itself."""

_TIMEOUT = 5.0  # seconds for each line of a command
TICK = 0.5
"""Seconds within which it ends."""

_logger = logging.getLogger(__name__)


class CommandServer:
    """Answers in threads of its own from `start` to `stop`."""

    def __init__(self, data_dir: Path, answer: Answer) -> None:
        self._folder = str(data_dir)
        self._answer = answer

    def start(self) -> None:
        """Commands do without where nobody listens: what goes wrong is logged, no more."""
        with ExitStack() as undone:
            try:
                self._server = undone.enter_context(_Server(self._answer))
                self._note = write(self._folder, self._server.server_address[1], environment())
            except (OSError, StorageUnavailable) as error:
                _logger.warning("The command line will not find the app: %s", error)
                return
            self._server.trust(self._note.key)
            threading.Thread(target=self._server.serve_forever, args=(TICK,), name="commands", daemon=True).start()
            undone.pop_all()

    def stop(self) -> None:
        if note := getattr(self, "_note", None):
            remove(self._folder, note)
            self._server.shutdown()
            self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Answer) -> None:
        super().__init__((ADDRESS, 0), _Handler)
        self.answer = answer
        self.key = ""

    def trust(self, key: str) -> None:
        """Answer who has this key; the note that holds it names the port too."""
        self.key = key


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        connection: socket.socket = self.request
        connection.settimeout(_TIMEOUT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError, ValueError, KeyError, TypeError, Distrust), connection.makefile("rwb") as stream:
            question = listen(stream, self.server.key)
            reply = self._reply(question["arguments"], question["folder"], question["home"])
            send(stream, {"said": None} if reply is None else reply._asdict())

    def _reply(self, arguments: Sequence[str], folder: str, from_home: str) -> Reply | None:
        if from_home != home() or arguments[0] not in ANSWERED:
            return None
        try:
            return self.server.answer(arguments, Path(folder))
        except Exception:  # the command finds out by itself what it is
            _logger.exception("A command was not answered")
            return None
