"""An ingest in the foreground, from the first file to the last, without a journal on disk."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from core.embedding.embedder import Embedder
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.ingest.journal.job import Plan
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Phase, Progress
from core.ingest.pipeline.plan import plan
from core.ingest.pipeline.run import Context, run
from core.sources.factory import open_source
from core.sources.presence import is_gone


def ingest(
    locations: Sequence[str | Path],
    *,
    index: Index,
    load: Callable[[], Future[Embedder]],
    thumbnails: Thumbnails,
    name_of: Callable[[str], str] = lambda path: path.rpartition("/")[2],
    prunes: bool = False,
    lists: Path | None = None,
) -> Iterator[Progress]:
    """Bring the index up to date with sources; run again, it finishes what was interrupted. See `plan` and `run`.

    Closing the iterator stops the work; what was reported as stored stays stored.

    Args:
        locations: Resolved paths of folders, pictures and archives, and URLs.
        lists: See `open_source`.
    """
    with closing(Journal("sqlite://", index.name)) as journal:
        job = journal.job(journal.create("", [str(one) for one in locations], auto_start=True))
        sources = [open_source(location, lists=lists) for location in job.sources]
        found = Plan()
        for found in plan(sources, index, journal.files(job.id), compares=False):
            yield Progress(Phase.FINDING, found.found)
        at = Context(journal.files(job.id), index, thumbnails, load, name_of, lambda path: is_gone(path, frozenset()))
        job = replace(job, plan=found, prunes=prunes)
        at_once = tuple(journal.files(job.id).verdicts())
        for is_later, progress in enumerate(run(job, sources, at)):
            yield progress if is_later else replace(progress, verdicts=at_once + progress.verdicts)
