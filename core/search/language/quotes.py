"""Double quotes in typed text: what is between them is taken as it is; a quote itself is written twice."""

import re

DASHES = "‐‑‒–—―−⁃˗➖﹘﹣－-"
"""What keyboards, phones and word processors make of a minus; the plain one last, so that a class of an expression may
end with them."""

MARKS = '"“”„'
"""Phones turn the straight ones into curved ones."""

OPENING = rf"(?<![^\s:,({DASHES}])[{MARKS}]"
"""A quote where something begins: that of `12" screen` is a letter."""

QUOTED = rf'{OPENING}(?:(?<=")(?:[^"]|"")*+"|(?<!")[^“”„]*+[“”])(?=[\s,)]|\Z)'
"""Runs over a text in linear time: what fails has only been read up to the next quote that could begin anew."""

_QUOTED = re.compile(QUOTED)
_OPENING = re.compile(OPENING)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def unquoted(text: str) -> str | None:
    """What stands between the quotes, None where the text is not in quotes as a whole."""
    if not _QUOTED.fullmatch(text):
        return None
    return text[1:-1].replace('""', '"') if text[0] == '"' else text[1:-1]


def opens(text: str) -> bool:
    """Whether a quote opens anywhere in the text, closed or not."""
    return _OPENING.search(text) is not None
