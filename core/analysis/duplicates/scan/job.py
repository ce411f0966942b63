"""The scan as a job: planned, carried out, and its results noted with the records."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from core.analysis.kept import KeptAnalyses
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.ingest.journal.job import JobState, Plan
from core.ingest.journal.progress import Counts, Phase, Progress

if TYPE_CHECKING:
    from core.analysis.duplicates.scan.scan import Far

NAME = "duplicates"


class FindDuplicates:
    """Keeps `Analysis`.

    Args:
        note: Writes what was found to the records; called when it was kept.
        changed: How many records were added, changed or removed since it was last carried out.
    """

    name, title = NAME, "Find duplicates"

    def __init__(
        self,
        index: Index,
        kept: KeptAnalyses,
        thumbnails: Callable[[], Thumbnails],
        note: Callable[[], Iterator[None]],
        changed: Callable[[], int],
    ) -> None:
        self._index, self._kept, self._thumbnails = index, kept, thumbnails
        self._note, self._changed = note, changed

    def plan(self, job: JobState) -> Iterator[Plan]:
        yield Plan(new=self._changed())

    def run(self, job: JobState) -> Iterator[Progress]:
        from core.analysis.duplicates.scan.scan import Scan  # OpenCV, which no page waits for

        total = max(1, job.total)
        for far in Scan(self._index, self._kept, self._thumbnails()).run():
            yield _progress(far, total)
        for _ in self._note():
            yield Progress(Phase.NOTING, total, Counts(updated=int(0.98 * total)))
        yield Progress(Phase.NOTING, total, Counts(updated=job.total))


def _progress(far: "Far", total: int) -> Progress:
    return Progress(far.phase, total, Counts(updated=int(far.share * total)))
