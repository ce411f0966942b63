"""The command that sums a collection up, and compares two sides of it."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from core.access.actors import COMMAND_LINE
from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say
from core.text.names import utf8_safe
from core.text.words import file_size, pictures

_FACETS = {"label": "Labels", "tag": "Tags", "split": "Splits", "camera": "Cameras", "format": "Formats"}
_VALUES = 6


@app.command(name="overview")
@expected_errors
def overview_command(
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="A B",
            help="Compare two sides, each by its conditions: split:train split:val, or collection:NAME for all of "
            "another collection.",
            show_default=False,
        ),
    ] = None,
    kept: Annotated[bool, typer.Option("--kept", help="Show what was gathered before, without looking again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sum a collection up: dates, labels, what is typical, rare and missing; or compare two sides of it."""
    if compare:
        _compare(*compare, kept, as_json)
        return
    services = open_services()
    if not kept:
        _carry_out("overview")
    from core.analysis.overview.report import plain

    told = plain(services.analysis.overview.overview())
    if as_json:
        print_json(told)
    else:
        _print(told)


def _carry_out(name: str) -> None:
    from core.cli.ingest import finished, open_library

    with open_library() as library:
        finished(library, library.analyse(name, by=COMMAND_LINE))


def _compare(first: str, second: str, kept: bool, as_json: bool) -> None:
    from core.analysis.compare.report import checked
    from core.cli.ingest import finished, open_library

    analysis, sides = open_services().analysis, checked(first, second)
    found = analysis.comparisons.found(first, second) if kept else None
    if found is None:
        with open_library() as library:
            finished(library, analysis.compare(sides, by=COMMAND_LINE))
        found = analysis.comparisons.found(first, second)
    assert found is not None
    if as_json:
        print_json(found)
    else:
        _print_comparison(found)


def _print(told: Mapping[str, Any]) -> None:
    say(f"{pictures(told['pictures'])}, {file_size(told['size'])}")
    _print_dates(told["timeline"])
    for facet, title in _FACETS.items():
        if values := told["facets"].get(facet, {}).get("values"):
            more = told["facets"][facet]["distinct"] - _VALUES
            _line(title, [f"{utf8_safe(one['value'])} {one['count']:,}" for one in values[:_VALUES]], more)
    if gathered := told["gathered"]:
        _print_gathered(gathered)
    if quality := told["quality"]:
        flags = [f"{flag['title'].lower()} {flag['count']:,}" for flag in quality["flags"] if flag["count"]]
        _line("Quality", flags or ["nothing found"])
    if duplicates := told["duplicates"]:
        _line("Duplicates", [f"{one['title'].lower()} {one['groups']:,} groups" for one in duplicates["levels"]])
    if clusters := told["clusters"]:
        _line("Clusters", [f"{one['name']} {one['size']:,}" for one in clusters["largest"][:_VALUES]])


def _print_dates(timeline: Mapping[str, Any]) -> None:
    bars = [bar for bar in timeline["bars"] if bar["count"]]
    if bars:
        span = bars[0]["label"] if len(bars) == 1 else f"{bars[0]['label']} to {bars[-1]['label']}"
        undated = f"{timeline['undated']:,} without a date"
        _line("Taken", [span, *([undated] if timeline["undated"] else [])])


def _print_gathered(found: Mapping[str, Any]) -> None:
    if located := found["places"]["located"]:
        _line("Places", [f"{pictures(located)} with a position"])
    _line("Shows", [_concept(one) for one in found["concepts"][:_VALUES]])
    _line("Hardly any", [one["concept"] for one in found["absent"][:_VALUES]])
    _line("Rare", [one["said"] for one in found["rare"][:_VALUES]])
    for title, name in (("Typical", "typical"), ("Outliers", "outliers")):
        for one in found[name][:_VALUES]:
            say(f"{title:>11}  {utf8_safe(one['path'])}")


def _concept(one: Mapping[str, Any]) -> str:
    return f"{one['concept']} {one['matched']:,}{'+' if one['at_least'] else ''}"


def _line(title: str, parts: list[str], more: int = 0) -> None:
    if parts:
        say(f"{title:>11}  {', '.join(parts)}{f' and {more:,} more' if more > 0 else ''}")


def _print_comparison(found: Mapping[str, Any]) -> None:
    say(found["verdict"]["said"])
    say(found["overlap"]["said"])
    for side in found["sides"]:
        compared = f", {side['compared']:,} of them compared" if side["compared"] < side["pictures"] else ""
        say(f"\n{utf8_safe(side['text']) or 'All pictures'}: {pictures(side['pictures'])}{compared}")
        for one in side["concepts"]:
            say(f"  more {one['concept']:<22} {one['shares'][0]:>5.0%} {one['shares'][1]:>5.0%}  {one['said']}")
        for one in side["pictures_unlike"][:_VALUES]:
            say(f"  {one['said']}  {utf8_safe(one['path'])}")
    if found["values"]:
        say("\nOther differences")
    for one in found["values"]:
        name = f"{one['facet']}:{utf8_safe(one['value'])}"
        say(f"  {name:<27} {one['shares'][0]:>5.0%} {one['shares'][1]:>5.0%}  {one['said']}")
