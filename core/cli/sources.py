"""Commands about where the pictures of the index are from."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.access.actors import COMMAND_LINE
from core.cli.collection_option import CollectionGroup, Program
from core.cli.console import AsJson, app, expected_errors, print_json
from core.cli.ingest import finished, open_library, report
from core.errors import FolderRefused
from core.sources.checks import as_spelled
from core.sources.remote.urls import is_url
from core.text.command import command
from core.text.names import printable, utf8_safe
from core.text.redaction import told

if TYPE_CHECKING:
    from core.ingest.library import Library
    from core.ingest.locations import SourceState

sources_app = Program(
    cls=CollectionGroup,
    help="List and update sources: the places that pictures come from.",
    invoke_without_command=True,
)
app.add_typer(sources_app, name="sources")

Location = Annotated[
    str, typer.Argument(metavar="SOURCE", show_default=False, help="A path, URL or title that `sources` lists.")
]


@sources_app.callback()
@expected_errors
def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the folders, ZIP files and URLs that were indexed: how many pictures, and when each was last scanned."""
    if context.invoked_subcommand:
        return
    with open_library() as library:
        sources = library.sources()
    if as_json:
        print_json([_summary(source) for source in sources])
        return
    for source in sources:
        typer.echo("  ".join(map(str, _row(source))))
    if not sources:
        typer.echo(f"Nothing is indexed yet. Add pictures: {command('ingest FOLDER')}", err=True)


@sources_app.command(name="check")
@expected_errors
def check_command(location: Location, as_json: AsJson = False) -> None:
    """Scan a source again and index what has changed."""
    with open_library() as library:
        job_id = library.add([_known(library, location)], auto_start=True, by=COMMAND_LINE)
        report(library, finished(library, job_id), as_json)


@sources_app.command(name="follow")
@expected_errors
def follow_command(location: Location) -> None:
    """Follow a source: index its changes while the app runs."""
    with open_library() as library:
        _follow(library, location, True)


@sources_app.command(name="unfollow")
@expected_errors
def unfollow_command(location: Location) -> None:
    """Stop following a source."""
    with open_library() as library:
        _follow(library, location, False)


def _follow(library: "Library", location: str, followed: bool) -> None:
    """Noted only: it is the app that follows."""
    known = _known(library, location)
    library.journal.sources.follow(known, followed)
    library.journal.audit.note(COMMAND_LINE, "Followed" if followed else "Stopped following", told(known))


def _known(library: "Library", text: str) -> str:
    """The location of a source as it is listed, or as its folder may be spelled too."""
    spellings = [text] if is_url(text) else [text, str(as_spelled(Path(text).expanduser()).resolve())]
    if location := next((one for one in spellings if library.journal.sources.get(one)), None):
        return location
    titled = [one.known.location for one in library.sources() if one.is_own and one.known.title == text]
    if titled:
        return titled[0]
    raise FolderRefused(f"{printable(told(text))} is not one of the sources.", f"List them: {command('sources')}")


def _summary(source: "SourceState") -> dict[str, object]:
    return {
        "source": utf8_safe(source.known.location),
        "title": utf8_safe(source.known.title),
        "pictures": source.totals.count,
        "size": source.totals.size,
        "checked": source.known.checked_at,
        "followed": source.known.followed,
        "there": source.is_there,
    }


def _row(source: "SourceState") -> list[str]:
    place = utf8_safe(source.known.title if source.is_own else source.known.location)
    checked = datetime.fromtimestamp(source.known.checked_at or 0)
    return [
        f"{source.totals.count:>9,}",
        f"{source.totals.size / 1e6:>9,.1f} MB",
        f"{checked:%Y-%m-%d %H:%M}",
        ("followed" if source.known.followed else "").ljust(8),
        place + ("" if source.is_there else "  (not connected)"),
    ]
