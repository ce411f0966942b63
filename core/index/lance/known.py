"""What every search has to know of a table: asked once for each version, not with every search."""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from core.index.lance.few import FewKept

_CONDITIONS = 64
_LONG = 1 << 20  # characters of a condition, as of one that names many rows: no other is kept beside it


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one version of a table."""

    version: int
    rows: int
    schema: pa.Schema
    counts: dict[str, int] = field(default_factory=dict)
    """How many rows meet a condition."""
    few: FewKept = field(default_factory=FewKept)

    async def count(self, table: Any, condition: str | None) -> int:
        if condition is None:
            return self.rows
        known = self.counts.get(condition)
        if known is None:
            if len(self.counts) >= _CONDITIONS or len(condition) > _LONG:
                self.counts.clear()
            known = self.counts[condition] = int(await table.count_rows(condition))
        return known


class KnownTable:
    """What is known of the newest version of a table that was asked about. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: Known | None = None

    async def now(self, table: Any) -> Known:
        """
        Args:
            table: The asynchronous side of a table.
        """
        version = await table.version()
        known = self._known
        if known is None or known.version != version or not known.rows:
            known = self._known = Known(version, await table.count_rows(), await table.schema())
        return known

    @property
    def memory(self) -> int:
        """Bytes of the rows that are kept."""
        return self._known.few.size if self._known else 0
