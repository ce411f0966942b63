"""Commands about how searches are done: how many of the nearest they find, and the models there are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.console import AsJson, app, expected_errors, open_services, print_json, say, terminal
from core.cli.search import Folder
from core.cli.texts import SearchCommand
from core.text.names import utf8_safe
from core.text.words import counted, pictures

if TYPE_CHECKING:
    from core.embedding.offers.offer import Offer
    from core.search.query import Search
    from core.search.recall.report import Report, Row

_K, _SAMPLE = 10, 40  # as `core.search.recall.lens` has them, which imports more than help needs


@app.command(name="recall", cls=SearchCommand)
@expected_errors
def recall_command(
    queries: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[QUERY...]",
            help="Searches to measure with, each with its words and conditions, or the path or URL of a picture; "
            "without any, a sample of the pictures and of everyday words. Put a single word that begins with - after "
            "--.",
            show_default=False,
        ),
    ] = None,
    k: Annotated[int, typer.Option("-k", metavar="K", help="How many of the nearest to find.")] = _K,
    sample: Annotated[int, typer.Option(help="Without QUERY: how many queries.")] = _SAMPLE,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Measure how many of the nearest searches find, how long they take, and how little effort would do."""
    if queries:
        terminal().expect()
    from core.search.recall.report import plain
    from core.search.recall.verdict import verdict

    with terminal().busy("Measuring…"):
        report = _measured(queries or [], k, sample, folder)
    if as_json:
        print_json(plain(report, verdict(report)))
        return
    _print(report)
    say(verdict(report))
    for note in report.notes:
        say(utf8_safe(note), err=True)


def _measured(queries: Sequence[str], k: int, sample: int, folder: str | None) -> "Report":
    from core.cli.searching import conditions
    from core.index.filters import Filter

    lens, inside = open_services().recall, conditions(folder, [])
    if not queries:
        return lens.of_sample(k, Filter(tuple(inside)), sample)
    return lens.of_searches([_search(query, folder) for query in queries], k)


def _search(text: str, folder: str | None) -> "Search":
    from core.cli.searching import conditions, dropped, names_picture
    from core.index.filters import Filter
    from core.search.language.parser import parse
    from core.search.query import Picture, Query, Search

    inside = conditions(folder, [])
    if names_picture(text):
        return Search(Query(pictures=(Picture(dropped(text)),)), Filter(tuple(inside)))
    words, where = parse(text)
    return Search(Query(words), Filter((*where.conditions, *inside)))


def _print(report: "Report") -> None:
    kinds = ", ".join(f"{count:,} with {kind}" for kind, count in report.queries.items())
    if not report.rows:
        return
    asked = counted(sum(report.queries.values()), "query", "queries")
    say(f"The nearest {report.k:,} of {pictures(report.searched)}, {asked} ({kinds}):\n")
    say(f"{report.of:>12}  oversampling   recall   lowest       p50       p95")
    for row in report.rows:
        say(_line(row))
    from core.search.recall.verdict import time

    say(f"{'each picture':>12}  {'':12}  {'100 %':>7}  {'100 %':>7}  {time(report.exact):>8}\n")


def _line(row: "Row") -> str:
    from core.search.recall.verdict import share, time

    breadth, oversampling = (f"{row.effort.breadth:,}", f"{row.effort.oversampling:g}") if row.effort else ("all", "")
    times = f"{time(row.p50):>8}  {time(row.p95):>8}"
    used = "  in use" if row.used else ""
    return f"{breadth:>12}  {oversampling:>12}  {share(row.recall):>7}  {share(row.lowest):>7}  {times}{used}"


@app.command(name="models")
@expected_errors
def models_command(as_json: AsJson = False) -> None:
    """List the models that embed pictures and words, what they cost, and which can be had on this machine."""
    from core.embedding.offers.offer import plain

    offers = open_services().models()
    if as_json:
        print_json([plain(offer) for offer in offers])
        return
    for offer in offers:
        _print_offer(offer)


def _print_offer(offer: "Offer") -> None:
    from core.embedding.offers.offer import cost, speed

    model = offer.model
    marks = "".join(mark for mark, holds in (("*", offer.in_use), (">", offer.wanted)) if holds)
    say(f"{marks:>2} {model.id:<36} {model.dims:>5} dims  {model.side:>3} px  {cost(model):<22} {speed(offer)}")
    say(f"   {offer.title}. {offer.message} {offer.remedy}".rstrip())
