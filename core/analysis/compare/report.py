"""Comparisons that were made, as pages, programs and commands show them."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.analysis.compare.sides import Side, key_of, read_side
from core.analysis.compare.words import EVIDENCE, overlap_words, verdict_words
from core.analysis.facet_filter import condition
from core.analysis.kept import KeptAnalyses
from core.errors import InvalidQuery
from core.index.index import Index
from core.index.records import ImageRecord
from core.text.names import utf8_safe

NAME = "compare"


def checked(first: str, second: str) -> tuple[Side, Side]:
    """
    Raises:
        InvalidQuery: one cannot be read, or both are the same.
    """
    sides = read_side(first), read_side(second)
    if sides[0].text == sides[1].text:
        raise InvalidQuery("Both sides are the same.", "Choose another one for either.")
    return sides


class Comparisons:
    """
    Args:
        index_of: Gives the index of a collection by its name; "" is this one.
    """

    def __init__(self, kept: KeptAnalyses, index_of: Callable[[str], Index]) -> None:
        self._kept, self._index_of = kept, index_of

    def found(self, first: str, second: str) -> dict[str, Any] | None:
        """What came of a comparison, as JSON has it; None where it was not made yet.

        Raises:
            InvalidQuery: as `checked`.
        """
        sides = checked(first, second)
        kept = self._kept.of(NAME).noted(key_of(*(side.text for side in sides)))
        return self._plain(sides, kept) if isinstance(kept, dict) else None

    def _plain(self, sides: tuple[Side, Side], kept: Mapping[str, Any]) -> dict[str, Any]:
        concepts, told = kept["concepts"], kept["verdict"]
        return {
            "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(kept["made"])),
            "verdict": {
                "evidence": told["evidence"],
                "said": verdict_words(told),
                "chance": told["chance"],
                "told_apart": told["told_apart"],
            },
            "overlap": {**kept["overlap"], "said": overlap_words(kept["overlap"])},
            "has_concepts": kept["has_concepts"],
            "values": [_value(one) for one in kept["values"]],
            "sides": [
                {
                    **{name: utf8_safe(value) if isinstance(value, str) else value for name, value in about.items()},
                    "collection": side.collection,
                    "conditions": utf8_safe(side.conditions),
                    "concepts": [_concept(one) for one in concepts if one["second"] == bool(at)],
                    "pictures_unlike": self._pictures(side, kept["pictures"][at]),
                }
                for at, (side, about) in enumerate(zip(sides, kept["sides"], strict=True))
            ],
        }

    def _pictures(self, side: Side, found: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
        there = self._index_of(side.collection).by_content([digest for digest, _ in found]) if found else {}
        return [_picture(there[digest][0], cosine) for digest, cosine in found if digest in there]


def _concept(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "concept": one["concept"],
        "shares": [round(share, 4) for share in one["shares"]],
        "higher": round(one["higher"], 3),
        "evidence": one["evidence"],
        "said": EVIDENCE[one["evidence"]],
    }


def _value(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "facet": one["facet"],
        "value": utf8_safe(one["value"]),
        "filter": utf8_safe(condition(one["facet"], one["value"])),
        "counts": list(one["counts"]),
        "shares": [round(share, 4) for share in one["shares"]],
        "evidence": one["evidence"],
        "said": EVIDENCE[one["evidence"]],
    }


def _picture(record: ImageRecord, cosine: float) -> dict[str, Any]:
    return {
        "id": record.id,
        "content_hash": record.content_hash,
        "name": utf8_safe(record.name),
        "path": utf8_safe(record.path),
        "nearest": round(cosine, 4),
        "said": f"nearest {cosine:.2f}",
    }
