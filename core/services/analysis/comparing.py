"""Two sides of a collection, or of two collections, and how they differ."""

from typing import TYPE_CHECKING

from core.access.actors import APP, Actor
from core.errors import JobRefused
from core.ingest.analysis import Analysis
from core.services.analysis.parts import AnalysisParts
from core.services.once import Once

if TYPE_CHECKING:
    from core.analysis.compare.report import Comparisons
    from core.analysis.compare.sides import Side
    from core.index.filters import Filter
    from core.services.services import Services


class ComparisonServices(AnalysisParts):
    """Compared by a job; read again when they are asked for."""

    @Once
    def _comparison(self) -> Analysis:
        from core.analysis.compare.scan import CompareScan

        services = self._services
        load, index_of = services.model.load_for_job, lambda name: self._of(name).index
        return CompareScan(services.index, self.kept, index_of, load, self._learned, self._resolved)

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
