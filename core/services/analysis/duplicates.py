"""What a collection holds twice, and what it holds of pictures from elsewhere."""

from typing import TYPE_CHECKING

from core.ingest.analysis import Analysis
from core.services.analysis.parts import AnalysisParts
from core.services.once import Once

if TYPE_CHECKING:
    from core.analysis.check.check import Check
    from core.analysis.duplicates.duplicates import Duplicates


class DuplicateServices(AnalysisParts):
    """Found, decided upon, and looked up without adding anything."""

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
