"""What a job may find out about the pictures of an index, beside filling it: the form that all analyses have."""

from collections.abc import Iterator
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

    @property
    def is_made(self) -> bool:
        """Whether it was carried out for the collection before, in whatever version: then it is kept up to date with
        what comes in."""
        ...

    def plan(self, job: JobState) -> Iterator[Plan]:
        """How much there is to do, as `Plan(new=…)`, the last of them for good."""
        ...

    def run(self, job: JobState) -> Iterator[Progress]:
        """Do it; a generator that reports twice a second at least, with `Counts(updated=…)` for what is done of
        `total`. It may be closed after any report, and then, or after a crash, is begun again: it goes on from what it
        kept, and may repeat the rest without harm."""
        ...
