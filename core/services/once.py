"""Parts that are built when they are first asked for."""

import threading
from collections.abc import Callable
from typing import Any


class Opening:
    """What has parts: whoever asks for one that is being built waits for it."""

    def __init__(self) -> None:
        self.opening = threading.RLock()


class Once[Owner: Opening, T]:
    """A part that the first who asks for it builds, and others wait for."""

    def __init__(self, build: Callable[[Owner], T]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, one: Owner, owner: Any = None) -> T:
        with one.opening:
            if self._name not in one.__dict__:
                one.__dict__[self._name] = self._build(one)  # from now on found there first
            part: T = one.__dict__[self._name]
            return part
