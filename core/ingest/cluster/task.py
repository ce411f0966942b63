"""What goes to the machines of a cluster, and what comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core import __version__
from core.embedding.embedder import Embedder
from core.index.index import Index, ModelStamp
from core.ingest.pipeline.embed import Round
from core.sources.source import Source

BATCH = 32
"""Files that are handed out at once: what is lost with an actor, and little beside the time that handing out takes."""


@dataclass(frozen=True, slots=True)
class Task:
    """What an actor is told. It is pickled: no open file, no lock."""

    open_sources: Callable[[], Sequence[Source]]
    """The sources of the job, in its order."""
    load: Callable[[], Embedder]
    """Loads the model, or reaches the servers that have it."""
    thumbnails: Path
    """Their folder: which of them are there need not be made again. On another machine it may not exist."""
    open_index: Callable[[], Index] | None = None
    """The index, where several machines may write to it; None: only who asks does."""
    version: str = __version__
    """Of the app that asks."""


@dataclass(frozen=True, slots=True)
class Ready:
    """An actor has its model."""

    stamp: ModelStamp
    version: str
    host: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of a batch."""

    round: Round
    """In place of each picture a single pixel: its embedding is among the rows."""
    model_id: str
