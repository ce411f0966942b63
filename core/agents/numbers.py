"""The numbers that pictures have for a model, by which it cites them."""

from collections.abc import Mapping


class Numbers:
    """Each picture keeps its own, however often it is found.

    Args:
        first: Of the picture that is numbered first.
        known: Numbers by the ids of pictures that have one already; what is new comes after them.
    """

    def __init__(self, first: int = 1, known: Mapping[str, int] | None = None) -> None:
        self._of = dict(known or {})
        self._next = max(self._of.values(), default=first - 1) + 1

    def of(self, id_: str) -> int:
        if id_ not in self._of:
            self._of[id_] = self._next
            self._next += 1
        return self._of[id_]

    @property
    def known(self) -> Mapping[str, int]:
        """By the ids of pictures."""
        return self._of
