"""Names and paths as people can read them, and as answers can carry them."""

import os
import re
import unicodedata
from pathlib import Path

_MAX_NAME = 120
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")

_JOINERS = "\u200c\u200d"  # invisible, but part of how Persian and emoji are written


def printable(path: str | Path) -> str:
    """A path for people to read: what cannot be printed, such as bytes that are not UTF-8, becomes `�`."""
    text = os.fsencode(path).decode("utf-8", "replace") if _is_encodable(path) else ascii(str(path))
    return "".join(character if character.isprintable() or character in _JOINERS else "�" for character in text)


def one_line(text: str, longest: int) -> str:
    """What others say, on one line, as a part of a sentence: without a full stop, and no longer than so many
    characters."""
    return printable(" ".join(text.split()))[:longest].rstrip(".")


def utf8_safe(text: str) -> str:
    """The text as UTF-8 can carry it, unchanged but for bytes that are not UTF-8 (lone surrogates), which become `�`.

    For what answers and pages hold, which scripts may use as paths; messages take `printable`.
    """
    return _LONE_SURROGATES.sub("�", text)


def folded(text: str) -> str:
    """What names are compared by: without the difference of capitals, and of accents that are letters of their own, as
    in the names of files on a Mac (Unicode 16, section 3.13, D145; composed)."""
    if text.isascii():
        return text.casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def composed(text: str) -> str:
    """The text with accents as parts of their letters: two that look alike letter by letter are equal."""
    return unicodedata.normalize("NFC", text)


def decomposed(text: str) -> str:
    """The opposite: with accents as letters of their own."""
    return unicodedata.normalize("NFD", text)


def _is_encodable(path: str | Path) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:  # lone surrogates that no file name can hold
        return False
    return True


def display_name(sent: str) -> str:
    """A name from a client as it can be shown: no folders, nothing invisible that reorders text, not too long."""
    last = re.split(r"[/\\]", sent)[-1]
    visible = (
        " " if character.isspace() else character
        for character in last
        if character.isspace() or character in _JOINERS or not unicodedata.category(character).startswith("C")
    )
    shown = unicodedata.normalize("NFC", " ".join("".join(visible).split()))
    if len(shown) > _MAX_NAME:
        stem, suffix = os.path.splitext(shown)  # noqa: PTH122 - a name, not a path
        shown = f"{stem[: _MAX_NAME - 17]}…{suffix[:16]}"
    return shown if shown.strip(". ") else "upload"
