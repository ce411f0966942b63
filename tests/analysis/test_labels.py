"""How good labels are: witnesses, ranking, boxes, balance, leakage; what people say of them, and what is taken away."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from core.access.actors import Actor
from core.access.roles import Role
from core.analysis.labels.balance import Counting
from core.analysis.labels.boxes import Measuring, overlap, problems
from core.analysis.labels.decisions import Decision, Decisions
from core.analysis.labels.evidence.company import base_rates, company
from core.analysis.labels.evidence.labelled import folds, labelled
from core.analysis.labels.evidence.probabilities import Evidence, evidence, probabilities, weigh
from core.analysis.labels.evidence.ridge import FOLDS, learn
from core.analysis.labels.evidence.suspicious import count_wrong, missing, of_parts, quality, wrong
from core.analysis.labels.evidence.votes import votes, votes_for
from core.analysis.labels.labels import Labels
from core.analysis.labels.leakage import Alike, Leakage, between
from core.analysis.labels.scan import LabelScan
from core.database import Database
from core.errors import AccessDenied, InvalidQuery, LabelsRefused
from core.images.describe import Box, content_hash
from core.index.index import ModelStamp
from core.ingest.journal.job import AnalysisTask, JobState, Status
from core.vectors import unit
from tests.analysis.test_classes import AxisScorer
from tests.records import a_record

KINDS, DIMS = ("cat", "dog", "cow"), 8
BY = Actor("editor", role=Role.EDITOR)


def groups(count=40, seed=0):
    """Pictures of three kinds, which lie apart; and which kind each is of."""
    rng = np.random.default_rng(seed)
    kinds = np.arange(count) % len(KINDS)
    rows = np.eye(DIMS)[kinds] + rng.normal(scale=0.15, size=(count, DIMS))
    return unit(rows).astype(np.float32), kinds


def a_set(rows, labels):
    digests = [content_hash(str(at).encode()) for at in range(len(rows))]
    return labelled(digests, digests, rows, labels)


def fits(of):
    return AxisScorer().scores(AxisScorer().embedded(list(of.names)), of.rows)


def ranked(of):
    told = next(one for one in evidence(of, fits(of)) if isinstance(one, Evidence))
    return quality(of.given, probabilities(of, told, weigh(of, told)))


class TestWitnesses:
    def test_nobody_votes_on_itself(self):
        rows = np.eye(4, dtype=np.float32)
        given = np.eye(4, dtype=bool)
        (_, shares), *_ = votes(rows, given)
        assert np.diag(shares).tolist() == [0, 0, 0, 0]
        assert np.allclose(shares.sum(axis=1), 1)

    def test_neighbours_decide(self):
        rows, kinds = groups()
        shares = np.concatenate([found for _, found in votes(rows, np.eye(3, dtype=bool)[kinds])])
        assert (shares.argmax(axis=1) == kinds).all()
        assert (votes_for(rows[:5], rows, np.eye(3, dtype=bool)[kinds]).argmax(axis=1) == kinds[:5]).all()

    def test_a_single_picture_has_no_neighbours(self):
        (_, shares), *_ = votes(np.ones((1, 2), np.float32), np.ones((1, 1), bool))
        assert shares.tolist() == [[0]]

    def test_a_picture_is_judged_without_itself(self):
        rows, kinds = groups()
        given = np.eye(3, dtype=bool)[kinds]
        wrong_one = given.copy()
        wrong_one[0] = [False, True, False]
        folded = folds([content_hash(str(at).encode()) for at in range(40)], FOLDS)
        looks = learn(rows, wrong_one, folded).judged
        assert looks[0].argmax() == kinds[0]
        assert (looks.argmax(axis=1) == kinds).mean() > 0.95

    def test_labels_keep_company(self):
        given = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 1]], bool)
        found = company(given)
        assert found[2, 1] > found[3, 1]  # of those with the first label most have the second
        assert found[0, 1] < 1  # it does not speak for itself
        assert base_rates(given)[3, 2] < base_rates(given)[0, 2]


class TestRanking:
    def test_flipped_labels_come_first(self):
        rows, kinds = groups(120)
        labels = [[KINDS[kind]] for kind in kinds]
        for at in (5, 50, 77):
            labels[at] = [KINDS[(kinds[at] + 1) % 3]]
        found = wrong((of := a_set(rows, labels)).given, ranked(of), issues=3)
        assert set(found.pictures[:3].tolist()) == {5, 50, 77}
        assert found.issues == 3
        assert len(found.pictures) == 12  # a tenth of them is listed in any case

    def test_as_many_are_wrong_as_look_more_like_another(self):
        likely = np.array([[0.9, 0.1, 0], [0.3, 0.6, 0.1], [0.3, 0.4, 0.3]], np.float32)
        assert count_wrong(np.array([0, 0, 0]), likely) == 1
        assert of_parts(np.array([0, 0, 0]), likely).tolist() == pytest.approx([0.9, 0.3, 0.3])

    def test_missing_labels_are_told_apart(self):
        rows, kinds = groups(120)
        has_both = np.arange(120) % 2 == 1
        both = unit(rows + has_both[:, np.newaxis] * np.eye(DIMS)[(kinds + 1) % 3]).astype(np.float32)
        labels = [[KINDS[kind], KINDS[(kind + 1) % 3]][: 1 + has_both[at]] for at, kind in enumerate(kinds)]
        labels[7] = labels[7][:1]
        of = a_set(both, labels)
        found = missing(of.given, ranked(of))
        assert (found.pictures[0], of.names[found.labels[0]]) == (7, KINDS[(kinds[7] + 1) % 3])


class TestBoxes:
    @pytest.mark.parametrize(
        ("boxes", "expected"),
        [
            ([Box("a", 0.4, 0.4, 0.2, 0.2)], []),
            ([Box("a", 0.4, 0.4, 0.005, 0.2)], [("tiny", 0)]),
            ([Box("a", 0, 0.4, 0.2, 0.2)], [("cut", 0)]),
            ([Box("a", 0.8, 0.4, 0.2, 0.2)], [("cut", 0)]),
            ([Box("a", 0, 0, 1, 1)], [("whole", 0)]),
            ([Box("a", 0.4, 0.4, 0.2, 0.2)] * 2, [("twice", 0), ("twice", 1)]),
            (
                [Box("a", 0.4, 0.4, 0.2, 0.2), Box("b", 0.4, 0.4, 0.2, 0.21)],
                [("contradicting", 0), ("contradicting", 1)],
            ),
            ([Box("a", 0.2, 0.2, 0.2, 0.2), Box("b", 0.3, 0.3, 0.2, 0.2)], []),
        ],
    )
    def test_what_looks_like_a_mistake(self, boxes, expected):
        assert list(problems(a_record(boxes=tuple(boxes)))) == expected

    def test_how_much_two_boxes_share(self):
        shared = overlap([Box("a", 0, 0, 0.5, 1), Box("a", 0.25, 0, 0.5, 1), Box("a", 0.9, 0, 0.1, 1)])
        assert np.allclose(shared, np.array([[1, 1 / 3, 0], [1 / 3, 1, 0], [0, 0, 1]]))

    def test_what_is_measured(self):
        measuring = Measuring()
        for box in (Box("a", 0.4, 0.4, 0.2, 0.2), Box("a", 0.45, 0.45, 0.1, 0.1), Box("b", 1.0, 1.0, 0.0, 0.0)):
            measuring.add(a_record(boxes=(box,)))
        measuring.add(a_record())
        told = measuring.told()
        assert (told["boxes"], told["labelled"], told["per_picture"]) == (3, 3, 1.0)
        assert told["heat"][12][12] == 1.0
        assert sum(one["count"] for one in told["sizes"]) == 3
        assert told["problems"]["tiny"] == 1
        json.dumps(told)


def test_balance_by_split_and_what_stands_out():
    counting = Counting()
    for at in range(40):
        counting.add(a_record(f"{at}.jpg", splits=("train",), boxes=(Box("cat", 0, 0, 1, 1),) * 2))
    counting.add(a_record("dog.jpg", splits=("val",), boxes=(Box("dog", 0, 0, 1, 1),)))
    counting.add(a_record("none.jpg"))
    told = counting.told()
    assert told["splits"] == ["train", "val"]  # of none is only a picture without labels
    assert told["rows"][0] == {"label": "cat", "pictures": {"train": 40}, "boxes": {"train": 80}}
    assert told["notes"] == [
        "cat is in 40 pictures, dog in 1.",
        "1 label has fewer than 10 pictures: dog.",
        "1 label is in no picture of train: dog.",
        "1 label is in no picture of val: cat.",
    ]


def alike(name, *splits):
    return Alike(a_record(name, splits=splits), 1.0 if name.startswith("a") else 0.98, "")


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ([alike("a", "train"), alike("b", "val")], [("a", "b")]),
        ([alike("a", "val"), alike("b", "train")], [("b", "a")]),
        ([alike("a", "train"), alike("b", "train")], []),
        ([alike("a", "train"), alike("b")], []),
        ([alike("a", "train"), alike("b", "val"), alike("c", "test")], [("a", "b"), ("a", "c")]),
        ([alike("a", "train", "val"), alike("b", "val")], []),
    ],
)
def test_what_is_in_two_splits(group, expected):
    assert [(leak.one.name, leak.other.name) for leak in between("picture", group)] == expected


class TestDecisions:
    @pytest.fixture
    def decisions(self, services):
        return Decisions(Database(services.settings.journal), services.scope)

    def test_the_last_one_holds_until_it_is_taken_back(self, decisions):
        digest = "a" * 64
        decisions.save([Decision(digest, "cat", "given", "wrong"), Decision(digest, "dog", "missing", "right")], BY)
        decisions.save([Decision(digest, "cat", "given", "replaced", "cow")], BY)
        found = decisions.of([digest])
        assert {label: (one.verdict, one.replacement, one.who) for (_, label), one in found.items()} == {
            "cat": ("replaced", "cow", "editor"),
            "dog": ("right", "", "editor"),
        }
        assert decisions.save([Decision(digest, "cat", "given", None)], BY) == 0
        assert decisions.count() == 1

    @pytest.mark.parametrize(
        "said",
        [
            Decision("short", "cat", "given", "right"),
            Decision("a" * 64, "", "given", "right"),
            Decision("a" * 64, "x" * 101, "given", "right"),
            Decision("a" * 64, "cat", "given", "maybe"),  # type: ignore[arg-type]
            Decision("a" * 64, "cat", "given", "replaced"),
            Decision("a" * 64, "cat", "given", "replaced", "cat"),
        ],
        ids=["no picture", "no label", "too long", "no verdict", "nothing else", "the same"],
    )
    def test_what_cannot_be_said(self, decisions, said):
        with pytest.raises(LabelsRefused):
            decisions.save([said], BY)


def job(**options):
    return JobState(1, "", (), Status.RUNNING, analysis=AnalysisTask("labels", options))


@pytest.fixture
def scan(services):
    return LabelScan(services.index, services.analysis.kept, AxisScorer, services.read)


@pytest.fixture
def labels(services, scan):
    def analyse(by, again):
        plan = list(scan.plan(job(again=again)))[-1]
        for _ in scan.run(replace(job(), plan=plan)):
            pass
        return [1]

    decisions = Decisions(Database(services.settings.journal), services.scope)
    leakage = Leakage(services.index, lambda level: (), lambda: None)
    return Labels(services.index, services.analysis.kept, decisions, services.audit, analyse, leakage)


@pytest.fixture
def dataset(services):
    """Sixty labelled pictures, of which the seventh is labelled wrong; and three without labels."""
    rows, kinds = groups(63)
    records = []
    for at, kind in enumerate(kinds):
        label = KINDS[(kind + 1) % 3] if at == 7 else KINDS[kind]
        boxes = (Box(label, 0.1, 0.1, 0.5, 0.5),) if at < 60 else ()
        records.append(a_record(f"{at:02}.jpg", boxes=boxes, splits=("val",) if at % 4 == 0 else ("train",)))
    services.index.prepare(ModelStamp("test/axes", DIMS, 1))
    services.index.upsert(records, rows)
    return records


class TestCheck:
    def test_before_it_and_after_it(self, labels, dataset):
        before = labels.health()
        assert (before.made, before.labelled, before.labels, before.splits) == (None, 60, 3, {"train": 47, "val": 16})
        labels.begin()
        after = labels.health()
        assert after.made is not None
        assert (after.labelled, after.labels, after.unlabelled, after.behind) == (60, 3, 3, 0)
        assert after.suspicious >= 1

    def test_a_wrong_label_is_first_with_what_it_should_be(self, labels, dataset):
        labels.begin()
        found = labels.suspects()
        first = found.rows[0]
        assert (first.record.name, first.label) == ("07.jpg", KINDS[2])
        assert first.looks_like[0][0] == KINDS[1]
        assert {label for record in first.neighbours for label in record.labels} == {KINDS[1]}
        assert labels.suspects(label="no such").rows == []

    def test_pictures_without_labels_that_look_like_one(self, labels, dataset):
        labels.begin()
        total, rows = labels.unlabelled()
        assert total == 3
        assert {(record.name, label) for record, label, _ in rows} == {
            (record.name, KINDS[at % 3]) for at, record in enumerate(dataset) if at >= 60
        }

    def test_it_is_not_done_again_while_nothing_changes(self, labels, scan, services, dataset):
        labels.begin()
        assert [plan.new for plan in scan.plan(job())] == [0]
        assert [plan.new for plan in scan.plan(job(again=True))] == [63]
        services.index.upsert([replace(dataset[0], boxes=())], groups(63)[0][:1])
        assert [plan.new for plan in scan.plan(job())] == [63]

    def test_without_labels_there_is_nothing_to_judge(self, labels, services):
        services.index.prepare(ModelStamp("test/axes", DIMS, 1))
        services.index.upsert([a_record()], np.ones((1, DIMS), np.float32))
        labels.begin()
        assert labels.suspects().rows == []
        assert labels.health().labelled == 0
        assert labels.unlabelled() == (0, [])

    def test_boxes_with_problems_are_listed(self, labels, services, dataset):
        cut = replace(dataset[0], boxes=(Box("cat", 0.0, 0.1, 0.5, 0.5),))
        services.index.upsert([cut], groups(63)[0][:1])
        labels.begin()
        assert labels.boxes()["problems"]["cut"] == 1
        assert [(record.name, places) for record, places in labels.box_problems("cut")] == [("00.jpg", [0])]
        with pytest.raises(InvalidQuery):
            labels.box_problems("large")


class TestReview:
    def test_decisions_are_kept_by_content_and_taken_away(self, labels, dataset, services):
        labels.begin()
        first = labels.suspects().rows[0]
        labels.decide([Decision(first.record.content_hash, first.label, "given", "replaced", KINDS[1])], BY)
        moved = replace(a_record("moved.jpg", "/elsewhere"), content_hash=first.record.content_hash)
        services.index.delete([first.record.id])
        services.index.upsert([replace(moved, boxes=first.record.boxes)], groups(63)[0][7:8])
        labels.begin()
        found = labels.suspects()
        assert found.reviewed == 1
        assert next(row for row in found.rows if row.record.name == "moved.jpg").decision.verdict == "replaced"
        assert "moved.jpg" not in [row.record.name for row in labels.suspects(only_open=True).rows]
        (row,) = csv.DictReader(io.StringIO(b"".join(labels.decisions_csv()).decode("utf-8-sig")))
        assert (row["path"], row["label"], row["should_be"]) == ("/elsewhere/moved.jpg", KINDS[2], KINDS[1])

    def test_corrected_labels_as_coco_has_them(self, labels, dataset):
        one, other, third = dataset[:3]
        labels.decide(
            [
                Decision(one.content_hash, one.labels[0], "given", "wrong"),
                Decision(other.content_hash, other.labels[0], "given", "replaced", "yak"),
                Decision(third.content_hash, "sheep", "missing", "wrong"),
            ],
            BY,
        )
        made = json.loads(b"".join(labels.corrected()))
        names = {category["id"]: category["name"] for category in made["categories"]}
        images = {image["id"]: image for image in made["images"]}
        found = {images[one["image_id"]]["file_name"]: one for one in made["annotations"]}
        assert len(images) == 63
        assert len(found) == 59
        assert one.path not in found
        assert names[found[other.path]["category_id"]] == "yak"
        assert found[other.path]["bbox"] == [64.0, 48.0, 320.0, 240.0]
        assert next(image for image in images.values() if image["file_name"] == third.path)["missing_labels"] == [
            "sheep"
        ]

    def test_those_who_only_look_decide_nothing(self, labels, dataset):
        looker = Actor("looker", role=Role.VIEWER)
        with pytest.raises(AccessDenied):
            labels.decide([Decision("a" * 64, "cat", "given", "right")], looker)
        with pytest.raises(AccessDenied):
            labels.begin(by=looker)


def test_what_is_listed_in_both_splits_leaks(services):
    services.index.prepare(ModelStamp("test/axes", DIMS, 1))
    records = [a_record("both.jpg", splits=("train", "val")), a_record("one.jpg", splits=("train",))]
    services.index.upsert(records, groups(2)[0])
    leakage = Leakage(services.index, lambda level: (), lambda: None)
    assert [leak.one.name for leak in leakage.pairs("listed")] == ["both.jpg"]
    assert not leakage.is_known
