"""Jobs: in the background, one after the other, and every end is a state."""

import threading

from core.errors import IndexUnavailable
from core.ingest.jobs import Jobs, Status
from core.ingest.progress import Counts, Outcome, Phase, Progress, Rate, Verdict


def reports(count):
    for done in range(1, count + 1):
        yield Progress(Phase.INDEXING, count, Counts(added=done))


def test_a_job_runs_to_its_end():
    job = Jobs().start("Three", lambda: reports(3))
    assert job.wait(10)
    assert (job.state.status, job.state.progress.done, job.state.error) == (Status.DONE, 3, None)


def test_failed_files_are_collected_and_counted_once():
    def work():
        yield Progress(Phase.INDEXING, 2, Counts(failed=1), verdicts=(Verdict("a", Outcome.FAILED, "why"),))
        yield Progress(Phase.INDEXING, 2, Counts(failed=1, added=1), verdicts=(Verdict("b", Outcome.ADDED),))

    job = Jobs().start("Two", work)
    assert job.wait(10)
    assert [verdict.path for verdict in job.state.failed] == ["a"]


def test_cancel_ends_the_iterator():
    reached, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def work():
        try:
            yield Progress(Phase.INDEXING, 9)
            reached.set()
            go_on.wait(10)
            yield Progress(Phase.INDEXING, 9, Counts(added=1))
            raise AssertionError("went on after cancel")
        finally:
            closed.set()

    jobs = Jobs()
    job = jobs.start("Nine", work)
    assert reached.wait(10)
    jobs.cancel(job.state.id)
    assert job.state.cancelling
    go_on.set()
    assert job.wait(10)
    assert closed.is_set()
    assert job.state.status is Status.CANCELLED


def test_the_second_job_waits_and_can_be_cancelled_while_it_does():
    go_on = threading.Event()

    def slow():
        go_on.wait(10)
        yield Progress(Phase.INDEXING, 0)

    jobs = Jobs()
    first = jobs.start("First", slow)
    second = jobs.start("Second", lambda: reports(1))
    assert second.state.status is Status.WAITING
    jobs.cancel(second.state.id)
    go_on.set()
    assert first.wait(10)
    assert second.wait(10)
    assert (first.state.status, second.state.status) == (Status.DONE, Status.CANCELLED)
    assert [state.title for state in jobs.states()] == ["Second", "First"]


def test_an_expected_error_is_kept_with_its_remedy():
    def work():
        yield Progress(Phase.INDEXING, 5, Counts(added=2))
        raise IndexUnavailable("The server is gone.", "Start it.")

    job = Jobs().start("Five", work)
    assert job.wait(10)
    assert job.state.status is Status.FAILED
    assert (job.state.error.message, job.state.progress.done) == ("The server is gone.", 2)


def test_an_unexpected_error_ends_the_job_and_the_next_one_runs(caplog):
    def work():
        raise ZeroDivisionError
        yield

    jobs = Jobs()
    broken, fine = jobs.start("Broken", work), jobs.start("Fine", lambda: reports(1))
    assert fine.wait(10)
    assert broken.state.status is Status.FAILED
    assert "ZeroDivisionError" in broken.state.error.message
    assert fine.state.status is Status.DONE
    assert "ZeroDivisionError" in caplog.text


def test_the_rate_looks_at_a_window():
    now = iter([0.0, 1.0, 2.0, 30.0, 31.0])
    rate = Rate(window=15, clock=lambda: next(now))
    assert rate.add(0) == 0.0
    assert rate.add(10) == 10.0
    assert rate.add(10) == 10.0
    rate.add(0)
    assert rate.add(10) == 10.0
