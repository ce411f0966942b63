"""The services of this process."""

import threading
from contextvars import ContextVar

from core.config import Settings
from core.services.collections import Collections
from core.services.services import Services

ASKED: ContextVar[str] = ContextVar("collection", default="")
"""The collection that the request at hand names, as it names it."""


class _Shared:
    """Builds them once, though the server and its first visitors come for them at the same moment."""

    def __init__(self) -> None:
        self._building = threading.Lock()
        self._built: dict[bool, Collections] = {}

    def __call__(self, *, command_line: bool = False) -> Services:
        """Those of the first collection; raises as `collections`."""
        return self.collections(command_line=command_line).first

    def of(self, name: str, *, command_line: bool = False) -> Services:
        """Those of a collection by its name, of the first where it is "".

        Raises:
            InvalidSetting: the environment asks for something that does not work.
            NoSuchCollection: there is none of this name.
        """
        return self.collections(command_line=command_line).of(name)

    def asked(self) -> Services:
        """Those of the collection that the request at hand names; raises as `of`."""
        return self.of(ASKED.get())

    def collections(self, *, command_line: bool = False) -> Collections:
        """Those of this process for the app, or for a command: what a command may do, no page may.

        Raises:
            InvalidSetting: the environment asks for something that does not work.
        """
        with self._building:
            if command_line not in self._built:
                self._built[command_line] = Collections(Settings.load(), command_line=command_line)
            return self._built[command_line]

    def cache_clear(self, *, command_line: bool | None = None) -> None:
        """Build new ones when they are asked for again.

        Args:
            command_line: Only those for commands, or only those for the app; None: both.
        """
        with self._building:
            for kind in (False, True) if command_line is None else (command_line,):
                self._built.pop(kind, None)


shared = _Shared()
