"""What a job may find out about the pictures of an index, beside filling it: the form that all analyses have."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Progress


class Analysis(Protocol):
    """One kind of analysis of one index. Called in the threads of its jobs: one plans while another runs at most."""

    @property
    def name(self) -> str:
        """`duplicates`, `map`: how it is asked for, and what its folder is called."""
        ...

    @property
    def title(self) -> str:
        """What its jobs are called: `Find duplicates`."""
        ...

    def plan(self, job: JobState) -> Iterator[Plan]:
        """How much there is to do, as `Plan(new=…)`, the last of them for good."""
        ...

    def run(self, job: JobState) -> Iterator[Progress]:
        """Do it; a generator that reports twice a second at least, with `Counts(updated=…)` for what is done of
        `total`. It may be closed after any report, and then, or after a crash, is begun again: it goes on from what it
        kept, and may repeat the rest without harm."""
        ...


class Analyses(Protocol):
    """Those of one index."""

    def get(self, name: str) -> Analysis:
        """The one of this name, imported and built when it is first asked for."""
        ...

    def followed(self) -> Iterable[str]:
        """The names of those that were carried out before, in whatever version: they are kept up to date with what
        comes in. None is built for that."""
        ...


class _NoAnalyses:
    """Keeps `Analyses`."""

    def get(self, name: str) -> Analysis:
        raise KeyError(name)

    def followed(self) -> Iterable[str]:
        return ()


NO_ANALYSES = _NoAnalyses()
"""For an index that nothing is found out about."""
