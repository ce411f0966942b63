"""A search as the chips of the composer, and what was done with them there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.images.describe import is_content_hash
from core.index.filters import Condition, Filter
from core.search.language.parser import format_, parse
from core.search.query import MAX_PARTS, MAX_WEIGHT, MIN_WEIGHT, Picture, Query, Region, Search, Words, clean
from core.ui.components.query import FilterTerm, Less, More, QueryImage, QueryPart, QueryWords


def to_parts(search: Search, name_of: Callable[[str], str]) -> list[QueryPart]:
    """The chips of a search.

    Args:
        name_of: What to call the picture of a content hash.
    """
    query = search.query
    return [
        *(QueryWords(words.text, words.weight) for words in query.words),
        *(QueryImage(one.content_hash, name_of(one.content_hash), one.weight, one.region) for one in query.pictures),
        *(More(digest, name_of(digest)) for digest in query.more),
        *(Less(digest, name_of(digest)) for digest in query.less),
        *(FilterTerm(format_((), Filter((condition,)))) for condition in search.where.conditions),
    ]


def with_parts(search: Search, text: str | None, parts: Sequence[object]) -> Search:
    """The search after a change in the composer; what a browser cannot have meant is left out.

    Args:
        text: What was typed, words and filter; None where only chips were changed.
        parts: All chips; of words and filter they count only where there is no text.

    Raises:
        InvalidQuery: the text cannot be read.
    """
    chips = [chip for chip in parts[:MAX_PARTS] if isinstance(chip, Mapping)]
    if text is None:
        words, conditions = tuple(_words(chips)), tuple(_conditions(chips))
    else:
        words, where = parse(text)
        conditions = where.conditions
    query = Query(words, tuple(_pictures(chips)), tuple(_hashes(chips, "more")), tuple(_hashes(chips, "less")))
    return replace(search, query=query, where=Filter(conditions))


def _words(chips: Sequence[Mapping[str, Any]]) -> Iterator[Words]:
    for chip in chips:
        match chip:
            case {"kind": "words", "text": str(text), "weight": float() | int() as weight} if clean(text):
                yield Words(clean(text), _bounded(weight))


def _conditions(chips: Sequence[Mapping[str, Any]]) -> Iterator[Condition]:
    for chip in chips:
        match chip:
            case {"kind": "filter", "text": str(text)}:
                yield from parse(text)[1].conditions


def _pictures(chips: Sequence[Mapping[str, Any]]) -> Iterator[Picture]:
    for chip in chips:
        match chip:
            case {"kind": "image", "id": str(digest), "weight": float() | int() as weight} if is_content_hash(digest):
                yield Picture(digest, _bounded(weight), _region(chip.get("region")))


def _hashes(chips: Sequence[Mapping[str, Any]], kind: str) -> Iterator[str]:
    digests = (chip.get("id") for chip in chips if chip.get("kind") == kind)
    return (digest for digest in digests if isinstance(digest, str) and is_content_hash(digest))


def _region(value: object) -> Region | None:
    match value:
        case [float() | int(), float() | int(), float() | int(), float() | int()]:
            return Region(*(min(1.0, max(0.0, round(float(side), 4))) for side in value))
    return None


def _bounded(weight: float) -> float:
    return round(min(MAX_WEIGHT, max(MIN_WEIGHT, float(weight))), 2)
