"""Patterns with `*` and `?`, as regular expressions that Python, LanceDB and Elasticsearch read alike."""

import re
from collections.abc import Callable, Iterable

from core.text.names import composed, decomposed, folded

MAX_PATTERN = 100
"""Characters of a pattern; and so many of a whole expression is what Elasticsearch reads, at most."""
_MAX_EXPRESSION = 1_000
_MAX_WILDCARDS = 10  # of a pattern with `*`: what stands behind one doubles the states of a matcher

_STARS = re.compile(r"\*+")
_MARKS = "\u0300-\u036f\u3099\u309a"
_ACCENTS = f"[{_MARKS}]*"
"""What may follow a letter that it was taken apart from, as in names of files on a Mac: with it it is one character."""

type Escape = Callable[[str], str]
"""Makes of a text the expression that only this text fits."""


def is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


def is_path(pattern: str) -> bool:
    """Whether it is one of a folder's whole path or address."""
    return pattern.startswith("/") or "://" in pattern


def is_bounded(pattern: str) -> bool:
    """Whether every engine can look for it."""
    wildcards = len(re.findall(r"[*?]", _STARS.sub("*", pattern)))
    return (
        len(pattern) <= MAX_PATTERN
        and ("*" not in pattern or wildcards <= _MAX_WILDCARDS)
        and len(of_folder(pattern, _longest)) <= _MAX_EXPRESSION
    )


def of_name(pattern: str, escape: Escape) -> str:
    """What a folded name fits as a whole. Names that were stored before they were composed fit it, too."""
    return _expression(folded(pattern), escape, "", lambda letter: (letter,))


def of_folder(pattern: str, escape: Escape) -> str:
    """What the path of a folder fits as a whole that is meant, or lies in one that is."""
    inner = _expression(composed(pattern), escape, "/", _cases)
    return f"{inner}(/.*)?" if is_path(pattern) else f"(.*/)?{inner}(/.*)?"


def matches_name(pattern: str, name: str) -> bool:
    return re.fullmatch(of_name(pattern, re.escape), name, re.DOTALL) is not None


def matches_folder(pattern: str, folder: str) -> bool:
    return re.fullmatch(of_folder(pattern, re.escape), folder, re.DOTALL) is not None


def _expression(pattern: str, escape: Escape, but: str, cases: Callable[[str], Iterable[str]]) -> str:
    """Args: `but` is what no wildcard stands for."""
    some = f"[^{but}{_MARKS}]{_ACCENTS}"  # no mark is both, or a matcher had to try all ways to share them out

    def read(piece: str) -> str:
        if piece == "*":
            return f"[^{but}]*" if but else ".*"
        return (
            _letter(cases(piece), escape) if piece[0] != "?" else some if piece == "?" else f"({some}){{{len(piece)}}}"
        )

    return "".join(map(read, re.findall(r"\?+|.", _STARS.sub("*", pattern), re.DOTALL)))


def _letter(cases: Iterable[str], escape: Escape) -> str:
    """A letter in each of its cases, its accent a part of it or a letter of its own."""
    forms = dict.fromkeys(form(case) for case in cases for form in (composed, decomposed))
    spelled = list(map(escape, forms))
    return spelled[0] if len(spelled) == 1 else f"({'|'.join(spelled)})"


def _cases(letter: str) -> Iterable[str]:
    return letter, letter.lower(), letter.upper(), letter.title(), letter.casefold()


def _longest(text: str) -> str:
    return "".join(f"\\{letter}" if letter.isascii() and not letter.isalnum() else letter for letter in text)
