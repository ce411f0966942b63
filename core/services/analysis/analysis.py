"""All analyses of a collection: the map, the overview, quality and picks here, the others in the modules beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.ingest.analysis import Analysis
from core.services.analysis.comparing import ComparisonServices
from core.services.analysis.labels import LabelServices
from core.services.once import Once

if TYPE_CHECKING:
    from core.analysis.map.maps import Maps
    from core.analysis.map.naming.given import ClusterNames
    from core.analysis.map.selections import Selections
    from core.analysis.overview.report import Overviews
    from core.analysis.picks.picks import Picks
    from core.analysis.quality.report import QualityReports

JOBS = {
    "quality": "_quality_scan",
    "duplicates": "find_duplicates",
    "map": "_map_analysis",
    "classes": "class_scan",
    "labels": "label_scan",
    "overview": "_overview_scan",
    "compare": "_comparison",
}
"""What jobs carry out, by the names of the analyses."""

_FOLLOWED = [name for name in JOBS if name != "compare"]  # which is of one moment
_PATIENCE = 30.0
"""Seconds to wait until it is known what scores mean, where pictures are picked of a search."""


class AnalysisServices(LabelServices, ComparisonServices):
    """Of one collection. Building it does no I/O, and imports no analysis."""

    @Once
    def map(self) -> "Maps":
        """All pictures in a plane."""
        from core.analysis.map.maps import Maps

        services = self._services
        return Maps(
            services.index,
            self.kept,
            lambda: services.library,
            lambda search, limit: services.search(search, 0, limit),
            services.resolved,
            lambda: self._cluster_names,
            lambda: self._selections,
        )

    @Once
    def _cluster_names(self) -> "ClusterNames":
        from core.analysis.map.naming.given import ClusterNames

        return ClusterNames(self._database, self._services.scope)

    @Once
    def _selections(self) -> "Selections":
        from core.analysis.map.selections import Selections

        return Selections(self._database, self._services.scope)

    @Once
    def picks(self) -> "Picks":
        """So many pictures of many."""
        from core.analysis.picks.picks import Picks

        services = self._services
        return Picks(
            services.index,
            lambda search, limit: services.search(search, 0, limit, _PATIENCE),
            services.resolved,
        )

    @Once
    def _map_analysis(self) -> Analysis:
        from core.analysis.map.building import MapAnalysis

        services = self._services
        return MapAnalysis(services.index, self.kept, lambda: self._cluster_names, services.read_bank)

    @Once
    def _quality_scan(self) -> Analysis:
        from core.analysis.quality.scan import QualityScan

        services = self._services
        return QualityScan(services.index, self.kept, services.thumbnails, services.read)

    @Once
    def quality(self) -> "QualityReports":
        """Pictures that are blurred, dark, nearly blank."""
        from core.analysis.quality.report import QualityReports

        return QualityReports(self._services.index, self.kept)

    @Once
    def overview(self) -> "Overviews":
        """What the collection holds, on one page."""
        from core.analysis.overview import beside
        from core.analysis.overview.report import Overviews

        told = {
            "quality": lambda: beside.quality(self.quality),
            "duplicates": lambda: beside.duplicates(self.duplicates),
            "clusters": lambda: beside.clusters(self.map),
        }
        return Overviews(self._services.index, self.kept, self._services.facets, told)

    @Once
    def _overview_scan(self) -> Analysis:
        from core.analysis.overview.scan import OverviewScan

        services = self._services
        return OverviewScan(services.index, self.kept, services.model.load_for_job, self._learned)

    def select(self, ids: Sequence[str]) -> str:
        """Keep for a while which pictures these are; returns the condition that finds them."""
        from core.index.chosen.ids import IdSet

        return self.map.selections.add(IdSet(ids)).filter

    def get(self, name: str) -> Analysis:
        """As `Analyses.get`."""
        found: Analysis = getattr(self, JOBS[name])
        return found

    def followed(self) -> list[str]:
        """As `Analyses.followed`."""
        return [name for name in _FOLLOWED if self.kept.is_made(name)]
