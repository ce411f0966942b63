"""The model in a process of its own.

Importing Inference holds Python's interpreter lock for half a second at a time, for fifteen to twenty seconds, and
preparing pictures for the model keeps it busy while it runs: in the server's process no page would open meanwhile.
Pictures are shrunk before they are sent, so what goes between the processes is small.

CLIP's weights, where they are there, are run by onnxruntime alone at first, which is ready within a second. Inference
is loaded in a second process, which then takes over: at once where it uses what the machine has besides the processor,
else after work on many pictures, when no more come in, for its import takes as much of that as hundreds of them. The
vectors are the same.
"""

import atexit
import logging
import math
import os
import queue
import secrets
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from core.embedding.clip import ClipEmbedder
from core.embedding.crop import centre_square, squeezed
from core.embedding.embedder import Embedder
from core.embedding.inference_clip import import_inference
from core.embedding.launching import heard, launch
from core.embedding.loading import load_embedder
from core.embedding.perception import PerceptionEmbedder
from core.embedding.weights import present_weights
from core.errors import ImageSearchError, ModelUnavailable
from core.telemetry.context import carried
from core.telemetry.events import Embedded, tell
from core.telemetry.logs import configure_json
from core.vectors import Embeddings

_CHANNELS = 3  # calls under way at once: words need not wait until a round of pictures is embedded
_NICENESS = 5  # pages and reading files go first
_IDLE = 19  # the importing of Inference while another process embeds: it takes what nobody else wants
_TICK_SECONDS = 0.5
_DIED = "The model stopped unexpectedly."
_logger = logging.getLogger(__name__)

_DIED_REMEDY = "Try again. If this happens often, the machine may be short of memory."


@dataclass(frozen=True, slots=True)
class Takeover:
    """When Inference is imported, and takes over: seconds."""

    worth: float = 20.0
    """Of work on pictures, before that: as many as the import takes, and a gigabyte stays free."""
    calm: float = 5.0
    """Without pictures."""
    latest: float = 300.0
    """After which it is done though pictures still come in."""


TAKEOVER = Takeover()


@dataclass(frozen=True, slots=True)
class _Traits:
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


class WorkerEmbedder:
    """An `Embedder` whose model runs in a child process; made by `start`. The child ends with it."""

    def __init__(self, child: "_Child", cache_dir: Path, takeover: Takeover = TAKEOVER) -> None:
        self.model_id = child.traits.model_id
        self.dims = child.traits.dims
        self.preprocessing = child.traits.preprocessing
        self.max_text_cosine = child.traits.max_text_cosine
        self.crop = child.traits.crop
        self._squeezes = child.traits.squeezes
        self._cache_dir = cache_dir
        self._takeover = takeover
        self._children = [child]
        self._succession = threading.Lock()  # taken once, by who starts the successor
        self._worked = 0.0  # seconds, on pictures
        self._pictures_at = -math.inf  # when the last came in or were done
        self.close = weakref.finalize(self, _stop_all, self._children)

    @classmethod
    def start(
        cls, model_id: str, cache_dir: Path, made_by: str | None, takeover: Takeover = TAKEOVER
    ) -> "WorkerEmbedder":
        """Load a model as `load_embedder` does, in a new process; waits until it is ready.

        Raises:
            ModelUnavailable, ModelMismatch: as `load_embedder`.
        """
        embedder = cls(_Child.start(model_id, cache_dir, made_by, direct=True), cache_dir, takeover)
        if embedder._children[-1].traits.accelerated:
            embedder._load_inference(at_once=True)
        return embedder

    @property
    def alive(self) -> bool:
        return self._children[-1].alive

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The one that answers."""
        return self._children[-1].process

    @property
    def direct(self) -> bool:
        """Whether onnxruntime alone runs the model, until Inference takes over."""
        return self._children[-1].traits.direct

    def prepare(self, image: Image.Image) -> Image.Image:
        return squeezed(image, self.crop[1]) if self._squeezes else centre_square(image, *self.crop)

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        prepared = [np.asarray(self.prepare(image)) for image in images]
        began = self._pictures_at = time.monotonic()
        embeddings: Embeddings = self._call("embed_images", prepared)
        self._pictures_at = time.monotonic()
        tell(Embedded("images", len(prepared), self._pictures_at - began))
        self._worked += self._pictures_at - began
        if self._worked >= self._takeover.worth:
            self._load_inference()
        return embeddings

    @property
    def calm(self) -> bool:
        """Whether no pictures have come in for a while."""
        return time.monotonic() - self._pictures_at >= self._takeover.calm

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        began = time.monotonic()
        embeddings: Embeddings = self._call("embed_texts", list(texts))
        tell(Embedded("texts", len(texts), time.monotonic() - began))
        return embeddings

    def fit_text(self, text: str) -> str:
        return str(self._call("fit_text", text))

    def _call(self, method: str, argument: object) -> Any:
        while True:
            with suppress(_Retired):
                return self._children[-1].call(method, argument)

    def _load_inference(self, *, at_once: bool = False) -> None:
        """In the background, once."""
        if self.direct and self._succession.acquire(blocking=False):
            arguments = weakref.ref(self), self.model_id, self._cache_dir, at_once, self._takeover.latest
            threading.Thread(target=carried(_succeed), args=arguments, name="inference-loader", daemon=True).start()

    def replace(self, child: "_Child") -> None:
        """Let another process with the same model answer from now on; the one before ends when it has answered."""
        before = self._children[-1]
        self._children.append(child)
        before.retire()
        self._children.remove(before)


def _succeed(
    embedder: "weakref.ref[WorkerEmbedder]", model_id: str, cache_dir: Path, at_once: bool, latest: float
) -> None:
    if not at_once and not await_calm(embedder, latest):
        return
    try:
        child = _Child.start(model_id, cache_dir, model_id, direct=False)
    except ImageSearchError as error:  # the one that is there goes on
        _logger.warning("Inference does not take over. %s", error)
        return
    if (served := embedder()) is None or not served.close.alive:
        child.stop()
    else:
        served.replace(child)


def await_calm(embedder: "weakref.ref[WorkerEmbedder]", seconds: float) -> bool:
    """Wait until no more pictures come in, but no longer than so many seconds; returns whether the embedder is still
    there."""
    latest = time.monotonic() + seconds
    while (served := embedder()) is not None and served.close.alive:
        if served.calm or time.monotonic() >= latest:
            return True
        del served  # nobody may want it any more
        time.sleep(_TICK_SECONDS)
    return False


class _Retired(Exception):
    """Another child answers now."""


class _Child:
    """A process with a model, and the channels to it."""

    def __init__(self, process: subprocess.Popen[bytes], traits: _Traits, channels: Sequence[Connection]) -> None:
        self.traits = traits
        self.process = process
        self._all = list(channels)
        self._free: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
        for channel in channels:
            self._free.put(channel)

    @classmethod
    def start(cls, model_id: str, cache_dir: Path, made_by: str | None, *, direct: bool) -> "_Child":
        key = secrets.token_bytes(32)
        with Listener(authkey=key) as listener:
            model = {"model_id": model_id, "cache_dir": str(cache_dir), "made_by": made_by or ""}
            address = {"address": str(listener.address), "key": key.hex(), "direct": "yes" if direct else ""}
            process = launch(model | address)
            threading.Thread(target=_unblock, args=(process, listener.address, key), daemon=True).start()
            try:
                channels = [_accept(listener, process) for _ in range(_CHANNELS)]
                outcome = channels[0].recv()
            except (EOFError, OSError, AuthenticationError) as error:
                raise ModelUnavailable(_DIED, _DIED_REMEDY) from error
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
            raise _Retired
        try:
            channel.send((method, argument))
            outcome = channel.recv()
        except (EOFError, OSError) as error:
            raise ModelUnavailable(_DIED, _DIED_REMEDY) from error
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
        self.stop()

    def stop(self) -> None:
        _stop(self.process, self._all)


def _stop_all(children: list[_Child]) -> None:
    for child in children:
        child.stop()


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
    for channel in channels:
        channel.close()
    process.terminate()
    atexit.unregister(process.kill)


def serve() -> None:
    """The child: answer calls until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends us
    configure_json()
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    import core.embedding.onnx_clip  # noqa: F401 - while the server finds out which model it is

    if not (told := heard()):
        return
    address, model_id, cache_dir, made_by = (told[name] for name in ("address", "model_id", "cache_dir", "made_by"))
    key, direct = bytes.fromhex(told["key"]), bool(told["direct"])
    try:
        channels = [Client(address, authkey=key) for _ in range(_CHANNELS)]
    except (OSError, EOFError):  # the server has ended meanwhile, and nobody waits for us
        return
    watch = threading.Thread(target=_exit_with_parent, args=(os.getppid(),), daemon=True)
    watch.start()
    if not made_by and not present_weights(model_id, Path(cache_dir)):
        threading.Thread(target=_import_ahead, daemon=True).start()
    if not direct:
        _import_inference(Path(cache_dir))
    loaded: _Traits | ImageSearchError
    try:
        embedder = load_embedder(model_id, Path(cache_dir), made_by or None, direct=direct)
    except ImageSearchError as error:
        loaded = _sendable(error)
    else:
        loaded = _traits(embedder)
    if not _sent(channels[0], loaded) or isinstance(loaded, ImageSearchError):
        return
    threads = [threading.Thread(target=answer, args=(channel, embedder)) for channel in channels]
    for thread in threads:
        thread.start()
    for thread in threads:  # the end of the main thread is that of Python, for which pools of threads take nothing more
        thread.join()


def _import_ahead() -> None:
    """What takes longest, and is needed whichever model it comes to, while the network is asked for weights: that may
    take seconds to say nothing."""
    with suppress(Exception):  # said by whoever needs it
        import torch  # noqa: F401


def _import_inference(cache_dir: Path) -> None:
    """At idle priority, which on Linux is a thread's own: what is started after it, such as the networks' threads,
    has the priority of the process."""

    def work() -> None:
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _IDLE)
        with suppress(Exception):  # loading it says what is wrong
            import_inference(cache_dir)

    importing = threading.Thread(target=work, name="inference-import")
    importing.start()
    importing.join()


def _traits(embedder: Embedder) -> _Traits:
    from core.embedding.onnx_clip import accelerated

    common = embedder.model_id, embedder.dims, embedder.preprocessing, embedder.max_text_cosine, embedder.crop
    direct = isinstance(embedder, ClipEmbedder) and embedder.direct
    squeezes = isinstance(embedder, PerceptionEmbedder)
    return _Traits(*common, squeezes=squeezes, direct=direct, accelerated=direct and accelerated())


def answer(channel: Connection, embedder: Embedder) -> None:
    """Calls that come through a channel, until nobody waits for answers any more."""
    while True:
        try:
            method, argument = channel.recv()
        except (EOFError, OSError):
            return
        try:
            if method == "embed_images":
                argument = [Image.fromarray(pixels) for pixels in argument]
            outcome = getattr(embedder, method)(argument)
        except Exception as error:  # whatever it is, the caller must hear of it
            outcome = _sendable(error)
        if not _sent(channel, outcome):
            return


def _sent(channel: Connection, outcome: object) -> bool:
    """Whether it went out: it does not when the server has ended meanwhile, and then nobody waits for it."""
    try:
        channel.send(outcome)
    except OSError:
        return False
    return True


def _sendable(error: Exception) -> ImageSearchError:
    """The error as the other process can read it: of a class of ours, without its chain."""
    if isinstance(error, ImageSearchError):
        return type(error)(error.message, error.remedy)
    _logger.warning("The model failed: %s: %s", type(error).__name__, error)
    return ModelUnavailable("The model failed.", _DIED_REMEDY)


def _exit_with_parent(parent: int) -> None:
    """End while the model still loads, and no channel is read, if the server was killed."""
    tick = threading.Event()
    while os.getppid() == parent:
        tick.wait(1.0)
    os._exit(0)
