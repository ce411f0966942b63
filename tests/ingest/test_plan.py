"""The plan: what there is to do, by sizes and times against those in the index."""

import os
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from core.errors import UnreadableImage
from core.images.describe import DESCRIPTION
from core.index.index import ModelStamp
from core.index.lance.engine import LanceIndex
from core.index.records import ImageRecord, record_id
from core.ingest.journal.job import Plan, Planned
from core.ingest.journal.progress import Counts
from core.ingest.pipeline.plan import plan
from core.sources.source import Found, Skipped


@dataclass
class Listed:
    """A source of what it is told that there is."""

    location: str = "/a"
    there: list[Found | Skipped] = field(default_factory=list)
    missed: tuple[str, ...] = ()

    def read(self, path):
        raise UnreadableImage(f"{path} no longer exists.", "Index its folder again.")

    def find(self):
        return iter(self.there)

    def owns(self, path):
        return not path.endswith("owned by another.png")

    def unreachable(self, path):
        return path.startswith(self.missed)


@pytest.fixture
def index(tmp_path):
    made = LanceIndex(tmp_path / "index", "images")
    made.prepare(ModelStamp("test/colour", 4))
    return made


@pytest.fixture
def put(index):
    """Puts records with these paths, sizes and times into the index."""

    def put_(*found, described=DESCRIPTION):
        records = [
            ImageRecord(
                id=record_id(one.path), path=one.path, name="", content_hash=f"{n:064x}", size=one.size,
                mtime_ns=one.mtime_ns, annotated_ns=one.annotated_ns, width=1, height=1, format="PNG",
                described=described,
            )
            for n, one in enumerate(found)
        ]  # fmt: skip
        index.upsert(records, np.ones((len(records), 4), np.float32))

    return put_


@pytest.fixture
def planned(index, journal):
    """Plans these sources; the plan, and what is planned for each path."""

    def plan_(*sources):
        journal.files(1).clear()
        *_, result = plan(sources, index, journal.files(1))
        lines = [file for chunk in journal.files(1).planned(set(Planned), is_open=False) for file in chunk]
        return result, [(file.planned, file.path) for file in lines]

    return plan_


def test_nothing_at_all(planned):
    assert planned(Listed()) == (Plan(), [])
    assert planned() == (Plan(), [])


def test_new_changed_and_unchanged(planned, put):
    same, changed = Found("/a/1.png", 10, 100), Found("/a/2.png", 20, 200)
    put(same, changed)
    there = [same, replace(changed, mtime_ns=201), Found("/a/3.png", 30, 300)]
    result, lines = planned(Listed(there=there))  # type: ignore[arg-type]
    assert result == Plan(new=1, changed=1, unchanged=1, size=50)
    assert lines == [(Planned.UNCHANGED, "/a/1.png"), (Planned.CHANGED, "/a/2.png"), (Planned.NEW, "/a/3.png")]


@pytest.mark.parametrize("change", [{"size": 11}, {"mtime_ns": 99}, {"annotated_ns": 5}])
def test_whatever_changes_counts(planned, put, change):
    one = Found("/a/1.png", 10, 100)
    put(one)
    assert planned(Listed(there=[replace(one, **change)]))[0].changed == 1


def test_records_of_an_earlier_version_are_read_again(planned, put):
    one = Found("/a/1.png", 10, 100)
    put(one, described=DESCRIPTION - 1)
    assert planned(Listed(there=[one]))[0].changed == 1


def test_what_is_passed_over_has_its_verdict_at_once(planned, journal):
    there = [Skipped("/a/x.txt", "No picture."), Skipped("/a/closed", "Closed.", failed=True)]
    result, lines = planned(Listed(there=there))  # type: ignore[arg-type]
    assert result == Plan(skipped=1, failed=1)
    assert (result.found, len(lines)) == (2, 2)
    assert journal.files(1).counts() == Counts(skipped=1, failed=1)


def test_a_file_has_one_line_whatever_sources_have_it(planned):
    one, left = Found("/a/b/1.png", 1, 1), Skipped("/a/b/x.txt", "No picture.")
    sources = [Listed("/a", [one, left, one]), Listed("/a/b", [left, one])]
    assert planned(*sources)[1] == [(Planned.SKIPPED, left.path), (Planned.NEW, one.path)]


def test_what_is_gone(planned, put):
    gone, owned = Found("/a/gone.png", 1, 1), Found("/a/owned by another.png", 1, 1)
    missed, elsewhere = Found("/a/drive/1.png", 1, 1), Found("/ab/1.png", 1, 1)
    put(gone, owned, missed, elsewhere)
    result, lines = planned(Listed(missed=("/a/drive/",)))
    assert (result, lines) == (Plan(gone=1, missed=1), [(Planned.GONE, "/a/gone.png")])
    assert result.found == 0


def test_what_is_gone_of_two_sources_is_gone_once(planned, put):
    put(Found("/a/b/1.png", 1, 1))
    assert planned(Listed("/a"), Listed("/a/b"))[0] == Plan(gone=1)


def test_new_files_that_look_like_those_that_are_gone(planned, put):
    put(*(Found(f"/a/old{n}.png", 5, 50) for n in range(2)), Found("/a/other.png", 6, 60))
    there = [*(Found(f"/a/new{n}.png", 5, 50) for n in range(3)), Found("/a/alike.png", 6, 61)]
    result, lines = planned(Listed(there=there))  # type: ignore[arg-type]
    assert result == Plan(new=2, renamed=2, gone=1, size=21)
    assert [path for what, path in lines if what is Planned.RENAMED] == ["/a/new0.png", "/a/new1.png"]
    assert sum(what is Planned.GONE for what, _ in lines) == 3  # which of them it was, their bytes will tell


def test_it_is_told_how_far_it_is(index, journal):
    there: list[Found | Skipped] = [Found(f"/a/{n}.png", 1, 1) for n in range(5)]
    found = [one.found for one in plan([Listed(there=there)], index, journal.files(1), chunk=2)]  # type: ignore[list-item]
    assert found == [2, 4, 5, 5]


def test_names_that_are_not_utf8(planned, put):
    odd = os.fsdecode(b"/a/caf\xe9")
    put(Found(f"{odd}/1.png", 1, 1))
    assert planned(Listed(odd, [Found(f"{odd}/2.png", 2, 2)]))[1] == [
        (Planned.NEW, f"{odd}/2.png"),
        (Planned.GONE, f"{odd}/1.png"),
    ]
