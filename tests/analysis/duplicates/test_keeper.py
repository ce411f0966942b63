"""Which copy is suggested, and why."""

from datetime import datetime

import pytest

from core.analysis.duplicates.groups.keeper import Candidate, of_record, suggested
from core.analysis.duplicates.model import Reason
from core.images.describe import Box
from tests.records import a_record


def one(path: str = "/a/one.jpg", **fields) -> Candidate:
    known = {"width": 400, "height": 300, "quality": 0.5, "labels": 0, "tags": 0, "taken": None, "mtime": 5}
    return Candidate(path, path, **{**known, **fields})


TAKEN = int((datetime(2019, 5, 3) - datetime.min).total_seconds())


@pytest.mark.parametrize(
    ("better", "worse", "reason", "words"),
    [
        (one(width=4032, height=3024), one("/b"), Reason.RESOLUTION, "The largest: 4,032 × 3,024"),
        (one(), one("/b", width=900, height=900, shown=0.1), Reason.RESOLUTION, "Without a frame"),
        (one(quality=0.9), one("/b"), Reason.QUALITY, "Less compressed"),
        (one(labels=2), one("/b"), Reason.LABELLED, "The only one with labels"),
        (one(labels=3), one("/b", labels=1), Reason.LABELLED, "The most labels: 3"),
        (one(tags=1), one("/b"), Reason.TAGGED, "The only one with tags"),
        (one("/z/pictures/a.jpg"), one("/a/Copy of pictures/a.jpg"), Reason.FOLDER, "In the better folder: pictures"),
        (one("/z/2019/a.jpg"), one("/a/downloads/a.jpg"), Reason.FOLDER, "In the better folder: 2019"),
        (one("/z", taken=TAKEN), one("/b", taken=TAKEN + 9), Reason.OLDEST, "The oldest: taken on 3 May 2019"),
        (one("/z", taken=TAKEN), one("/b", mtime=-9), Reason.OLDEST, "The oldest: taken on 3 May 2019"),
        (one("/z", mtime=4), one("/b"), Reason.OLDEST, "The oldest file"),
        (one("/a"), one("/b"), None, "Equal: the first by its path"),
    ],
)
def test_reasons(better, worse, reason, words):
    for candidates in ([better, worse], [worse, better]):
        found = suggested(candidates)
        assert (found.id, found.reason, found.words) == (better.id, reason, words)


def test_almost_as_many_pixels_make_no_difference():
    found = suggested([one("/a", width=401), one("/b", tags=1)])
    assert (found.id, found.reason) == ("/b", Reason.TAGGED)


def test_the_order_can_be_changed():
    large, old = one("/a", width=800), one("/b", mtime=1)
    assert suggested([large, old]).id == "/a"
    assert suggested([large, old], [Reason.OLDEST, Reason.RESOLUTION]).id == "/b"
    assert suggested([large, old], []).id == "/a", "the first by its path"


def test_named_folders_come_first_in_their_order():
    candidates = [one("/x/a.jpg"), one("/archive/a.jpg"), one("/best/2020/a.jpg")]
    assert suggested(candidates, [Reason.FOLDER], ["/best", "/archive"]).id == "/best/2020/a.jpg"
    assert suggested(candidates, [Reason.FOLDER], ["/archive", "/best"]).id == "/archive/a.jpg"
    assert suggested(candidates[:2], [Reason.FOLDER], ["/best", "/archive"]).id == "/archive/a.jpg"


def test_the_reason_is_what_decided_last():
    found = suggested([one("/a", width=100), one("/b", labels=1), one("/c")])
    assert (found.id, found.reason) == ("/b", Reason.LABELLED)


def test_of_a_record():
    record = a_record(boxes=(Box("cat", 0, 0, 1, 1),), tags=("a", "b"), taken_at=datetime(2019, 5, 3))
    found = of_record(record, 0.5)
    assert (found.id, found.labels, found.tags, found.taken, found.pixels) == (record.id, 1, 2, TAKEN, 640 * 480)
