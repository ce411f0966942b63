"""A folder that is as it was: the command says so without a scan, and whatever has changed is found by one."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

import core.cli.ingest
from core.cli import app
from core.ingest import unchanged
from core.migrations import VERSION_TABLE
from core.services import shared

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ingest(services, monkeypatch):
    """Runs the command on a folder; returns what it says without the time, and whether it scanned."""
    opened = []
    open_library = core.cli.ingest.open_library
    monkeypatch.setattr(core.cli.ingest, "open_library", lambda: opened.append(True) or open_library())

    def run(*arguments: object) -> tuple[str, bool]:
        shared.cache_clear()
        opened.clear()
        result = CliRunner().invoke(app, ["ingest", *map(str, arguments)])
        assert result.exit_code == 0, result.output
        return result.stdout.partition(" (")[0] + result.stdout.partition(")")[2], bool(opened)

    return run


@pytest.fixture
def folder(picture, tmp_path) -> Path:
    picture("red.png")
    picture("below/blue.png")
    (tmp_path / "pictures" / "notes.txt").write_text("words")
    return tmp_path / "pictures"


UNCHANGED = "3 files found: 2 unchanged · 1 skipped\nNot indexed: 1 not a picture\n"


def test_nothing_new_is_said_without_a_scan(ingest, services, folder):
    assert ingest(folder) == ("3 files found: 2 added · 1 skipped\nNot indexed: 1 not a picture\n", True)
    (before,) = services.library.sources()
    assert ingest(folder) == (UNCHANGED, False)
    (after,) = services.library.sources()
    assert after.known.checked_at > before.known.checked_at
    assert len(services.jobs.states()) == 1


def test_it_is_said_without_what_a_scan_imports(ingest, services, folder):
    ingest(folder)
    command = [sys.executable, "-X", "importtime", "-m", "core", "ingest", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("3 files found: 2 unchanged")
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not imported & {"numpy", "PIL", "pyarrow", "lancedb", "sqlalchemy", "yaml", "pydantic"}


def test_what_is_asked_otherwise_takes_a_scan(ingest, folder):
    ingest(folder)
    assert all(ingest(folder, option)[1] for option in ("--json", "--prune", "--dry-run"))


def _rewrite(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: _rewrite(folder / "red.png"),
        lambda folder: os.utime(folder / "below" / "blue.png", ns=(1, 1)),
        lambda folder: (folder / "notes.txt").unlink(),
        lambda folder: (folder / "below" / "blue.png").unlink(),
        lambda folder: (folder / "red.png").rename(folder / "rot.png"),
        lambda folder: (folder / "red.png").rename(folder / "below" / "red.png"),
        lambda folder: (folder / "more").mkdir(),
        lambda folder: (folder / "red.png").chmod(0),
        lambda folder: (folder / "link").symlink_to(folder / "red.png"),
    ],
    ids=["bytes", "time", "file-gone", "picture-gone", "name", "place", "folder", "rights", "link"],
)
def test_a_folder_that_has_changed_looks_different(folder, change):
    before = unchanged.look_of(str(folder))
    assert before == unchanged.look_of(str(folder))
    change(folder)
    assert before != unchanged.look_of(str(folder))


@pytest.mark.parametrize("place", ["nowhere", "red.png"])
def test_what_is_no_folder_has_no_look(folder, place):
    assert unchanged.look_of(str(folder / place)) is None


def test_a_folder_that_is_too_large_has_no_look(folder, monkeypatch):
    monkeypatch.setattr(unchanged, "MAX_ENTRIES", 3)
    assert unchanged.look_of(str(folder)) is None


def test_what_has_changed_is_found(ingest, folder):
    ingest(folder)
    _rewrite(folder / "red.png")
    (folder / "below" / "blue.png").unlink()
    said, scanned = ingest(folder)
    assert scanned
    assert "1 updated · 1 skipped · 1 missing" in said
    assert ingest(folder)[1], "that something is missing is said again"


def test_a_change_of_the_index_is_found(ingest, services, folder):
    ingest(folder)
    services.index.delete([record.id for record in services.index.browse(limit=1)])
    assert ingest(folder) == (UNCHANGED.replace("2 unchanged", "1 added · 1 unchanged"), True)
    assert ingest(folder) == (UNCHANGED, False)


def test_another_version_of_the_app_looks_again(ingest, folder, monkeypatch):
    ingest(folder)
    monkeypatch.setattr("core.running.note.code_edition", lambda: "another")
    assert ingest(folder) == (UNCHANGED, True)


def test_a_source_that_was_forgotten_is_one_again(ingest, services, folder):
    ingest(folder)
    services.library.journal.sources.forget(str(folder))
    assert ingest(folder)[1]
    assert [one.known.location for one in services.library.sources()] == [str(folder)]


def test_a_source_of_another_journal_is_scanned(ingest, services, folder):
    """One that was deleted, and then got the folder in another way: what else it knew of it is gone."""
    ingest(folder)
    sources = services.library.journal.sources
    sources.forget(str(folder))
    sources.note(str(folder), "again", ())
    assert ingest(folder) == (UNCHANGED, True)
    assert ingest(folder) == (UNCHANGED, False)


@pytest.mark.parametrize("revision", ["0001", "9999"])
def test_a_journal_of_another_version_is_left_to_the_scan(services, folder, ingest, revision):
    ingest(folder)
    journal = Path(services.settings.journal)
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = ?", (revision,))
        before = connection.execute("SELECT * FROM sources").fetchall()
    assert unchanged.Untouched(services.settings, str(folder)).told() is None
    with closing(sqlite3.connect(journal)) as connection:
        assert connection.execute("SELECT * FROM sources").fetchall() == before


@pytest.mark.parametrize("data", [b"", b"no database"])
def test_a_journal_that_is_none_is_left_to_the_scan(services, folder, ingest, data):
    ingest(folder)
    services.library.close()
    for file in Path(services.settings.journal).parent.glob("jobs.db*"):
        file.unlink()
    Path(services.settings.journal).write_bytes(data)
    assert unchanged.Untouched(services.settings, str(folder)).told() is None


def test_what_was_refused_is_told_again_as_long_as_the_same_would_read_it(ingest, folder, monkeypatch):
    (folder / "broken.png").write_text("words")
    failed = ingest(folder)[0].splitlines()[2:]
    assert "broken.png" in failed[0]
    said, scanned = ingest(folder)
    assert not scanned
    assert said.splitlines()[2:] == failed
    monkeypatch.setattr(unchanged, "READERS", ("numpy",))
    assert ingest(folder)[1]


def test_what_may_be_read_the_next_time_takes_a_scan(ingest, services, folder, monkeypatch):
    (folder / "broken.png").write_text("words")
    monkeypatch.setattr("core.ingest.journal.refused.Refusals.note", lambda *_: None)
    ingest(folder)
    assert ingest(folder)[1]


def test_what_comes_while_a_folder_is_scanned_is_not_missed(ingest, folder, picture, monkeypatch):
    report = core.cli.ingest.report

    def late(*arguments):
        picture("late.png", "green")
        return report(*arguments)

    monkeypatch.setattr(core.cli.ingest, "report", late)
    ingest(folder)
    monkeypatch.setattr(core.cli.ingest, "report", report)
    assert "1 added" in ingest(folder)[0]


def test_a_note_that_is_damaged_is_none(ingest, services, folder):
    ingest(folder)
    (note,) = (services.settings.data_dir / "jobs" / "untouched").iterdir()
    for text in ("", "[]", "{}", note.read_text().replace('"total": 3', '"total": {}')[:-9]):
        note.write_text(text)
        assert ingest(folder) == (UNCHANGED, True)
