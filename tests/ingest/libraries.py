"""Libraries on the colour model, for the tests and for the processes that they start; what tests ask of them."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from core.embedding.embedder import Embedder
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.index.lance.engine import LanceIndex
from core.ingest.journal.job import JobState
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Outcome
from core.ingest.library import Library
from tests.colours import ColourEmbedder

WAIT = 120
"""Seconds after which a test gives up."""


def journal_url(data: Path) -> str:
    return f"sqlite:///{data / 'jobs' / 'jobs.db'}"


def loaded(embedder: Embedder) -> Future[Embedder]:
    """The model, as it is there."""
    done: Future[Embedder] = Future()
    done.set_result(embedder)
    return done


def make_library(
    data: Path,
    embedder: ColourEmbedder,
    index: Index | None = None,
    load: Callable[[], Future[Embedder]] | None = None,
    **how: Any,
) -> Library:
    return Library(
        index or LanceIndex(data / "index", "images"),
        Thumbnails(data / "thumbnails"),
        Journal(journal_url(data), "images"),
        data / "jobs",
        load or (lambda: loaded(embedder)),
        lambda path: path.rpartition("/")[2],
        **how,
    )


def ingest(library: Library, *locations: str | Path, prunes: bool = False) -> JobState:
    """The job that brings the index up to date, when it rests."""
    job = library.jobs.wait(library.add([str(one) for one in locations], auto_start=True, prunes=prunes), WAIT)
    assert not job.active
    return job


def paths(library: Library) -> list[str]:
    return sorted(record.path for records in library.index.records() for record in records)


def verdicts(library: Library, job: JobState, *outcomes: Outcome) -> dict[str, str]:
    """The reason for each file with one of these outcomes, or for all."""
    return {one.path: one.reason for one in library.journal.files(job.id).verdicts(outcomes)}


def assert_whole(library: Library, *files: Path) -> None:
    """The index has exactly these files as they are, each with its thumbnail, and there are no other thumbnails."""
    records = [record for some in library.index.records() for record in some]
    assert sorted(record.path for record in records) == sorted(map(str, files))
    stamps = [Path(record.path).stat() for record in records]
    assert [(one.size, one.mtime_ns) for one in records] == [(one.st_size, one.st_mtime_ns) for one in stamps]
    assert kept(library) == {record.content_hash for record in records}


def kept(library: Library) -> set[str]:
    """The content hashes of which there is a thumbnail."""
    return {path.stem for path in library.thumbnails.folder.glob("??/*.jpg")}
