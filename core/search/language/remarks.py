"""What is to be said of the words of a search: that they may not do what they seem to."""

import difflib
import re
from collections.abc import Iterator, Sequence

from core.search.language.conditions import KEYS, named
from core.search.language.english import foreign
from core.search.query import Words
from core.sources.pasted import pasted_location

_UNKNOWN = re.compile(r"(?<![^\s(])([^\W\d_][\w-]+):(?![/\\:])\S")
_OR = re.compile(r"\w\S* (?:OR|\|\|?) \S*\w")
_MEANT = {
    "path": "folder", "dir": "folder", "directory": "folder", "in": "folder", "album": "folder", "file": "name",
    "filename": "name", "title": "name", "type": "format", "ext": "format", "extension": "format", "kind": "format",
    "filetype": "format", "keyword": "tag", "keywords": "tag", "tags": "tag", "labels": "label", "class": "label",
    "object": "label", "color": "colour", "colours": "colour", "after": "taken", "before": "taken", "filesize": "size",
    "model": "camera", "make": "camera", "aspect": "shape", "resolution": "megapixels",
}  # fmt: skip
_MOST = 3


def remarks(words: Sequence[Words]) -> list[str]:
    """Sentences about what was read as words."""
    if len(words) == 1 and pasted_location(words[0].text):  # of which `core.search.pasted` tells
        return []
    found = [remark for part in words for remark in _of_one(part.text)]
    if words and not any(part.weight > 0 for part in words):
        found.append("Only what to leave out is given: the least similar come first.")
    return list(dict.fromkeys(found))[:_MOST]


def _of_one(text: str) -> Iterator[str]:
    if unknown := _UNKNOWN.search(text):
        yield _unknown(unknown[1], text[unknown.start() :].split()[0])
    if _OR.search(text):
        yield f"OR joins conditions, as in label:cat OR label:dog. In {named(text)} it was read as a word."
    if language := foreign(text):
        yield f"The model reads English. {named(text)} seems to be {language}: write it in English."


def _unknown(key: str, typed: str) -> str:
    close = difflib.get_close_matches(key.lower(), KEYS, 1, 0.7)
    meant = _MEANT.get(key.lower()) or (close[0] if close else None)
    known = f"Did you mean {meant}:?" if meant else f"Conditions begin with {', '.join(f'{one}:' for one in KEYS)}."
    return f"{named(typed)} was read as words. {known}"
