"""An ingest in a process of its own, which the system ends without warning: the test's `kill -9`."""

import os
import signal
from collections.abc import Sequence
from functools import wraps
from importlib import import_module
from multiprocessing.synchronize import Event
from pathlib import Path

from PIL import Image

from core.index.index import Index
from core.ingest.journal.job import Rebuild
from core.ingest.pipeline import run
from core.vectors import Embeddings
from tests.colours import ColourEmbedder
from tests.ingest.libraries import make_library
from tests.ingest.models import OTHER, TwoModels


def ingest_until(data: Path, folder: Path, method: str, calls: int) -> None:
    """Index a folder in rounds of four, but end just before the nth call of a method, or resume what is there."""
    run.MIN_ROUND = run.MAX_ROUND = 4
    library = make_library(data, ColourEmbedder())
    end_before(method, calls)
    library.start()
    if not library.jobs.busy:
        library.add([str(folder)], auto_start=True)
    library.jobs.wait(library.jobs.states()[0].id)
    library.close()


def rebuild_until(data: Path, name: str, method: str, calls: int) -> None:
    """Rebuild an index with another model in rounds of four, but end just before the nth call of a method.

    Args:
        name: Of an index on the server; empty: the embedded one.
    """
    run.MIN_ROUND = run.MAX_ROUND = 4
    library = make_library(data, ColourEmbedder(), on_server(name) if name else None, models=TwoModels())
    end_before(method, calls)
    library.jobs.wait(library.rebuild("Rebuild", Rebuild(OTHER.model_id)))
    library.close()


def on_server(name: str) -> Index:
    from core.index.elastic.engine import ElasticIndex

    return ElasticIndex(os.environ["ELASTICSEARCH_URL"].split(","), name)


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


def end_before(method: str, calls: int) -> None:
    owner, _, name = method.rpartition(".")
    holder = _holder(owner)
    work, left = getattr(holder, name), iter(range(calls - 1))

    @wraps(work)
    def counted(*args: object, **kwargs: object) -> object:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*args, **kwargs)

    setattr(holder, name, counted)


def _holder(owner: str) -> object:
    """A module, or a class in one."""
    module, _, kind = owner.rpartition(".")
    return getattr(import_module(module), kind) if kind[0].isupper() else import_module(owner)
