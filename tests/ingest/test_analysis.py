"""Analyses run as jobs beside the others: planned, paused, gone on with, and brought up to date after an ingest."""

import threading
from dataclasses import dataclass, field

import pytest
from filelock import FileLock

from core.access.actors import Actor
from core.access.roles import Role
from core.errors import AccessDenied
from core.ingest.journal.job import Plan, Status
from core.ingest.journal.progress import Counts, Phase, Progress
from tests.ingest.libraries import WAIT, ingest


@dataclass
class Counting:
    """Looks at so many pictures, one after the other, and remembers where it was."""

    total: int = 3
    is_made: bool = False
    done: int = 0
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    name: str = "counting"
    title: str = "Count pictures"

    def plan(self, job):
        yield Plan(new=self.total - self.done)

    def run(self, job):
        while self.done < self.total:
            self.gate.acquire(timeout=WAIT)
            self.done += 1
            yield Progress(Phase.LOOKING, self.total, Counts(updated=self.done))
        self.is_made = True


@pytest.fixture
def counting():
    return Counting()


class OneAnalysis:
    """That there is, which is brought up to date once it was carried out."""

    def __init__(self, one: Counting) -> None:
        self._one = one

    def get(self, name):
        return {self._one.name: self._one}[name]

    def followed(self):
        return [self._one.name] if self._one.is_made else []


@pytest.fixture
def library(open_library, counting):
    return open_library(analyses=OneAnalysis(counting))


def test_it_is_carried_out(library, counting):
    counting.gate.release(3)
    job = library.jobs.wait(library.analyse("counting", {"deep": True}), WAIT)
    assert (job.status, job.title, job.done, job.analysis.options) == (Status.DONE, "Count pictures", 3, {"deep": True})
    assert library.latest_analysis("counting") == job
    assert library.latest_analysis("another") is None


def test_one_that_has_not_ended_is_gone_on_with(library, counting):
    counting.gate.release()
    job_id = library.analyse("counting")
    assert library.analyse("counting") == job_id
    library.jobs.wait_for(job_id, lambda job: job.counts.updated == 1, WAIT)
    library.jobs.pause(job_id)
    counting.gate.release(5)
    assert library.jobs.wait(job_id, WAIT).status is Status.PAUSED
    done = counting.done
    assert library.analyse("counting") == job_id
    assert library.jobs.wait(job_id, WAIT).status is Status.DONE
    assert 0 < done < counting.done == 3


def test_an_ingest_does_not_wait_for_it(library, counting, folder):
    job_id = library.analyse("counting")
    library.jobs.wait_for(job_id, lambda job: job.status is Status.RUNNING, WAIT)
    assert ingest(library, folder).status is Status.DONE
    counting.gate.release(3)
    assert library.jobs.wait(job_id, WAIT).status is Status.DONE


def test_it_is_brought_up_to_date_where_it_was_made(library, counting, folder):
    counting.gate.release(5)
    ingest(library, folder)
    assert library.latest_analysis("counting") is None
    library.jobs.wait(library.analyse("counting"), WAIT)
    counting.total = 5
    ingest(library, folder)
    followed = library.jobs.wait(library.analyse("counting"), WAIT)
    assert (followed.status, counting.done) == (Status.DONE, 5)


def test_a_follow_up_with_nothing_to_do_is_forgotten(library, counting):
    counting.gate.release(3)
    library.jobs.wait(library.analyse("counting"), WAIT)
    before = [job.id for job in library.jobs.states()]
    again = library.analyse("counting", if_needed=True)
    library.jobs.wait_for(max(before), lambda _: again not in {job.id for job in library.jobs.states()}, WAIT)
    assert [job.id for job in library.jobs.states()] == before


def test_who_only_looks_may_not(library):
    with pytest.raises(AccessDenied):
        library.analyse("counting", by=Actor("somebody", role=Role.VIEWER))


def test_one_that_waits_for_a_process_that_has_ended_is_adopted(open_library, counting):
    first = open_library(analyses=OneAnalysis(counting))
    with FileLock(first.lock_file.with_suffix(".analysis.lock"), is_singleton=False):
        job_id = first.analyse("counting")
        first.jobs.wait_for(job_id, lambda job: job.status is Status.WAITING, WAIT)
        first.close()
    counting.gate.release(3)
    second = open_library(analyses=OneAnalysis(counting))
    assert second.jobs.state(job_id).status is Status.WAITING
    assert second.analyse("counting") == job_id
    assert second.jobs.wait(job_id, WAIT).status is Status.DONE
