"""The command that finds pictures which are blurred, dark, nearly blank."""

from typing import TYPE_CHECKING, Annotated

import typer

from core.access.actors import COMMAND_LINE
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say
from core.text.names import utf8_safe
from core.text.words import pictures

if TYPE_CHECKING:
    from core.analysis.quality.report import Found, QualityReport

_COUNT = 10


@app.command(name="quality")
@expected_errors
def quality_command(
    flag: Annotated[
        str,
        typer.Argument(
            metavar="[FLAG]",
            help="Show the worst by one measure: near-blank, blurred, dark, overexposed, low-information, grey, "
            "odd-aspect or small.",
            show_default=False,
        ),
    ] = "",
    count: Annotated[int, typer.Option("-n", min=1, max=1_000, help="How many of the worst to show.")] = _COUNT,
    kept: Annotated[bool, typer.Option("--kept", help="Show what was found before, without looking again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find pictures that are blurred, dark, nearly blank. New ones are checked; search them with `quality:FLAG`."""
    services = open_services()
    reports = services.analysis.quality
    if flag:
        from core.analysis.quality.report import known

        known(flag)  # before anything is looked at
    if not kept:
        from core.cli.ingest import finished, open_library

        with open_library() as library:
            finished(library, library.analyse("quality", by=COMMAND_LINE))
    told = reports.report(count, flag)
    if as_json:
        from core.analysis.quality.report import plain

        print_json(plain(told))
    elif flag:
        _print_worst(told.found[0])
    else:
        _print(told)


def _print(told: "QualityReport") -> None:
    for one in told.found:
        say(f"{one.count:>9,}  {one.flag.title:<16}  quality:{one.flag.key}")
    said = "" if told.flagged is None else f", {told.flagged:,} with any flag"
    left = f" of {pictures(told.pictures)}" if told.checked < told.pictures else ""
    say(f"{pictures(told.checked)}{left} checked{said}.")


def _print_worst(one: "Found") -> None:
    say(f"{one.flag.title}: {pictures(one.count)}. {one.flag.about}")
    for example in one.worst:
        mark = "*" if example.flagged else " "
        say(f"{mark} {example.said:<20}  {utf8_safe(example.record.path)}")
