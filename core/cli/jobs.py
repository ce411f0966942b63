"""Commands about jobs: those of the app and of other terminals too."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.access.actors import COMMAND_LINE
from core.cli.collection_option import CollectionGroup, Program
from core.cli.console import AsJson, app, expected_errors, print_json
from core.cli.ingest import finished, open_library, report
from core.ingest.jobs.words import STATUSES, started
from core.ingest.journal.job import JobState
from core.text.command import command
from core.text.names import utf8_safe

if TYPE_CHECKING:
    from core.ingest.library import Library

jobs_app = Program(cls=CollectionGroup, help="List and control jobs.", invoke_without_command=True)
app.add_typer(jobs_app, name="jobs")

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, even if somebody else started the job.")]
JobId = Annotated[int, typer.Argument(metavar="ID", show_default=False, help="The number that `jobs` lists.")]


@jobs_app.callback()
@expected_errors
def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the jobs of the app and the command line, newest first."""
    if context.invoked_subcommand:
        return
    with open_library() as library:
        states = library.jobs.states()
    if as_json:
        print_json([_summary(job) for job in states])
        return
    for job in states:
        typer.echo(f"{job.id:>5}  {STATUSES[job.status]:<14}  {job.done:,} of {job.total:,}  {utf8_safe(job.title)}")
    if not states:
        typer.echo(f"No jobs yet. Start one: {command('ingest FOLDER')}", err=True)


@jobs_app.command(name="show")
@expected_errors
def show_command(job_id: JobId, as_json: AsJson = False) -> None:
    """Show the report of a job: a verdict on each file."""
    with open_library() as library:
        report(library, library.jobs.state(job_id), as_json)


@jobs_app.command(name="pause")
@expected_errors
def pause_command(job_id: JobId, yes: Yes = False) -> None:
    """Pause a job. It can be resumed."""
    with open_library() as library:
        _ask(library, job_id, "Pause", yes)
        library.jobs.pause(job_id, by=COMMAND_LINE)


@jobs_app.command(name="cancel")
@expected_errors
def cancel_command(job_id: JobId, yes: Yes = False) -> None:
    """Cancel a job. What it has indexed is kept."""
    with open_library() as library:
        _ask(library, job_id, "Cancel", yes)
        library.jobs.cancel(job_id, by=COMMAND_LINE)


@jobs_app.command(name="resume")
@expected_errors
def resume_command(job_id: JobId, as_json: AsJson = False) -> None:
    """Resume a paused or interrupted job, in this terminal."""
    with open_library() as library:
        library.jobs.resume(job_id, by=COMMAND_LINE)
        report(library, finished(library, job_id), as_json)


@jobs_app.command(name="retry")
@expected_errors
def retry_command(job_id: JobId, as_json: AsJson = False) -> None:
    """Try the failed files of a job again, in this terminal."""
    with open_library() as library:
        library.jobs.retry(job_id, by=COMMAND_LINE)
        report(library, finished(library, job_id), as_json)


def _ask(library: "Library", job_id: int, what: str, yes: bool) -> None:
    """At a terminal, before somebody else's job is stopped; scripts mean what they say."""
    job = library.jobs.state(job_id)
    if job.started_by in ("", COMMAND_LINE.label) or yes or not sys.stdin.isatty():
        return
    typer.confirm(f"{started(job)} {what} it anyway?", abort=True, err=True)


def _summary(job: JobState) -> dict[str, Any]:
    return {
        "job": job.id,
        "kind": job.kind.value,
        "title": utf8_safe(job.title),
        "status": job.status.value,
        "sources": [utf8_safe(source) for source in job.sources],
        "found": job.total,
        **asdict(job.counts),
        "started_by": utf8_safe(job.started_by),
        "changed_by": utf8_safe(job.changed_by),
        "note": utf8_safe(job.note),
        "error": utf8_safe(str(job.error)) if job.error else "",
    }
