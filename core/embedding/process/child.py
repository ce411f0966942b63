"""A process with a model, as the one that started it knows it: the channels to it, and how it ends."""

import atexit
import queue
import secrets
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from core.embedding.process.launching import launch
from core.errors import ImageSearchError, ModelUnavailable

CHANNELS = 3
"""Calls under way at once: words need not wait until a round of pictures is embedded."""

TRY_AGAIN = "Try again. If this happens often, the machine may be short of memory."
_DIED = "The model stopped unexpectedly."


@dataclass(frozen=True, slots=True)
class Traits:
    """What the server's process must know of the model."""

    model_id: str
    dims: int
    preprocessing: int
    max_text_cosine: float
    crop: tuple[int, int]
    squeezes: bool
    """Whether the whole of a picture is looked at, whatever its proportions."""
    direct: bool
    """Whether onnxruntime alone runs it, and Inference is to take over."""
    accelerated: bool
    """Whether Inference would use more than the processor."""


class Retired(Exception):
    """Another child answers now."""


class Child:
    """A process with a model, and the channels to it."""

    def __init__(self, process: subprocess.Popen[bytes], traits: Traits, channels: Sequence[Connection]) -> None:
        self.traits = traits
        self.process = process
        self._all = list(channels)
        self._free: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        for channel in channels:
            self._free.put(channel)

    @classmethod
    def start(cls, model_id: str, cache_dir: Path, made_by: str | None, *, direct: bool) -> "Child":
        key = secrets.token_bytes(32)
        with Listener(authkey=key) as listener:
            model = {"model_id": model_id, "cache_dir": str(cache_dir), "made_by": made_by or ""}
            address = {"address": str(listener.address), "key": key.hex(), "direct": "yes" if direct else ""}
            process = launch(model | address)
            threading.Thread(target=_unblock, args=(process, listener.address, key), daemon=True).start()
            try:
                channels = [_accept(listener, process) for _ in range(CHANNELS)]
                outcome = channels[0].recv()
            except (EOFError, OSError, AuthenticationError) as error:
                raise ModelUnavailable(_DIED, TRY_AGAIN) from error
        if isinstance(outcome, ImageSearchError):
            _stop(process, channels)
            raise outcome
        return cls(process, outcome, channels)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def call(self, method: str, argument: object) -> Any:
        if (channel := self._free.get()) is None:
            self._free.put(None)  # for the next who waits
            raise Retired
        try:
            channel.send((method, argument))
            outcome = channel.recv()
        except (EOFError, OSError) as error:
            raise ModelUnavailable(_DIED, TRY_AGAIN) from error
        finally:
            self._free.put(channel)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def retire(self) -> None:
        """Stop once all calls under way are answered."""
        for _ in self._all:
            self._free.get()
        self._free.put(None)
        _stop(self.process, self._all)

    def stop(self) -> None:
        """At once: who waits for an answer is told that the process has ended.

        The channels close with this object: closed while another thread reads from it, one would read from whatever
        has its number next.
        """
        _end(self.process)


def _accept(listener: Listener, process: subprocess.Popen[bytes]) -> Connection:
    channel = listener.accept()
    if process.poll() is not None:  # it was `_unblock` that came
        raise EOFError
    return channel


def _unblock(process: subprocess.Popen[bytes], address: Any, key: bytes) -> None:
    """Connect in place of a child that died before it did, so that nobody waits for it for ever."""
    process.wait()
    with suppress(OSError, EOFError, AuthenticationError):  # nobody waits
        Client(address, authkey=key).close()


def _stop(process: subprocess.Popen[bytes], channels: Sequence[Connection]) -> None:
    """Where nobody waits for an answer."""
    for channel in channels:
        channel.close()
    _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    atexit.unregister(process.kill)
