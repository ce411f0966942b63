"""What analyses of a collection have in common."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.analysis.kept import KeptAnalyses
from core.services.once import Once, Opening

if TYPE_CHECKING:
    from core.database import Database
    from core.services.services import Services


class AnalysisParts(Opening):
    """Of one collection. Building it does no I/O, and imports no analysis."""

    def __init__(self, services: "Services") -> None:
        super().__init__()
        self._services = services

    @Once
    def kept(self) -> KeptAnalyses:
        """What was found, on disk."""
        services = self._services
        return KeptAnalyses(services.kept_in / "analysis", services.index, services.mirror)

    @Once
    def _database(self) -> "Database":
        from core.database import Database

        return Database(self._services.settings.journal)

    @property
    def _learned(self) -> Path:
        """Where it is kept what scores mean."""
        return self._services.settings.data_dir / "calibration"
