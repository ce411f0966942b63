"""Libraries of several machines that share a job database and an index, for the tests and the processes that they
start: leases that last for moments, and a data folder for each machine."""

import os
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from PIL import Image

from core.database import Database
from core.images.thumbnails import Thumbnails
from core.index.lance.engine import LanceIndex
from core.ingest.jobs.leased import InDatabase
from core.ingest.jobs.leases import Leases
from core.ingest.journal.journal import Journal
from core.ingest.library import Library
from core.ingest.pipeline import run
from core.vectors import Embeddings
from tests.colours import ColourEmbedder
from tests.ingest.libraries import loaded

EVERY, LAPSE = 0.2, 1.5
"""Seconds after which leases are renewed, and lapse."""


class WaitingEmbedder(ColourEmbedder):
    """Calls back before each round."""

    def __init__(self, before: Callable[[], object]) -> None:
        super().__init__()
        self._before = before

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        self._before()
        return super().embed_images(images)


def machine(url: str, shared: Path, name: str, before: Callable[[], object] = lambda: None) -> Library:
    """The app on a machine.

    Args:
        url: Of the job database.
        shared: A folder with what all machines reach: the index, and a data folder for each.
        before: Called before each round of embeddings.
    """
    data = shared / name
    return Library(
        LanceIndex(shared / "index", "images"),
        Thumbnails(data / "thumbnails"),
        Journal(url, "images"),
        data / "jobs",
        lambda: loaded(WaitingEmbedder(before)),
        lambda path: path.rpartition("/")[2],
        holding=InDatabase(Leases(Database(url, at_once=True), EVERY, LAPSE), "images"),
    )


def ingest_until_stopped(url: str, shared: Path, folder: Path, rounds: int, test: Connection) -> None:
    """A machine that indexes a folder in rounds of four, and waits before one of them, which it says, until it is told
    to go on; then it ends."""
    run.MIN_ROUND = run.MAX_ROUND = 4
    left, go_on = iter(range(rounds)), threading.Event()

    def before() -> None:
        if next(left, None) is None:
            test.send(True)
            go_on.wait()

    library = machine(url, shared, f"machine-{os.getpid()}", before)
    library.add([str(folder)], auto_start=True)
    test.recv()
    go_on.set()
    library.close()


def open_at_once(url: str, start: Event) -> None:
    """A machine that opens the database when it is told to."""
    start.wait()
    journal = Journal(url, "images")
    journal.create("Pictures", ["/"])
    journal.close()
