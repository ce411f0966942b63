"""Whether pictures are in the collection: each gets an answer, and nothing is stored."""

import csv
from zipfile import ZipFile

import pytest
from PIL import ImageOps

from core.access.actors import NOBODY
from core.analysis.check.model import Answer, counts
from core.analysis.check.output import COLUMNS, as_csv, plain
from core.errors import AccessDenied
from core.services import Services
from tests.analysis.drawn import drawn, screenshot, write
from tests.ingest.libraries import WAIT


@pytest.fixture
def collection(services: Services, tmp_path):
    for seed in (1, 2, 3):
        write(tmp_path / "pictures" / f"{seed}.jpg", drawn(seed))
    job = services.library.add([str(tmp_path / "pictures")], auto_start=True)
    services.jobs.wait(job, WAIT)
    return services


@pytest.fixture
def scanned(collection):
    collection.jobs.wait(collection.analysis.duplicates.begin(), WAIT)
    return collection


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "to check"
    write(folder / "a new one.jpg", drawn(50))
    write(folder / "same.jpg", drawn(1))
    write(folder / "smaller.jpg", drawn(2).resize((200, 150)))
    write(folder / "sub" / "turned.jpg", drawn(3).rotate(90, expand=True))
    write(folder / "sub" / "shot.jpg", screenshot(drawn(1)))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    (folder / "words.txt").write_text("words")
    return folder


def answers(services, *locations, **how):
    found = [one for step in services.analysis.check.check(list(map(str, locations)), **how) for one in step.checked]
    return {one.name: one for one in found}


EXPECTED = {
    "a new one.jpg": (Answer.NEW, None),
    "same.jpg": (Answer.SAME_FILE, "1.jpg"),
    "smaller.jpg": (Answer.SAME_PICTURE, "2.jpg"),
    "turned.jpg": (Answer.SAME_PICTURE, "3.jpg"),
    "shot.jpg": (Answer.SAME_PICTURE, "1.jpg"),
    "broken.jpg": (Answer.UNREADABLE, None),
    "words.txt": (Answer.UNREADABLE, None),
}


@pytest.mark.parametrize("state", ["collection", "scanned"])
def test_each_file_has_its_answer(request, state, folder):
    services = request.getfixturevalue(state)
    before = services.index.revision()
    found = answers(services, folder, threshold=1.0)
    assert {name: (one.answer, one.match and one.match.name) for name, one in found.items()} == EXPECTED
    assert found["smaller.jpg"].how == "half the size"
    assert found["turned.jpg"].how.startswith("turned by")
    assert found["broken.jpg"].reason
    assert services.index.revision() == before
    assert services.index.count() == 3


def test_look_alikes_from_a_threshold(scanned, folder):
    assert answers(scanned, folder, threshold=0.0)["a new one.jpg"].answer is Answer.LOOK_ALIKE
    assert answers(scanned, folder, threshold=1.0)["a new one.jpg"].answer is Answer.NEW


def test_a_zip_file_and_copies_within_the_check(scanned, folder, tmp_path):
    with ZipFile(tmp_path / "card.zip", "w") as archive:
        archive.write(folder / "smaller.jpg", "in/small.jpg")
        archive.write(folder / "a new one.jpg", "in/new.jpg")
        archive.write(folder / "a new one.jpg", "in/new again.jpg")
    found = answers(scanned, tmp_path / "card.zip", threshold=1.0, names={str(tmp_path / "card.zip"): "sent.zip"})
    assert {name: one.answer for name, one in found.items()} == {
        "small.jpg": Answer.SAME_PICTURE,
        "new.jpg": Answer.NEW,
        "new again.jpg": Answer.NEW,
    }
    assert sum(one.reason.startswith("Same file as sent.zip/in/new") for one in found.values()) == 1
    assert found["new.jpg"].path == "sent.zip/in/new.jpg"


def test_an_empty_collection_has_none(services, folder):
    found = answers(services, folder)
    assert {one.answer for one in found.values()} == {Answer.NEW, Answer.UNREADABLE}


def test_progress_and_output(scanned, folder):
    steps = list(scanned.analysis.check.check([str(folder)]))
    assert (steps[-1].total, steps[-1].done) == (7, 7)
    assert [step.done for step in steps if step.total] == sorted(step.done for step in steps if step.total)
    found = [one for step in steps for one in step.checked]
    assert sum(counts(found).values()) == 7
    rows = list(csv.DictReader(b"".join(as_csv(found)).decode("utf-8-sig").splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert {plain(one)["answer"] for one in found} <= {answer.value for answer in Answer}


def test_what_is_mirrored_and_cropped(scanned, tmp_path):
    write(tmp_path / "x" / "m.jpg", ImageOps.mirror(drawn(2).crop((20, 20, 400, 300))))
    assert answers(scanned, tmp_path / "x", threshold=1.0)["m.jpg"].answer is Answer.SAME_PICTURE


def test_nobody_may_not(scanned, folder):
    with pytest.raises(AccessDenied):
        list(scanned.analysis.check.check([str(folder)], by=NOBODY))
