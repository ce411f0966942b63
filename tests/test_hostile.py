"""The hostile set, indexed: each file has the verdict that it must have, and none keeps the others from being found."""

import os
import re
from collections import Counter
from errno import EACCES, EIO
from pathlib import Path

import pytest

from core.errors import SourceUnavailable
from core.images.reading import decoding
from core.images.reading.reader import open_upright
from core.ingest.journal.job import Status
from core.ingest.journal.progress import Counts, Outcome
from core.search.options import Collapse, Options
from core.search.query import Query, Search, Words
from tests.hostile import ARCHIVE_HARMS, ARCHIVE_LOSSES, ARCHIVES, FOLDERS, PICTURE_HARMS
from tests.hostile.drawn import long_tiff, png
from tests.hostile.kinds import Fate, added, failed
from tests.zips import zipped

REMEDY = re.compile(r"\b(add|check|choose|connect|copy|correct|fetch|give|index|run|save|unpack)\b", re.IGNORECASE)

NOT_STORED = {Outcome.FAILED, Outcome.SKIPPED}

pytestmark = pytest.mark.timeout(60)


class Ground:
    """Pictures and archives to be indexed, and a folder outside of them that is not."""

    def __init__(self, folder: Path) -> None:
        self.pictures, self.archives, self.outside = (folder / name for name in ("pictures", "archives", "outside"))
        for path in (self.pictures, self.archives, self.outside):
            path.mkdir()
        (self.outside / "secret.png").write_bytes(png("purple"))
        (self.pictures / "witness.png").write_bytes(png("cyan"))
        self.fates = [added(f"{self.pictures}/witness.png", "cyan")]

    def put(self, *kinds: str) -> None:
        for number, kind in enumerate(kinds):
            folder = (self.pictures if kind in FOLDERS else self.archives) / str(number)
            folder.mkdir()
            self.fates += [one._replace(path=f"{folder}/{one.path}") for one in (FOLDERS | ARCHIVES)[kind](folder)]

    @property
    def locations(self) -> list[str]:
        return [str(self.pictures), *map(str, self.archives.glob("*/x.zip"))]


@pytest.fixture
def ground(tmp_path):
    return Ground(tmp_path)


def ingest(services, ground):
    reports = list(services.ingest(ground.locations))
    last, verdicts = reports[-1], [verdict for report in reports for verdict in report.verdicts]
    assert last.total == last.done == len(verdicts)
    assert last.counts == Counts().plus(Counter(verdict.outcome.value for verdict in verdicts))
    return verdicts


def assert_expected(services, ground, verdicts):
    """One verdict for each file, with a reason that helps; what was stored is found, and nothing else is."""
    reached = {verdict.path: verdict for verdict in verdicts}
    assert sorted((one.path, one.outcome) for one in verdicts) == sorted(
        (one.path, one.outcome) for one in ground.fates
    )
    for fate in ground.fates:
        assert_helpful(fate, reached[fate.path].reason)
    stored = {fate.path: fate.colour for fate in ground.fates if fate.colour}
    assert {record.path for records, _ in services.index.scan() for record in records} == set(stored)
    for colour in set(stored.values()):
        assert {path for path in stored if stored[path] == colour} <= found(services, colour)


def assert_helpful(fate, reason):
    assert fate.says in reason
    assert reason.isprintable()
    assert reason.endswith(".") or (fate.outcome is Outcome.ADDED and not fate.says and not reason)
    assert fate.outcome is not Outcome.FAILED or REMEDY.search(reason.replace(fate.path, ""))


def found(services, colour):
    """The paths of what shows a colour, as a search for its name finds them."""
    search = Search(Query((Words(colour),)), options=Options(collapse=Collapse.OFF))
    return {hit.record.path for hit in services.search(search, limit=1000).hits if hit.score > 0.99}


@pytest.mark.parametrize("kind", [*FOLDERS, *ARCHIVES])
def test_every_kind_beside_a_good_picture(kind, services, ground):
    ground.put(kind)
    assert_expected(services, ground, ingest(services, ground))


@pytest.mark.timeout(240)  # some hundred kinds
def test_all_kinds_at_once(services, ground, embedder):
    ground.put(*FOLDERS, *ARCHIVES)
    first = ingest(services, ground)
    assert_expected(services, ground, first)
    records = [record for records, _ in services.index.scan() for record in records]
    thumbnails = {path.stem for path in services.thumbnails.folder.glob("??/*")}
    assert thumbnails == {record.content_hash for record in records}
    looked_at = embedder.embedded_images
    second = ingest(services, ground)
    as_before = {one.path: one.outcome if one.outcome in NOT_STORED else Outcome.UNCHANGED for one in first}
    assert {one.path: one.outcome for one in second} == as_before
    assert embedder.embedded_images == looked_at


@pytest.mark.parametrize("harm", PICTURE_HARMS)
def test_harm_done_to_a_picture_that_was_planned(harm, services, ground):
    victim = ground.pictures / "album" / "x.png"
    victim.parent.mkdir()
    victim.write_bytes(png())
    harmed(services, ground, PICTURE_HARMS[harm], victim, str(victim))


@pytest.mark.parametrize("harm", ARCHIVE_HARMS)
def test_harm_done_to_an_archive_that_was_planned(harm, services, ground):
    victim = put_archive(ground)
    harmed(services, ground, ARCHIVE_HARMS[harm], victim, f"{victim}/x.png")


@pytest.mark.parametrize("loss", ARCHIVE_LOSSES)
def test_an_archive_that_is_not_there_any_more(loss, services, ground):
    victim = put_archive(ground)
    job = planned(services, ground)
    harm, says = ARCHIVE_LOSSES[loss]
    harm(victim)
    services.jobs.start(job)
    state = services.jobs.wait(job, 30)
    assert (state.status, state.counts.failed) == (Status.PAUSED, 0)
    assert isinstance(state.error, SourceUnavailable)
    assert says in state.error.message
    assert state.error.remedy
    assert found(services, "red") == set()


def put_archive(ground):
    path = ground.archives / "0" / "x.zip"
    path.parent.mkdir()
    path.write_bytes(zipped({"x.png": png()}))
    return path


def planned(services, ground):
    job = services.library.add(ground.locations)
    assert services.jobs.wait(job, 30).status is Status.PLANNED
    return job


def harmed(services, ground, harm, victim, path):
    job = planned(services, ground)
    harm.do(victim)
    services.jobs.start(job)
    state = services.jobs.wait(job, 30)
    assert state.status is Status.DONE
    assert state.total == state.done == 2
    ground.fates.append(Fate(path, *harm[1:]))
    assert_expected(services, ground, list(services.library.journal.files(job).verdicts()))


def test_a_source_that_is_gone_when_it_is_its_turn(services, ground):
    job = planned(services, ground)
    ground.pictures.rename(ground.outside / "pictures")
    services.jobs.start(job)
    state = services.jobs.wait(job, 30)
    assert state.status is Status.PAUSED
    assert isinstance(state.error, SourceUnavailable)
    assert services.index.count() == 0
    (ground.outside / "pictures").rename(ground.pictures)
    services.jobs.resume(job)
    assert services.jobs.wait(job, 30).counts == Counts(added=1)


def test_a_source_that_becomes_a_link(services, ground):
    job = planned(services, ground)
    ground.pictures.rename(ground.outside / "pictures")
    ground.pictures.symlink_to(ground.outside / "pictures")
    services.jobs.start(job)
    assert services.jobs.wait(job, 30).counts == Counts(failed=1)
    assert services.index.count() == 0


@pytest.mark.parametrize("call", ["open", "scandir", "stat"])
@pytest.mark.parametrize("number", [EACCES, EIO])
def test_what_may_not_be_read(call, number, services, ground, monkeypatch):
    """Permissions do not bind the superuser, as whom tests may run."""
    ground.put("a folder named as a picture")
    closed = f"{ground.pictures}/0/x.jpg" + ("" if call == "scandir" else "/x.png")
    real = getattr(os, call)

    def refuse(path, *args, **options):
        if os.fspath(path) == closed:
            raise OSError(number, os.strerror(number), closed)
        return real(path, *args, **options)

    monkeypatch.setattr(os, call, refuse)
    ground.fates[1] = failed(closed, "read")
    assert_expected(services, ground, ingest(services, ground))


def test_an_archive_that_lies_in_a_folder_of_the_same_job(services, ground):
    """It is left out of the folder, and a source of its own."""
    for name, data in {"good.zip": zipped({"x.png": png()}), "bad.zip": b"not a ZIP file"}.items():
        (ground.pictures / name).write_bytes(data)
    good, bad = ground.pictures / "good.zip", ground.pictures / "bad.zip"
    reports = services.ingest([str(ground.pictures), str(good), str(bad)])
    outcomes = {verdict.path: verdict.outcome for report in reports for verdict in report.verdicts}
    assert outcomes[f"{good}/x.png"] is Outcome.ADDED
    assert outcomes[str(bad)] is Outcome.FAILED


def test_the_pages_of_a_document_are_counted_up_to_a_limit(monkeypatch):
    assert open_upright(long_tiff(99), "x.tif").frames == 100
    monkeypatch.setattr(decoding, "MAX_PAGES", 50)
    assert open_upright(long_tiff(99), "x.tif").frames == 50
