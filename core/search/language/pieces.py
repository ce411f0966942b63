"""Typed text in pieces: words, conditions, signs, and the brackets and operators that join conditions.

Brackets and operators are such beside conditions only: in `a cat (asleep)` and `sink or swim` they are words.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from core.errors import InvalidQuery
from core.search.language.conditions import is_condition, is_key, joined, named
from core.search.language.quotes import DASHES, MARKS, QUOTED

MINUS = rf"[{DASHES}]{{1,3}}"

_TOKEN = re.compile(rf"(?:{QUOTED}|\S)+")
_QUOTED = re.compile(QUOTED)
_SIGN = re.compile(rf"\+|{MINUS}")
_COLON = re.compile(rf":(?:[\w<>≥≤=*?.~/{MARKS}]).*|:", re.DOTALL)  # no smiley
_OPENING = re.compile(rf"({MINUS})?\(")


class Kind(Enum):
    WORD = auto()
    CONDITION = auto()
    SIGN = auto()
    """`+` or a minus."""
    OPEN = auto()
    """A bracket, perhaps with a minus before it."""
    CLOSE = auto()
    OR = auto()
    AND = auto()
    NOT = auto()
    AWAY = auto()
    """Several words in brackets with a minus before them; the text is what is between."""


_OPERATORS = {"or": Kind.OR, "|": Kind.OR, "||": Kind.OR, "and": Kind.AND, "&": Kind.AND, "&&": Kind.AND}
_OPERATORS |= {"not": Kind.NOT, "!": Kind.NOT}


@dataclass(slots=True)
class Piece:
    kind: Kind
    text: str
    token: int
    """Which of what stands between blanks it is part of."""

    @property
    def excluded(self) -> bool:
        return self.text.startswith(tuple(DASHES))


def pieces(text: str) -> list[Piece]:
    """
    Raises:
        InvalidQuery: a bracket around conditions is not closed.
    """
    closed_up = _closed_up(list(_cut(_TOKEN.findall(text))))
    found = list(_merged(closed_up, _range))
    settled = _settled(found, _brackets(found))
    return list(_operators(list(_merged(settled, _whole))))


def _cut(tokens: Sequence[str]) -> Iterator[Piece]:
    for at, token in enumerate(tokens):
        if _SIGN.fullmatch(token):
            yield Piece(Kind.SIGN, token, at)
            continue
        while bracket := _OPENING.match(token):
            yield Piece(Kind.OPEN, bracket[0], at)
            token = token[bracket.end() :]
        bare = _QUOTED.sub("", token)
        closing = max(0, min(bare.count(")") - bare.count("("), len(token) - len(token.rstrip(")"))))
        if inner := token[: len(token) - closing]:
            yield Piece(Kind.CONDITION if is_condition(inner) else Kind.WORD, inner, at)
        yield from (Piece(Kind.CLOSE, ")", at) for _ in range(closing))


def _closed_up(found: Sequence[Piece]) -> Iterator[Piece]:
    """Without the blanks around the colon of a condition: `label: cat`, `label : cat`."""
    at = 0
    while at < len(found):
        piece, at = found[at], at + 1
        if is_key(piece.text) and _begins_value(found, at):
            piece, at = _closed(piece, found[at]), at + 1
        if piece.kind is Kind.CONDITION and is_key(piece.text[:-1]) and _is_value(found, at):
            piece, at = _closed(piece, found[at]), at + 1
        yield piece


def _closed(one: Piece, other: Piece) -> Piece:
    return Piece(Kind.CONDITION, one.text + other.text, other.token)


def _begins_value(found: Sequence[Piece], at: int) -> bool:
    """Whether a colon stands there, and something after it."""
    if at == len(found) or found[at].kind is not Kind.WORD or not _COLON.fullmatch(found[at].text):
        return False
    return found[at].text != ":" or _is_value(found, at + 1)


def _is_value(found: Sequence[Piece], at: int) -> bool:
    if at == len(found) or found[at].kind is not Kind.WORD or found[at].token == found[at - 1].token:
        return False
    return found[at].text.lower() not in _OPERATORS and not found[at].excluded


def _merged(found: Iterable[Piece], merge: Callable[[Piece, Piece], Piece | None]) -> Iterator[Piece]:
    """Neighbours made one as far as `merge` does so: what it returns may go on with the next."""
    last: Piece | None = None
    for piece in found:
        whole = merge(last, piece) if last else None
        if last and not whole:
            yield last
        last = whole or piece
    if last:
        yield last


def _range(one: Piece, other: Piece) -> Piece | None:
    """A range goes on after a blank: `size:< 2 MB`."""
    whole = joined(one.text, other.text) if other.kind is Kind.WORD else None
    return Piece(Kind.CONDITION, whole, other.token) if whole else None


def _whole(one: Piece, other: Piece) -> Piece | None:
    """What a bracket that joins nothing had cut: `cat(s)`."""
    if one.token != other.token or not {one.kind, other.kind} <= {Kind.WORD, Kind.CONDITION}:
        return None
    text = one.text + other.text
    return Piece(Kind.CONDITION if is_condition(text) else Kind.WORD, text, other.token)


def _brackets(found: Sequence[Piece]) -> dict[int, int]:
    """The places of the brackets that hold conditions, and of words that are excluded: of each the closing one.

    Raises:
        InvalidQuery: one of them is not closed.
    """
    pairs: dict[int, int] = {}
    unclosed: list[int] = []
    holding: set[int] = set()  # brackets with conditions in them
    for at, piece in enumerate(found):
        if piece.kind is Kind.OPEN:
            unclosed.append(at)
        elif piece.kind is Kind.CONDITION:
            holding.update(unclosed[-1:])
        elif piece.kind is Kind.CLOSE and unclosed:
            opened = unclosed.pop()
            if opened in holding:
                holding.update(unclosed[-1:])
            if opened in holding or (found[opened].excluded and _is_phrase(found, opened, at)):
                pairs[opened] = at
    for at in holding.intersection(unclosed):
        raise InvalidQuery(f"The bracket before {named(found[at + 1].text)} is not closed.", "Close it.")
    return pairs


def _is_phrase(found: Sequence[Piece], opened: int, closed: int) -> bool:
    """Whether there are only words between, and blanks around."""
    alone = opened == 0 or found[opened - 1].token != found[opened].token
    ends = closed + 1 == len(found) or found[closed + 1].token != found[closed].token
    return alone and ends and closed > opened + 1 and all(one.kind is Kind.WORD for one in found[opened + 1 : closed])


def _settled(found: Sequence[Piece], pairs: dict[int, int]) -> Iterator[Piece]:
    """Brackets that join nothing are words."""
    kept = {*pairs, *pairs.values()}
    past, last = -1, None
    for at, piece in enumerate(found):
        if at <= past:
            continue
        if at in pairs and _is_phrase(found, at, pairs[at]):
            past = pairs[at]
            piece = Piece(Kind.AWAY, " ".join(one.text for one in found[at + 1 : past]), piece.token)
        elif at not in kept and piece.kind in (Kind.OPEN, Kind.CLOSE):
            if last and last.kind is Kind.CLOSE and last.token == piece.token:
                raise InvalidQuery("There is a bracket too many.", "Remove it, or put it in quotes.")
            piece = Piece(Kind.WORD, piece.text, piece.token)
        yield piece
        last = piece


def _operators(found: Sequence[Piece]) -> Iterator[Piece]:
    begins = [*begins_condition(found), False]
    for at, piece in enumerate(found):
        operator = _OPERATORS.get(piece.text.lower()) if piece.kind is Kind.WORD else None
        beside = begins[at + 1] or (at > 0 and found[at - 1].kind in (Kind.CONDITION, Kind.CLOSE))
        if operator and (begins[at + 1] if operator is Kind.NOT else beside):
            piece.kind = operator
        yield piece


def begins_condition(found: Sequence[Piece]) -> list[bool]:
    """For each piece whether a condition stands there, perhaps after what turns it round."""
    begins = [False]
    for piece in reversed(found):
        turns = piece.kind in (Kind.SIGN, Kind.NOT) or _OPERATORS.get(piece.text.lower()) is Kind.NOT
        begins.append(piece.kind in (Kind.CONDITION, Kind.OPEN) or (turns and begins[-1]))
    return begins[:0:-1]
