"""CLIP's towers in a process beside a command that has much else to import meanwhile.

Opening a network holds Python's lock, and so does importing what it runs on: in a thread, the command would wait for
both. The process may be started before it is known which model it is, and ends with the one that started it.

To start it is the first that a command does: this module imports next to nothing.
"""

import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embedding.process.launching import python

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    from core.embedding.onnx_clip import OnnxClip
    from core.vectors import Embeddings

type _Process = subprocess.Popen[bytes]

_CHILD = "from core.embedding.process.towers import serve; serve()"

waiting: list[_Process] = []
"""To be told which model it is."""

_begun: dict[tuple[str, Path], "TowersAhead"] = {}


def launch_towers() -> None:
    """Start a process that imports what towers run on, and then waits until it is told which."""
    with suppress(OSError):  # the command does without
        waiting.append(_launch())


def open_ahead(model_id: str, cache_dir: Path, *, words: bool = True) -> None:
    """Begin to open the tower of words, or else that of pictures, where its weights are there."""
    from core.embedding.weights import present_weights
    from core.models import MODELS

    process = waiting.pop() if waiting else None
    if MODELS[model_id].family == "clip" and present_weights(model_id, cache_dir):
        with suppress(OSError):
            _begun[model_id, cache_dir] = TowersAhead(model_id, cache_dir, process or _launch(), words=words)
    elif process:
        _end(process)


def is_open(model_id: str, cache_dir: Path) -> bool:
    """Whether the tower that was begun with is open: waits until it is. None is where a machine has more than its
    processor, which Inference uses, and this does not."""
    towers = _begun.get((model_id, cache_dir))
    return towers is not None and towers.is_open


def taken(model_id: str, cache_dir: Path) -> "TowersAhead | None":
    """The towers that were begun with, if they are open. Whoever takes them is the only one."""
    towers = _begun.pop((model_id, cache_dir), None)
    if towers is None or towers.is_open:
        return towers
    towers.close()
    return None


class TowersAhead:
    """Keeps `Towers`. Safe to share between threads; where the process dies, the networks run in this one."""

    def __init__(self, model_id: str, cache_dir: Path, process: _Process, *, words: bool = True) -> None:
        self.process = process
        self._model = model_id, cache_dir
        self._asking = threading.Lock()
        self._here: OnnxClip | None = None
        self._tell((model_id, str(cache_dir.absolute()), words))

    @cached_property
    def is_open(self) -> bool:
        """Whether the first is: waits until it is, or will not be."""
        with self._asking:
            return self._heard() is True

    def embed_image(self, images: "Sequence[Image.Image]") -> "Embeddings":
        """RGB pictures of the size that the model takes. Returns shape `(n, dims)`, not of unit length.

        Raises:
            ModelUnavailable: the tower of pictures does not load.
        """
        import numpy as np

        answer = self._ask(np.stack([np.asarray(image) for image in images]))
        return self._own().embed_image(images) if answer is None else answer

    def embed_text(self, texts: Sequence[str]) -> "Embeddings":
        """Texts that CLIP reads to their end. Returns shape `(n, dims)`, not of unit length."""
        answer = self._ask(list(texts))
        return self._own().embed_text(texts) if answer is None else answer

    def close(self) -> None:
        """End the process, which without it ends with this one."""
        _end(self.process)

    def _ask(self, items: "list[str] | np.ndarray[Any, Any]") -> "Embeddings | None":
        with self._asking:
            if self._here is not None:
                return None
            self._tell(items)
            answer: Embeddings | None = self._heard()
            return answer

    def _tell(self, what: object) -> None:
        import pickle

        assert self.process.stdin
        with suppress(OSError):  # it has died: who waits for its answer finds out
            pickle.dump(what, self.process.stdin, pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()

    def _heard(self) -> Any:
        """What the process says; None where it has died."""
        import pickle

        assert self.process.stdout
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            return pickle.load(self.process.stdout)  # noqa: S301 - our own process
        return None

    def _own(self) -> "OnnxClip":
        from core.embedding.onnx_clip import OnnxClip

        with self._asking:
            if self._here is None:
                self._here = OnnxClip(*self._model)
                self.close()
            return self._here


def _end(process: _Process) -> None:
    with suppress(BrokenPipeError), process:  # it waits, and closes what goes to it and comes from it
        process.kill()


def _launch() -> _Process:
    # A session of its own: Ctrl-C is for the command, with which this ends.
    return python(_CHILD, stdout=subprocess.PIPE, start_new_session=True)
