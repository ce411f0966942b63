"""The command that gives the index another model."""

from dataclasses import asdict
from typing import Annotated

import typer

from core.cli.console import AsJson, app, console, expected_errors, open_services, print_json
from core.cli.ingest import as_dict, finished, open_library
from core.ingest.journal.actors import COMMAND_LINE
from core.text.words import pictures


@app.command(name="reembed")
@expected_errors
def reembed_command(
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Remove pictures whose file and thumbnail are both gone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Re-embed all pictures with the model in IMAGE_SEARCH_MODEL, then switch to it. Tags and labels stay, and
    searches use the old model until then. Run it again to continue where it stopped."""
    services = open_services()
    with open_library() as library:
        job_id = services.reembed(prunes=leave_out, by=COMMAND_LINE)
        job = finished(library, job_id) if job_id is not None else None
        status = services.status()
        if as_json:
            told = as_dict(library, job) if job else {"job": None, "status": "unchanged"}
            print_json({"model": status.model_id, "pictures": status.count, **told})
        elif job is None:
            typer.echo(f"Nothing to do: {pictures(status.count)} embedded with {status.model_id}.")
        else:
            counts = asdict(job.counts)
            typer.echo(f"{pictures(counts['updated'])} re-embedded with {status.model_id} ({job.seconds:.1f} s)")
            if counts["removed"]:
                whose = "its file and thumbnail are" if counts["removed"] == 1 else "their files and thumbnails are"
                typer.echo(f"{pictures(counts['removed'])} removed: {whose} gone.")
            if job.note:
                console().print(job.note)
