"""The database of jobs and saved searches, brought to the tables of this version from whatever made it."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text

from core import migrations, saved
from core.access import tables as access
from core.access.actors import Actor
from core.analysis.duplicates.decisions import tables as duplicates
from core.analysis.map import tables as maps
from core.collections import catalog
from core.database import Database, transaction
from core.errors import JournalUnavailable
from core.ingest.journal import tables
from core.ingest.journal.job import Kind
from core.ingest.journal.journal import Journal
from core.migrations import revisions
from tests.databases import MadeAgain
from tests.ingest.libraries import journal_url

FIRST = """
CREATE TABLE jobs (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, index_name VARCHAR(512) NOT NULL, title TEXT NOT NULL,
    sources TEXT NOT NULL, status VARCHAR(16) NOT NULL, starts BOOLEAN NOT NULL, quiet BOOLEAN NOT NULL,
    prunes BOOLEAN NOT NULL, wish VARCHAR(16), owner VARCHAR(200), phase VARCHAR(32) NOT NULL, plan TEXT NOT NULL,
    counts TEXT NOT NULL, recent TEXT NOT NULL, error TEXT, note TEXT NOT NULL, rate FLOAT NOT NULL,
    memory BIGINT NOT NULL, embedded INTEGER NOT NULL, seconds FLOAT NOT NULL, working FLOAT NOT NULL,
    interruptions INTEGER NOT NULL, stalled INTEGER NOT NULL, done_before INTEGER NOT NULL, created_at FLOAT NOT NULL,
    ended_at FLOAT, retry_at FLOAT, model_id VARCHAR(100) NOT NULL
);
CREATE TABLE files (
    job INTEGER NOT NULL, number INTEGER NOT NULL, source INTEGER NOT NULL, path TEXT NOT NULL, size BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL, planned VARCHAR(16) NOT NULL, content_hash VARCHAR(64), outcome VARCHAR(16), reason TEXT,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE TABLE somebody_elses (id INTEGER);
INSERT INTO jobs VALUES (7, 'lancedb/images', 'Pictures', '["/pictures"]', 'done', 1, 0, 0, '', NULL, 'INDEXING',
    '{}', '{"added": 3}', '[]', NULL, '', 0, 0, 3, 1, 1, 0, 0, 0, 1, 2, NULL, 'clip/ViT-B-16');
"""
"""A database as the first version with jobs made it."""


@pytest.fixture(autouse=True)
def made_again(monkeypatch: pytest.MonkeyPatch) -> MadeAgain:
    """How other tests come to a new database; these have each made by Alembic."""
    again = revisions.upgrade
    assert isinstance(again, MadeAgain)
    monkeypatch.setattr(revisions, "upgrade", again.upgrade)
    return again


@pytest.fixture
def url(tmp_path: Path) -> str:
    return journal_url(tmp_path / "data")


@pytest.fixture
def first(tmp_path: Path) -> str:
    file = tmp_path / "jobs.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(FIRST)
    connection.close()
    return str(file)


def opened[T](url: str, do: Callable[[Database], T]) -> T:
    database = Database(url)
    try:
        return do(database)
    finally:
        database.close()


def differences(database: Database) -> list[object]:
    """Between its tables and those that the code knows."""
    known = MetaData()
    for metadata in (
        tables.metadata,
        saved.metadata,
        catalog.metadata,
        access.metadata,
        duplicates.metadata,
        maps.metadata,
    ):
        for table in metadata.sorted_tables:
            table.to_metadata(known)
    with transaction(database.engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in known.tables}
        )
        return list(compare_metadata(context, known))


def test_the_last_revision_is_the_one_that_is_asked_for():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_a_new_database_has_the_tables_that_the_code_knows(url):
    assert opened(url, differences) == []


def test_one_that_other_tests_make_is_the_same(made_again, monkeypatch, tmp_path):
    def made(name: str) -> list[str]:
        file = str(tmp_path / name)
        assert opened(file, differences) == []
        with closing(sqlite3.connect(file)) as connection:
            return sorted(connection.iterdump())  # indices are made in any order

    by_alembic = made("0.db")
    monkeypatch.setattr(revisions, "upgrade", made_again)
    assert [made(f"{number}.db") for number in (1, 2)] == [by_alembic] * 2


def test_one_of_the_first_version_gets_what_it_lacks_and_keeps_what_it_has(first):
    # Columns that came later are nullable there, as the code has them.
    assert opened(first, differences) == []
    with sqlite3.connect(first) as connection:
        assert connection.execute("SELECT id, title, kind FROM jobs").fetchall() == [(7, "Pictures", None)]
        assert connection.execute("SELECT count(*) FROM somebody_elses").fetchall() == [(0,)]
    connection.close()


def test_a_job_of_the_first_version_is_read_and_others_are_written_beside_it(first):
    journals = [Journal(first, "lancedb/images") for _ in range(4)]
    with ThreadPoolExecutor() as pool:  # processes that start at once
        read = list(pool.map(lambda journal: journal.job(7), journals))
    assert {(job.title, job.auto_start, job.requested, job.kind, job.started_by) for job in read} == {
        ("Pictures", True, "", Kind.INGEST, "")
    }
    by = Actor("Firefox on Linux", "abc")
    second = journals[0].job(journals[0].create("All pictures", [], kind=Kind.REEMBED, by=by))
    assert (second.kind, second.started_by, second.started_key) == (Kind.REEMBED, "Firefox on Linux", "abc")
    for journal in journals:
        journal.close()


def test_processes_that_start_at_once_wait_for_one_another(first):
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: opened(first, differences), range(8))) == [[]] * 8


def test_one_that_is_up_to_date_is_only_asked(url, monkeypatch):
    opened(url, lambda database: database.engine)
    monkeypatch.setattr(revisions, "upgrade", lambda _: pytest.fail("it was changed"))
    opened(url, lambda database: database.engine)


def test_one_of_a_newer_version_is_refused_and_left_as_it_is(url):
    def stamp(database: Database) -> None:
        with transaction(database.engine) as connection:
            connection.execute(text(f"UPDATE {migrations.VERSION_TABLE} SET version_num = '9999'"))

    opened(url, stamp)
    with pytest.raises(JournalUnavailable) as refused:
        opened(url, lambda database: database.engine)
    assert refused.value.message.endswith("was made by a newer version of the app.")
    assert refused.value.remedy.startswith("Use that version, or move the database away")


def test_one_that_cannot_be_changed_is_said_to_be_so(first):
    with sqlite3.connect(first) as connection:
        connection.execute("DROP TABLE files")
        connection.execute("CREATE VIEW files AS SELECT 1 AS job")
    connection.close()
    with pytest.raises(JournalUnavailable):
        opened(first, lambda database: database.engine)
    with sqlite3.connect(first) as connection:  # all or nothing
        assert "kind" not in {row[1] for row in connection.execute("PRAGMA table_info(jobs)")}
    connection.close()
