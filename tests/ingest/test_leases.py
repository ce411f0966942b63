"""Leases: who holds one keeps it as long as it says so often enough, by the clock of the database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import Timeout
from sqlalchemy import ColumnElement, literal

from core.config import Settings
from core.database import Database
from core.errors import JournalUnavailable
from core.ingest.jobs.leased import InDatabase
from core.ingest.jobs.leases import LAPSE, Leases
from core.services import Services

HOUR = 3600.0
"""Seconds after which leases are renewed here: never, but where a test does."""


class Clock:
    """Of the database."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> ColumnElement[float]:
        return literal(self.time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process(tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Leases]]:
    """Leases of another process with each call."""
    opened: list[Database] = []

    def open_() -> Leases:
        opened.append(Database(str(tmp_path / "jobs.db"), at_once=True))
        return Leases(opened[-1], HOUR, lapse=20.0, now=clock)

    yield open_
    for database in opened:
        database.close()


def test_one_has_it_until_it_lapses_and_then_another(process, clock):
    mine, theirs = process(), process()
    token = mine.take("fill images")
    assert token
    assert (theirs.take("fill images"), mine.take("fill images")) == ("", "")
    clock.time += 19
    mine.renew()
    clock.time += 19
    assert theirs.take("fill images") == ""
    clock.time += 1
    assert theirs.take("fill images")
    assert mine.seems_to_hold(token)
    mine.renew()
    assert not mine.holds(token)


def test_one_that_lapsed_and_that_nobody_took_goes_on(process, clock):
    mine = process()
    token = mine.take("fill images")
    clock.time += 3600
    mine.renew()
    assert mine.holds(token)
    assert process().take("fill images") == ""


def test_a_lock_is_let_go_at_once(process):
    mine, theirs = (InDatabase(process(), "images").lock("fill") for _ in range(2))
    mine.acquire()
    with pytest.raises(Timeout):
        theirs.acquire(timeout=0)
    assert (mine.is_locked, theirs.is_locked) == (True, False)
    mine.release()
    mine.release()
    theirs.acquire(timeout=0)
    assert (mine.is_locked, theirs.is_locked) == (False, True)
    InDatabase(process(), "images").lock("rebuild").acquire(timeout=0)
    InDatabase(process(), "others").lock("fill").acquire(timeout=0)


def test_an_owner_that_is_closed_or_says_nothing_is_dead_for_good(process, clock):
    mine, theirs, third = (InDatabase(process(), "images").owner for _ in range(3))
    first, closed = theirs.id, third.id
    assert not any(mine.is_dead(one) for one in (mine.id, first, closed, ""))
    third.close()
    assert mine.is_dead(closed)
    clock.time += 20
    assert mine.is_dead(first)
    assert not mine.is_dead(mine.id)


def test_an_owner_that_passed_for_dead_is_another_one_from_then_on(process, clock):
    leases = process()
    mine, theirs = InDatabase(leases, "images").owner, InDatabase(process(), "images").owner
    before = mine.id
    clock.time += 20
    assert theirs.is_dead(before)
    leases.renew()
    assert mine.id != before
    assert theirs.is_dead(before)
    assert not theirs.is_dead(mine.id)


@pytest.mark.parametrize(
    ("journal", "elasticsearch", "looks_every"),
    [
        ("postgresql+psycopg://me@127.0.0.1:1/name", "http://127.0.0.1:1", LAPSE / 4),
        ("postgresql+psycopg://me@127.0.0.1:1/name", "", None),  # one index for each data folder
        ("sqlite:////nowhere/jobs.db", "http://127.0.0.1:1", None),
        ("nonsense://", "http://127.0.0.1:1", None),
    ],
)
def test_go_where_several_machines_can_reach_database_and_index(journal, elasticsearch, looks_every, tmp_path):
    settings = Settings.load(data_dir=tmp_path, journal_url=journal, elasticsearch_url=elasticsearch)
    assert Services(settings).library.looks_every == looks_every


def test_where_the_database_does_not_answer(process, monkeypatch, clock):
    leases = process()
    lock = InDatabase(leases, "images").lock("fill")
    lock.acquire()

    def fails(*_: object, **__: object) -> None:
        raise JournalUnavailable("The disk is full.", "Free some space.")

    with monkeypatch.context() as patch:
        patch.setattr("core.ingest.jobs.leases.transaction", fails)
        lock.release()  # it is told later
        with pytest.raises(JournalUnavailable):
            lock.acquire()
    assert not lock.is_locked
    leases.tell_left()
    assert process().take("fill images")
