"""Commands that ask the index."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from core.cli.console import AsJson, app, console, expected_errors, print_json
from core.errors import UnreadableImage
from core.images.describe import content_hash
from core.images.names import displayable, shown
from core.images.reading import read_bytes
from core.index.records import MAX_K, Filter
from core.search.query import Query
from core.services import Services, shared

Folder = Annotated[Path | None, typer.Option(help="Only pictures of this folder and those below it")]


@app.command(name="search")
@expected_errors
def search_command(
    text: Annotated[str, typer.Argument(help="What to look for, in words.", show_default=False)] = "",
    image: Annotated[Path | None, typer.Option(help="A picture to look for, alone or together with words")] = None,
    k: Annotated[int, typer.Option("-k", help=f"How many results, 1 to {MAX_K}")] = 10,
    folder: Folder = None,
    label: Annotated[list[str] | None, typer.Option(help="Only pictures with this label, or any of several")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the nearest pictures to words, to a picture, or to both together."""
    services = shared()
    query = Query(text, (_dropped(services, image),) if image else ())
    where = _filter(folder, label or [])
    with console.status("Loading the model …"):
        results = services.search(query, k, where)
    hits = [
        {"rank": rank, "path": displayable(hit.record.path), "score": round(hit.score, 4)}
        for rank, hit in enumerate(results.hits, 1)
    ]
    if as_json:
        print_json(hits)
        return
    for hit in hits:
        typer.echo(f"{hit['rank']:>4}  {hit['score']:.3f}  {hit['path']}")
    if results.read_text is not None:
        typer.echo(f"The text was too long; the model read: {results.read_text}", err=True)
    if not hits:
        typer.echo("The index is empty. Add pictures: python -m core ingest FOLDER", err=True)


@app.command(name="status")
@expected_errors
def status_command(as_json: AsJson = False) -> None:
    """Which engine and model, and how many pictures."""
    status = asdict(shared().status())
    if as_json:
        print_json(status)
        return
    for name, value in status.items():
        typer.echo(f"{name:>9}  {value}")


@app.command(name="labels")
@expected_errors
def labels_command(folder: Folder = None, as_json: AsJson = False) -> None:
    """What the labels of the datasets say is in the pictures, and in how many."""
    counts = shared().index.label_counts(_filter(folder, []))
    if as_json:
        print_json(counts)
        return
    for label, count in counts.items():
        typer.echo(f"{count:>9,}  {displayable(label)}")
    if not counts:
        typer.echo("No picture has labels. Datasets in YOLOv8 layout bring them.", err=True)


def _filter(folder: Path | None, labels: Sequence[str]) -> Filter | None:
    if not folder and not labels:
        return None
    return Filter(folder=str(folder.expanduser().resolve()) if folder else None, labels=tuple(labels))


def _dropped(services: Services, image: Path) -> str:
    """The content hash of a picture file, kept like one that was dropped on the page."""
    try:
        data = read_bytes(image.expanduser().resolve(strict=True))
    except (OSError, RuntimeError) as error:
        raise UnreadableImage(f"{shown(image)} does not exist.", "Check the path.") from error
    digest = content_hash(data)
    return digest if services.record(digest) else services.queries.add(data, image.name).id
