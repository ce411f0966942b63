"""A comparison as a job."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.analysis.compare.differences import FACETS, concepts, overlap, values, verdict
from core.analysis.compare.sides import Rows, Side, key_of, read_side, rows_of
from core.analysis.kept import Kept, KeptAnalyses
from core.analysis.reports import Reports
from core.embedding.embedder import Embedder
from core.errors import InvalidQuery, ModelMismatch, ModelUnavailable
from core.index.filters import Filter
from core.index.index import Index, ModelStamp
from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Counts, Phase, Progress
from core.search.relevance.calibrator import Calibrations
from core.vectors import Embeddings

NAME = "compare"
_KEPT = 40  # comparisons

_log = logging.getLogger(__name__)


class CompareScan:
    """
    Args:
        index_of: Gives the index of a collection by its name; "" is this one.
        load: Has the model loaded: what concepts look like is told by it.
        learned: The folder where it is kept what scores mean.
        resolve: Takes the values of a filter as searches do.
    """

    name = NAME
    title = "Compare two sides"

    def __init__(
        self,
        index: Index,
        kept: KeptAnalyses,
        index_of: Callable[[str], Index],
        load: Callable[[], "Future[Embedder]"],
        learned: Path,
        resolve: Callable[[Side], Filter],
    ) -> None:
        self._index, self._kept, self._index_of = index, kept, index_of
        self._load, self._learned, self._resolve = load, learned, resolve

    def plan(self, job: JobState) -> Iterator[Plan]:
        yield Plan(new=sum(self._index_of(side.collection).count(self._resolve(side)) for side in _sides(job)))

    def run(self, job: JobState) -> Iterator[Progress]:
        sides, report = _sides(job), Reports(job.plan.new)
        read: list[Rows] = []
        for side in sides:
            for step in rows_of(self._index_of(side.collection), self._resolve(side)):
                if isinstance(step, Rows):
                    read.append(step)
                else:
                    yield from report.more(Phase.LOOKING, step)
        yield report.now(Phase.COMPARING)
        first, second = read
        found: dict[str, Any] = {"verdict": asdict(verdict(first, second))}
        yield report.now(Phase.COMPARING)
        bank = self._bank() if first.sampled and second.sampled else None
        found["concepts"] = [asdict(one) for one in concepts(first, second, bank)] if bank is not None else []
        found["has_concepts"] = bank is not None
        yield report.now(Phase.COMPARING)
        counts = [self._index_of(side.collection).facets(self._resolve(side), FACETS) for side in sides]
        found["values"] = [asdict(one) for one in values(counts[0], counts[1], (first.total, second.total))]
        shared, *unlike = overlap(first, second)
        found |= {"overlap": asdict(shared), "pictures": [one.pictures for one in unlike]}
        found["sides"] = [
            {"text": side.text, "pictures": rows.total, "compared": len(rows.sampled)}
            for side, rows in zip(sides, read, strict=True)
        ]
        keep(self._kept.of(NAME), [side.text for side in sides], {**found, "made": time.time()})
        yield Progress(Phase.NOTING, report.total, Counts(updated=report.total))

    def _bank(self) -> Embeddings | None:
        try:
            embedder = self._load().result()
        except (ModelUnavailable, ModelMismatch) as error:
            _log.warning("No concepts in the comparison: %s", error)
            return None
        calibrations = Calibrations(self._index, self._learned)
        calibrations.learn(embedder)
        bank = calibrations.bank(embedder)
        return bank[1] if bank else None


def check_models(*stamps: ModelStamp | None) -> None:
    """
    Raises:
        ModelMismatch: embeddings of these models cannot be compared.
    """
    known = {stamp for stamp in stamps if stamp}
    if len(known) > 1:
        raise ModelMismatch(
            "These two collections were made by different models.", "Re-embed one of them with the model of the other."
        )


def _sides(job: JobState) -> tuple[Side, Side]:
    """
    Raises:
        InvalidQuery: they cannot be read.
    """
    texts = [job.analysis.options.get(name) for name in ("first", "second")]
    if not all(isinstance(text, str) for text in texts):
        raise InvalidQuery("A comparison needs two sides.", "Name two, such as split:train and split:val.")
    return read_side(str(texts[0])), read_side(str(texts[1]))


def keep(kept: Kept, texts: list[str], found: dict[str, Any]) -> None:
    """Keep a comparison; of very many the oldest go."""
    kept.note(key_of(*texts), found)
    kept.remove(kept.names("of-*.json")[_KEPT:])
