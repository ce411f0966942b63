"""Commands about the index, and that tag what is in it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from core.access.actors import COMMAND_LINE
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say
from core.errors import InvalidTags, NotIndexed
from core.text.command import command
from core.text.names import printable
from core.text.words import pictures

if TYPE_CHECKING:
    from core.index.index import Index


@app.command(name="status")
@expected_errors
def status_command(as_json: AsJson = False) -> None:
    """Show the engine, the model and the number of pictures; with --json also its health, size and last ingest."""
    if as_json:
        _print_status()
        return
    for name, value in asdict(open_services().status()).items():
        say(f"{name:>9}  {value}")


def _print_status() -> None:
    """Also of an index that does not answer: then the exit status is 1."""
    from core.status.overview import overview, plain

    services = open_services()
    told = plain(overview(services))
    if told["health"] == "unreachable":
        print_json(told)
        raise typer.Exit(1)
    print_json(asdict(services.status()) | told)


@app.command(name="tag")
@expected_errors
def tag_command(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", show_default=False, help="Pictures or folders in the index.")
    ],
    add: Annotated[list[str] | None, typer.Option(help="A tag to add. Can be repeated.", show_default=False)] = None,
    remove: Annotated[
        list[str] | None, typer.Option(help="A tag to remove. Can be repeated.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tag pictures, or all pictures in a folder. Find them again with `tag:NAME`."""
    if not add and not remove:
        raise InvalidTags("No tag was given.", "Give one with --add or --remove.")
    from core.cli.searching import location_of
    from core.index.tags import change_tags, tagging

    services = open_services()
    ids = [id_ for path in paths for id_ in _ids(services.index, location_of(path))]
    changed = change_tags(services.index, ids, add or [], remove or [])
    services.audit.note(COMMAND_LINE, "Changed tags", tagging(changed, add or [], remove or []))
    if as_json:
        print_json({"changed": changed})
    else:
        say(f"Changed the tags of {pictures(changed)}.")


def _ids(index: "Index", location: str) -> list[str]:
    """The id of the picture there, or those of the pictures in the folder.

    Raises:
        NotIndexed: there are none.
    """
    from core.index.filters import Filter
    from core.index.records import record_id

    inside = (record for batch in index.records(Filter.within(location)) for record in batch)
    found = [record.id for record in (*index.get([record_id(location)]), *inside)]
    if not found:
        raise NotIndexed(f"{printable(location)} is not in the index.", f"Index it: {command('ingest SOURCE')}")
    return found
