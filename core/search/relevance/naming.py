"""Pictures whose file names say what is searched for: evidence of its own, beside a model that knows few things.

Astronauts are no class of the starter model's, and `astronaut.png` is found all the same. A name is what somebody has
called the picture, and no similarity: scores stay what they are, and the results say what they go by.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from core.index.filters import Filter, NameContains
from core.index.records import Hit
from core.search.options import Band, MinMatch
from core.search.query import Query
from core.search.results import Judgement
from core.text.names import folded

MAX_NAMED = 200
"""So many pictures are found by their names, at most: of more, the nearest to the query."""

_MAX_WORDS = 6  # of a query: longer ones are sentences, which are no names
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EMPTY = frozenset(
    {
        *("a", "an", "and", "at", "by", "for", "from", "in", "into", "is", "of", "on", "or", "the", "to", "with"),
        *("photo", "photograph", "picture", "image", "img", "pic", "dsc"),
    }
)
"""Words that say nothing of what is in a picture."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What names are to say."""

    words: frozenset[str]
    """All of these."""
    excluded: tuple[frozenset[str], ...] = ()
    """And of none of these all."""

    @property
    def conditions(self) -> tuple[NameContains, ...]:
        """What all such names meet, and some others: `art` is in `party`."""
        return tuple(NameContains(word) for word in sorted(self.words))

    def says(self, name: str) -> bool:
        said = _words(name.rpartition(".")[0] or name)
        return self.words <= said and not any(words <= said for words in self.excluded)


def sought(query: Query) -> Sought | None:
    """What the names of pictures are to say that the query is for; None where there are no such words, or where a
    picture is part of what is searched for."""
    if query.pictures or query.more or query.less:
        return None
    wanted = frozenset(chain.from_iterable(_words(part.text) for part in query.words if part.weight > 0))
    away = (_words(part.text) for part in query.words if part.weight < 0)
    if not 0 < len(wanted) <= _MAX_WORDS:
        return None
    return Sought(wanted, tuple(words for words in away if words))


def narrowed(where: Filter, names: Sought) -> Filter:
    return Filter((*where.conditions, *names.conditions))


def with_named(
    hits: Sequence[Hit], judgement: Judgement, named: Sequence[Hit], min_match: MinMatch
) -> tuple[Sequence[Hit], Judgement]:
    """The hits with those among them that are named so, and are neither strong nor likely by themselves, behind those
    that are: as likely ones. What no picture shows by itself matches then all the same.

    Args:
        named: Hits that are named so, the best first; also such that are too far away to be among the others.
        min_match: Where only strong matches count, a name is none.
    """
    ids = {hit.record.id: hit for hit in named}
    clear = [at for at, band in enumerate(judgement.bands) if band in (Band.STRONG, Band.LIKELY)]
    for at in clear:
        ids.pop(hits[at].record.id, None)
    if min_match is MinMatch.STRONG or not ids:
        return hits, judgement
    places = {hit.record.id: at for at, hit in enumerate(hits)}
    others = [at for at in range(len(clear), len(hits)) if hits[at].record.id not in ids]
    lifted = [hits[places[digest]] if digest in places else hit for digest, hit in ids.items()]
    strengths = [judgement.strengths[places[digest]] if digest in places else 0.0 for digest in ids]
    order = [*clear, *others]
    count = len(clear)
    return (
        [*(hits[at] for at in clear), *lifted, *(hits[at] for at in others)],
        replace(
            judgement,
            bands=_spliced([judgement.bands[at] for at in order], count, [Band.LIKELY] * len(lifted)),
            strengths=_spliced([judgement.strengths[at] for at in order], count, strengths),
            no_match=False,
            by_name=range(count, count + len(lifted)),
        ),
    )


def _spliced[T](items: list[T], at: int, more: list[T]) -> list[T]:
    return [*items[:at], *more, *items[at:]]


def _words(text: str) -> frozenset[str]:
    found = _WORD.findall(folded(_HUMP.sub(" ", text)))
    return frozenset(_singular(word) for word in found if word not in _EMPTY)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
