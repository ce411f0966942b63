"""An ingest in a process of its own, which the system ends without warning: the test's `kill -9`."""

import os
import signal
from collections.abc import Sequence
from functools import wraps
from importlib import import_module
from multiprocessing.synchronize import Event
from pathlib import Path

from PIL import Image

from core.ingest.pipeline import run
from core.vectors import Embeddings
from tests.colours import ColourEmbedder
from tests.ingest.libraries import make_library


def ingest_until(data: Path, folder: Path, method: str, calls: int) -> None:
    """Index a folder in rounds of four, but end just before the nth call of a method, or resume what is there."""
    run.MIN_ROUND = run.MAX_ROUND = 4
    library = make_library(data, ColourEmbedder())
    _end_before(method, calls)
    library.start()
    if not library.jobs.busy:
        library.add([str(folder)], auto_start=True)
    library.jobs.wait(library.jobs.states()[0].id)
    library.close()


def ingest_when(data: Path, folder: Path, begun: Event, go_on: Event) -> None:
    """Index a folder, but wait with the first round until that is told."""
    embedder = ColourEmbedder()
    embed = embedder.embed_images

    def embed_when(images: Sequence[Image.Image]) -> Embeddings:
        begun.set()
        go_on.wait()
        return embed(images)

    embedder.embed_images = embed_when  # type: ignore[method-assign]
    library = make_library(data, embedder)
    library.jobs.wait(library.add([str(folder)], auto_start=True))
    library.close()


def _end_before(method: str, calls: int) -> None:
    owner, _, name = method.rpartition(".")
    module, _, kind = owner.rpartition(".")
    holder = getattr(import_module(module), kind)
    work, left = getattr(holder, name), iter(range(calls - 1))

    @wraps(work)
    def counted(*args: object, **kwargs: object) -> object:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*args, **kwargs)

    setattr(holder, name, counted)
