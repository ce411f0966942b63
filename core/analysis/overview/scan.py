"""The overview as a job: what takes longer than a page may take is gathered, and kept."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.analysis.kept import KeptAnalyses
from core.analysis.neighbours.graph import Neighbours, neighbours
from core.analysis.overview.concept_search import ConceptSearch
from core.analysis.overview.facts import Gathering
from core.analysis.overview.pictures import Ranking, outliers, typical
from core.analysis.overview.presence import Presence, expectations
from core.analysis.reports import Reports
from core.embedding.embedder import Embedder
from core.errors import ModelMismatch, ModelUnavailable
from core.index.index import Index
from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Counts, Phase, Progress
from core.search.relevance.concepts import CONCEPTS

NAME = "overview"
FOUND = "found"
EDITION = 1
"""Raised when more is gathered than before."""

_log = logging.getLogger(__name__)


class OverviewScan:
    """
    Args:
        load: Has the model loaded: what pictures show is told by searches.
        learned: The folder where it is kept what scores mean.
    """

    name = NAME
    title = "Sum up the collection"

    def __init__(self, index: Index, kept: KeptAnalyses, load: Callable[[], "Future[Embedder]"], learned: Path) -> None:
        self._index, self._kept, self._load, self._learned = index, kept, load, learned

    def plan(self, job: JobState) -> Iterator[Plan]:
        before = self._kept.of(self.name).noted(FOUND) or {}
        is_same = before.get("edition") == EDITION and before.get("revision") == self._index.revision()
        yield Plan(new=0 if is_same and job.discard_if_empty else self._index.count())

    def run(self, job: JobState) -> Iterator[Progress]:
        kept, total, revision = self._kept.of(self.name), self._index.count(), self._index.revision()
        report = Reports(total)
        gathering = Gathering()
        for records in self._index.records():
            gathering.add(records)
            yield from report.more(Phase.LOOKING, len(records))
        facts = gathering.facts()
        facts.write(kept)
        pictures: dict[str, Ranking] = {"typical": [], "outliers": []}
        report = Reports(total)
        for step in neighbours(self._index, self._kept.of("neighbours")):
            if isinstance(step, Neighbours):
                pictures = {"typical": typical(step), "outliers": outliers(step)}
            else:
                yield from report.at(Phase.COMPARING, step.done / max(1, step.total))
        report, found = Reports(total), list[Presence]()
        concepts = self._concepts() if total else None
        for presence in concepts.look() if concepts else ():
            found.append(presence)
            yield from report.at(Phase.LOOKING, len(found) / len(CONCEPTS))
        kept.note(
            FOUND,
            {
                "edition": EDITION,
                "revision": revision,
                "made": time.time(),
                "pictures": len(facts.ids),
                **pictures,
                "concepts": [one.plain for one in _expected(found, concepts)],
            },
        )
        yield Progress(Phase.NOTING, total, Counts(updated=total))

    def _concepts(self) -> ConceptSearch | None:
        """None where there is no model to ask: all else is told all the same."""
        try:
            return ConceptSearch(self._index, self._load().result(), self._learned)
        except (ModelUnavailable, ModelMismatch) as error:
            _log.warning("No concepts in the overview: %s", error)
            return None


def _expected(found: list[Presence], concepts: ConceptSearch | None) -> list[Presence]:
    bank = concepts.bank() if concepts and found else None
    if bank is None:
        return found
    values = expectations(bank, np.array([one.matched for one in found], np.float64))
    return [replace(one, expected=round(float(value), 3)) for one, value in zip(found, values, strict=True)]
