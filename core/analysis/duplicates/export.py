"""What was set aside, to take away: a table, or a shell script that somebody may run. The app runs none."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.analysis.duplicates.groups.catalog import ASIDE, Catalog
from core.sources.archives.archive import archive_of
from core.sources.remote.urls import is_url
from core.text.csv_file import as_csv
from core.text.names import printable, utf8_safe

type Format = Literal["csv", "move", "remove"]

FORMATS: tuple[Format, ...] = ("csv", "move", "remove")
COLUMNS = ("path", "size", "content_hash", "kept", "level")

TARGET = "set-aside"
"""The folder that files are moved to, where no other is named: beside the script's working folder."""

_HEAD = b"""#!/bin/sh
# What was set aside as duplicates. Read it before you run it.
# A file is touched only while the one that was kept in its place is still there, byte for byte as large.
set -u
failed=0
there() { [ -f "$1" ] && [ ! -L "$1" ] && [ "$(wc -c < "$1")" -eq "$2" ]; }
"""
_MOVE = b"""aside() { # file, its size, kept file, its size, where to
    if there "$1" "$2" && there "$3" "$4" && [ ! "$1" -ef "$3" ]; then
        mkdir -p -- "$5" && mv -n -- "$1" "$5/" || failed=1
    else
        printf 'Left alone: %s\\n' "$1" >&2; failed=1
    fi
}
"""
_REMOVE = b"""aside() { # file, its size, kept file, its size
    if there "$1" "$2" && there "$3" "$4" && [ ! "$1" -ef "$3" ]; then
        rm -f -- "$1" || failed=1
    else
        printf 'Left alone: %s\\n' "$1" >&2; failed=1
    fi
}
"""
_TAIL = b"exit $failed\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A file that was set aside."""

    path: str
    size: int
    content_hash: str
    kept: str = ""
    """The path of the file that is kept in its place; empty where there is none any more."""
    kept_size: int = 0
    level: str = ""
    """How alike both are."""


def lines_of(catalog: Catalog) -> Iterator[Line]:
    """All that is set aside, each beside what is kept of the group that joins the most alike."""
    facts = catalog.facts
    for record in np.flatnonzero(catalog.decisions == ASIDE).tolist():
        size, digest = int(facts.columns["size"][record]), facts.digest(int(facts.row[record])).hex()
        line = Line(facts.path(record), size, digest)
        for group in catalog.groups_of(record):
            active = [other for other in group.records if catalog.decisions[other] != ASIDE]
            if active:
                kept = group.keeper if group.keeper in active else active[0]
                sizes = int(facts.columns["size"][kept])
                line = replace(line, kept=facts.path(kept), kept_size=sizes, level=group.level.value)
                break
        yield line


def exported(lines: Iterable[Line], format_: Format, target: str = "") -> Iterator[bytes]:
    """
    Args:
        target: The folder that files are moved to; `TARGET` where it is empty.
    """
    if format_ == "csv":
        rows = ((utf8_safe(one.path), one.size, one.content_hash, utf8_safe(one.kept), one.level) for one in lines)
        return as_csv(COLUMNS, rows)
    return _script(lines, format_ == "move", target or TARGET)


def quoted(text: str | bytes) -> bytes:
    """As one word of a POSIX shell, whatever is in it."""
    return b"'" + os.fsencode(text).replace(b"'", b"'\\''") + b"'"


def _script(lines: Iterable[Line], moves: bool, target: str) -> Iterator[bytes]:
    yield _HEAD + (_MOVE if moves else _REMOVE)
    for one in lines:
        yield _command(one, target if moves else None)
    yield _TAIL


def _command(one: Line, target: str | None) -> bytes:
    if reason := _left_out(one):
        return b"# " + f"{reason}: {printable(one.path)}".encode() + b"\n"
    words = [quoted(one.path), b"%d" % one.size, quoted(one.kept), b"%d" % one.kept_size]
    if target is not None:
        folder = os.fsencode(one.path).rpartition(b"/")[0]
        words.append(quoted(_anchored(target).rstrip(b"/") + folder))
    return b"aside " + b" ".join(words) + b"\n"


def _anchored(target: str) -> bytes:
    """So that no name is taken for an option."""
    encoded = os.fsencode(target)
    return encoded if encoded.startswith(b"/") else b"./" + encoded


def _left_out(one: Line) -> str:
    """Why there is no command for it; empty where there is one."""
    for path in (one.path, one.kept):
        if path and is_url(path):
            return "At a URL"
        if path and archive_of(path):
            return "In a ZIP file"
    if "\0" in one.path + one.kept:
        return "Not a name of a file"
    return "" if one.kept else "Nothing is kept in its place"
