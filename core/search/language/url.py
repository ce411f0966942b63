"""A whole search as the parameters of a URL, so that links, reload and Back give it again; and as JSON.

`q` holds words and filter as they are typed; `image` a picture as `HASH[:weight][@left,top,width,height]`, repeated;
`more` and `less` the hash of an example, repeated; `k` how many results, or `all`; `sort`, `collapse`,
`duplicate_threshold`, `diversity` and `min_match` the options that are not as usual. Links that were kept before two of
them had these names are read, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from core.errors import InvalidQuery
from core.images.describe import is_content_hash
from core.index.filters import Filter
from core.index.index import MAX_K
from core.search.language.parser import format_, parse
from core.search.options import ALL_RESULTS, FORMER_NAMES, Collapse, MinMatch, Options, Sort, member
from core.search.query import (
    MAX_PARTS,
    MAX_WEIGHT,
    MIN_WEIGHT,
    Picture,
    Query,
    Region,
    Search,
    Words,
    checked,
    clean,
)

PARAMETERS = frozenset(
    {"q", "image", "more", "less", "k", "sort", "collapse", "duplicate_threshold", "diversity", "min_match"}
)
"""What the URL of a search consists of."""

KNOWN_PARAMETERS = PARAMETERS | set(FORMER_NAMES.values())
"""With those that links of before consist of."""

COLLECTION = "collection"
"""Says in which collection is searched: part of every URL of the app, and of no search."""

type Params = Mapping[str, Sequence[str]]

_USUAL = Options()
_DECIMALS = 4
_MAX_DIGITS = 20  # characters


def to_params(search: Search) -> dict[str, list[str]]:
    """Without what is empty or as usual."""
    query = search.query
    changed = {name: value for name, value in _plain(search.options).items() if value != getattr(_USUAL, name)}
    params = {
        "q": [text] if (text := format_(query.words, search.where)) else [],
        "image": [_write_picture(picture) for picture in query.pictures],
        "more": list(query.more),
        "less": list(query.less),
        "k": [write_k(search.k)] if search.k else [],
        **{name: [value if isinstance(value, str) else _write(value)] for name, value in changed.items()},
    }
    return {name: values for name, values in params.items() if values}


def from_params(params: Params) -> Search:
    """What `to_params` wrote. What is malformed is left out, and what is beyond `MAX_PARTS`."""
    words, where = _typed(_last(params, "q"))
    pictures = _parts(words, [picture for text in _first(params, "image") if (picture := _read_picture(text))])
    more = _parts((*words, *pictures), list(filter(is_content_hash, _first(params, "more"))))
    less = _parts((*words, *pictures, *more), list(filter(is_content_hash, _first(params, "less"))))
    return Search(Query(words, pictures, more, less), where, _options(params), read_k(_last(params, "k")))


def to_json(search: Search) -> dict[str, Any]:
    """The body that `POST /api/v1/search` takes for it."""
    query = search.query
    return {
        "text": format_(query.words, search.where),
        "images": [
            {"image": one.content_hash, "weight": one.weight, "region": list(one.region) if one.region else None}
            for one in query.pictures
        ],
        "more": list(query.more),
        "less": list(query.less),
        "k": search.k,
        **_plain(search.options),
    }


def read_k(text: str) -> int | None:
    """How many results: a number from 1 to `MAX_K`, or `all`, which is `MAX_K`; None where it is neither."""
    if text == ALL_RESULTS:
        return MAX_K
    # Python would read any digits of Unicode, and millions of them.
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS else 0
    return number if 1 <= number <= MAX_K else None


def write_k(k: int) -> str:
    return ALL_RESULTS if k >= MAX_K else str(k)


def _plain(options: Options) -> dict[str, Any]:
    return {name: value.value if isinstance(value, StrEnum) else value for name, value in asdict(options).items()}


def _typed(text: str) -> tuple[tuple[Words, ...], Filter]:
    try:
        return parse(text)
    except InvalidQuery:
        return tuple(Words(literal) for literal in [clean(text)] if literal), Filter()


def _options(params: Params) -> Options:
    return Options(
        collapse=member(Collapse, _last(params, "collapse"), _USUAL.collapse),
        duplicate_threshold=_read(_renamed(params, "duplicate_threshold"), 0.0, 1.0) or _USUAL.duplicate_threshold,
        diversity=_read(_last(params, "diversity"), 0.0, 1.0) or _USUAL.diversity,
        min_match=member(MinMatch, _renamed(params, "min_match"), _USUAL.min_match),
        sort=member(Sort, _last(params, "sort"), _USUAL.sort),
    )


def _renamed(params: Params, name: str) -> str:
    return _last(params, name) or _last(params, FORMER_NAMES[name])


def _parts[P](before: Sequence[object], parts: Sequence[P]) -> tuple[P, ...]:
    """Each once, and as many as there is room for."""
    return tuple(dict.fromkeys(parts))[: MAX_PARTS - len(before)]


def _first(params: Params, name: str) -> Sequence[str]:
    return params.get(name, ())[:MAX_PARTS]


def _last(params: Params, name: str) -> str:
    return params[name][-1] if params.get(name) else ""


def _write_picture(picture: Picture) -> str:
    weight = "" if picture.weight == 1 else f":{_write(picture.weight)}"
    region = f"@{','.join(map(_write, picture.region))}" if picture.region else ""
    return f"{picture.content_hash}{weight}{region}"


def _read_picture(text: str) -> Picture | None:
    head, _, sides = text.partition("@")
    digest, _, number = head.partition(":")
    if not is_content_hash(digest):
        return None
    weight = _read(number, MIN_WEIGHT, MAX_WEIGHT)
    return Picture(digest, 1.0 if weight is None else weight, _read_region(digest, sides))


def _read_region(digest: str, text: str) -> Region | None:
    sides = [side for part in text.split(",", 4) if (side := _read(part, 0.0, 1.0)) is not None]
    if text.count(",") != 3 or len(sides) != 4:
        return None
    region = Region(*sides)
    try:
        checked(Query(pictures=(Picture(digest, region=region),)))
    except InvalidQuery:
        return None
    return region


def _write(number: float) -> str:
    return f"{round(number, _DECIMALS):g}"


def _read(text: str, least: float, most: float) -> float | None:
    try:
        number = float(text[:_MAX_DIGITS])
    except ValueError:
        return None
    return round(number, _DECIMALS) if least <= number <= most else None
