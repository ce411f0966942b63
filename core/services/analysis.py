"""What is found out about a collection as a whole, each analysis built when it is first asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.access.actors import APP, Actor
from core.analysis.kept import KeptAnalyses
from core.errors import JobRefused
from core.ingest.analysis import Analysis
from core.services.once import Once, Opening

if TYPE_CHECKING:
    from core.analysis.check.check import Check
    from core.analysis.classes.classes import Classes
    from core.analysis.classes.scoring import Scorers
    from core.analysis.classes.store import ClassLists
    from core.analysis.compare.report import Comparisons
    from core.analysis.compare.sides import Side
    from core.analysis.duplicates.duplicates import Duplicates
    from core.analysis.labels.labels import Labels
    from core.analysis.labels.leakage import Leakage
    from core.analysis.map.maps import Maps
    from core.analysis.map.naming.given import ClusterNames
    from core.analysis.map.selections import Selections
    from core.analysis.overview.report import Overviews
    from core.analysis.picks.picks import Picks
    from core.analysis.quality.report import QualityReports
    from core.database import Database
    from core.index.filters import Filter
    from core.services.services import Services

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


class AnalysisServices(Opening):
    """Of one collection. Building it does no I/O, and imports no analysis."""

    def __init__(self, services: "Services") -> None:
        super().__init__()
        self._services = services

    @Once
    def kept(self) -> KeptAnalyses:
        """What was found, on disk."""
        return KeptAnalyses(self._services.settings.data_dir / "analysis", self._services.index)

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
    def _database(self) -> "Database":
        from core.database import Database

        return Database(self._services.settings.journal)

    @Once
    def _scorers(self) -> "Scorers":
        """How well pictures fit words."""
        from core.analysis.classes.scoring import Scorers

        services = self._services
        return Scorers(lambda: services.model.load_for_job().result(), services.calibration)

    @Once
    def _class_lists(self) -> "ClassLists":
        from core.analysis.classes.store import ClassLists

        return ClassLists(self._database, self._services.scope)

    @Once
    def class_scan(self) -> Analysis:
        """Scores pictures for class lists, and gives them the classes of those that are applied."""
        from core.analysis.classes.scan import ClassScan

        return ClassScan(self._services.index, self.kept, self._class_lists, lambda: self._scorers.current())

    @Once
    def classes(self) -> "Classes":
        """Class lists: labels from words."""
        from core.analysis.classes.classes import Classes
        from core.analysis.classes.scan import NAME

        services = self._services
        return Classes(
            services.index,
            self.kept,
            self._class_lists,
            services.audit,
            lambda by: services.library.analyse(NAME, by=by),
            services.facets,
        )

    @Once
    def label_scan(self) -> Analysis:
        """Checks the labels of datasets."""
        from core.analysis.labels.scan import LabelScan

        services = self._services
        return LabelScan(services.index, self.kept, lambda: self._scorers.current(), services.read)

    @Once
    def labels(self) -> "Labels":
        """How good the labels of datasets are."""
        from core.analysis.labels.decisions import Decisions
        from core.analysis.labels.labels import Labels

        services = self._services
        return Labels(
            services.index,
            self.kept,
            Decisions(self._database, services.scope),
            services.audit,
            self._check_labels,
            self._leakage,
        )

    def _check_labels(self, by: Actor, again: bool) -> list[int]:
        from core.analysis.labels.scan import NAME

        duplicates = self.duplicates
        jobs = [duplicates.begin(by=by)] if duplicates.summary().state in ("never", "stale") else []
        return [*jobs, self._services.library.analyse(NAME, {"again": again}, by=by)]

    @Once
    def _leakage(self) -> "Leakage":
        from core.analysis.duplicates.model import Level
        from core.analysis.labels.leakage import Alike, Leakage

        levels = {"bytes": Level.SAME_BYTES, "picture": Level.SAME_PICTURE, "alike": Level.LOOK_ALIKE}

        def groups(level: str) -> Iterator[list[Alike]]:
            for group in self.duplicates.every(levels[level]) if level in levels else ():
                yield [Alike(member.record, member.cosine, member.how) for member in group.members]

        return Leakage(self._services.index, groups, self.duplicates.stamp)

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
    def duplicates(self) -> "Duplicates":
        """What it holds twice."""
        from core.analysis.duplicates.decisions.decisions import Decisions
        from core.analysis.duplicates.duplicates import Duplicates
        from core.analysis.duplicates.scan.job import NAME

        services = self._services
        return Duplicates(
            services.index,
            self.kept,
            Decisions(self._database, services.scope),
            lambda: services.thumbnails,
            lambda: services.audit,
            lambda by: services.library.analyse(NAME, by=by),
            lambda: services.library.latest_analysis(NAME),
        )

    @Once
    def find_duplicates(self) -> Analysis:
        """The scan for them, as a job."""
        from core.analysis.duplicates.scan.job import FindDuplicates

        services = self._services
        return FindDuplicates(
            services.index,
            self.kept,
            lambda: services.thumbnails,
            lambda: self.duplicates.note_all(),
            lambda: self.duplicates.changed(),
        )

    @Once
    def check(self) -> "Check":
        """Looks pictures up without adding them."""
        from core.analysis.check.check import Check
        from core.sources.factory import open_source

        services = self._services
        return Check(
            services.index,
            services.model.embedder,
            lambda: self.duplicates,
            lambda: services.thumbnails,
            open_source,
        )

    def get(self, name: str) -> Analysis:
        """As `Analyses.get`."""
        found: Analysis = getattr(self, JOBS[name])
        return found

    def followed(self) -> list[str]:
        """As `Analyses.followed`."""
        return [name for name in _FOLLOWED if self.kept.is_made(name)]

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

    @Once
    def _comparison(self) -> Analysis:
        from core.analysis.compare.scan import CompareScan

        services = self._services
        load, index_of = services.model.load_for_job, lambda name: self._of(name).index
        return CompareScan(services.index, self.kept, index_of, load, self._learned, self._resolved)

    @property
    def _learned(self) -> Path:
        """Where it is kept what scores mean."""
        return self._services.settings.data_dir / "calibration"

    @Once
    def comparisons(self) -> "Comparisons":
        """Two sides, and what one holds and the other lacks."""
        from core.analysis.compare.report import Comparisons

        return Comparisons(self.kept, lambda name: self._of(name).index)

    def compare(self, sides: "tuple[Side, Side]", *, by: Actor = APP) -> int:
        """Compare two sides in the background; returns the job's id.

        Raises:
            NoSuchCollection: one is of a collection that is not there.
            ModelMismatch: they are of collections of different models.
            JobRefused: another comparison is under way.
            AccessDenied: they may not.
        """
        from core.analysis.compare.scan import NAME, check_models

        first, second = sides
        check_models(*(self._of(side.collection).index.model() for side in sides))
        options = {"first": first.text, "second": second.text}
        latest = self._services.library.latest_analysis(NAME)
        if latest and not latest.ended and latest.analysis.options != options:
            raise JobRefused("Another comparison is under way.", "Wait until it is done, or cancel it.")
        return self._services.library.analyse(NAME, options, by=by)

    def select(self, ids: Sequence[str]) -> str:
        """Keep for a while which pictures these are; returns the condition that finds them."""
        from core.index.chosen.ids import IdSet

        return self.map.selections.add(IdSet(ids)).filter

    def _of(self, name: str) -> "Services":
        """The services of another collection; "" is this one."""
        from core.services.shared import shared

        if name in ("", self._services.name):
            return self._services
        return shared.of(name, command_line=self._services.is_command_line)

    def _resolved(self, side: "Side") -> "Filter":
        """Its conditions with values as the pictures of its collection have them."""
        from core.search.language.resolve import resolve

        return resolve(side.where, self._of(side.collection).facets())[0] if side.where.conditions else side.where
