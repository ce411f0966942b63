"""Commands about versions of the index, and that give it another model."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.access.actors import COMMAND_LINE
from core.cli.collection_option import CollectionGroup, Program
from core.cli.console import AsJson, app, console, expected_errors, open_services, print_json
from core.cli.ingest import as_dict, finished, open_library
from core.text.command import command
from core.text.names import utf8_safe
from core.text.words import file_size, pictures

if TYPE_CHECKING:
    from core.index.versions import Version
    from core.ingest.library import Library
    from core.versions.compare import Comparison, Side

versions_app = Program(cls=CollectionGroup, help="List and change versions of the index.", invoke_without_command=True)
app.add_typer(versions_app, name="versions")

Number = Annotated[int, typer.Argument(metavar="NUMBER", show_default=False, help="The number that `versions` lists.")]
LeaveOut = Annotated[
    bool, typer.Option("--leave-out", help="Leave out pictures whose file and thumbnail are both gone.")
]


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


@versions_app.callback()
@expected_errors
def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the versions of the index."""
    if context.invoked_subcommand is None:
        _list(as_json)


@versions_app.command(name="list")
@expected_errors
def list_again_command(as_json: AsJson = False) -> None:
    """List the versions of the index."""
    _list(as_json)


@versions_app.command(name="build")
@expected_errors
def build_command(
    model: Annotated[
        str, typer.Option("--model", help="The model of the next version.", show_default="the one in use")
    ] = "",
    no_swap: Annotated[bool, typer.Option("--no-swap", help="Stop when it is ready, to compare it first.")] = False,
    leave_out: LeaveOut = False,
    as_json: AsJson = False,
) -> None:
    """Build the next version of the index and use it. Searches go on; run it again to continue where it stopped."""
    services = open_services()
    with open_library() as library:
        job_id = services.versions.build(model, swaps=not no_swap, prunes=leave_out, by=COMMAND_LINE)
        _report(library, job_id, as_json)


@versions_app.command(name="compare")
@expected_errors
def compare_command(
    number: Annotated[
        int | None, typer.Argument(metavar="[NUMBER]", show_default=False, help="By default the latest one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a version with the one in use: results and latency."""
    found = open_services().versions.compare(number)
    if as_json:
        print_json(asdict(found))
    else:
        _print(found)


@versions_app.command(name="swap")
@expected_errors
def swap_command(number: Number, leave_out: LeaveOut = False, as_json: AsJson = False) -> None:
    """Use another version. What was added since is added to it first."""
    services = open_services()
    with open_library() as library:
        _report(library, services.versions.swap(number, prunes=leave_out, by=COMMAND_LINE), as_json)


@versions_app.command(name="rollback")
@expected_errors
def rollback_command(leave_out: LeaveOut = False, as_json: AsJson = False) -> None:
    """Use the version before again. What was added since is added to it first."""
    services = open_services()
    with open_library() as library:
        _report(library, services.versions.roll_back(prunes=leave_out, by=COMMAND_LINE), as_json)


@versions_app.command(name="delete")
@expected_errors
def delete_command(number: Number, as_json: AsJson = False) -> None:
    """Delete a version that is not in use."""
    services = open_services()
    with open_library():
        services.versions.delete(number, by=COMMAND_LINE)
    if as_json:
        print_json({"deleted": number})
    else:
        typer.echo(f"Deleted version {number}.")


def _list(as_json: bool) -> None:
    found = open_services().versions.all()
    if as_json:
        print_json([as_plain(version) for version in found])
        return
    for version in found:
        size, count = file_size(version.size), pictures(version.count)
        typer.echo(f"{version.number:>5}  {version.state:<8}  {version.stamp.model_id:<18}  {count}  {size}")
    if not found:
        typer.echo(f"No versions yet. Index a folder: {command('ingest FOLDER')}", err=True)


def as_plain(version: "Version") -> dict[str, Any]:
    """A version for scripts."""
    plain = asdict(version)
    return {**{name: value for name, value in plain.items() if name != "stamp"}, **plain["stamp"]}


def _report(library: "Library", job_id: int | None, as_json: bool) -> None:
    job = finished(library, job_id) if job_id is not None else None
    current = next((one for one in open_services().versions.all() if one.state == "current"), None)
    if as_json:
        told = as_dict(library, job) if job else {"job": None, "status": "unchanged"}
        print_json({"current": as_plain(current) if current else None, **told})
    elif job is None:
        typer.echo(f"Nothing to do: the index is empty. Index a folder: {command('ingest FOLDER')}")
    else:
        assert current
        typer.echo(
            f"Version {current.number} is in use: {pictures(current.count)}, {current.stamp.model_id} "
            f"({job.seconds:.1f} s)"
        )
        if job.note:
            console().print(utf8_safe(job.note))


def _print(found: "Comparison") -> None:
    for words, side in (("in use", found.current), ("other", found.other)):
        typer.echo(_line(words, side))
    of = f"{found.texts} words and {found.pictures} pictures"
    typer.echo(f"Of the first ten results {found.overlap:.0%} are the same ({of} searched for).")
    for one in found.most_different:
        typer.echo(f"  {one.overlap:.0%}  {utf8_safe(one.query)}")


def _line(words: str, side: "Side") -> str:
    latency = f"{side.p50_ms:.1f} ms (95%: {side.p95_ms:.1f} ms)"
    return f"{words:>6}  version {side.version}  {side.model_id}  {pictures(side.count)}  {latency}"
