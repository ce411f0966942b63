"""Labels from words, and how good those of datasets are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.access.actors import Actor
from core.ingest.analysis import Analysis
from core.services.analysis.duplicates import DuplicateServices
from core.services.once import Once

if TYPE_CHECKING:
    from core.analysis.classes.classes import Classes
    from core.analysis.classes.scoring import Scorers
    from core.analysis.classes.store import ClassLists
    from core.analysis.labels.labels import Labels
    from core.analysis.labels.leakage import Leakage


class LabelServices(DuplicateServices):
    """Leakage between splits is told by duplicates."""

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
