"""Looks now and then for jobs whose process is gone, where that may be one of another machine."""

from collections.abc import Callable
from contextlib import suppress

from core.errors import JournalUnavailable
from core.ingest.jobs.loop import Loop
from core.ingest.jobs.queue import Jobs


class TakingOver:
    """Goes on until nothing more is to be begun, and through times at which the database does not answer.

    Args:
        every: Seconds after which it looks again.
        found: Called after it has gone on with any that were at work.
    """

    def __init__(self, jobs: Jobs, every: float, found: Callable[[], object]) -> None:
        self._jobs, self._every, self._found = jobs, every, found
        self._loop = Loop("taking over", self._look, jobs.ending, every)

    def start(self) -> None:
        """Look at once, in the background, and from then on."""
        self._loop.wake()

    def close(self) -> None:
        """Wait until it has looked, where it is at it; nothing more being begun."""
        self._loop.join()

    def _look(self) -> float:
        with suppress(JournalUnavailable):  # which whoever renews the leases has told in the log
            if self._jobs.recover():
                self._found()
        return self._every
