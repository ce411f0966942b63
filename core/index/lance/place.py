"""One table of a folder, as this process has it open."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.index.lance import versions
from core.index.lance.columns import ColumnCache
from core.index.lance.errors import Damaged
from core.index.lance.known import KnownTable
from core.index.lance.readers import Readers
from core.index.pointer import FIRST, table_name


class Place:
    """The table of one version, and what is kept of it in memory.

    Args:
        folder: Of all tables.
        name: Of the index.
        number: Of the version.
    """

    def __init__(self, folder: Path, name: str, number: int) -> None:
        self.number = number
        self.table_name = table_name(name, number)
        self.path = folder / f"{self.table_name}.lance"
        self.lock = folder / f".{name}.{number:06}.lock"
        self.readers = Readers(folder, self.table_name)
        self.known = KnownTable()
        self.columns = ColumnCache(plain=("id", "name_folded"))
        self.table: Any = None

    def open(self, connect: Callable[[], Any]) -> Any | None:
        """The newest version of the table; None where there is none.

        Args:
            connect: Gives the connection to the folder, which it creates.

        Raises:
            Damaged: something that was there is lost.
        """
        if not self.path.is_dir():
            self.table = None
            versions.check_absent(self.path)
            if self.number != FIRST:
                raise Damaged(f"the table of its version {self.number} is missing")
            return None
        if (table := self.table) is not None:
            with suppress(RuntimeError, ValueError):  # the table was made anew: open that
                table.checkout_latest()
                return table
        noted = versions.newest(self.path)
        try:
            table = connect().open_table(self.table_name)
        except ValueError as error:
            if "was not found" in str(error):
                versions.check_nothing_lost(self.path)
                return None
            raise
        versions.check_newest(noted, table.version)
        self.table, self.known = table, KnownTable()  # another may have taken its place, and count from 1
        return table

    def revision(self, table: Any) -> str:
        """Its folder is younger where the table was made anew, and counts its versions from 1."""
        version = "" if self.number == FIRST else f"{self.number}/"
        return f"{version}{table.version} {self.path.stat().st_mtime_ns}"
