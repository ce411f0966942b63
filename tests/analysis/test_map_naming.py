"""What clusters are called, by machine and by people; selections of pictures."""

import hashlib

import numpy as np
import pytest

from core.analysis.map.naming.choosing import MAX_NAME, All, Known, names
from core.analysis.map.naming.given import ClusterNames, checked, matched
from core.analysis.map.selections import BYTES_TEMPORARY, MOST_TEMPORARY, Selections
from core.database import Database
from core.errors import NameRefused, SelectionRefused
from core.index.chosen.ids import IdSet
from core.index.records import record_id
from core.search.language.parser import parse
from core.search.relevance.concepts import CONCEPTS
from core.vectors import unit
from tests.ingest.libraries import journal_url

HOSTILE = (
    "a,b",
    'say "cheese"',
    "label:cat",
    "x" * 10_000,
    "line\nbreak\x00",
    "-minus",
    "(a OR b)",
    "日本",
    "'; DROP",
    "*?",
)


@pytest.fixture
def database(tmp_path):
    opened = Database(journal_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def bank():
    rng = np.random.default_rng(0)
    return CONCEPTS, unit(rng.standard_normal((len(CONCEPTS), 64)) + 1.0)


def about(bank, concepts, size=100, labels=(), folders=(), rest=()):
    """A cluster whose pictures are near to these concepts."""
    direction = sum(bank[1][CONCEPTS.index(concept)] * (1 - 0.2 * place) for place, concept in enumerate(concepts))
    return Known(size, unit(direction[None])[0].astype(np.float64), dict(labels), dict(folders))


def whole(clusters, labels=(), folders=(), size=0):
    total = size or sum(one.size for one in clusters)
    mean = sum(one.mean * one.size for one in clusters) / sum(one.size for one in clusters)
    return All(total, mean, dict(labels), dict(folders))


def called(clusters, bank, **more):
    return [one.name for one in names(clusters, whole(clusters, **more), bank)]


def test_by_the_concepts_that_set_them_apart(bank):
    clusters = [about(bank, [one]) for one in ("dog", "pizza", "airplane")]
    assert called(clusters, bank) == ["dog", "pizza", "airplane"]
    assert [one.concepts[0] for one in names(clusters, whole(clusters), bank)] == ["dog", "pizza", "airplane"]


def test_those_of_one_thing_get_a_second_word(bank):
    clusters = [about(bank, ["dog"]), about(bank, ["dog"]), about(bank, ["pizza"]), about(bank, ["airplane"])]
    found = called(clusters, bank)
    assert found[0] == "dog"
    assert found[1].startswith("dog and ")
    assert len({*found}) == 4


def test_by_the_label_that_nearly_all_share(bank):
    clusters = [about(bank, ["dog"], labels={"schnauzer": 90, "person": 95}), about(bank, ["pizza"])]
    assert called(clusters, bank, labels={"schnauzer": 92, "person": 190})[0] == "schnauzer"


def test_by_the_folder_or_a_number_where_nothing_else_is_known():
    clusters = [Known(10, np.ones(4), {}, {"trip": 10}), Known(10, np.ones(4), {}, {"a": 5, "b": 5})]
    found = names(clusters, whole(clusters, folders={"trip": 10, "a": 5, "b": 5}), None)
    assert [(one.name, one.by) for one in found] == [("trip", "folder"), ("Cluster 1", "number")]


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_named_so_that_they_can_be_shown_and_typed(label):
    clusters = [Known(10, np.ones(4), {label: 10}, {}), Known(10, np.ones(4), {}, {})]
    found = names(clusters, whole(clusters, labels={label: 10}), None)[0].name
    assert 0 < len(found) <= MAX_NAME
    assert found.isprintable()


def test_names_that_are_taken_are_not_given(bank):
    clusters = [about(bank, ["dog"]), about(bank, ["pizza"])]
    assert "dog" not in {one.name for one in names(clusters, whole(clusters), bank, ["Dog"])}


def hashes(first: int, last: int) -> np.ndarray:
    found = sorted(hashlib.sha256(str(number).encode()).digest() for number in range(first, last))
    return np.frombuffer(b"".join(found), np.uint8).reshape(-1, 32)


def test_what_people_call_a_cluster_outlasts_a_new_map(database):
    given = ClusterNames(database, "images")
    given.give("Our dogs", hashes(0, 100), "Anna")
    ClusterNames(database, "others").give("Not here", hashes(0, 100), "Anna")
    contents = hashes(0, 300)
    here = {row.tobytes(): number for number, row in enumerate(contents)}

    def levels(*groups: tuple[int, int]) -> np.ndarray:
        found = np.zeros((1, 300), np.int32)
        for number, (first, last) in enumerate(groups, 1):
            found[0, [here[row.tobytes()] for row in hashes(first, last)]] = number
        return found

    def names_of(found):
        return {number: one.name for number, one in found.items()}

    assert names_of(matched(given.all(), contents, levels((200, 300), (0, 100)))) == {2: "Our dogs"}
    assert names_of(matched(given.all(), contents, levels((10, 120), (150, 300)))) == {1: "Our dogs"}
    assert names_of(matched(given.all(), contents, levels((100, 300)))) == {}
    assert names_of(matched(given.all(), contents, levels((0, 10), (10, 20)))) == {}
    assert matched(given.all(), contents, np.zeros((0, 300), np.int32)) == {}
    given.give("Dogs", hashes(0, 100), "Ben", instead=[one.id for one in given.all()])
    assert [one.name for one in given.all()] == ["Dogs"]
    given.clear()
    assert given.all() == []


def test_long_names_of_clusters_are_refused_and_others_cleaned():
    assert checked(" a\n\x00b ") == "a b"
    with pytest.raises(NameRefused):
        checked("x" * 10_000)


@pytest.fixture
def selections(database):
    return Selections(database, "images")


def ids(first: int, last: int) -> IdSet:
    return IdSet(record_id(f"/{number}") for number in range(first, last))


def test_a_selection_is_found_by_its_id_and_its_name_in_whatever_case(database, selections):
    made = selections.add(ids(0, 9), "Best of 2024", "Anna")
    another = Selections(database, "images")  # another tab, or the next start
    for name in (made.id, "Best of 2024", "best OF 2024"):
        assert another.ids(name) == ids(0, 9)
    assert another.find("best of 2024") == made
    assert Selections(database, "others").ids(made.id) is None
    assert selections.ids("nothing") is None
    assert parse(made.filter)[1].conditions[0].names == ("Best of 2024",)


def test_one_of_the_same_name_is_replaced(selections):
    selections.add(ids(0, 9), "Best")
    selections.add(ids(0, 5), "best")
    assert [(one.name, one.count) for one in selections.all()] == [("best", 5)]


@pytest.mark.parametrize("name", HOSTILE)
def test_selections_of_whatever_name(selections, name):
    if len(name) > 200:
        with pytest.raises(SelectionRefused):
            selections.add(ids(0, 3), name)
        return
    made = selections.add(ids(0, 3), name)
    (condition,) = parse(made.filter)[1].conditions
    assert condition.names == (made.name,)
    assert selections.ids(condition.names[0]) == ids(0, 3)


def test_the_oldest_without_a_name_go(database):
    now = [0.0]
    selections = Selections(database, "images", lambda: now[0])
    kept = selections.add(ids(0, 2), "kept")
    first, second = selections.add(ids(0, 1)), selections.add(ids(0, 2))
    now[0] = 1000.0
    selections.ids(first.id)  # used, so that the other is the oldest
    for number in range(MOST_TEMPORARY - 1):
        now[0] += 1
        selections.add(ids(0, number + 1))
    assert selections.find(second.id) is None
    assert selections.find(first.id) is not None
    assert selections.find(kept.id) is not None
    assert len(selections.all()) == MOST_TEMPORARY + 1


def test_large_ones_leave_room_for_one_another(database, monkeypatch):
    monkeypatch.setattr("core.analysis.map.selections.BYTES_TEMPORARY", 16 * 100)
    assert BYTES_TEMPORARY >= 16 * 1_000_000
    selections = Selections(database, "images")
    for _ in range(4):
        selections.add(ids(0, 60))
    assert len(selections.all()) == 1
    selections.add(ids(0, 500))  # the newest stays, however large
    assert [one.count for one in selections.all()] == [500]


def test_a_selection_is_kept_under_a_name_and_deleted(selections):
    made = selections.add(ids(0, 3))
    assert selections.rename(made.id, "Mine").name == "Mine"
    other = selections.add(ids(0, 4))
    with pytest.raises(SelectionRefused):
        selections.rename(other.id, "mine")
    assert selections.rename(made.id, "").name == ""
    assert selections.delete(made.id)
    assert not selections.delete(made.id)
    with pytest.raises(SelectionRefused):
        selections.rename(made.id, "gone")
    with pytest.raises(SelectionRefused):
        selections.add(IdSet([]))
