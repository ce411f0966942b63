"""The index optimized by a job: told while it runs, stopped, and paused where the engine does not answer."""

import threading

import pytest

from core.access.actors import Actor
from core.access.roles import Role
from core.errors import AccessDenied, IndexUnavailable
from core.ingest.jobs.words import in_words, verdicts
from core.ingest.journal.job import Kind, Status
from core.ingest.journal.progress import Counts
from tests.ingest.libraries import WAIT, ingest


@pytest.fixture
def filled(library, picture):
    ingest(library, picture("red.png").parent)
    library.start()
    return library


@pytest.fixture
def held(filled, monkeypatch):
    """The engine waits with it until it is told to go on."""
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(WAIT)

    monkeypatch.setattr(filled.index, "optimize", wait)
    yield begun, go_on
    go_on.set()


def test_it_is_a_job_of_its_own(filled, monkeypatch):
    calls = []
    monkeypatch.setattr(filled.index, "optimize", lambda: calls.append(1))
    job = filled.jobs.wait(filled.optimize(by=Actor("Ada", role=Role.ADMIN)), WAIT)
    assert (job.kind, job.status, job.counts, job.title) == (
        *(Kind.OPTIMIZE, Status.DONE, Counts(updated=1), "Optimize the index"),
    )
    assert calls == [1]
    assert verdicts(job) == "1 optimized"
    assert "Optimized the index" in {one.action for one in filled.journal.audit.entries()}


def test_one_at_a_time_and_it_can_be_stopped(held, filled):
    begun, _ = held
    job_id = filled.optimize()
    assert begun.wait(WAIT)
    assert filled.optimize() == job_id
    assert in_words(filled.jobs.wait_for(job_id, lambda job: "Optimizing" in in_words(job), WAIT)) == (
        "Optimizing · 1 picture"
    )
    filled.jobs.cancel(job_id)
    job = filled.jobs.wait(job_id, WAIT)  # though the engine has not ended what it has begun
    assert job.status is Status.CANCELLED


def test_an_engine_that_does_not_answer(filled, monkeypatch):
    def away() -> None:
        raise IndexUnavailable("It is away.", "Start it.")

    monkeypatch.setattr(filled.index, "optimize", away)
    job = filled.jobs.wait_for(filled.optimize(), lambda job: job.status is Status.PAUSED, WAIT)
    assert job.error.message == "It is away."
    assert job.retry_at


def test_it_is_for_admins(filled):
    with pytest.raises(AccessDenied):
        filled.optimize(by=Actor("Eve", role=Role.EDITOR))
