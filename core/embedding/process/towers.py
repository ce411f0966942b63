"""What the process of towers that were begun with ahead runs: see `core.embedding.process.ahead`."""

import os
import pickle
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image


def serve() -> None:
    """Open a tower, say so, and answer until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    with suppress(Exception):  # the command is gone; or it opens the tower itself, and says what is wrong
        _answer(sys.stdin.buffer, answers)
    os._exit(0)  # without taking Python apart


def _answer(asked: BinaryIO, answers: BinaryIO) -> None:
    from core.embedding import onnx_clip  # while the command finds out which model it is
    from core.embedding.tokens import tokenize

    def say(what: object) -> None:
        pickle.dump(what, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()

    model_id, cache_dir, words = pickle.load(asked)  # noqa: S301 - the process that started this one
    if onnx_clip.accelerated():
        return
    towers = onnx_clip.OnnxClip(model_id, Path(cache_dir), words=words)
    if words:
        tokenize([""])  # reads the vocabulary
    say(True)
    while True:
        items = pickle.load(asked)  # noqa: S301 - likewise
        say(towers.embed_text(items) if isinstance(items, list) else towers.embed_image(_pictures(items)))


def _pictures(pixels: "np.ndarray[Any, Any]") -> "list[Image.Image]":
    from PIL import Image

    return [Image.fromarray(picture) for picture in pixels]
