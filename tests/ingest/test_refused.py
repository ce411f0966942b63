"""Files that are no pictures are opened once, as long as they stay as they are."""

import os
from pathlib import Path

import pytest

from core.errors import Problem
from core.images.reading import reader
from core.images.reading.decoding import OpenedImage
from core.ingest.journal.job import Plan
from core.ingest.journal.progress import Counts, Outcome
from core.ingest.pipeline import prepare
from tests.ingest.libraries import WAIT, ingest, paths, verdicts

BROKEN = {
    "cut.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\0", Problem.DAMAGED),
    "empty.png": (b"", Problem.DAMAGED),
    "page.png": (b"<!DOCTYPE html><html>", Problem.NOT_A_PICTURE),
    "zeros.gif": (bytes(100), Problem.DAMAGED),
}


@pytest.fixture
def broken(folder: Path) -> Path:
    """A folder of three pictures and what pretends to be some."""
    for name, (data, _) in BROKEN.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files whose bytes are looked at."""
    names: list[str] = []

    def open_upright(data: bytes, name: str, enough: int | None = None) -> OpenedImage:
        names.append(name.rpartition("/")[2])
        return reader.open_upright(data, name, enough)

    monkeypatch.setattr(prepare, "open_upright", open_upright)
    return names


def test_are_opened_once_and_told_of_each_time(open_library, broken, opened):
    library = open_library()
    first = ingest(library, broken)
    assert (first.counts, len(opened)) == (Counts(added=3, failed=4), 7)
    opened.clear()
    library = open_library(load=lambda: pytest.fail("the model was asked for"))
    again = ingest(library, broken)
    assert (again.counts, opened) == (Counts(unchanged=3, failed=4), [])
    assert verdicts(library, again, Outcome.FAILED) == verdicts(library, first, Outcome.FAILED)
    problems = {Path(one.path).name: one.problem for one in library.journal.files(again.id).verdicts({Outcome.FAILED})}
    assert problems == {name: problem for name, (_, problem) in BROKEN.items()}
    assert list(library.look([str(broken)]))[-1] == Plan(unchanged=3, failed=4)


@pytest.mark.parametrize(("mtime", "data"), [(1, BROKEN["empty.png"][0]), (None, b"other bytes")])
def test_one_that_has_changed_is_opened_again(library, broken, opened, mtime, data):
    file = broken / "empty.png"
    ingest(library, broken)
    opened.clear()
    before = file.stat().st_mtime_ns
    file.write_bytes(data)
    os.utime(file, ns=(before, mtime or before))
    assert ingest(library, broken).counts == Counts(unchanged=3, failed=4)
    assert opened == ["empty.png"]
    opened.clear()
    ingest(library, broken)
    assert opened == []


def test_one_that_was_mended_is_indexed(library, broken, opened):
    ingest(library, broken)
    (broken / "empty.png").write_bytes((broken / "red.png").read_bytes())
    assert ingest(library, broken).counts == Counts(unchanged=3, duplicate=1, failed=3)
    assert str(broken / "empty.png") in paths(library)


def test_a_picture_that_broke_is_opened_once(library, broken, opened):
    ingest(library, broken)
    (broken / "red.png").write_bytes(b"broken")
    assert ingest(library, broken).counts == Counts(unchanged=2, failed=5)
    opened.clear()
    assert ingest(library, broken).counts == Counts(unchanged=2, failed=5)
    assert (opened, str(broken / "red.png") in paths(library)) == ([], True)


def test_what_another_version_refused_is_opened_again(library, broken, opened, monkeypatch):
    ingest(library, broken)
    monkeypatch.setattr(reader, "READER", 1 + reader.READER)
    opened.clear()
    ingest(library, broken)
    assert sorted(opened) == sorted(BROKEN)


def test_who_asks_has_them_opened_again(library, broken, opened):
    job = ingest(library, broken)
    for _ in range(2):
        opened.clear()
        assert library.jobs.retry(job.id) == 4
        job = library.jobs.wait(job.id, WAIT)
        assert (sorted(opened), job.counts.failed) == (sorted(BROKEN), 4)
        job = ingest(library, broken)


def test_what_says_nothing_about_the_bytes_is_tried_again(library, folder, opened, monkeypatch):
    def open_upright(data: bytes, name: str, enough: int | None = None) -> None:
        raise reader.refusal(MemoryError(), data, name) from MemoryError()  # type: ignore[attr-defined]

    monkeypatch.setattr(prepare, "open_upright", open_upright)
    assert ingest(library, folder).counts == Counts(failed=3)
    monkeypatch.undo()
    assert ingest(library, folder).counts == Counts(added=3)


def test_a_file_that_may_not_be_read_is_tried_again(library, folder):
    from core.errors import UnreadableImage
    from core.sources.folder import FolderSource

    with pytest.MonkeyPatch.context() as patch:

        def read(self: FolderSource, path: str) -> bytes:
            raise UnreadableImage(f"{path} may not be read.", "Give the permission.")

        patch.setattr(FolderSource, "read", read)
        assert ingest(library, folder).counts == Counts(failed=3)
    assert ingest(library, folder).counts == Counts(added=3)
