"""The path or URL of a file, as it is pasted where words are asked for."""

import os
import re
from collections.abc import Sequence
from urllib.parse import unquote

_PAIRS = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“", "‘": "’", "«": "»", "<": ">"}
_LOCATION = re.compile(
    r"""(?: [a-z][a-z0-9+.-]+:// | file:/  # a URL
          | (?:~[\w.-]*|\.{1,2})? /        # a path, of the home folder of somebody, or of where the app was started
          | [a-z]:[\\/] | \\\\             # a drive or a server, as Windows writes them
          | ~\\ ) \S .*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_DRIVE = re.compile(r"/[a-z]:[\\/]", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")


def pasted_location(text: str) -> str | None:
    """The path or URL that the whole text is, without the quotes around it; a `file:` URL as the path that it stands
    for. None where the text is words."""
    plain = _bare(text)
    if not _LOCATION.fullmatch(plain):
        return None
    return _path(plain) if plain.lower().startswith("file:") else plain


def spellings(path: str) -> Sequence[str]:
    """A path as it was pasted, and where a terminal has put a backslash before its blanks and brackets, without."""
    plain = _ESCAPED.sub(r"\1", path)
    return [path] if plain == path or os.sep == "\\" else [path, plain]


def _bare(text: str) -> str:
    plain = text.strip()
    while len(plain) >= 2 and _PAIRS.get(plain[0]) == plain[-1]:  # as file managers and letters write it
        plain = plain[1:-1].strip()
    return plain


def _path(url: str) -> str:
    rest = unquote(url[len("file:") :], errors="surrogateescape")
    if not rest.startswith("//"):
        return rest
    host, slash, path = rest[2:].partition("/")
    if host.startswith("~"):  # no URL that anything writes, but people do
        return f"{host}{slash}{path}"
    if host.lower() not in ("", "localhost"):
        return rest
    return path if _DRIVE.match(f"/{path}") else f"/{path}"
