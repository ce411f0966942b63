"""Commands that ask the index, and that tag what is in it."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.console import AsJson, app, console, expected_errors, open_services, print_json
from core.cli.texts import SearchCommand
from core.errors import InvalidQuery, InvalidTags, UnreadableImage
from core.images.describe import content_hash
from core.images.files import has_picture_suffix
from core.images.names import displayable, shown
from core.images.reading import read_bytes
from core.index.filters import AnyOf, Condition, Filter, Within
from core.index.index import MAX_K, Index
from core.index.records import record_id
from core.index.tags import change_tags
from core.redaction import told
from core.search.answers import answer
from core.search.language import parse
from core.search.link import ALL
from core.search.negation import offer
from core.search.options import Band, Collapse, Cut, Options, Sort
from core.search.pasted import url_name
from core.search.query import EXCLUDED, Picture, Query
from core.search.request import USUAL_K, Search
from core.search.results import Result, Results
from core.sources.opening import read_file
from core.sources.pasted import pasted_location, spellings
from core.sources.urls import is_url, normalised
from core.words import pictures

if TYPE_CHECKING:
    from core.services import Services

Folder = Annotated[str | None, typer.Option(help="Only pictures of this folder or address and those below it")]


_PATIENCE = 60.0  # seconds until it is known what scores mean: once for each model, and then as long as learning takes


def _k(text: str | int) -> int:
    if str(text) == ALL:
        return MAX_K
    if not re.fullmatch("-?[0-9]{1,9}", str(text)):
        raise typer.BadParameter(f"{shown(str(text))} is neither a whole number nor `{ALL}`.")
    return int(text)  # the search says which numbers it takes


@app.command(name="search", cls=SearchCommand)
@expected_errors
def search_command(
    text: Annotated[
        str,
        typer.Argument(
            help="Words and conditions: `2:beach + sunset − people label:cat width:>=1000`; or the path or URL of a "
            "picture. One word with - before it goes after --.",
            show_default=False,
        ),
    ] = "",
    image: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH|URL", help="A picture to search for, alone or with others", show_default=False),
    ] = None,
    exclude_image: Annotated[
        list[str] | None, typer.Option(metavar="PATH|URL", help="A picture to turn away from", show_default=False)
    ] = None,
    k: Annotated[
        int, typer.Option("-k", parser=_k, metavar="K", help=f"How many results, the best: 1 to {MAX_K:,}, or all")
    ] = USUAL_K,
    folder: Folder = None,
    label: Annotated[list[str] | None, typer.Option(help="Only pictures with this label, or any of several")] = None,
    min_strength: Annotated[
        Cut | None,
        typer.Option(
            help="Of these, only what matches so well; auto: down to where the matches end", show_default=False
        ),
    ] = None,
    collapse: Annotated[Collapse, typer.Option(help="Which pictures are shown as one")] = Collapse.ALIKE,
    diversity: Annotated[float, typer.Option(min=0, max=1, help="From 0, best first, to 1, all different")] = 0.0,
    sort: Annotated[Sort, typer.Option(help="The order of the results")] = Sort.BEST,
    as_json: AsJson = False,
) -> None:
    """Find the `k` nearest to words, to pictures, or to all together; with conditions only, list what meets them."""
    services = open_services()
    if not image and _names_picture(text):
        typer.echo(f"Searching by the picture {shown(told(text))}.", err=True)
        text, image = "", [text]
    words, where = parse(text)
    where = Filter((*where.conditions, *_conditions(folder, label or [])))
    pictures = [Picture(_dropped(services, path)) for path in image or []]
    pictures += [Picture(_dropped(services, path), EXCLUDED) for path in exclude_image or []]
    query = Query(words, tuple(pictures))
    if query.empty and not where.conditions and sort is Sort.BEST:
        raise InvalidQuery("There is nothing to search for.", "Give some words, a picture, a condition or an order.")
    options = Options(collapse=collapse, diversity=diversity, cut=min_strength or Cut.AUTO, sort=sort)
    with console.status("Searching …"):
        results = services.search(Search(query, where, options, k), limit=k, patience=_PATIENCE)
    every = min_strength in (None, Cut.ALL) or not results.judged
    listed = [result for result in results.results if every or result.matches]
    if as_json:
        print_json(answer(replace(results, results=listed)))
        return
    _print(listed, results)
    if not results.judged and query.seeks:
        typer.echo("How well these match is not known yet: it is still being learned. Search again soon.", err=True)
    for note in _notes(results, len(results.results) - len(listed), text):
        typer.echo(note, err=True)


@app.command(name="status")
@expected_errors
def status_command(as_json: AsJson = False) -> None:
    """Which engine and model, and how many pictures."""
    status = asdict(open_services().status())
    if as_json:
        print_json(status)
        return
    for name, value in status.items():
        typer.echo(f"{name:>9}  {value}")


@app.command(name="labels")
@expected_errors
def labels_command(folder: Folder = None, as_json: AsJson = False) -> None:
    """What the labels of the datasets say is in the pictures, and in how many."""
    counts = open_services().index.facets(Filter(tuple(_conditions(folder, []))), ["label"])["label"]
    if as_json:
        print_json(counts)
        return
    for label, count in counts.items():
        typer.echo(f"{count:>9,}  {displayable(label)}")
    if not counts:
        typer.echo("No picture has labels. Datasets (YOLO, COCO, Pascal VOC) bring them.", err=True)


@app.command(name="tag")
@expected_errors
def tag_command(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", show_default=False, help="Pictures, or folders.")],
    add: Annotated[list[str] | None, typer.Option(help="A tag to give to the pictures")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A tag to take from them")] = None,
    as_json: AsJson = False,
) -> None:
    """Tag pictures of the index, those of a folder all at once: to be found by `tag:NAME`."""
    if not add and not remove:
        raise InvalidTags("No tag was given.", "Give one with --add or --remove.")
    index = open_services().index
    ids = [id_ for path in paths for id_ in _ids(index, _location(path))]
    changed = change_tags(index, ids, add or [], remove or [])
    if as_json:
        print_json({"changed": changed})
    else:
        typer.echo(f"Changed the tags of {pictures(changed)}.")


def _conditions(folder: str | None, labels: Sequence[str]) -> list[Condition]:
    within: list[Condition] = [Within(_location(folder))] if folder else []
    return [*within, AnyOf("label", tuple(labels))] if labels else within


def _location(text: str) -> str:
    return normalised(text) if is_url(text) else str(Path(text).expanduser().resolve())


def _print(listed: Sequence[Result], results: Results) -> None:
    if listed and results.nothing:
        typer.echo("Nothing here really matches; the nearest are:", err=True)
    for rank, result in enumerate(listed, 1):
        typer.echo(f"{rank:>4}  {_row(result, results)}")


def _row(result: Result, results: Results) -> str:
    score = f"{result.hit.score:.3f}  {_word(result, results):<6}  " if results.scored else ""
    return f"{score}{f'×{result.count}' if result.count > 1 else '':<4}  {displayable(result.record.path)}"


def _word(result: Result, results: Results) -> str:
    if result.by_name:
        return "name"
    return "kind" if results.of_kind and result.band is Band.WEAK else result.band or ""


def _notes(results: Results, hidden: int, text: str) -> list[str]:
    notes = list(map(displayable, results.notes))
    if location := pasted_location(text):
        notes.append(f"There is no picture at {shown(location)}: it was read as words.")
    if hidden:
        whose = "1 of the nearest does" if hidden == 1 else f"{hidden:,} of the nearest do"
        notes.append(f"{whose} not match so well; without --min-strength all are shown.")
    if len(results.results) < results.total:
        notes.append(f"{len(results.results):,} of {results.total:,} shown; -k {ALL} shows more.")
    if results.read_text is not None:
        notes.append(f"The text was too long; the model read: {displayable(results.read_text)}")
    if any(result.by_name for result in results.results):
        notes.append(
            "Those marked “name” match by their file names. The starter model does not see it in the pictures."
        )
    if results.of_kind:
        notes.append(
            "Most pictures here are of this kind. Which of those marked “kind” show exactly this is uncertain."
        )
    if offered := offer(text):
        notes.append(f"The model does not understand what a sentence leaves out. Try: {offered}")
    if not results.searched and open_services().index.count():
        notes.append("No picture meets all conditions.")
    elif not results.searched:
        notes.append("The index is empty. Add pictures: python -m core ingest FOLDER")
    return notes


def _ids(index: Index, location: str) -> list[str]:
    """Of the picture there, or of those in the folder.

    Raises:
        UnreadableImage: there are none.
    """
    inside = (record for batch in index.records(Filter.within(location)) for record in batch)
    found = [record.id for record in (*index.get([record_id(location)]), *inside)]
    if not found:
        raise UnreadableImage(f"{shown(location)} is not in the index.", "Index it: python -m core ingest SOURCE")
    return found


def _names_picture(text: str) -> bool:
    """Whether the text is a URL, or the path of a file that is a picture by its name."""
    location = pasted_location(text) or text
    return is_url(location) or any(path.is_file() and has_picture_suffix(path.name) for path in _paths(location))


def _paths(location: str) -> list[Path]:
    paths = map(Path, spellings(location))
    with suppress(RuntimeError, ValueError):  # no home folder, no path
        return [path.expanduser().resolve() for path in paths]
    return []


def _dropped(services: "Services", image: str) -> str:
    """The content hash of a picture file, kept like one that was dropped on the page."""
    location = pasted_location(image) or image
    if is_url(location):
        url = normalised(location)
        data, name = read_file(url, public_only=False), url_name(url)
    else:
        path = next((path for path in _paths(location) if path.exists()), None)
        if path is None:
            raise UnreadableImage(f"{shown(location)} does not exist.", "Check the path.")
        data, name = read_bytes(path), path.name
    digest = content_hash(data)
    return digest if services.record(digest) else services.queries.add(data, name).id
