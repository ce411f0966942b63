"""The one textual form of a search's words and filter: `2:beach + sunset − people label:cat -folder:raw width:>=1000`.

Terms stand between ` + ` and ` − `, with blanks around, or begin with a weight; `-people` excludes that one word.
Pieces of the form `name:value` are conditions where the name is known. Everything else, and what stands in double
quotes, is words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import InvalidQuery
from core.index.filters import AnyOf, Condition, Filter
from core.search.conditions import named, read_condition, write_condition
from core.search.query import LEAST_WEIGHT, MOST_PARTS, MOST_WEIGHT, Words, clean
from core.search.quotes import MARKS, QUOTED, opens, quoted, unquoted

LONGEST = 20_000
"""Characters of a search."""

MOST_VALUES = 200
"""Of all conditions of a search together."""

_DECIMALS = 2  # of a weight

_TOKEN = re.compile(rf"(?:{QUOTED}|\S)+")
_SIGNS = {"+": 1.0, "-": -1.0, "−": -1.0}
_WORD = rf"((?:[^\W\d_]|[{MARKS}]).*)"  # not the second half of 16:9, nor that of -5
_WEIGHTED = re.compile(rf"([-−+]?)([0-9]{{0,9}}\.?[0-9]{{1,9}}):{_WORD}", re.DOTALL)
_EXCLUDED = re.compile(rf"[-−]{_WORD}", re.DOTALL)


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
        InvalidQuery: it is too long or has too many parts, a weight is out of bounds, or a condition says nothing.
    """
    if len(text) > LONGEST:
        raise InvalidQuery(f"This search has {len(text):,} characters.", f"Keep it below {LONGEST:,}.")
    terms, conditions = [current := _Term()], []
    for token in _TOKEN.findall(text):
        if token in _SIGNS:
            terms.append(current := _Term(_SIGNS[token]))
        elif condition := read_condition(token):
            conditions.append(condition)
        elif weighted := _WEIGHTED.fullmatch(token):
            if current.tokens:
                terms.append(current := _Term())
            current.weight = _weight(token, current.weight, weighted[1], weighted[2])
            current.add(weighted[3])
        elif excluded := _EXCLUDED.fullmatch(token):  # interrupts the term that it stands in
            terms.append(_Term(-1.0))
            terms[-1].add(excluded[1])
        else:
            current.add(token)
    _check_counts(sum(bool(term.tokens) for term in terms), conditions)
    words = [Words(clean(" ".join(term.tokens)), term.weight) for term in terms]
    return tuple(part for part in words if part.text), Filter(tuple(conditions))


def format_(words: Sequence[Words], where: Filter) -> str:
    """What `parse` reads these words and this filter in; UTF-8 can always carry it."""
    pieces: list[str] = []
    for part in words:
        if text := clean(part.text):
            pieces += ["−"] if part.weight < 0 else ["+"] if pieces else []
            pieces.append(_written(text, round(abs(part.weight), _DECIMALS)))
    return " ".join([*pieces, *map(write_condition, where.conditions)])


def _written(text: str, weight: float) -> str:
    prefix = "" if weight == 1 else f"{weight:g}:"
    return prefix + (text if not opens(text) and _reads_as(prefix + text, Words(text, weight)) else quoted(text))


def _reads_as(text: str, words: Words) -> bool:
    try:
        return parse(text) == ((words,), Filter())
    except InvalidQuery:
        return False


def _weight(token: str, sign: float, own_sign: str, number: str) -> float:
    weight = round(sign * _SIGNS.get(own_sign, 1.0) * float(number), _DECIMALS) + 0.0  # never -0
    if LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        return weight
    raise InvalidQuery(
        f"The weight of {named(token)} is out of bounds.",
        f"Use one from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}, as in 2:beach, or quotes to search for it as it is.",
    )


def _check_counts(terms: int, conditions: Sequence[Condition]) -> None:
    if terms > MOST_PARTS:
        raise InvalidQuery(f"This search has {terms:,} terms.", f"Keep {MOST_PARTS} of them at most.")
    values = sum(len(condition.values) if isinstance(condition, AnyOf) else 1 for condition in conditions)
    if values > MOST_VALUES:
        raise InvalidQuery(f"This search has {values:,} conditions and values.", f"Keep {MOST_VALUES} of them at most.")
