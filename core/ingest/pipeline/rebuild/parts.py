"""What a job that builds a version of the index works with, and which model it is for."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.embedding.embedder import Embedder
from core.images.thumbnails import Thumbnails
from core.index.index import Index, ModelStamp
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import JobState, Rebuild


class Models(Protocol):
    """The model in use, and the one that is to take its place."""

    @property
    def wanted(self) -> str:
        """The id of the one that the settings ask for."""
        ...

    def preprocessing(self, model_id: str) -> int:
        """Of this model, as this version of the app prepares pictures for it."""
        ...

    def load_target(self, model_id: str) -> "Future[Embedder]":
        """Start loading this one, or give the attempt."""
        ...

    def expect(self, embedder: Embedder) -> None:
        """The index is about to hold the embeddings of this model: it is the one to use as soon as it does."""
        ...

    def switched(self) -> None:
        """It does."""
        ...


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """What such a job works with."""

    files: JobFiles
    """Of the job."""
    index: Index
    thumbnails: Thumbnails
    models: Models
    read: Callable[[str], bytes]
    """The bytes of a picture of the index, by the path of its record."""
    note: Callable[[Rebuild], object]
    """Writes down what the job is to do from now on."""
    leftovers: Path
    """Embeddings that an earlier version of the app kept for a job of this kind: removed."""


def wanted_model(job: JobState, models: Models) -> str:
    """The id of the model that a version is made with."""
    return job.rebuild.model_id or models.wanted


def is_of(stamp: ModelStamp | None, model_id: str, models: Models) -> bool:
    """Whether embeddings of this stamp are what this model makes now."""
    return stamp is not None and stamp.model_id == model_id and stamp.preprocessing == models.preprocessing(model_id)
