"""What the command that searches does."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from core.cli.console import open_services, print_json, say, terminal
from core.errors import InvalidQuery, UnreadableImage
from core.images.describe import content_hash
from core.index.filters import AnyOf, Condition, Filter, InFolder
from core.runtime.files import is_file, is_there
from core.search.language.negation import suggest_rewrite
from core.search.language.parser import parse
from core.search.options import ALL_RESULTS, Band, Collapse, MinMatch, Options, Sort
from core.search.query import EXCLUDED, Picture, Query, Search
from core.search.results import Result, Results
from core.sources.pasted import pasted_location, spellings
from core.sources.remote.urls import is_url
from core.text.command import command
from core.text.names import printable, utf8_safe
from core.text.redaction import told

_PATIENCE = 60.0  # seconds until it is known what scores mean: once for each model, and then as long as learning takes


@dataclass(frozen=True, slots=True)
class Asked:
    """As the command line has it."""

    text: str
    images: Sequence[str]
    excluded: Sequence[str]
    k: int
    folder: str | None
    labels: Sequence[str]
    min_match: MinMatch | None
    collapse: Collapse
    diversity: float
    sort: Sort


def find(asked: Asked, as_json: bool) -> None:
    """Say what is found."""
    if not asked.images and names_picture(asked.text):
        say(f"Searching with the picture {printable(told(asked.text))}.", err=True)
        asked = replace(asked, text="", images=[asked.text])
    search = _search(asked)
    with terminal().busy("Searching…"):
        results = open_services().search(search, limit=asked.k, patience=_PATIENCE)
    every = asked.min_match in (None, MinMatch.ALL) or not results.judged
    listed = [result for result in results.results if every or result.matches]
    if as_json:
        from core.search.output.response import answer

        print_json(answer(replace(results, results=listed)))
        return
    _print(listed, results)
    if not results.judged and search.query.seeks:
        say("How well these match is still being learned. Search again in a moment.", err=True)
    for note in _notes(results, len(results.results) - len(listed), asked.text):
        say(note, err=True)


def _search(asked: Asked) -> Search:
    words, where = parse(asked.text)
    where = Filter((*where.conditions, *conditions(asked.folder, asked.labels)))
    pictures = [Picture(dropped(path)) for path in asked.images]
    pictures += [Picture(dropped(path), EXCLUDED) for path in asked.excluded]
    query = Query(words, tuple(pictures))
    if query.empty and not where.conditions and asked.sort is Sort.BEST:
        raise InvalidQuery("There is nothing to search for.", "Give some words, a picture, a condition or an order.")
    if not open_services().index.count():
        query = Query()  # nothing is embedded, and no model waited for, where nothing can be found
    min_match = asked.min_match or MinMatch.AUTO
    options = Options(collapse=asked.collapse, diversity=asked.diversity, min_match=min_match, sort=asked.sort)
    return Search(query, where, options, asked.k)


def conditions(folder: str | None, labels: Sequence[str]) -> list[Condition]:
    within: list[Condition] = [InFolder(location_of(folder))] if folder else []
    return [*within, AnyOf("label", tuple(labels))] if labels else within


def location_of(text: str) -> str:
    """A path or URL as records have it."""
    if is_url(text):
        from core.sources.remote.urls import normalised

        return normalised(text)
    return str(_resolved(text))


def _resolved(text: str) -> Path:
    return ((terminal().folder or Path()) / Path(text).expanduser()).resolve()


def _print(listed: Sequence[Result], results: Results) -> None:
    if listed and results.no_match:
        say("Nothing here really matches. The nearest:", err=True)
    for rank, result in enumerate(listed, 1):
        say(f"{rank:>4}  {_row(result, results)}")


def _row(result: Result, results: Results) -> str:
    score = f"{result.hit.score:.3f}  {_word(result, results):<6}  " if results.scored else ""
    return f"{score}{f'×{result.count}' if result.count > 1 else '':<4}  {utf8_safe(result.record.path)}"


def _word(result: Result, results: Results) -> str:
    if result.by_name:
        return "name"
    return "kind" if results.of_kind and result.band is Band.WEAK else result.band or ""


def _notes(results: Results, hidden: int, text: str) -> list[str]:
    notes = list(map(utf8_safe, results.notes))
    if location := pasted_location(text):
        notes.append(f"There is no picture at {printable(location)}: it was read as words.")
    if hidden:
        whose = "1 of the nearest does" if hidden == 1 else f"{hidden:,} of the nearest do"
        notes.append(f"{whose} not match that well. Leave out --min-match to see all.")
    if len(results.results) < results.total:
        notes.append(f"{len(results.results):,} of {results.total:,} shown; -k {ALL_RESULTS} shows more.")
    if results.read_text is not None:
        notes.append(f"Your text is longer than the model can read. It searched for: {utf8_safe(results.read_text)}")
    if any(result.by_name for result in results.results):
        notes.append("Those marked “name” match only by file name: the starter model does not see it in the pictures.")
    if results.of_kind:
        notes.append(
            "Most pictures here are of this kind. Which of those marked “kind” show exactly this is uncertain."
        )
    if offered := suggest_rewrite(text):
        notes.append(f"The model does not understand negation. Try: {offered}")
    if not results.searched and open_services().index.count():
        notes.append("No pictures match these conditions.")
    elif not results.searched:
        notes.append(f"Nothing is indexed yet. Add pictures: {command('ingest FOLDER')}")
    return notes


def names_picture(text: str) -> bool:
    """Whether the text is a URL, or the path of a file that is a picture by its name."""
    location = pasted_location(text) or text
    if is_url(location):
        return True
    files = [path for path in _paths(location) if is_file(path)]
    if not files:
        return False
    from core.images.files import has_picture_suffix  # asks Pillow

    return any(has_picture_suffix(path.name) for path in files)


def _paths(location: str) -> list[Path]:
    with suppress(RuntimeError, ValueError):  # no home folder, no path
        return [_resolved(spelling) for spelling in spellings(location)]
    return []


def dropped(image: str) -> str:
    """The content hash of a picture file, kept like one that was dropped on the page."""
    data, name = _read(pasted_location(image) or image)
    services, digest = open_services(), content_hash(data)
    return digest if services.record(digest) else services.queries.add(data, name).id


def _read(location: str) -> tuple[bytes, str]:
    """The picture there, and what it is called."""
    if is_url(location):
        return terminal().fetched(location)
    from core.images.reading.content import read_bytes

    path = next((path for path in _paths(location) if is_there(path)), None)
    if path is None:
        raise UnreadableImage(f"{printable(location)} does not exist.", "Check the path.")
    return read_bytes(path), path.name
