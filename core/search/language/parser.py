"""The one textual form of a search's words and filter: `2:beach + sunset − people label:cat -folder:raw width:>=1000`.

Terms stand between ` + ` and ` − `, with blanks around, or begin with a weight; `-people` excludes that one word.
Pieces of the form `name:value` are conditions where the name is known. They must all hold, but for those that `OR`
joins: `(label:cat OR tag:pet) -folder:raw`. Everything else, and what stands in double quotes, is words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import InvalidQuery
from core.index.filters import AnyOf, Condition, Filter, Selected, simple
from core.search.language.conditions import named, read_condition, write_condition
from core.search.language.groups import Conditions, either, opposite
from core.search.language.pieces import MINUS, Kind, Piece, begins_condition, pieces
from core.search.language.quotes import DASHES, MARKS, opens, quoted, unquoted
from core.search.query import MAX_PARTS, MAX_WEIGHT, MIN_WEIGHT, Words, clean

LONGEST = 20_000
"""Characters of a search."""

MAX_VALUES = 200
"""Of all conditions of a search together."""

MAX_DEPTH = 8
"""Of brackets within brackets."""

_DECIMALS = 2  # of a weight

_WORD = rf"((?:[^\W\d_]|[{MARKS}]).*)"  # not the second half of 16:9, nor that of -5
_WEIGHTED = re.compile(rf"({MINUS}|\+|)([0-9]{{0,9}}\.?[0-9]{{1,9}}):{_WORD}", re.DOTALL)
_EXCLUDED = re.compile(rf"{MINUS}{_WORD}", re.DOTALL)
_BESIDE = " width:1"  # any condition


@dataclass(slots=True)
class _Term:
    weight: float = 1.0
    tokens: list[str] = field(default_factory=list)

    def add(self, token: str) -> None:
        inner = unquoted(token)
        self.tokens.append(token if inner is None else inner)


def parse(text: str) -> tuple[tuple[Words, ...], Filter]:
    """
    Raises:
        InvalidQuery: it is too long or has too many parts, a weight is out of bounds, a condition says nothing, or
            what joins conditions stands elsewhere.
    """
    if len(text) > LONGEST:
        raise InvalidQuery(f"This search has {len(text):,} characters.", f"Keep it below {LONGEST:,}.")
    reader = _Reader(pieces(text))
    conditions = reader.conditions(depth=0)
    terms = [term for term in reader.terms if term.tokens]
    _check_counts(len(terms), conditions)
    words = [Words(clean(" ".join(term.tokens)), term.weight) for term in terms]
    return tuple(part for part in words if part.text), Filter(conditions)


def format_(words: Sequence[Words], where: Filter) -> str:
    """What `parse` reads these words and this filter in; UTF-8 can always carry it."""
    plain, safe = (_written(words, where, strictly) for strictly in (False, True))
    return plain if plain == safe or _read(plain) == _read(safe) else safe


def _written(words: Sequence[Words], where: Filter, strictly: bool) -> str:
    found: list[str] = []
    for part in words:
        if text := clean(part.text):
            found += ["−"] if part.weight < 0 else ["+"] if found else []
            found.append(_term(text, round(abs(part.weight), _DECIMALS), strictly))
    return " ".join([*found, *map(write_condition, where.conditions)])


def _term(text: str, weight: float, strictly: bool) -> str:
    """In quotes where it would be read otherwise: strictly, whatever it may stand beside."""
    prefix, beside = "" if weight == 1 else f"{weight:g}:", _BESIDE if strictly else ""
    quotes = prefix + quoted(text)
    if strictly and opens(text):
        return quotes
    return prefix + text if _read(prefix + text + beside) == _read(quotes + beside) else quotes


def _read(text: str) -> tuple[tuple[Words, ...], Filter] | None:
    try:
        return parse(text)
    except InvalidQuery:
        return None


class _Reader:
    """Goes through the pieces once; the words on its way are in `terms`."""

    def __init__(self, found: Sequence[Piece]) -> None:
        self._pieces = found
        self._begins = begins_condition(found)
        self._at = 0
        self._term = _Term()
        self.terms = [self._term]

    def conditions(self, depth: int) -> Conditions:
        """What must all hold, up to the end or the closing bracket."""
        found: list[Conditions] = []
        while (piece := self._next) and piece.kind is not Kind.CLOSE:
            if self._begins_condition():
                found.append(self._alternatives(depth))
            elif depth:
                raise _misplaced(piece)
            else:
                self._word(piece)
        return tuple(condition for some in found for condition in some)

    def _alternatives(self, depth: int) -> Conditions:
        found = [self._together(depth)]
        while self._takes(Kind.OR):
            found.append(self._together(depth))
        return either(found)

    def _together(self, depth: int) -> Conditions:
        found = list(self._one(depth))
        while self._takes(Kind.AND) and (self._begins_condition() or depth):
            found += self._one(depth)
        return tuple(found)

    def _one(self, depth: int) -> Conditions:
        piece = self._next
        if piece is None or not self._begins_condition():
            raise _misplaced(piece)
        self._at += 1
        if piece.kind in (Kind.SIGN, Kind.NOT):
            excluded = piece.kind is Kind.NOT or piece.excluded
            return opposite(self._one(depth)) if excluded else self._one(depth)
        if piece.kind is Kind.OPEN:
            return self._group(piece, depth + 1)
        condition = read_condition(piece.text)
        return (condition,) if condition else ()

    def _group(self, opening: Piece, depth: int) -> Conditions:
        if depth > MAX_DEPTH:
            raise InvalidQuery("There are too many nested brackets.", f"Keep it to {MAX_DEPTH}.")
        inner = self.conditions(depth)
        self._at += 1  # `pieces` has seen to it that it is closed
        return opposite(inner) if opening.excluded else inner

    def _word(self, piece: Piece) -> None:
        self._at += 1
        match piece.kind:
            case Kind.SIGN:
                self._begin(-1.0 if piece.excluded else 1.0)
            case Kind.AWAY:
                self.terms.append(_Term(-1.0, [piece.text]))
            case Kind.OR:
                raise _misplaced(piece)
            case Kind.WORD:
                self._add(piece.text)
            # AND says nothing there, for all must hold anyway.

    def _add(self, text: str) -> None:
        if weighted := _WEIGHTED.fullmatch(text):
            if self._term.tokens:
                self._begin(1.0)
            self._term.weight = _weight(text, self._term.weight, weighted[1], weighted[2])
            self._term.add(weighted[3])
        elif excluded := _EXCLUDED.fullmatch(text):  # interrupts the term that it stands in
            self.terms.append(_Term(-1.0))
            self.terms[-1].add(excluded[1])
        else:
            self._term.add(text)

    def _begin(self, weight: float) -> None:
        self._term = _Term(weight)
        self.terms.append(self._term)

    @property
    def _next(self) -> Piece | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _takes(self, kind: Kind) -> bool:
        taken = (piece := self._next) is not None and piece.kind is kind
        self._at += taken
        return taken

    def _begins_condition(self) -> bool:
        return self._at < len(self._begins) and self._begins[self._at]


def _misplaced(piece: Piece | None) -> InvalidQuery:
    said = (
        f"{named(piece.text)} is not a condition" if piece and piece.kind is not Kind.OR else "A condition is missing"
    )
    return InvalidQuery(
        f"{said} next to OR or in brackets.",
        "These join conditions, as in label:cat OR label:dog. To search for the words, put them in quotes.",
    )


def _weight(token: str, sign: float, own_sign: str, number: str) -> float:
    own = -1.0 if own_sign.startswith(tuple(DASHES)) else 1.0
    weight = round(sign * own * float(number), _DECIMALS) + 0.0  # never -0
    if MIN_WEIGHT <= weight <= MAX_WEIGHT:
        return weight
    raise InvalidQuery(
        f"The weight of {named(token)} is out of range.",
        f"Use one from {MIN_WEIGHT:g} to {MAX_WEIGHT:g}, as in 2:beach, or quotes to search for it as typed.",
    )


def _check_counts(terms: int, conditions: Conditions) -> None:
    if terms > MAX_PARTS:
        raise InvalidQuery(f"This search has {terms:,} terms.", f"Keep {MAX_PARTS} at most.")
    values = sum(map(_size, simple(Filter(conditions))))
    if values > MAX_VALUES:
        raise InvalidQuery(f"This search has {values:,} conditions and values.", f"Keep {MAX_VALUES} at most.")


def _size(condition: Condition) -> int:
    match condition:
        case AnyOf(values=several) | Selected(names=several):
            return len(several)
    return 1
