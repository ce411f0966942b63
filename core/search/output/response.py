"""Results as plain values: what the HTTP routes answer, and what the page's gallery is given."""

from collections.abc import Mapping
from typing import Literal, TypedDict

from core.index.records import Hit
from core.index.several import collection_of
from core.search.options import Band
from core.search.pasted import Pasted
from core.search.results import Result, Results
from core.text.names import utf8_safe

# Rounded, so that a result that has not changed is a message that has not changed.
_SCORE, _SHARE, _DEGREES, _MILLISECONDS = 4, 3, 6, 2


def described[T](kind: type[T]) -> type[T]:
    """What is said here stands in the API's description: pydantic's `with_config`, whose import takes longer than a
    search."""
    kind.__pydantic_config__ = {"use_attribute_docstrings": True}  # type: ignore[attr-defined]
    return kind


@described
class Duplicate(TypedDict):
    """A picture that is shown as one with another."""

    id: str
    collection: str
    """The one that it is in, where several are searched; else empty."""
    content_hash: str
    name: str
    path: str
    score: float | None


@described
class Item(Duplicate):
    """A picture. The score is a cosine similarity from -1 to 1; null if nothing was searched for."""

    folder: str
    strength: float | None
    """How far it stands out from chance, from 0 to 1; null, like `band`, if it is not judged."""
    band: Literal["strong", "likely", "weak", "none"] | None
    matches: bool | None
    """Whether its band is any but `none`; null if it is not judged yet. If nothing was searched for, all match."""
    by_name: bool
    """Whether it is `likely` only by its file name: the starter model does not see it in the picture."""
    count: int
    """How many pictures are shown as one, this one included."""
    others: list[Duplicate]
    width: int
    """In pixels, upright, as is `height`."""
    height: int
    format: str
    size: int
    """In bytes."""
    taken_at: str | None
    """By the camera's clock, without a time zone: `2024-05-17T09:30:00`."""
    camera: str
    lens: str
    gps: list[float] | None
    """Latitude and longitude in degrees."""
    frames: int
    labels: list[str]
    tags: list[str]
    splits: list[str]
    """The parts of its dataset that it is in: `train`, `val`, `test`."""
    quality: list[str]
    """What is wrong with it: `blurred`. Likewise the next, what analyses found out."""
    clusters: list[str]
    classes: list[str]
    duplicates: list[str]
    colours: list[list[str | float]]
    """The dominant colours as `#rrggbb`, each with its share of the area."""
    boxes: int
    """How many labelled boxes it has."""


@described
class Milliseconds(TypedDict):
    """How long the steps of the search took."""

    embedding: float
    index: float
    ranking: float


@described
class Answer(TypedDict):
    """A page of results."""

    results: list[Item]
    offset: int
    """How many results come before this page."""
    judged: bool
    """Whether the results are judged. For some seconds after a start they are not: what scores mean is still being
    learned."""
    matched: int | None
    """How many match, on all pages: the strong, likely and weak ones; null if they are not judged yet."""
    at_least: bool
    """Whether there may be more matches than that."""
    bands: dict[str, int]
    """How many of each band, on all pages; empty if they are not judged yet."""
    no_match: bool
    """Whether nothing really matches."""
    of_kind: bool
    """Whether the collection is about one subject, and the search is for something of it: all that is
    known of `weak` matches is that they are of this kind."""
    searched: int
    """How many pictures were searched: all that meet the conditions."""
    collapsed: int
    """How many are in the stack of another picture."""
    has_more: bool
    """Whether there are further pages within `k`."""
    total: int
    """How many results a `k` of `all` would give; pictures shown as one count once, as far as is known."""
    facets: dict[str, dict[str, int]]
    """How many matches have each value, the most frequent first; each facet as if nothing were chosen in it."""
    facets_estimated: bool
    """Whether these are estimates, to two digits: of millions of pictures some are counted."""
    duplicate_threshold: float
    """The cosine similarity from which pictures counted as look-alikes."""
    milliseconds: Milliseconds
    read_text: str | None
    """What the model read of the words, if they were too long."""
    notes: list[str]
    """Remarks in whole sentences: on values that no picture has, on words that may not do what they seem to."""
    location: str | None
    """If the whole text is the path or URL of a picture that may be read, that path or URL. It was searched
    for as words; `POST /api/v1/queries/located` takes the picture itself."""


def answer(results: Results, pasted: Pasted | None = None) -> Answer:
    """What `POST /api/v1/search` answers; all of it is JSON, whatever files are called.

    Args:
        pasted: Where the text is a path or URL.
    """
    return Answer(
        results=[item(result, results.scored) for result in results.results],
        offset=results.offset,
        judged=results.judged,
        matched=results.matched,
        at_least=results.at_least,
        bands={band.value: results.bands[band] for band in Band if band in results.bands},
        no_match=results.no_match,
        of_kind=results.of_kind,
        searched=results.searched,
        collapsed=results.collapsed,
        has_more=results.has_more,
        total=results.total,
        facets={facet: _displayed(counts) for facet, counts in results.facets.items()},
        facets_estimated=results.estimated,
        duplicate_threshold=round(float(results.duplicate_threshold), _SCORE),
        milliseconds=Milliseconds(
            embedding=round(results.timings.embedding * 1000, _MILLISECONDS),
            index=round(results.timings.index * 1000, _MILLISECONDS),
            ranking=round(results.timings.ranking * 1000, _MILLISECONDS),
        ),
        read_text=None if results.read_text is None else utf8_safe(results.read_text),
        notes=[utf8_safe(note) for note in (*([pasted.remark] if pasted else ()), *results.notes)],
        location=utf8_safe(pasted.location) if pasted and not pasted.refusal else None,
    )


def item(result: Result, scored: bool = True) -> Item:
    """One place in the list.

    Args:
        scored: Whether the score of its hit is one, rather than the 0 of records that were not searched.
    """
    record = result.record
    return Item(
        **_duplicate(result.hit, scored),
        folder=utf8_safe(record.folder),
        strength=None if result.strength is None else round(float(result.strength), _SHARE),
        band=None if result.band is None else result.band.value,
        matches=result.matches,
        by_name=result.by_name,
        count=result.count,
        others=[_duplicate(hit, scored) for hit in result.others],
        width=record.width,
        height=record.height,
        format=utf8_safe(record.format),
        size=record.size,
        taken_at=record.taken_at.isoformat() if record.taken_at else None,
        camera=utf8_safe(record.camera),
        lens=utf8_safe(record.lens),
        gps=[round(degrees, _DEGREES) for degrees in record.gps] if record.gps else None,
        frames=record.frames,
        labels=[utf8_safe(label) for label in record.labels],
        tags=[utf8_safe(tag) for tag in record.tags],
        splits=list(record.splits),
        quality=[utf8_safe(text) for text in record.quality],
        clusters=[utf8_safe(text) for text in record.clusters],
        classes=[utf8_safe(text) for text in record.classes],
        duplicates=[utf8_safe(text) for text in record.duplicates],
        colours=[[colour.rgb, round(colour.share, _SHARE)] for colour in record.colours],
        boxes=len(record.boxes),
    )


def _duplicate(hit: Hit, scored: bool) -> Duplicate:
    return Duplicate(
        id=hit.record.id,
        collection=collection_of(hit.record.id),
        content_hash=hit.record.content_hash,
        name=utf8_safe(hit.record.name),
        path=utf8_safe(hit.record.path),
        score=round(float(hit.score), _SCORE) if scored else None,
    )


def _displayed(counts: Mapping[str, int]) -> dict[str, int]:
    return {utf8_safe(value): count for value, count in counts.items()}
