"""What the process of a model runs: it loads the model, and answers calls until the other side is gone."""

import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from pathlib import Path

from PIL import Image

from core.embedding.clip import ClipEmbedder
from core.embedding.embedder import Embedder
from core.embedding.inference_clip import import_inference
from core.embedding.loading import load_embedder
from core.embedding.perception import PerceptionEmbedder
from core.embedding.process.child import CHANNELS, TRY_AGAIN, Traits
from core.embedding.process.launching import heard
from core.embedding.weights import present_weights
from core.errors import ImageSearchError, ModelUnavailable
from core.telemetry.logs import configure_json

_NICENESS = 5  # pages and reading files go first
_IDLE = 19  # the importing of Inference while another process embeds: it takes what nobody else wants
_logger = logging.getLogger(__name__)


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
        channels = [Client(address, authkey=key) for _ in range(CHANNELS)]
    except (OSError, EOFError):  # the server has ended meanwhile, and nobody waits for us
        return
    watch = threading.Thread(target=_exit_with_parent, args=(os.getppid(),), daemon=True)
    watch.start()
    if not made_by and not present_weights(model_id, Path(cache_dir)):
        threading.Thread(target=_import_ahead, daemon=True).start()
    if not direct:
        _import_inference(Path(cache_dir))
    loaded: Traits | ImageSearchError
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


def _traits(embedder: Embedder) -> Traits:
    from core.embedding.onnx_clip import accelerated

    common = embedder.model_id, embedder.dims, embedder.preprocessing, embedder.max_text_cosine, embedder.crop
    direct = isinstance(embedder, ClipEmbedder) and embedder.direct
    squeezes = isinstance(embedder, PerceptionEmbedder)
    return Traits(*common, squeezes=squeezes, direct=direct, accelerated=direct and accelerated())


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
    return ModelUnavailable("The model failed.", TRY_AGAIN)


def _exit_with_parent(parent: int) -> None:
    """End while the model still loads, and no channel is read, if the server was killed."""
    tick = threading.Event()
    while os.getppid() == parent:
        tick.wait(1.0)
    os._exit(0)
