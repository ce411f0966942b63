"""What a model writes, as it is read: citations, and thoughts that are not part of the answer."""

import re
from collections.abc import Collection

_CITED = re.compile(r"\[(\d{1,6}(?:\s*[,;]\s*\d{1,6})*)\]")
_OPENS, _CLOSES = "<think>", "</think>"


def cited(text: str, known: Collection[int]) -> tuple[int, ...]:
    """The numbers of pictures that a text cites, as `[3]` or `[3, 5]`, each once; others are not citations."""
    found = (int(number) for group in _CITED.findall(text) for number in re.split(r"\s*[,;]\s*", group))
    return tuple(dict.fromkeys(number for number in found if number in known))


class Thoughts:
    """Takes out of a text, as it comes, what some models write down before they answer: `<think>…</think>`."""

    def __init__(self) -> None:
        self._held = ""
        self._thinks = self._begun = False

    def without(self, text: str) -> str:
        """What of a text belongs to the answer, of what came before too."""
        if self._begun:
            return text
        self._held = (self._held + text).lstrip()
        if self._thinks or self._held.startswith(_OPENS):
            self._thinks = True
            _, closed, rest = self._held.partition(_CLOSES)
            if not closed:
                return ""
            self._thinks, self._held = False, rest.lstrip()
        if not self._held or _OPENS.startswith(self._held):
            return ""
        self._begun = True
        return self._held
