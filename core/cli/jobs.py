"""Commands about jobs: those of the app and of other terminals too."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from core.cli.console import AsJson, app, expected_errors, print_json
from core.cli.ingest import finished, open_library, report
from core.images.names import displayable
from core.ingest.state import JobState

jobs_app = typer.Typer(help="What is indexed in the background, or was.", invoke_without_command=True)
app.add_typer(jobs_app, name="jobs")

JobId = Annotated[int, typer.Argument(metavar="ID", show_default=False, help="As `jobs` lists it.")]


@jobs_app.callback()
@expected_errors
def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """The jobs of the app and of the command line, newest first."""
    if context.invoked_subcommand:
        return
    with open_library() as library:
        states = library.jobs.states()
    if as_json:
        print_json([_summary(job) for job in states])
        return
    for job in states:
        typer.echo(f"{job.id:>5}  {job.status.value:<11}  {job.done:,} of {job.total:,}  {displayable(job.title)}")
    if not states:
        typer.echo("There are no jobs. Begin one: python -m core ingest FOLDER", err=True)


@jobs_app.command(name="show")
@expected_errors
def show_command(job_id: JobId, as_json: AsJson = False) -> None:
    """What became of the files of a job."""
    with open_library() as library:
        report(library, library.jobs.state(job_id), as_json)


@jobs_app.command(name="pause")
@expected_errors
def pause_command(job_id: JobId) -> None:
    """Stop a job after the round at hand; it can be resumed."""
    with open_library() as library:
        library.jobs.pause(job_id)


@jobs_app.command(name="cancel")
@expected_errors
def cancel_command(job_id: JobId) -> None:
    """Stop a job for good; what is indexed is kept."""
    with open_library() as library:
        library.jobs.cancel(job_id)


@jobs_app.command(name="resume")
@expected_errors
def resume_command(job_id: JobId, as_json: AsJson = False) -> None:
    """Go on with a job that was paused or interrupted, in this terminal."""
    with open_library() as library:
        library.jobs.resume(job_id)
        report(library, finished(library, job_id), as_json)


@jobs_app.command(name="retry")
@expected_errors
def retry_command(job_id: JobId, as_json: AsJson = False) -> None:
    """Read again what failed in a job, in this terminal."""
    with open_library() as library:
        library.jobs.retry(job_id)
        report(library, finished(library, job_id), as_json)


def _summary(job: JobState) -> dict[str, Any]:
    return {
        "job": job.id,
        "title": displayable(job.title),
        "status": job.status.value,
        "sources": [displayable(source) for source in job.sources],
        "found": job.total,
        **asdict(job.counts),
        "note": displayable(job.note),
        "error": displayable(str(job.error)) if job.error else "",
    }
