"""Who did what: noted, bounded, and taken away as a table."""

import logging
import time

import pytest

from core.access import audit as module
from core.access.actors import APP, COMMAND_LINE, Actor
from core.access.audit import Audit
from core.database import Database

ANA = Actor("ana@example.com")


@pytest.fixture
def audit():
    return Audit(Database("sqlite://"), "lancedb/images")


def test_what_was_done(audit):
    audit.note(ANA, "Changed tags", "3 pictures: +holiday")
    audit.note(COMMAND_LINE, "Revoked a token", "Nightly")
    audit.note(APP, "Added pictures", "by itself")
    said = [(one.who, one.action, one.subject, one.index_name) for one in audit.entries()]
    assert said == [
        ("command line", "Revoked a token", "Nightly", "lancedb/images"),
        ("ana@example.com", "Changed tags", "3 pictures: +holiday", "lancedb/images"),
    ]


def test_it_is_bounded(audit, monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 30)
    monkeypatch.setattr(module, "_FORGETS_EVERY", 10)
    for number in range(100):
        audit.note(ANA, "Exported", f"{number}" + "x" * 10_000)
    entries = audit.entries(1000)
    assert 30 <= len(entries) <= 40
    assert entries[0].subject.startswith("99x")
    assert len(entries[0].subject) == 2000


def test_what_is_old_is_forgotten(audit, monkeypatch):
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now - 366 * 24 * 3600)
    audit.note(ANA, "Exported", "long ago")
    monkeypatch.setattr("time.time", lambda: now)
    assert audit.entries() == []
    monkeypatch.setattr(module, "_FORGETS_EVERY", 1)
    audit.note(ANA, "Exported", "now")
    with monkeypatch.context() as earlier:
        earlier.setattr(module, "MAX_AGE", 1e12)
        assert [one.subject for one in audit.entries()] == ["now"]


def test_as_a_table(audit):
    audit.note(ANA, "Exported", "=1+1")
    lines = b"".join(audit.csv()).decode("utf-8-sig").splitlines()
    assert lines[0] == '"time","who","action","subject","index"'
    assert lines[1].endswith('"ana@example.com","Exported","\'=1+1","lancedb/images"')


def test_what_cannot_be_noted_is_told_in_the_log(tmp_path, caplog):
    (tmp_path / "file").touch()
    with caplog.at_level(logging.ERROR):
        Audit(Database(str(tmp_path / "file" / "jobs.db"))).note(ANA, "Exported", "all")
    assert "ana@example.com: Exported" in caplog.text
