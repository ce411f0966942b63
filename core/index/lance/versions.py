"""A LanceDB table as it lies in its folder: whether something that was there is lost.

The engine takes a table whose list of versions is gone for none at all, and would make a new one over the rows. Where
only the newest version is gone, it takes the one before for the newest.
"""

import json
from pathlib import Path

from core.index.lance.errors import Damaged

_DATA = ("data", "_indices", "_deletions")


def check_absent(table: Path) -> None:
    """Call it where there is no such folder.

    Raises:
        Damaged: rather than made by nobody yet, it cannot be reached.
    """
    if any(path.is_symlink() and not path.exists() for path in (table, table.parent)):
        raise Damaged("its folder is a broken link")
    if any(path.exists() and not path.is_dir() for path in (table, table.parent)):
        raise Damaged("there is a file where its folder should be")


def check_nothing_lost(table: Path) -> None:
    """Call it where the engine finds no table.

    Raises:
        Damaged: there are rows of one.
    """
    if any(file.is_file() for part in _DATA for file in (table / part).rglob("*")):
        raise Damaged("the list of its versions is missing, though its rows are there")


def newest(table: Path) -> int:
    """The newest version that was written, as the engine notes it after each commit; 0 where it does not."""
    try:
        return int(json.loads((table / "_versions" / "latest_version_hint.json").read_bytes())["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def check_newest(noted: int, version: int) -> None:
    """
    Args:
        noted: What `newest` said before the table was opened.
        version: The table's.

    Raises:
        Damaged: the newest version is lost.
    """
    if version < noted:
        raise Damaged(f"its newest version is missing (number {noted}; there is number {version})")
