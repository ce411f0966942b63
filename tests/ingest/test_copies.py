"""What a plan says of files with the same bytes as others."""

import shutil
import threading
from zipfile import ZipFile

import pytest

from core.ingest.journal.job import Planned
from core.ingest.journal.journal import Journal
from core.ingest.pipeline import copies
from core.ingest.pipeline.plan import plan
from core.sources.factory import open_source


@pytest.fixture
def planned(services, tmp_path):
    """Plans sources; returns the numbers, and of each copy what it is a copy of."""

    def plan_(*locations):
        journal = Journal("sqlite://", "")
        *_, found = plan([open_source(str(one)) for one in locations], services.index, journal.files(0))
        told = {file.path: file.reason for chunk in journal.files(0).planned({Planned.COPY}) for file in chunk}
        journal.close()
        return found, told

    return plan_


def test_within_a_plan(planned, picture, tmp_path):
    first = picture("a.png", "red")
    shutil.copy(first, first.with_name("b.png"))
    other = bytearray(first.read_bytes())
    other[-1] ^= 1
    first.with_name("c.png").write_bytes(other)  # as large, but another one
    found, told = planned(tmp_path / "pictures")
    assert (found.new, found.copy, found.to_read, found.unchecked) == (2, 1, 3, 0)
    assert told == {str(first.with_name("b.png")): f"Copy of {first}."}


def test_of_what_is_indexed_in_another_source(planned, services, picture, tmp_path):
    first = picture("a/x.png", "red")
    list(services.ingest([first.parent]))
    (tmp_path / "more").mkdir()
    with ZipFile(tmp_path / "more/set.zip", "w") as archive:
        archive.write(first, "y.png")
    found, told = planned(tmp_path / "more/set.zip")
    assert (found.new, found.copy) == (0, 1)
    assert told == {f"{tmp_path}/more/set.zip/y.png": f"Copy of {first}."}


def test_what_was_moved_is_no_copy(planned, services, picture, tmp_path):
    first = picture("x.png", "red")
    list(services.ingest([first.parent]))
    moved = first.with_name("y.png")
    moved.write_bytes(first.read_bytes())  # at another time
    first.unlink()
    found, _ = planned(first.parent)
    assert (found.new, found.copy, found.gone) == (1, 0, 1)


def test_what_takes_long_is_left_and_said(planned, picture, tmp_path, monkeypatch):
    shutil.copy(first := picture("a.png", "red"), first.with_name("b.png"))
    monkeypatch.setattr(copies, "MAX_BYTES", 1)
    found, _ = planned(tmp_path / "pictures")
    assert (found.new, found.copy, found.unchecked) == (2, 0, 2)


def test_what_does_not_answer_is_left_and_said(planned, picture, tmp_path, monkeypatch):
    shutil.copy(first := picture("a.png", "red"), first.with_name("b.png"))
    answers = threading.Event()
    monkeypatch.setattr(copies, "SECONDS", 0.2)
    monkeypatch.setattr("core.sources.folder.read_bytes", lambda _: answers.wait(300) and b"")
    found, _ = planned(tmp_path / "pictures")
    answers.set()
    assert (found.new, found.copy, found.unchecked) == (2, 0, 2)


def test_too_many_are_not_compared(planned, picture, tmp_path, monkeypatch):
    shutil.copy(first := picture("a.png", "red"), first.with_name("b.png"))
    monkeypatch.setattr(copies, "MAX_FILES", 1)
    assert planned(tmp_path / "pictures")[0].unchecked == 2


def test_the_ingest_says_the_same_whether_or_not_somebody_looks_at_the_plan(services, picture, tmp_path):
    first = picture("a.png", "red")
    shutil.copy(first, first.with_name("b.png"))
    jobs = services.library.jobs
    looked_at = jobs.wait(services.library.add([str(first.parent)]))
    assert (looked_at.plan.new, looked_at.plan.copy) == (1, 1)
    job = jobs.wait(services.library.add([str(first.parent)], auto_start=True))
    assert (job.plan.new, job.plan.copy, job.counts.added, job.counts.duplicate) == (2, 0, 1, 1)
    reasons = {one.path: one.reason for one in services.library.journal.files(job.id).verdicts()}
    assert reasons[str(first.with_name("b.png"))] == f"Copy of {first}."
