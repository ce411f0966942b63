"""Commands that fill the index, and empty it."""

import queue
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.access.actors import COMMAND_LINE
from core.cli.collection_option import chosen
from core.cli.console import AsJson, app, console, expected_errors, open_services, print_json, terminal
from core.config import Settings
from core.errors import JobRefused, Problem
from core.ingest.cluster.address import split
from core.ingest.jobs.words import found, not_compared, not_connected, planned, tally
from core.ingest.journal.job import JobState, Plan, PlannedFile, Status
from core.ingest.journal.progress import Counts, Outcome, Phase, not_indexed
from core.ingest.unchanged import Told, Untouched
from core.sources.checks import as_spelled, check_kind, resolved
from core.sources.remote.urls import is_url, normalised
from core.text.command import command
from core.text.names import utf8_safe
from core.text.words import counted, duration, pictures

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from core.ingest.library import Library

Locations = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        show_default=False,
        help="Folders and their subfolders, pictures, ZIP files, or URLs (https://, s3://, …).",
    ),
]
_LOOK_EVERY = 0.2  # seconds
_MAX_TOLD = 20  # copies in a plan
INTERRUPTED = 130  # what shells expect of a program that Ctrl-C has ended; likewise SIGTERM
TERMINATED = 143


@app.command(name="ingest")
@expected_errors
def ingest_command(
    locations: Locations,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove records whose file is missing.")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Then index changes, until Ctrl-C.")] = False,
    on_ray: Annotated[
        bool, typer.Option("--ray", help="On a Ray cluster: the one at HOST:PORT before the sources, or a local one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Index pictures. Run it again to index only what is new or changed."""
    cluster, locations = split(locations) if on_ray else ("", locations)
    if not locations:
        raise typer.BadParameter("Name a folder, picture, ZIP file or URL.", param_hint="SOURCE")
    sources = [location_of(text) for text in locations]
    is_plain = len(sources) == 1 and not (dry_run or prune or follow or as_json or chosen())
    folder = Untouched(Settings.load(), sources[0]) if is_plain else None
    if folder and (told := folder.told()):
        _tell(told, 0.0)
        return
    if not dry_run and not cluster:
        terminal().expect(words=False)
    with open_library() as library:
        if dry_run:
            _print_plan(library, sources, as_json)
            return
        if cluster:
            library.use_cluster(cluster)
        job = finished(library, library.add(sources, auto_start=True, prunes=prune, by=COMMAND_LINE))
        told = report(library, job, as_json)
        if folder and told:
            _leave_note(library, folder, job, told)
        if follow:
            _follow(library, sources, prune)


@app.command(name="remove")
@expected_errors
def remove_command(locations: Locations, as_json: AsJson = False) -> None:
    """Remove pictures from the index. Their files are not touched, and need not exist."""
    places = [text if is_url(text) else str(as_spelled(Path(text).expanduser()).resolve()) for text in locations]
    with open_library() as library:
        removed = library.remove(places, by=COMMAND_LINE)
    if as_json:
        print_json({"removed": removed})
    else:
        typer.echo(f"Removed {pictures(removed)} from the index. The files are not touched.")


@contextmanager
def open_library() -> "Iterator[Library]":
    """The library, closed in the end; SIGTERM stops what it does."""
    library = open_services().library
    try:
        with stopped_by_term():
            yield library
    except Terminated:
        raise typer.Exit(TERMINATED) from None
    finally:
        library.close()


class Terminated(KeyboardInterrupt):
    """Somebody wants this process to end: a service manager, a time limit, a shutdown."""


@contextmanager
def stopped_by_term() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does; once, so that what it begins is done to its end."""

    def stop(number: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated

    if threading.current_thread() is not threading.main_thread():  # which alone may say what signals do
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def location_of(text: str) -> str:
    """
    Raises:
        FolderRefused: there is nothing that could be indexed.
        SourceRefused: it is an address that cannot be read.
    """
    if is_url(text):
        return normalised(text)
    return str(check_kind(resolved(text)))


def finished(library: "Library", job_id: int) -> JobState:
    """Show how a job goes until it rests; Ctrl-C and SIGTERM pause it."""
    jobs = library.jobs
    try:
        with bar() as shown:
            task = shown.add_task(Phase.FINDING.value, total=None)
            while (job := jobs.wait(job_id, _LOOK_EVERY)).active:
                shown.update(task, description=job.note or job.phase.value, completed=job.done, total=job.total or None)
    except KeyboardInterrupt as stopped:
        with suppress(JobRefused):  # it has just ended
            jobs.pause(job_id, by=COMMAND_LINE)
        job = jobs.wait(job_id)
        if not job.ended:
            where = "while scanning" if job.phase is Phase.FINDING else f"at {job.done:,} of {job.total:,}"
            console().print(f"Paused {where}. To resume: {command(f'jobs resume {job_id}')}")
        raise typer.Exit(TERMINATED if isinstance(stopped, Terminated) else INTERRUPTED) from None
    if job.error:
        raise job.error
    return job


def report(library: "Library", job: JobState, as_json: bool) -> Told | None:
    """Say what became of the files of a job; returns it where it was told to people."""
    if as_json:
        print_json(as_dict(library, job))
        return None
    files = library.journal.files(job.id)
    failures = tuple((one.path, one.reason) for one in files.verdicts({Outcome.FAILED}))
    problems = {problem.value: count for problem, count in files.problems().items()}
    told = Told(job.total, asdict(job.counts), problems, failures)
    _tell(told, job.seconds)
    return told


def _tell(told: Told, seconds: float) -> None:
    counts = Counts(**told.counts)
    typer.echo(f"{counted(told.total, 'file')} found: {tally(counts) or 'nothing new'} ({duration(seconds)})")
    problems = {problem: told.problems.get(problem.value, 0) for problem in Problem}
    if reasons := not_indexed(counts, problems):
        typer.echo(f"Not indexed: {reasons}")
    for one in told.failures:
        path, reason = map(utf8_safe, one)
        typer.echo(f"  {reason}" if reason.startswith(path) else f"  {path}: {reason}")


def _leave_note(library: "Library", folder: Untouched, job: JobState, told: Told) -> None:
    """That the next scan finds nothing new, where that is certain: all that was found is in the index, or will be
    refused again."""
    counts, edition = job.counts, folder.edition()
    lasts = job.status is Status.DONE and not (counts.missing or counts.removed)
    if lasts and library.holds(job.sources, counts.stored + counts.unchanged, [path for path, _ in told.failures]):
        again = Counts(unchanged=counts.stored + counts.unchanged, skipped=counts.skipped, failed=counts.failed)
        folder.leave(Told(told.total, asdict(again), told.problems, told.failures), edition)


def as_dict(library: "Library", job: JobState) -> dict[str, Any]:
    """A job for scripts, with a verdict on each of its files."""
    problems = library.journal.files(job.id).problems()
    return {
        "job": job.id,
        "status": job.status.value,
        "found": job.total,
        **asdict(job.counts),
        **{problem.value: problems[problem] for problem in Problem},
        "seconds": round(job.seconds, 3),
        "files": [
            {
                "path": utf8_safe(one.path),
                "outcome": one.outcome.value,
                "problem": one.problem,
                "reason": utf8_safe(one.reason),
            }
            for one in library.journal.files(job.id).verdicts()
        ],
    }


def _print_plan(library: "Library", sources: Sequence[str], as_json: bool) -> None:
    plan, copies = Plan(), list[PlannedFile]()
    with bar() as shown:
        task = shown.add_task(Phase.FINDING.value, total=None)
        for plan in library.look(sources, copies):
            shown.update(task, completed=plan.found)
    seconds = library.seconds(plan)
    if as_json:
        told = [{"path": utf8_safe(one.path), "reason": utf8_safe(one.reason)} for one in copies]
        print_json({"found": plan.found, **asdict(plan), "seconds": seconds and round(seconds, 1), "copies": told})
        return
    typer.echo(f"{counted(plan.found, 'file')} found: {found(plan)}")
    typer.echo(planned(plan, seconds))
    for more in (not_connected(plan), not_compared(plan)):
        if more:
            typer.echo(more)
    for one in copies[:_MAX_TOLD]:
        typer.echo(f"  {utf8_safe(one.path)}: {utf8_safe(one.reason)}")
    if len(copies) > _MAX_TOLD:
        typer.echo(f"  and {counted(len(copies) - _MAX_TOLD, 'more copy', 'more copies')}")


def _follow(library: "Library", sources: Sequence[str], prune: bool) -> None:
    """Index what changes, until Ctrl-C."""
    from core.ingest.follow import Follower

    changed: queue.SimpleQueue[str] = queue.SimpleQueue()

    def note(location: str) -> bool:
        changed.put(location)
        return True

    with closing(Follower(note)) as follower, suppress(KeyboardInterrupt):
        for location in sources:
            follower.follow(location)
        console().print("Indexing changes as they happen. Press Ctrl-C to stop.")
        while True:
            job = finished(library, library.add([changed.get()], auto_start=True, prunes=prune, by=COMMAND_LINE))
            if job.counts.stored or job.counts.removed or job.counts.failed:
                report(library, job, as_json=False)


def bar() -> "AbstractContextManager[Bar | _NoBar]":
    """For people who look on; else nothing of it is imported."""
    if not sys.stderr.isatty():
        return nullcontext(_NoBar())
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Bar(*columns, console=console(), transient=True)


class _NoBar:
    def add_task(self, description: str, total: float | None = None) -> Any:
        """It is not shown."""

    def update(self, task: Any, **values: Any) -> None:
        """Nor how far it is."""
