"""What is found out about a collection as a whole, each analysis built when it is first asked for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.analysis.kept import KeptAnalyses
from core.ingest.analysis import Analysis
from core.services.once import Once, Opening

if TYPE_CHECKING:
    from core.analysis.quality.report import QualityReports
    from core.services.services import Services


class AnalysisServices(Opening):
    """Of one collection. Building it does no I/O, and imports no analysis."""

    def __init__(self, services: "Services") -> None:
        super().__init__()
        self._services = services

    @Once
    def kept(self) -> KeptAnalyses:
        """What was found, on disk."""
        return KeptAnalyses(self._services.settings.data_dir / "analysis", self._services.index)

    @property
    def by_name(self) -> Mapping[str, Analysis]:
        """Those that jobs carry out."""
        from core.analysis.quality.scan import QualityScan

        services = self._services
        return {"quality": QualityScan(services.index, self.kept, services.thumbnails, services.read)}

    @Once
    def quality(self) -> "QualityReports":
        """Pictures that are blurred, dark, nearly blank."""
        from core.analysis.quality.report import QualityReports

        return QualityReports(self._services.index, self.kept)
