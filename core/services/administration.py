"""Emptying and deleting collections: jobs are stopped first, and what was begun is finished by the next start."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import Timeout

from core.access.actors import Actor
from core.analysis.forgetting import forget
from core.config import Settings
from core.database import Database
from core.errors import CollectionRefused, JobRefused
from core.index.filters import Filter
from core.index.index import Index
from core.ingest.jobs.queue import Jobs
from core.ingest.journal.journal import Journal
from core.saved import SavedSearches
from core.services.services import Services
from core.services.several import FOLDER
from core.store.address import below

if TYPE_CHECKING:  # where there is no store nobody imports it
    from core.sources.sent import Sent

STOPPING = 30.0
"""Seconds that a job has to stop; it does after the round at hand."""

_ENGINES = ("lancedb", "elasticsearch")
_MADE_AGAIN = ("thumbnails", ".previews", "calibration", "analysis")
_SENT = (".queries", ".queries.kept", ".checked", ".checked.kept", ".parts", ".parts.kept", ".exports")
_UPLOADED = ("uploads", "uploads.kept", "datasets")
_NOTES = ("*.list", "untouched", "reembed-*")


def clear(services: Services, by: Actor, *, is_alone: bool, patience: float = STOPPING) -> int:
    """Take all pictures out of a collection, with its sources, its history and what was uploaded; what it is called,
    its saved searches and its model stay. Returns how many pictures there were.

    Args:
        is_alone: Whether nothing else can have its files in the same folder.

    Raises:
        CollectionRefused: a job does not stop.
    """
    with _at_rest(services, by, patience):
        count = services.index.count()
        _remove_uploads(services, is_alone)
        services.index.drop()
        services.analysis.kept.clear()
        services.library.following.leave_all()
        forget_jobs(services.settings.journal, services.name)
        forget_decided(services.settings.journal, services.name, lasting=False)
        folder = services.settings.data_dir
        for name in (*_MADE_AGAIN, *_SENT):
            _remove_all(services, name)
        for pattern in _NOTES:
            for path in (folder / "jobs").glob(pattern):
                remove_tree(path)
        if services.mirror:
            _remove_all(services, "lists")
    return count


def stop(services: Services, by: Actor, patience: float = STOPPING) -> None:
    """Stop all that goes on in a collection, and begin nothing more.

    Raises:
        CollectionRefused: a job does not stop.
    """
    services.library.following.leave_all()
    with _at_rest(services, by, patience):
        pass


def delete(services: Services, folder: Path | None) -> None:
    """Remove all that a collection consists of, in an order in which whoever finds it half done can do it again.

    Args:
        folder: That is its alone; None where it lies among others' files.
    """
    services.index.drop()
    services.close()
    for engine in _ENGINES:
        with closing(SavedSearches(services.settings.journal, f"{engine}/{services.name}")) as saved:
            saved.clear()
    services.analysis.kept.clear()
    forget_jobs(services.settings.journal, services.name)
    forget_decided(services.settings.journal, services.name, lasting=True)
    if folder:
        if services.mirror:  # while it does not answer, the next start tries again
            services.mirror.remove_below(services.mirror.root)
        remove_tree(folder)


@contextmanager
def _at_rest(services: Services, by: Actor, patience: float) -> Iterator[None]:
    """Within, no job is at work, nor begins to write."""
    jobs = services.jobs
    _cancel_all(jobs, by, patience)
    lock = services.library.new_lock()
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise _busy() from None
    try:
        yield
    finally:
        lock.release()


def _cancel_all(jobs: Jobs, by: Actor, patience: float) -> None:
    for job in jobs.open():
        with suppress(JobRefused):  # it has just ended
            jobs.cancel(job.id, by=by)
            if not jobs.wait_for(job.id, lambda state: state.ended, patience).ended:
                raise _busy()


def _busy() -> CollectionRefused:
    return CollectionRefused(
        "A job of this collection is still at work and does not stop.", "Wait until it has ended, and try again."
    )


def forget_several(settings: Settings) -> None:
    """What was dropped to search several collections with, and what was learned of them.

    Args:
        settings: Of the app.
    """
    if settings.store:
        from core.store.remote import Remote

        Remote(below(settings.store, FOLDER)).remove_below()
    remove_tree(settings.data_dir / FOLDER)


def forget_jobs(url: str, name: str) -> None:
    """Of the index of this name, on whatever engine; as `Journal.clear`."""
    for engine in _ENGINES:
        with closing(Journal(url, f"{engine}/{name}")) as journal:
            journal.clear()


def forget_decided(url: str, name: str, *, lasting: bool) -> None:
    """What people decided about the pictures of the index of this name, on whatever engine; as `forget`."""
    with closing(Database(url)) as database:
        for engine in _ENGINES:
            forget(database.engine, f"{engine}/{name}", lasting=lasting)


def _remove_uploads(services: Services, is_alone: bool) -> None:
    """Where another index may have its own in the same folder, those that are indexed, one by one."""
    folder = services.settings.data_dir
    if is_alone:
        for name in _UPLOADED:
            _remove_all(services, name)
        return
    if services.shared:
        _remove_shared(services, services.shared)
    for name in _UPLOADED:
        for path in _files(services.index, (folder / name).resolve()):
            remove_tree(path)
            remove_tree(path.parents[1].with_name("uploads.kept") / path.parent.name / f"{path.stem}.json")


def _remove_all(services: Services, name: str) -> None:
    """A folder of the data folder, and of the store."""
    remove_tree(services.settings.data_dir / name)
    if services.mirror:
        services.mirror.remove_below(services.mirror.root / name)
        remove_tree(services.mirror.root / name)


def _remove_shared(services: Services, shared: "Sent") -> None:
    """What a store has of what is indexed, whichever machine took it."""
    known = {one.location for one in services.library.journal.sources.all() if shared.covers(one.location)}
    for location in {*map(str, services.sent), *known}:
        records = chain.from_iterable(services.index.records(Filter.within(location)))
        for place in {shared.local(record.path) for record in records}:  # pictures of an archive have one
            if place:
                shared.remove(str(place))


def _files(index: Index, folder: Path) -> Iterator[Path]:
    """The files of records in a folder, and the archives that they are in."""
    if not folder.is_dir():
        return
    for records in index.records(Filter.within(str(folder))):
        for record in records:
            path = Path(record.path)
            while not path.exists() and path.is_relative_to(folder):
                path = path.parent
            if path.is_file():
                yield path


def remove_tree(path: Path) -> None:
    """A folder with all that is in it, or a file; of a link the link alone. What cannot be removed stays."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
