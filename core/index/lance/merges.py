"""When the parts of a table were merged, for all processes that write to it."""

from contextlib import suppress
from pathlib import Path


class Merges:
    """The version of a table that its last merge made, in a file beside it; for the one who holds the lock for writing.

    Versions count the commits of all processes, so that many short runs add up as one long run does. A merge itself
    makes dozens of them: a fixed number of versions after another one, it would be due again at once.

    Args:
        folder: The one that the table is in.
        name: The table's.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f".{name}.merged"

    def last(self, version: int) -> int:
        """The version that the last merge made; 0 where none is known.

        Args:
            version: The newest. A table that was made anew counts from 1.
        """
        with suppress(OSError, ValueError):
            merged = int(self._file.read_bytes())
            return merged if 0 < merged <= version else 0
        return 0

    def note(self, version: int) -> None:
        """Where it cannot be written, a merge comes the sooner."""
        with suppress(OSError):
            self._file.write_text(str(version), "ascii")
