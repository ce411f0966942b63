"""How far an analysis is, told as often as a job is to tell it."""

from collections.abc import Iterator

from core.ingest.journal.progress import Counts, Phase, Progress, Rate, Throttle

_SECONDS = 0.4


class Reports:
    """Progress through so many pictures, told about twice a second."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._told = total, 0, 0
        self._rate, self._due = Rate(), Throttle(_SECONDS)

    def more(self, phase: Phase, count: int) -> Iterator[Progress]:
        """So many more are done: a report where one is due."""
        self._done += count
        if self._due():
            rate, self._told = self._rate.add(self._done - self._told), self._done
            yield Progress(phase, self.total, Counts(updated=self._done), rate)

    def at(self, phase: Phase, share: float) -> Iterator[Progress]:
        """As `more`, where it is known which share of the whole is done."""
        yield from self.more(phase, max(0, round(share * self._total) - self._done))

    def now(self, phase: Phase) -> Progress:
        """A report of what was last said to be done, due or not."""
        return Progress(phase, self.total, Counts(updated=self._done))

    @property
    def total(self) -> int:
        """More than was thought where pictures came in meanwhile."""
        return max(self._total, self._done)
