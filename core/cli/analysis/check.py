"""The command that looks pictures up in the collection without adding them."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from core.access.actors import COMMAND_LINE
from core.cli.collection_option import CollectionCommand
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say
from core.cli.ingest import INTERRUPTED, Locations, bar, location_of
from core.errors import InvalidQuery
from core.text.names import utf8_safe
from core.text.words import counted

if TYPE_CHECKING:
    from core.analysis.check.model import Checked


@app.command(name="check", cls=CollectionCommand)
@expected_errors
def check_command(
    locations: Locations,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            min=0.0,
            max=1.0,
            show_default="what suits the model",
            help="The cosine from which pictures look alike.",
        ),
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="List only what is new, one path in a line.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print a table.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check whether pictures are in the collection already: the same file, the same picture (resized, turned,
    cropped), a look-alike, or new. Nothing is added to the index."""
    if new + csv + as_json > 1:
        raise InvalidQuery("One output can be had at a time.", "Choose --json, --csv or --new.")
    from core.analysis.check.model import Answer, counts
    from core.analysis.check.output import as_csv, plain

    services = open_services()
    found = _checked([location_of(text) for text in locations], threshold)
    if as_json:
        print_json({"counts": counts(found), "files": [plain(one) for one in found]})
    elif csv:
        sys.stdout.buffer.write(b"".join(as_csv(found)))
        sys.stdout.buffer.flush()
    elif new:
        for one in found:
            if one.answer is Answer.NEW:
                say(utf8_safe(one.path))
    else:
        for one in found:
            _print(one)
        told = ", ".join(f"{count:,} {Answer(name).words.lower()}" for name, count in counts(found).items() if count)
        say(f"{counted(len(found), 'file')} checked against {services.name}: {told or 'no pictures'}.", err=True)


def _checked(locations: list[str], threshold: float | None) -> "list[Checked]":
    found: list[Checked] = []
    try:
        with bar() as shown:
            task = shown.add_task("Checking", total=None)
            for step in open_services().analysis.check.check(locations, threshold=threshold, by=COMMAND_LINE):
                found += step.checked
                shown.update(task, completed=step.done, total=step.total)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    return found


def _print(one: "Checked") -> None:
    beside = f"  {utf8_safe(one.match.path)}" if one.match else ""
    how = f" ({utf8_safe(one.how)})" if one.match and one.how != "the same file" else ""
    reason = f"  {utf8_safe(one.reason)}" if one.reason else ""
    say(f"{one.answer.words:<14}  {utf8_safe(one.path)}{beside}{how}{reason}")
