"""How far a job is, told after each round."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import JobState
from core.ingest.journal.progress import Phase, Progress, Rate, Verdict
from core.ingest.pipeline.embed import Embedded


class Reports:
    """Each goes on from the one before it, the first from what the job has done in earlier runs. For one thread."""

    def __init__(self, job: JobState, files: JobFiles, phase: Phase) -> None:
        self.last = Progress(phase, job.total, files.counts(), embedded=job.embedded, working=job.working)
        self._working = job.working
        self._rate = Rate()
        self._started = time.monotonic()

    def begin(self, model_id: str) -> Progress:
        """The model is there: from now on the time is measured."""
        self._started = time.monotonic()
        self._rate.add(0)
        return self._tell(replace(self.last, phase=Phase.INDEXING, model_id=model_id))

    def stored(self, done: Embedded, verdicts: Mapping[int, Verdict]) -> Progress:
        """A round is, and this is what became of its files."""
        report = replace(
            self._with(verdicts),
            rate=self._rate.add(len(verdicts)),
            stored=tuple(prepared.record for prepared in done.round.prepared),
            embedded=self.last.embedded + done.seen,
            working=self._working + time.monotonic() - self._started,
        )
        return self._tell(report)

    def concluded(self, verdicts: Mapping[int, Verdict]) -> Progress:
        """What became of files that were not read."""
        return self._tell(replace(self._with(verdicts), stored=()))

    def phase(self, phase: Phase) -> Progress:
        """Nothing has happened to a file since the last report."""
        return self._tell(replace(self.last, phase=phase, verdicts=(), stored=()))

    def _with(self, verdicts: Mapping[int, Verdict]) -> Progress:
        counts = self.last.counts.plus(Counter(verdict.outcome.value for verdict in verdicts.values()))
        return replace(self.last, counts=counts, verdicts=tuple(verdicts.values()))

    def _tell(self, report: Progress) -> Progress:
        self.last = report
        return report
