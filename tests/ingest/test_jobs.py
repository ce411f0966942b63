"""Jobs: planned at once, run one after the other, and every end is a state in the journal."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import Connection, Engine

from core.access.actors import Actor
from core.database import transaction
from core.errors import IndexUnavailable, JobRefused, JournalUnavailable, ModelMismatch
from core.ingest.jobs.holding import InFiles
from core.ingest.jobs.process import Owner
from core.ingest.jobs.queue import Jobs
from core.ingest.journal.job import JobState, Plan, Planned, PlannedFile, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Counts, Outcome, Phase, Progress, Verdict

WAIT = 20
"""Seconds after which a test gives up."""


class Work:
    """Plans and runs jobs of so many files, without any files; the hooks are called on the way."""

    def __init__(self, journal: Journal, files: int = 4) -> None:
        self.journal = journal
        self.files = files
        self.ran: list[str] = []
        self.planned: Callable[[], object] = lambda: None
        """Called when all is planned."""
        self.stored: Callable[[int], object] = lambda number: None
        """Called when a file has its verdict, with its number."""

    def plan(self, job: JobState) -> Iterator[Plan]:
        lines = [PlannedFile(n, 0, f"/{n}.png", 1, 1, Planned.NEW) for n in range(1, self.files + 1)]
        yield Plan()
        self.journal.files(job.id).add(lines)
        yield Plan(new=self.files)
        self.planned()

    def run(self, job: JobState) -> Iterator[Progress]:
        self.ran.append(job.title)
        for chunk in self.journal.files(job.id).planned({Planned.NEW}):
            for file in chunk:
                verdict = Verdict(file.path, Outcome.ADDED)
                self.journal.files(job.id).conclude({file.number: verdict})
                counts = self.journal.files(job.id).counts()
                self.stored(file.number)
                yield Progress(Phase.INDEXING, job.total, counts, verdicts=(verdict,))


class Fails:
    """Raises an error the first times that it is called."""

    def __init__(self, error: Exception, times: int = 1) -> None:
        self.error = error
        self.left = times

    def __call__(self, *_: object, **__: object) -> None:
        if self.left:
            self.left -= 1
            raise self.error


@pytest.fixture
def work(journal: Journal) -> Work:
    return Work(journal)


@pytest.fixture
def open_jobs(journal: Journal, work: Work, tmp_path: Path) -> Iterator[Callable[[], Jobs]]:
    opened: list[Jobs] = []

    def open_() -> Jobs:
        folder = tmp_path / "data" / "jobs"
        holding = InFiles(folder, folder / "images.lock")
        opened.append(Jobs(journal, holding, work.plan, work.run, after_failure=0.01))
        return opened[-1]

    yield open_
    for jobs in opened:
        jobs.close()


@pytest.fixture
def jobs(open_jobs: Callable[[], Jobs]) -> Jobs:
    return open_jobs()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[FileLock]:
    """What another process holds while it fills the index."""
    (tmp_path / "data" / "jobs").mkdir(parents=True, exist_ok=True)
    lock = FileLock(tmp_path / "data" / "jobs" / "images.lock", thread_local=False)
    with lock:
        yield lock


@pytest.fixture
def journal_fails(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Callable[[str], Fails]:
    """Has the journal fail in a thread of this name, as often as is said later."""
    monkeypatch.setattr("core.ingest.jobs.worker.PAUSES", (0.0,))
    fail = Fails(JournalUnavailable("The disk is full.", "Free some space."), times=0)

    def in_thread(name: str) -> Fails:
        def failing(engine: Engine, alone: str = "") -> AbstractContextManager[Connection]:
            if threading.current_thread().name == name:
                fail()
            return transaction(engine, alone)

        monkeypatch.setattr("core.ingest.journal.journal.transaction", failing)
        return fail

    return in_thread


@pytest.fixture
def leave(journal: Journal, tmp_path: Path) -> Callable[..., int]:
    """Leaves a job behind as a process does that has ended."""

    def left(status: Status, **values: object) -> int:
        ghost = Owner(tmp_path / "data" / "jobs")
        job_id = journal.create("Left", ["/"], auto_start=True, owner=ghost.id)
        if status is not Status.PLANNING:
            files = [PlannedFile(n, 0, f"/{n}.png", 1, 1, Planned.NEW) for n in range(1, 5)]
            journal.files(job_id).add(files)
            values = {"phase": Phase.INDEXING, "plan": Plan(new=4)} | values
        journal.update(job_id, status=status, **values)
        ghost.close()
        return job_id

    return left


def begin(jobs: Jobs, title: str = "Pictures", **options: bool) -> int:
    return jobs.plan(title, ["/"], **{"auto_start": True} | options)  # type: ignore[arg-type]


def finished(jobs: Jobs, job_id: int) -> JobState:
    job = jobs.wait(job_id, WAIT)
    assert not job.active
    return job


def reaches(jobs: Jobs, job_id: int, is_there: Callable[[JobState], bool]) -> JobState:
    """The job as soon as it is so; for states from which it goes on by itself."""
    job = jobs.wait_for(job_id, is_there, WAIT)
    assert is_there(job)
    return job


class TestAJob:
    def test_waits_for_a_decision_and_runs_to_its_end(self, jobs, work):
        job = finished(jobs, job_id := begin(jobs, auto_start=False))
        assert (job.status, job.plan, work.ran) == (Status.PLANNED, Plan(new=4), [])
        jobs.start(job_id)
        job = finished(jobs, job_id)
        assert (job.status, job.counts, job.error) == (Status.DONE, Counts(added=4), None)
        assert job.ended_at >= job.created_at

    def test_does_not_wait_where_there_is_nothing_to_decide(self, jobs, work):
        assert finished(jobs, begin(jobs)).counts == Counts(added=4)
        work.files = 0
        assert finished(jobs, begin(jobs, auto_start=False)).status is Status.DONE

    def test_that_is_quiet_is_forgotten_where_nothing_is_to_do(self, jobs, work):
        work.files = 0
        with pytest.raises(JobRefused):
            jobs.wait(discard_if_empty := begin(jobs, discard_if_empty=True), WAIT)
        assert jobs.states() == []
        assert begin(jobs) > discard_if_empty  # whoever asks for the one does not get the other

    def test_waits_for_the_one_before_it(self, jobs, work):
        begun, go_on = threading.Event(), threading.Event()
        work.stored = lambda number: (begun.set(), go_on.wait(WAIT))
        first = begin(jobs, "First")
        assert begun.wait(WAIT)
        second = begin(jobs, "Second")
        assert reaches(jobs, second, lambda job: job.status is Status.WAITING).counts == Counts()
        assert jobs.busy
        go_on.set()
        assert [finished(jobs, one).status for one in (second, first)] == [Status.DONE] * 2
        assert (work.ran, jobs.busy) == (["First", "Second"], False)
        assert [job.title for job in jobs.states()] == ["Second", "First"]

    def test_that_takes_its_time_is_not_waited_for_longer_than_asked(self, jobs, work):
        go_on = threading.Event()
        work.stored = lambda number: go_on.wait(WAIT)
        job_id = begin(jobs)
        assert jobs.wait(job_id, 0.01).active
        go_on.set()


class TestStopping:
    def test_a_pause_and_what_goes_on_from_there(self, jobs, work):
        work.stored = lambda number: number == 2 and jobs.pause(job_id)
        job_id = begin(jobs, auto_start=False)
        finished(jobs, job_id)
        jobs.start(job_id)
        job = finished(jobs, job_id)
        assert (job.status, job.counts, job.requested, job.ended_at) == (Status.PAUSED, Counts(added=2), "", None)
        work.stored = lambda number: None
        jobs.resume(job_id)
        job = finished(jobs, job_id)
        assert (job.status, job.counts, job.interruptions) == (Status.DONE, Counts(added=4), 0)

    @pytest.mark.parametrize(("ask", "status"), [(Jobs.pause, Status.PAUSED), (Jobs.cancel, Status.CANCELLED)])
    def test_who_began_it_and_who_stopped_it_is_told(self, jobs, work, ask, status):
        job_id = jobs.plan("Pictures", ["/"], auto_start=True, by=Actor("Firefox on Linux", "abc"))
        work.stored = lambda number: ask(jobs, job_id, by=Actor("command line")) if number == 2 else None
        job = jobs.wait(job_id, WAIT)
        assert (job.status, job.started_by, job.changed_by) == (status, "Firefox on Linux", "command line")
        jobs.resume(job_id, by=Actor("Safari on iPhone"))
        assert jobs.wait(job_id, WAIT).changed_by == "Safari on iPhone"

    def test_a_cancelled_job_can_be_resumed(self, jobs, work):
        work.stored = lambda number: number == 2 and jobs.cancel(job_id)
        job_id = begin(jobs, auto_start=False)
        finished(jobs, job_id)
        jobs.start(job_id)
        job = finished(jobs, job_id)
        assert (job.status, job.counts, job.ended_at is None) == (Status.CANCELLED, Counts(added=2), False)
        jobs.resume(job_id)
        assert finished(jobs, job_id).counts == Counts(added=4)

    @pytest.mark.parametrize("ask", [Jobs.pause, Jobs.cancel])
    def test_a_wish_of_the_last_moment_of_planning_is_kept(self, jobs, work, ask):
        work.planned = lambda: ask(jobs, jobs.states()[0].id)
        job = finished(jobs, begin(jobs))
        assert job.status is {Jobs.pause: Status.PAUSED, Jobs.cancel: Status.CANCELLED}[ask]
        assert (job.requested, work.ran) == ("", [])

    def test_one_that_waits_to_be_planned_can_be_cancelled(self, jobs, work):
        begun, go_on = threading.Event(), threading.Event()
        work.planned = lambda: (begun.set(), go_on.wait(WAIT))
        first = begin(jobs, "First")
        assert begun.wait(WAIT)
        second = begin(jobs, "Second")
        jobs.cancel(second)
        go_on.set()
        assert finished(jobs, second).status is Status.CANCELLED
        assert finished(jobs, first).status is Status.DONE
        assert work.ran == ["First"]

    def test_one_that_is_paused_while_it_is_planned_is_planned_once_more(self, jobs, work):
        work.planned = lambda: jobs.pause(jobs.states()[0].id)
        job_id = begin(jobs)
        assert finished(jobs, job_id).phase is Phase.FINDING
        work.planned = lambda: None
        jobs.resume(job_id)
        assert finished(jobs, job_id).counts == Counts(added=4)

    def test_what_rests_is_cancelled_at_once(self, jobs, work):
        job_id = begin(jobs, auto_start=False)
        finished(jobs, job_id)
        jobs.cancel(job_id)
        assert jobs.state(job_id).status is Status.CANCELLED
        with pytest.raises(JobRefused, match="is cancelled"):
            jobs.cancel(job_id)

    def test_a_wish_that_comes_too_late_is_refused(self, jobs):
        job_id = begin(jobs)
        finished(jobs, job_id)
        for ask in (jobs.pause, jobs.cancel, jobs.start, jobs.resume):
            with pytest.raises(JobRefused, match="is done"):
                ask(job_id)
        assert jobs.state(job_id).requested == ""

    def test_a_job_that_does_not_exist(self, jobs):
        for ask in (jobs.pause, jobs.cancel, jobs.start, jobs.resume, jobs.retry, jobs.forget, jobs.state):
            with pytest.raises(JobRefused, match="There is no job 7"):
                ask(7)


class TestFailures:
    def test_what_may_pass_is_tried_again(self, jobs, work, monkeypatch):
        monkeypatch.setattr("core.ingest.jobs.worker.PAUSES", (0.0,))
        work.stored = Fails(IndexUnavailable("The server is gone.", "Start it."), times=3)
        job_id = begin(jobs)
        job = reaches(jobs, job_id, lambda job: job.status is Status.DONE)
        assert (job.counts, job.interruptions, job.error, job.retry_at) == (Counts(added=4), 3, None, None)

    def test_the_pauses_become_longer_until_something_is_done(self, jobs, work, monkeypatch):
        monkeypatch.setattr("core.ingest.jobs.worker.PAUSES", (0.0, 0.0, 1000.0))
        work.planned = Fails(IndexUnavailable("The server is gone.", "Start it."), times=9)
        job_id = begin(jobs)
        job = reaches(jobs, job_id, lambda job: job.interruptions == 3)
        assert (job.status, str(job.error)) == (Status.PAUSED, "The server is gone. Start it.")
        assert job.retry_at > job.created_at + 900
        jobs.resume(job_id)  # whoever does not want to wait
        assert reaches(jobs, job_id, lambda job: job.interruptions == 4).retry_at > job.created_at + 900

    def test_what_does_not_pass_by_itself_waits_for_the_user(self, jobs, work):
        work.stored = Fails(ModelMismatch("Another model.", "Take that."))
        job = finished(jobs, job_id := begin(jobs))
        assert (job.status, job.retry_at, type(job.error)) == (Status.PAUSED, None, ModelMismatch)
        jobs.resume(job_id)
        assert finished(jobs, job_id).status is Status.DONE

    def test_pause_ends_the_trying(self, jobs, work):
        work.stored = Fails(IndexUnavailable("The server is gone.", "Start it."))
        job = finished(jobs, job_id := begin(jobs))
        assert job.retry_at
        jobs.pause(job_id)
        assert (jobs.state(job_id).status, jobs.state(job_id).retry_at) == (Status.PAUSED, None)

    @pytest.mark.parametrize("ask", [Jobs.pause, Jobs.cancel])
    def test_a_wish_counts_more_than_a_failure_at_the_same_moment(self, jobs, work, ask):
        def fail(number: int) -> None:
            ask(jobs, job_id)
            raise IndexUnavailable("The server is gone.", "Start it.")

        work.stored = fail
        finished(jobs, job_id := begin(jobs, auto_start=False))
        jobs.start(job_id)
        job = finished(jobs, job_id)
        assert job.status is {Jobs.pause: Status.PAUSED, Jobs.cancel: Status.CANCELLED}[ask]
        assert (job.retry_at, job.requested) == (None, "")

    def test_a_defect_ends_the_job_and_the_next_one_runs(self, jobs, work, caplog):
        work.stored = Fails(ZeroDivisionError())
        broken, fine = begin(jobs, "Broken"), begin(jobs, "Fine")
        assert finished(jobs, fine).status is Status.DONE
        job = finished(jobs, broken)
        assert (job.status, job.counts) == (Status.FAILED, Counts(added=1))
        assert "ZeroDivisionError" not in str(job.error), "it is for the log"
        assert "ZeroDivisionError" in caplog.text
        jobs.resume(broken)
        assert finished(jobs, broken).counts == Counts(added=4)

    @pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
    def test_a_journal_that_does_not_answer_for_a_while(self, jobs, work, journal_fails, times):
        fail = journal_fails("jobs")
        work.stored = lambda number: setattr(fail, "left", times if number == 2 else fail.left)
        job = reaches(jobs, begin(jobs), lambda job: job.status is Status.DONE)
        assert (job.counts, fail.left) == (Counts(added=4), 0)

    @pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
    def test_a_journal_that_does_not_answer_when_all_is_planned(self, jobs, work, journal_fails, times):
        fail, tries = journal_fails("plan"), iter([times])
        work.planned = lambda: setattr(fail, "left", next(tries, 0))
        job = reaches(jobs, begin(jobs), lambda job: job.status is Status.DONE)
        assert (job.counts, job.total, fail.left) == (Counts(added=4), 4, 0)

    def test_a_wish_outlives_a_journal_that_does_not_answer(self, jobs, work, journal_fails):
        fail = journal_fails("jobs")
        work.stored = lambda number: number == 2 and (jobs.cancel(job_id), setattr(fail, "left", 3))
        finished(jobs, job_id := begin(jobs, auto_start=False))
        jobs.start(job_id)
        assert reaches(jobs, job_id, lambda job: job.ended).status is Status.CANCELLED


class TestTheOtherProcess:
    def test_is_waited_for_and_that_is_said(self, jobs, work, other):
        job_id = begin(jobs)
        assert reaches(jobs, job_id, lambda job: "another process" in job.note).status is Status.WAITING
        assert work.ran == []
        other.release()
        job = finished(jobs, job_id)
        assert (job.status, job.note) == (Status.DONE, "")

    @pytest.mark.parametrize("ask", [Jobs.pause, Jobs.cancel])
    def test_what_waits_for_it_can_be_stopped(self, jobs, work, other, ask):
        job_id = begin(jobs, "Stopped")
        reaches(jobs, job_id, lambda job: "another process" in job.note)
        ask(jobs, job_id)
        stopped = jobs.state(job_id).status
        other.release()
        assert finished(jobs, begin(jobs, "Next")).status is Status.DONE
        job = jobs.state(job_id)
        assert (job.status, job.note, work.ran) == (stopped, "", ["Next"])

    def test_closing_does_not_wait_for_it(self, open_jobs, other):
        first, second = open_jobs(), open_jobs()
        job_id = begin(first)
        reaches(first, job_id, lambda job: "another process" in job.note)
        first.close()
        assert second.state(job_id).status is Status.WAITING
        other.release()
        second.recover()
        job = finished(second, job_id)
        assert (job.status, job.note) == (Status.DONE, "")

    def test_may_ask_for_something_too(self, open_jobs, work):
        mine, theirs = open_jobs(), open_jobs()
        work.stored = lambda number: number == 2 and theirs.pause(job_id)
        finished(mine, job_id := begin(mine, auto_start=False))
        theirs.start(job_id)
        assert finished(mine, job_id).counts == Counts(added=2)
        mine.resume(job_id)
        assert finished(theirs, job_id).status is Status.DONE


class TestRecovery:
    def test_what_ran_goes_on_and_says_so(self, jobs, leave, journal):
        job_id = leave(Status.RUNNING)
        journal.files(job_id).conclude({1: Verdict("/1.png", Outcome.ADDED)})
        job = jobs.state(job_id)
        assert (job.status, job.note, job.counts) == (Status.INTERRUPTED, "Interrupted at 1 of 4.", Counts(added=1))
        assert not jobs.busy
        assert jobs.recover()
        job = finished(jobs, job_id)
        assert (job.status, job.counts, job.interruptions) == (Status.DONE, Counts(added=4), 1)
        assert job.note == "Interrupted at 1 of 4, then resumed."

    def test_what_was_planned_is_planned_once_more(self, jobs, leave, journal, work):
        job_id = leave(Status.PLANNING)
        journal.files(job_id).add([PlannedFile(1, 0, "/old.png", 1, 1, Planned.NEW)])
        assert jobs.state(job_id).note == "Interrupted while scanning."
        jobs.recover()
        assert finished(jobs, job_id).counts == Counts(added=4)
        assert "/old.png" not in {verdict.path for verdict in journal.files(job_id).verdicts()}

    def test_what_waited_waits_here(self, jobs, leave):
        waiting, retrying = leave(Status.WAITING), leave(Status.PAUSED, retry_at=1.0)
        assert not jobs.recover()  # nothing was cut short
        assert [finished(jobs, one).status for one in (waiting, retrying)] == [Status.DONE] * 2

    def test_what_the_user_is_to_decide_on_stays(self, jobs, leave):
        paused, planned = leave(Status.PAUSED), leave(Status.PLANNED)
        jobs.recover()
        assert [jobs.state(one).status for one in (paused, planned)] == [Status.PAUSED, Status.PLANNED]
        jobs.resume(paused)
        jobs.start(planned)
        assert [finished(jobs, one).status for one in (paused, planned)] == [Status.DONE] * 2

    @pytest.mark.parametrize("requested", [Status.PAUSED, Status.CANCELLED])
    def test_what_was_about_to_stop_has_stopped(self, jobs, leave, requested):
        job_id = leave(Status.RUNNING, requested=requested.value)
        jobs.recover()
        job = jobs.state(job_id)
        assert (job.status, job.requested, job.ended_at is None) == (requested, "", requested is Status.PAUSED)

    @pytest.mark.parametrize("status", [Status.RUNNING, Status.PLANNING])
    def test_what_does_not_get_any_further_is_left_alone(self, jobs, leave, status):
        job_id = leave(status, restarts_without_progress=2)
        jobs.recover()
        assert (jobs.state(job_id).status, jobs.state(job_id).restarts_without_progress) == (Status.INTERRUPTED, 3)
        jobs.recover()
        assert jobs.state(job_id).status is Status.INTERRUPTED
        jobs.resume(job_id)
        assert finished(jobs, job_id).status is Status.DONE

    def test_what_got_further_is_not_given_up(self, jobs, leave, journal):
        job_id = leave(Status.RUNNING, restarts_without_progress=2)
        journal.files(job_id).conclude({1: Verdict("/1.png", Outcome.ADDED)})
        jobs.recover()
        assert (finished(jobs, job_id).status, jobs.state(job_id).restarts_without_progress) == (Status.DONE, 0)

    def test_those_of_the_living_are_left_to_them(self, open_jobs, work):
        mine, theirs = open_jobs(), open_jobs()
        begun, go_on = threading.Event(), threading.Event()
        work.stored = lambda number: (begun.set(), go_on.wait(WAIT))
        job_id = begin(theirs)
        assert begun.wait(WAIT)
        assert not mine.recover()
        assert mine.state(job_id).status is Status.RUNNING
        go_on.set()
        assert finished(mine, job_id).interruptions == 0
        assert work.ran == ["Pictures"]

    def test_of_two_that_recover_at_once_one_goes_on(self, open_jobs, leave, work):
        both, job_id = [open_jobs(), open_jobs()], leave(Status.RUNNING)
        threads = [threading.Thread(target=jobs.recover) for jobs in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert finished(both[0], job_id).counts == Counts(added=4)
        assert work.ran == ["Left"]

    def test_what_another_left_to_be_tried_again_keeps_nobody_busy(self, jobs, leave):
        leave(Status.PAUSED, retry_at=1.0)
        assert jobs.workers.run_next("fill") is None  # looks again when it is woken, not at once


class TestRetry:
    @pytest.fixture
    def failed(self, jobs, journal):
        """Of a job that is done: two files could not be read."""
        finished(jobs, job_id := begin(jobs))
        journal.files(job_id).conclude({n: Verdict(f"/{n}.png", Outcome.FAILED, "Broken.") for n in (2, 3)})
        return job_id

    def test_reads_again_what_failed(self, jobs, failed):
        assert jobs.retry(failed) == 2
        job = finished(jobs, failed)
        assert (job.status, job.counts, job.total) == (Status.DONE, Counts(added=4), 4)
        with pytest.raises(JobRefused, match="No file"):
            jobs.retry(failed)

    def test_looks_once_more_for_what_could_not_be_found(self, jobs, failed, journal):
        journal.files(failed).add([PlannedFile(5, 0, "/closed", 0, 0, Planned.FAILED, reason="Closed.")])
        assert jobs.retry(failed) == 3
        assert finished(jobs, failed).counts == Counts(added=4)
        assert not [verdict for verdict in journal.files(failed).verdicts() if verdict.path == "/closed"]

    def test_is_for_jobs_that_have_ended(self, jobs, work):
        finished(jobs, job_id := begin(jobs, auto_start=False))
        with pytest.raises(JobRefused, match="not ended"):
            jobs.retry(job_id)


class TestForgetting:
    def test_takes_a_job_and_its_files_out(self, jobs, journal):
        finished(jobs, job_id := begin(jobs))
        jobs.forget(job_id)
        assert jobs.states() == []
        assert list(journal.files(job_id).verdicts()) == []

    def test_is_for_jobs_that_have_ended(self, jobs):
        finished(jobs, job_id := begin(jobs, auto_start=False))
        with pytest.raises(JobRefused, match="Cancel it first"):
            jobs.forget(job_id)


class TestClosing:
    def test_interrupts_what_runs_and_the_next_process_goes_on(self, open_jobs, work):
        first, second = open_jobs(), open_jobs()
        begun = threading.Event()
        work.stored = lambda number: number == 2 and (begun.set(), first.ending.wait(WAIT))
        job_id = begin(first)
        assert begun.wait(WAIT)
        first.close()
        assert second.state(job_id).note == "Interrupted at 2 of 4."
        second.recover()
        job = finished(second, job_id)
        assert (job.counts, job.note) == (Counts(added=4), "Interrupted at 2 of 4, then resumed.")

    def test_does_not_plan_what_waits_to_be(self, open_jobs, work):
        first, second = open_jobs(), open_jobs()
        begun = threading.Event()
        work.planned = lambda: (begun.set(), first.ending.wait(WAIT))
        one, two = begin(first), begin(first)
        assert begun.wait(WAIT)
        first.close()
        assert [second.state(job_id).status for job_id in (one, two)] == [Status.WAITING, Status.INTERRUPTED]
        work.planned = lambda: None
        second.recover()
        jobs = [finished(second, job_id) for job_id in (one, two)]
        assert [(job.status, job.interruptions, job.restarts_without_progress) for job in jobs] == [
            (Status.DONE, 0, 0)
        ] * 2

    def test_ends_all_threads(self, open_jobs):
        before = set(threading.enumerate())
        jobs = open_jobs()
        finished(jobs, begin(jobs))
        jobs.close()
        assert not set(threading.enumerate()) - before

    def test_may_be_done_twice_and_without_any_job(self, open_jobs):
        jobs = open_jobs()
        jobs.close()
        jobs.close()
        assert jobs.states() == []
