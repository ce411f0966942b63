"""Decisions are about files with a content, whatever becomes of paths and versions."""

from contextlib import closing

import pytest

from core.access.actors import Actor
from core.analysis.duplicates.decisions.boxes import lacking, moved
from core.analysis.duplicates.decisions.decisions import KEPT_ACTIONS, Change, Decided, Decisions, File, decided_of
from core.analysis.duplicates.model import Decision
from core.analysis.forgetting import forget
from core.database import Database
from core.errors import DuplicatesRefused
from core.images.describe import Box
from core.index.records import record_id

KEPT, ASIDE = Decision.KEPT, Decision.SET_ASIDE
A, B = "a" * 64, "b" * 64


def at(path: str) -> File:
    return File(record_id(path), path)


def decided(path: str, decision: Decision | None, digest: str = A) -> Decided:
    return Decided(digest, record_id(path), path, decision)


@pytest.mark.parametrize(
    ("known", "there", "expected"),
    [
        ({"/a/x": KEPT, "/b/x": ASIDE}, ["/a/x", "/b/x"], {"/a/x": KEPT, "/b/x": ASIDE}),
        ({"/a/x": KEPT, "/b/x": ASIDE}, ["/a/x", "/new/b/x"], {"/a/x": KEPT, "/new/b/x": ASIDE}),
        ({"/a/x": KEPT, "/b/x": ASIDE}, ["/m/a/x", "/m/b/x"], {"/m/a/x": KEPT, "/m/b/x": ASIDE}),
        ({"/a/x": KEPT, "/b/x": ASIDE}, ["/m/b/x", "/n/a/x"], {"/n/a/x": KEPT, "/m/b/x": ASIDE}),
        ({"/a/x": KEPT, "/b/x": ASIDE}, ["/a/x"], {"/a/x": KEPT}),
        ({"/b/x": ASIDE, "/a/x": None}, ["/a/x"], {}),  # the one that was set aside is gone: this is the other
        ({"/b/x": ASIDE}, ["/b/x", "/c/x"], {"/b/x": ASIDE}),  # a new copy
        ({}, ["/a/x"], {}),
    ],
)
def test_which_file_is_meant(known, there, expected):
    found = decided_of([at(path) for path in there], [decided(path, what) for path, what in known.items()])
    assert found == {record_id(path): what for path, what in expected.items()}


@pytest.fixture
def decisions():
    with closing(Database("sqlite://")) as database:
        yield Decisions(database, "lancedb/images")


WHO = Actor("Ana")


def test_they_are_kept_and_undone(decisions):
    before = decisions.revision()
    first = decisions.decide(Change("one", [decided("/a", KEPT), decided("/b", ASIDE)], distinct={(A, B)}), WHO)
    assert (first.set_aside, first.kept, first.distinct, first.by) == (1, 1, 1, "Ana")
    assert decisions.revision() != before
    second = decisions.decide(Change("two", [decided("/b", KEPT)]), WHO)
    assert {one.path: one.decision for one in decisions.files()} == {"/a": KEPT, "/b": KEPT}
    assert decisions.latest() == second
    undone, _ = decisions.undo(second.id)
    assert undone.undone
    assert {one.path: one.decision for one in decisions.files()} == {"/a": KEPT, "/b": ASIDE}
    assert decisions.latest() == first
    decisions.undo(first.id)
    assert (decisions.files(), decisions.distinct(), decisions.latest()) == ([], set(), None)
    assert [action.undone for action in decisions.actions()] == [True, True]
    with pytest.raises(DuplicatesRefused):
        decisions.undo(first.id)


def test_hostile_paths_come_back(decisions):
    path = "/a/\udcff\n'\"é"
    decisions.decide(Change("x", [decided(path, ASIDE)]), WHO)
    assert decisions.files()[0].path == path


def test_boxes_are_remembered_and_undone(decisions):
    box, other = Box("cat", 0.1, 0.1, 0.2, 0.2), Box("dog", 0.5, 0.5, 0.2, 0.2)
    decisions.decide(Change("x", boxes={A: [box]}), WHO)
    action = decisions.decide(Change("y", boxes={A: [other]}), WHO)
    assert decisions.boxes() == {A: (box, other)}
    decisions.undo(action.id)
    assert decisions.boxes() == {A: (box,)}


def test_another_index_has_its_own(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path / 'jobs.db'}")) as database:
        one, other = Decisions(database, "lancedb/a"), Decisions(database, "lancedb/b")
        action = one.decide(Change("x", [decided("/a", ASIDE)]), WHO)
        assert (len(one.files()), other.files(), other.latest()) == (1, [], None)
        with pytest.raises(DuplicatesRefused):
            other.undo(action.id)
        forget(database.engine, "lancedb/b", lasting=True)
        assert len(one.files()) == 1


def test_old_ones_stay_decided(decisions, monkeypatch):
    monkeypatch.setattr("core.analysis.duplicates.decisions.decisions.KEPT_ACTIONS", 3)
    numbers = [decisions.decide(Change(str(at), [decided(f"/{at}", ASIDE)]), WHO).id for at in range(6)]
    assert len(decisions.files()) == 6
    with pytest.raises(DuplicatesRefused):
        decisions.undo(numbers[0])
    decisions.undo(numbers[-1])
    assert KEPT_ACTIONS == 200


def test_boxes_go_where_the_picture_lies():
    import numpy as np

    half = np.array([[0.5, 0, 0.25], [0, 0.5, 0.25]])
    assert moved([Box("cat", 0.5, 0.5, 0.5, 0.5)], half) == [Box("cat", 0.5, 0.5, 0.25, 0.25)]
    mirrored = np.array([[-1.0, 0, 1], [0, 1, 0]])
    assert moved([Box("cat", 0.0, 0.2, 0.3, 0.4)], mirrored) == [Box("cat", 0.7, 0.2, 0.3, 0.4)]
    cut = np.array([[2.0, 0, -1], [0, 1, 0]])
    assert moved([Box("gone", 0.0, 0.0, 0.4, 1.0), Box("cat", 0.4, 0, 0.4, 1)], cut) == [Box("cat", 0, 0, 0.6, 1)]


def test_only_lacking_boxes_are_given():
    own = [Box("cat", 0.1, 0.1, 0.4, 0.4)]
    near, other = Box("cat", 0.11, 0.1, 0.4, 0.4), Box("dog", 0.1, 0.1, 0.4, 0.4)
    assert lacking(own, [near, other, other]) == [other]
