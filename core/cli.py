"""The command line: results on stdout, progress and errors on stderr; 0 done, 1 an expected error, 2 wrong usage."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from core.errors import FolderRefused, ImageSearchError
from core.images.describe import content_hash
from core.images.names import displayable
from core.images.reading import read_bytes
from core.index.records import MAX_K, Filter
from core.ingest.progress import NOTHING, Outcome, Verdict
from core.search.query import Query
from core.services import Services, shared

app = typer.Typer(
    help="Search pictures by words and by picture.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...", show_default=False, help="Folders, read with all folders below them, and picture files."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts")]

_console = Console(stderr=True)


def _expected_errors[**P](command: Callable[P, None]) -> Callable[P, None]:
    """One line on stderr and exit status 1 for what may go wrong."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ImageSearchError as error:
            typer.echo(f"{error.title}: {error}".replace("\n", " "), err=True)
            raise typer.Exit(1) from None

    return run


@app.command(name="ingest")
@_expected_errors
def ingest_command(paths: Paths, as_json: AsJson = False) -> None:
    """Bring the index up to date; run again, it does only what is new."""
    roots = [_existing(path) for path in paths]
    report = _ingested(shared(), roots)
    if as_json:
        _print_json(report)
        return
    typer.echo(
        f"{report['found']} found: {report['added']} added, {report['updated']} updated, "
        f"{report['unchanged']} unchanged, {len(report['failed'])} failed ({report['seconds']} s)"
    )
    for failure in report["failed"]:
        typer.echo(f"  {failure['path']}: {failure['reason']}")


def _ingested(services: Services, roots: Sequence[Path]) -> dict[str, Any]:
    started = time.monotonic()
    failed: list[Verdict] = []
    last = NOTHING
    with _bar() as bar:
        task = bar.add_task(last.phase.value, total=None)
        for last in services.ingest(roots):
            failed += [verdict for verdict in last.verdicts if verdict.outcome is Outcome.FAILED]
            bar.update(task, description=last.phase.value, completed=last.done, total=last.total)
    counts = last.counts
    return {
        "found": last.total,
        "added": counts.added,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "failed": [{"path": displayable(verdict.path), "reason": displayable(verdict.reason)} for verdict in failed],
        "seconds": round(time.monotonic() - started, 3),
    }


@app.command(name="search")
@_expected_errors
def search_command(
    text: Annotated[str, typer.Argument(help="What to look for, in words.", show_default=False)] = "",
    image: Annotated[Path | None, typer.Option(help="A picture to look for, alone or together with words")] = None,
    k: Annotated[int, typer.Option("-k", help=f"How many results, 1 to {MAX_K}")] = 10,
    folder: Annotated[Path | None, typer.Option(help="Only pictures of this folder and those below it")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the nearest pictures to words, to a picture, or to both together."""
    services = shared()
    query = Query(text, (_dropped(services, image),) if image else ())
    where = Filter(folder=str(folder.expanduser().resolve())) if folder else None
    with _console.status("Loading the model …"):
        results = services.search(query, k, where)
    hits = [
        {"rank": rank, "path": displayable(hit.record.path), "score": round(hit.score, 4)}
        for rank, hit in enumerate(results.hits, 1)
    ]
    if as_json:
        _print_json(hits)
        return
    for hit in hits:
        typer.echo(f"{hit['rank']:>4}  {hit['score']:.3f}  {hit['path']}")
    if results.read_text is not None:
        typer.echo(f"The text was too long; the model read: {results.read_text}", err=True)
    if not hits:
        typer.echo("The index is empty. Add pictures: python -m core ingest FOLDER", err=True)


@app.command(name="status")
@_expected_errors
def status_command(as_json: AsJson = False) -> None:
    """Which engine and model, and how many pictures."""
    status = asdict(shared().status())
    if as_json:
        _print_json(status)
        return
    for name, value in status.items():
        typer.echo(f"{name:>9}  {value}")


@app.command(name="remove")
@_expected_errors
def remove_command(paths: Paths, as_json: AsJson = False) -> None:
    """Take pictures out of the index, whether they still exist or not; the files stay as they are."""
    removed = shared().remove(paths)
    if as_json:
        _print_json({"removed": removed})
    else:
        typer.echo(f"{removed} removed from the index")


def _existing(path: Path) -> Path:
    """Naming a path on the command line is leave to read it: the app's library roots do not apply."""
    try:
        return path.expanduser().resolve(strict=True)
    except OSError:
        raise FolderRefused(f"{path} does not exist.", "Check the path.") from None


def _dropped(services: Services, image: Path) -> str:
    """The content hash of a picture file, kept like one that was dropped on the page."""
    data = read_bytes(image.expanduser())
    digest = content_hash(data)
    return digest if services.record(digest) else services.queries.add(data, image.name).id


def _bar() -> Bar:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Bar(*columns, console=_console, transient=True)


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
