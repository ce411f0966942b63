"""What is said of a job that looks at what is there already."""

import pytest

from core.ingest.jobs.words import in_words
from core.ingest.journal.job import AnalysisTask, JobState, Kind, Plan, Status
from core.ingest.journal.progress import Phase


@pytest.mark.parametrize(
    ("phase", "new", "said"),
    [
        (Phase.CHECKING, 12, "Checking pairs · 0 of 12"),
        (Phase.CHECKING, 0, "Checking pairs"),
        (Phase.LOADING, 12, "Loading the model · 12 pictures to look at"),
    ],
)
def test_an_analysis_says_how_far_it_is(phase, new, said):
    job = JobState(
        1,
        "",
        (),
        Status.RUNNING,
        phase=phase,
        plan=Plan(new=new),
        analysis=AnalysisTask("duplicates"),
        kind=Kind.ANALYSIS,
    )
    assert in_words(job) == said
