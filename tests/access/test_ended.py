"""A session that somebody has ended stays ended: in other processes, and after a restart."""

import logging
import time

import pytest

from core.access import ended as module
from core.access.ended import EndedSessions
from core.access.login import Session
from core.access.roles import Person
from core.database import Database
from tests.signed_in import access, cookies


def session(name: str = "a", seconds: float = 60.0) -> Session:
    return Session(name, Person(name), time.time() + seconds)


@pytest.fixture
def open_one(tmp_path):
    """Opens one more, as another process of the app has it."""
    opened = []

    def open_(url=f"sqlite:///{tmp_path / 'jobs.db'}"):
        opened.append(Database(url))
        return EndedSessions(lambda: opened[-1], every=0.0)

    yield open_
    for database in opened:
        database.close()


def soon(condition) -> bool:
    latest = time.monotonic() + 20
    while not condition() and time.monotonic() < latest:
        time.sleep(0.02)
    return condition()


def test_another_process_learns_of_it(open_one):
    one, other = open_one(), open_one()
    assert "a" not in one
    assert "a" not in other
    one.add(session())
    one.add(session())  # twice
    assert "a" in one
    assert soon(lambda: "a" in other)
    assert "b" not in other


def test_after_a_restart_it_is_known_at_once(open_one):
    open_one().add(session())
    assert "a" in open_one()


def test_those_that_have_ended_by_themselves_are_forgotten(open_one):
    one = open_one()
    one.add(session("old", 0.05))
    time.sleep(0.1)
    one.add(session("new"))
    assert ("old" in one, "new" in one, "old" in open_one()) == (False, True, False)


def test_without_a_database_this_process_goes_by_what_it_knows(tmp_path, caplog):
    (tmp_path / "jobs.db").mkdir()
    blocked = Database(f"sqlite:///{tmp_path / 'jobs.db'}")
    one = EndedSessions(lambda: blocked, every=0.0)
    with caplog.at_level(logging.ERROR):
        one.add(session())
    assert "a" in one
    assert "Other processes do not know" in caplog.text
    alone = EndedSessions(None)
    alone.add(session())
    assert ("a" in alone, "b" in alone) == (True, False)


def test_too_many_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "_MAX", 3)
    one = EndedSessions(None)
    for number in range(5):
        one.add(session(f"{number}"))
    assert [f"{number}" in one for number in range(5)] == [False, False, True, True, True]


def test_a_cookie_is_worth_nothing_after_a_restart(tmp_path):
    url, cookie = f"sqlite:///{tmp_path / 'jobs.db'}", cookies(email="ada@example.com")
    before = access(url)
    signed_in = before.session(cookie)
    assert signed_in is not None
    before.end(signed_in)
    assert before.session(cookie) is None
    assert access(url).session(cookie) is None
    assert access(url).session(cookies(email="eve@example.com", groups=["curators"])) is not None
