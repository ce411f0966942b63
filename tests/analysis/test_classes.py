"""Labels from words: lists, what people say, scores, lines, and what pictures get of them."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from core.access.actors import Actor
from core.access.roles import Role
from core.analysis.classes.classes import Classes, Order
from core.analysis.classes.lists import MAX_CLASSES, ClassList, ClassOf, checked_classes, typed
from core.analysis.classes.precision import precision
from core.analysis.classes.roster import Roster
from core.analysis.classes.scan import ClassScan
from core.analysis.classes.store import ClassLists
from core.analysis.classes.threshold import suggested
from core.analysis.kept import KeptAnalyses
from core.database import Database
from core.errors import AccessDenied, ClassesRefused, NoSuchClassList
from core.index.filters import AnyOf, Filter
from core.index.index import ModelStamp
from core.ingest.journal.job import AnalysisTask, JobState, Status
from core.vectors import unit
from tests.records import a_record

AXES = {"cat": 0, "dog": 1, "cow": 2}
DIMS = 8


@dataclass
class AxisScorer:
    """A word leads along an axis, and a picture fits it as far as it lies there."""

    edition: str = "first"
    asked: int = 0
    model: str = "axes"

    def seen(self, images):
        return np.stack([unit(np.asarray(image.resize((1, DIMS)), np.float32)[:, 0, 0] + 1) for image in images])

    def embedded(self, texts):
        return np.stack([np.eye(DIMS, dtype=np.float32)[AXES.get(text, DIMS - 1)] for text in texts])

    def scores(self, texts, rows):
        self.asked += len(rows)
        return (10 * rows @ texts.T).astype(np.float32)


def pictures_of(*names):
    records = [a_record(f"{at}-{name}.jpg") for at, name in enumerate(names)]
    rows = np.stack([np.eye(DIMS, dtype=np.float32)[AXES.get(name, DIMS - 2)] for name in names])
    return records, rows


@pytest.fixture
def scorer():
    return AxisScorer()


@pytest.fixture
def lists(services):
    return ClassLists(Database(services.settings.journal), services.scope)


@pytest.fixture
def scan(services, lists, scorer):
    return ClassScan(services.index, services.analysis.kept, lists, lambda: scorer)


@pytest.fixture
def classes(services, lists, scan):
    def analyse(by):
        plan = list(scan.plan(job()))[-1]
        for _ in scan.run(replace(job(), plan=plan)):
            pass
        return 1

    found = Classes(services.index, services.analysis.kept, lists, services.audit, analyse, services.facets)
    services.index.prepare(ModelStamp("test/axes", DIMS, 1))
    services.index.upsert(*pictures_of("cat", "cat", "dog", "bird"))
    return found


def job():
    return JobState(1, "", (), Status.RUNNING, analysis=AnalysisTask("classes"))


def names_of(services, name):
    records = services.index.browse(Filter((AnyOf("class", (name,)),)))
    return sorted(record.name for record in records)


def made(classes, *names, **how):
    lines = [ClassOf(name, threshold=5.0) for name in names]
    return classes.add("animals", lines, **how)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat\n dog \n\n", [("cat", "cat"), ("dog", "dog")]),
        ("scratch: a scratched surface", [("scratch", "a scratched surface")]),
        (": words", []),
        ("a:b:c", [("a", "b:c")]),
    ],
)
def test_classes_as_they_are_typed(text, expected):
    assert [(one.name, one.text) for one in typed(text)] == expected


def test_names_are_cleaned_and_each_is_there_once():
    kept = checked_classes([ClassOf(" a\x00b "), ClassOf("A B", "twice"), ClassOf(""), ClassOf("\ud800x")])
    assert [one.name for one in kept] == ["a b", "x"]


@pytest.mark.parametrize(
    "classes",
    [
        [],
        [ClassOf("x" * 101)],
        [ClassOf(str(at)) for at in range(MAX_CLASSES + 1)],
        [ClassOf("a", threshold=float("nan"))],
        [ClassOf("a", threshold=1e9)],
    ],
    ids=["none", "too long", "too many", "no number", "out of reach"],
)
def test_what_cannot_be_a_list(lists, classes):
    with pytest.raises(ClassesRefused):
        lists.add(ClassList(0, "list", tuple(classes)))
    assert lists.all() == []


def test_lists_are_kept_changed_and_deleted(lists):
    one = lists.add(ClassList(0, "animals", (ClassOf("cat"), ClassOf("dog"))))
    with pytest.raises(ClassesRefused, match="already"):
        lists.add(ClassList(0, "animals", (ClassOf("cat"),)))
    lists.say(one.id, "cat", {"0" * 64: True, "1" * 64: False})
    lists.say(one.id, "dog", {"0" * 64: True})
    lists.say(one.id, "cat", {"1" * 64: None})
    assert lists.said(one.id) == {"cat": {"0" * 64: True}, "dog": {"0" * 64: True}}
    changed = lists.change(replace(one, name="pets", classes=(ClassOf("cat", threshold=3.0),)))
    assert lists.named("PETS") == changed
    assert lists.said(one.id) == {"cat": {"0" * 64: True}}  # of dog nothing is left
    assert lists.delete(one.id)
    assert not lists.delete(one.id)
    with pytest.raises(NoSuchClassList):
        lists.get(one.id)
    assert lists.said(one.id) == {}


def test_those_of_another_index_are_not_seen(services, lists):
    lists.add(ClassList(0, "animals", (ClassOf("cat"),)))
    assert ClassLists(Database(services.settings.journal), "lancedb/other").all() == []


@pytest.mark.parametrize(
    ("right", "looked_at", "words"),
    [
        (0, 0, "None looked at yet"),
        (37, 40, "Of 40 looked at 37 right: 80–97 %"),
        (5, 5, "Of 5 looked at 5 right: 57–100 %"),
        (0, 3, "Of 3 looked at 0 right: 0–56 %"),
    ],
)
def test_how_sure_one_is_of_a_precision(right, looked_at, words):
    assert precision(right, looked_at).words == words


def test_a_roster_finds_its_records_in_another():
    def roster(*pairs):
        ids, contents = (np.array([list(pair[at]) for pair in pairs], np.uint8) for at in (0, 1))
        return Roster(ids, contents)

    a, b, c = (bytes([at]) * 16 for at in (1, 2, 3))
    x, zero = b"\x07" * 32, b"\x00" * 32  # zeros at an end are no end
    old, new = roster((a, x), (c, zero)), roster((a, x), (b, x), (c, x))
    assert new.places_in(old).tolist() == [0, -1, -1]
    assert old.places_in(new).tolist() == [0, -1]
    assert [places.tolist() for places in new.with_content([x.hex(), zero.hex()])] == [[0, 1, 2], []]
    assert new.firsts.tolist() == [0]
    assert old.firsts.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("strengths", "expected"),
    [([8.0, 7.5, 0.3, -0.2] + [0.0] * 50, 2), ([0.5, 0.2] + [0.0] * 50, 0), ([], 0)],
    ids=["two stand out", "none does", "nothing"],
)
def test_a_line_suggests_itself_or_nothing_fits(strengths, expected):
    column = np.array(strengths, np.float32)
    assert (column >= suggested(column)).sum() == expected


def test_pictures_get_classes_once_they_are_applied(services, classes):
    one = made(classes, "cat", "dog")
    assert [state.count for state in classes.state(one).classes] == [2, 1]
    assert names_of(services, "cat") == []
    classes.apply(one.id)
    assert names_of(services, "cat") == ["0-cat.jpg", "1-cat.jpg"]
    assert services.index.facets(fields=["class"])["class"] == {"cat": 2, "dog": 1}
    assert all(not record.tags for record in services.index.browse())
    classes.withdraw(one.id)
    assert services.index.facets(fields=["class"])["class"] == {}


def test_tags_come_with_it_and_stay(services, classes):
    one = made(classes, "cat")
    classes.apply(one.id, tags=True)
    assert services.index.facets(fields=["tag"])["tag"] == {"cat": 2}
    first = next(record for record in services.index.browse() if record.name == "0-cat.jpg")
    classes.say(one.id, "cat", {first.content_hash: False})
    classes.apply(one.id, tags=True)
    assert services.index.facets(fields=["tag"])["tag"] == {"cat": 1}  # what is said to be wrong loses it
    classes.delete(one.id)
    assert services.index.facets(fields=["tag", "class"]) == {"tag": {"cat": 1}, "class": {}}


def test_what_comes_in_gets_them_and_nothing_is_scored_twice(services, classes, scan, scorer):
    one = made(classes, "cat")
    classes.apply(one.id)
    before = scorer.asked
    assert next(iter(scan.plan(job()))).new == 0
    records, rows = pictures_of("dog", "dog", "dog", "dog", "cat")
    services.index.upsert(records[4:], rows[4:])
    plan = next(iter(scan.plan(job())))
    assert plan.new == 1
    for _ in scan.run(replace(job(), plan=plan)):
        pass
    assert scorer.asked == before + 1
    assert names_of(services, "cat") == ["0-cat.jpg", "1-cat.jpg", "4-cat.jpg"]


def test_another_model_scores_anew(classes, scorer, scan):
    made(classes, "cat")
    scorer.edition, before = "second", scorer.asked
    for _ in scan.run(job()):
        pass
    assert scorer.asked == before + 4


def test_what_people_say_holds_whatever_the_score(services, classes):
    one = made(classes, "cat", "dog")
    records = {record.name: record for record in services.index.browse()}
    state = classes.say(
        one.id, "cat", {records["0-cat.jpg"].content_hash: False, records["3-bird.jpg"].content_hash: True}
    )
    assert (state.count, state.yes, state.no) == (2, 1, 1)
    assert (state.precision.right, state.precision.looked_at) == (0, 1)  # the bird is below the line
    classes.apply(one.id)
    assert names_of(services, "cat") == ["1-cat.jpg", "3-bird.jpg"]


def test_only_the_best_of_a_list_that_excludes(services, classes):
    one = classes.add("one", [ClassOf("cat", threshold=-50.0), ClassOf("dog", threshold=-40.0)], exclusive=True)
    assert [state.count for state in classes.state(one).classes] == [4, 0]
    dog = next(record for record in services.index.browse() if record.name == "2-dog.jpg")
    classes.say(one.id, "dog", {dog.content_hash: True})
    assert [state.count for state in classes.state(one).classes] == [3, 1]


@pytest.mark.parametrize(
    ("order", "line", "first"),
    [
        (Order.BEST, 5.0, {"0-cat.jpg", "1-cat.jpg"}),
        (Order.DOUBTFUL, 9.0, {"0-cat.jpg", "1-cat.jpg"}),
        (Order.DOUBTFUL, 1.0, {"2-dog.jpg", "3-bird.jpg"}),
    ],
)
def test_pictures_in_an_order(classes, order, line, first):
    one = classes.add("animals", [ClassOf("cat", threshold=line)])
    page = classes.pictures(one.id, "cat", order)
    assert {each.record.name for each in page.pictures[:2]} == first
    assert (page.total, page.curve[0]) == (4, (10.0, 1))


def test_a_sample_is_of_what_is_of_the_class(classes):
    page = classes.pictures(made(classes, "cat").id, "cat", Order.SAMPLE)
    assert {one.record.name for one in page.pictures} == {"0-cat.jpg", "1-cat.jpg"}


def test_lines_can_be_moved_and_given_back(classes):
    one = made(classes, "cat")
    changed = classes.change(one.id, thresholds={"cat": 11.0})
    assert classes.state(changed).classes[0].count == 0
    suggested_again = classes.change(one.id, thresholds={"cat": None})
    state = classes.state(suggested_again).classes[0]
    assert (state.of.threshold, state.used) == (None, state.suggested)
    with pytest.raises(ClassesRefused, match="no class"):
        classes.change(one.id, thresholds={"cow": 1.0})


def test_a_class_that_is_added_is_scored(classes):
    one = made(classes, "cat")
    changed = classes.change(one.id, classes=[*one.classes, ClassOf("dog", threshold=5.0)])
    assert [state.count for state in classes.state(changed).classes] == [2, 1]


def test_what_is_not_scored_yet_is_not_known(services, lists, classes):
    one = lists.add(ClassList(0, "later", (ClassOf("cat"),)))
    assert not classes.state(one).scored
    with pytest.raises(ClassesRefused, match="not scored yet"):
        classes.pictures(one.id, "cat")


def test_those_who_only_look_change_nothing(classes):
    looker = Actor("looker", role=Role.VIEWER)
    one = made(classes, "cat")
    for act in (
        lambda: classes.add("more", [ClassOf("dog")], by=looker),
        lambda: classes.change(one.id, name="other", by=looker),
        lambda: classes.delete(one.id, by=looker),
        lambda: classes.apply(one.id, by=looker),
        lambda: classes.say(one.id, "cat", {}, by=looker),
    ):
        with pytest.raises(AccessDenied):
            act()


def test_scores_that_were_not_written_whole_are_none(services, classes, tmp_path):
    one = made(classes, "cat")
    kept = KeptAnalyses(services.settings.data_dir / "analysis", services.index).of("classes")
    (kept.folder / f"list-{one.id}.npy").write_bytes(b"broken")
    assert not classes.state(one).scored
