"""Two app processes with a data folder each and one store on S3: what one has kept, the other has."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import count
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from core.access.actors import APP
from core.api.export_store import ExportStore
from core.api.health import readiness
from core.errors import StorageUnavailable
from core.images import shared_uploads
from core.images.describe import content_hash
from core.ingest.jobs import worker
from core.services import Services
from core.services.administration import clear, delete, forget_several
from core.services.several import Several
from core.sources.listed import write_list
from core.sources.sent import Sent
from core.sources.source import Skipped
from core.store import mirror, remote
from core.transfer.snapshot import snapshot
from tests.colours import COLOURS
from tests.served import client_of

NUMBERS = count()
WAIT = 60


@pytest.fixture
def pair(services, settings, s3, tmp_path, monkeypatch) -> Iterator[tuple[Services, Services]]:
    """Of one index and job database."""
    monkeypatch.setattr(mirror, "_KNOWN_FOR", 0.0)  # nobody waits here
    monkeypatch.setattr(mirror, "_ABSENT_FOR", 0.0)
    common = replace(settings, store=f"s3://pictures/app/{next(NUMBERS)}", journal_url=settings.journal)
    one = Services(replace(common, data_dir=tmp_path / "one"))
    two = Services(replace(common, data_dir=tmp_path / "two"), index=one.index)
    yield one, two
    for made in (one, two):
        if "library" in vars(made):
            made.library.close()


def png(colour: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30), COLOURS[colour]).save(file, "PNG")
    return file.getvalue()


def test_thumbnails(pair):
    one, two = pair
    data = png("red")
    digest = content_hash(data)
    one.thumbnails.keep_all({digest: data, content_hash(b"x"): b"x"})
    assert two.thumbnails.at_hand(digest) is None
    assert two.thumbnails.read(digest) == data
    assert two.thumbnails.at_hand(digest) == data
    assert set(two.thumbnails.older_than(timedelta(seconds=-60))) == {digest, content_hash(b"x")}
    two.thumbnails.remove(digest)
    assert set(one.thumbnails.older_than(timedelta(seconds=-60))) == {content_hash(b"x")}
    assert not list((one.settings.data_dir).glob("thumbnails"))


def test_the_route_of_thumbnails_fetches_them(pair, monkeypatch):
    one, two = pair
    digest = content_hash(png("red"))
    one.thumbnails.keep(digest, b"\xff\xd8 a thumbnail")
    with client_of(lambda: two) as client:
        answer = client.get(f"/thumbnails/{digest}")
        assert (answer.status_code, answer.content) == (200, b"\xff\xd8 a thumbnail")
        monkeypatch.setattr(remote.Remote, "_files", None)  # nobody is asked again
        assert client.get(f"/thumbnails/{digest}").content == answer.content


def test_dropped_pictures(pair, monkeypatch):
    one, two = pair
    sent = one.queries.add(png("red"), "red.png")
    path = two.queries.path(sent.id)
    assert path is not None
    assert path.read_bytes() == png("red")
    assert path.stat().st_mtime_ns == sent.path.stat().st_mtime_ns
    assert two.queries.name(sent.id) == two.picture_name(sent.id) == "red.png"
    assert two.picture(sent.id) == (png("red"), "red.png")
    assert two.queries.path("0" * 64) is two.queries.path("../" * 20) is None
    assert two.queries.expire(timedelta(days=1)) == 0
    monkeypatch.setattr(shared_uploads, "_USED_EVERY", -1.0)
    assert two.queries.path(sent.id)  # which the store is told
    assert two.queries.expire(timedelta(seconds=-60), kept={sent.id}) == 0
    assert two.queries.expire(timedelta(seconds=-60)) == 1
    assert one.queries.path(sent.id) is one.queries.name(sent.id) is None
    assert one.queries.add(png("red"), "again.png").path.is_file()
    assert two.queries.name(sent.id) == "again.png"


def test_what_others_put_into_a_store_leads_nowhere(pair):
    one, two = pair
    sent = one.uploads.add(png("red"), "red.png")
    victim = two.kept_in / "uploads.kept" / sent.id[:2] / "victim"
    victim.with_name(sent.id).mkdir(parents=True)
    victim.write_bytes(b"")
    sidecar = one.kept_in / "uploads.kept" / sent.id[:2] / f"{sent.id}.json"
    one.mirror.write(sidecar, b'{"name": "x", "suffix": "/../victim"}')
    assert (two.uploads.has(sent.id), two.uploads.known_as(sent.id), two.uploads.name(sent.id)) == (False, "", None)
    two.uploads.remove(sent.id)
    assert victim.exists()
    folder = one.kept_in / "datasets/a"
    for times in (b"{", b"[1]", b'{"x.png": 1e9, "y.png": -1, "z.png": 9223372036854775808}'):
        one.mirror.keep(folder / "x.png", png("red"))
        one.mirror.write(folder.with_name(".a.times"), times)
        assert [found.path for found in two.shared.source(str(folder)).find()] == [
            str(two.kept_in / "datasets/a/x.png")
        ]


def test_exports(pair):
    stores = [ExportStore(one.kept_in / ".exports", list[str], mirror=one.mirror) for one in pair]
    token = stores[0].add(["a", "b"], "somebody")
    assert stores[1].get(token) == ["a", "b"]
    assert {(one.kept_in / ".exports").stat().st_mode & 0o777 for one in pair} == {0o700}
    assert stores[1].get("x" * 32) is None
    later = ExportStore(pair[1].kept_in / ".exports", list[str], lambda: 1e11, mirror=pair[1].mirror)
    assert later.get(token) is None
    later.add(["c"], "somebody")
    assert stores[0].get(token) is None  # removed by the other


def test_what_analyses_found(pair):
    one, two = (made.analysis.kept for made in pair)
    ours, theirs = one.of("map"), two.of("map")
    assert (theirs.noted("about"), theirs.stamp("about"), two.is_made("map")) == (None, 0, False)
    numbers = np.arange(10, dtype=np.float32)
    for edition in (1, 2):
        ours.save("points", {"numbers": numbers * edition})
        ours.save_array("vectors", numbers * edition)
        ours.note("about", edition)
        stamp = theirs.stamp("about")
        assert (theirs.noted("about"), theirs.stamp("about")) == (edition, ours.stamp("about"))
        assert np.array_equal(theirs.load("points")["numbers"], numbers * edition)
        assert np.array_equal(theirs.map_array("vectors"), numbers * edition)
    assert two.is_made("map")
    assert sorted(theirs.names("*.np?")) == ["points.npz", "vectors.npy"]
    one.of("map", 7).note("about", 7)
    assert [kept.noted("about") for kept in theirs.of_other_versions()] == [7]
    two.tidy()
    theirs.remove(["about.json"])
    assert (ours.noted("about"), ours.stamp("about") != stamp) == (None, True)
    one.clear()
    assert theirs.load("points") is None


def test_uploads_are_indexed_by_either_and_read_by_both(pair):
    one, two = pair
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("in/blue.png", png("blue"))
    red, green = (one.uploads.add(png(name), f"{name}.png") for name in ("red", "green"))
    with one.uploads.receive("more.zip", archive=True) as incoming:
        incoming.write(archive.getvalue())
        zipped = incoming.keep()
    parts = [one.uploads.add(png("white"), "white.png"), one.parts.add(b"0 0.5 0.5 1 1\n", "white.txt")]
    paths = ["set/images/white.png", "set/labels/white.txt"]
    job = two.start_uploads([red.id, zipped.id])  # which took none of them
    assert two.jobs.wait(job, WAIT).counts.added == 2
    assert two.jobs.wait(two.start_uploads([part.id for part in parts], paths=paths), WAIT).counts.added == 1
    assert one.jobs.wait(one.start_uploads([green.id]), WAIT).counts.added == 1
    records = [record for batch in one.index.records() for record in batch]
    assert {record.name for record in records} == {"red.png", "green.png", "white.png", "blue.png"}
    for record in records:
        assert content_hash(one.read(record.path)) == content_hash(two.read(record.path)) == record.content_hash
        assert one.thumbnails.read(record.content_hash) == two.thumbnails.read(record.content_hash) is not None
    listed = next(source for job in one.jobs.states() for source in job.sources if str(one.kept_in) in source)
    sent = pickle.loads(pickle.dumps(two.shared))  # as for a machine of a cluster
    assert [found.path for found in sent.source(listed).find()] == [str(green.path)]
    packed = sent.source(str(zipped.path))
    (found,) = packed.find()
    for place in two.kept_in.glob("uploads.kept/??/*.zip"):
        place.unlink()  # as where there is no room for it
    assert packed.read(found.path) == png("blue")
    # Where none of it is at hand any more, a scan finds all of it unchanged.
    for made in pair:
        for place in made.kept_in.rglob("*"):
            if place.is_file():
                place.unlink()
    for source in two.library.sources():
        assert source.is_there
        assert source.is_own
        counts = two.jobs.wait(two.library.add([source.known.location], auto_start=True, prunes=True), WAIT).counts
        assert (counts.added, counts.updated, counts.removed, counts.failed) == (0, 0, 0, 0), source
    assert one.index.count() == 5  # the picture of the dataset was sent by itself, too
    two.uploads.remove(red.id)
    assert one.uploads.path(red.id) is None
    assert two.library.sources()[0].totals.count
    clear(one, APP, is_alone=False)
    assert one.mirror.found(one.kept_in / "uploads") == one.mirror.found(one.kept_in / "thumbnails") == []
    assert one.mirror.found(one.kept_in / "uploads.kept") == []


def test_deleting_a_collection_leaves_nothing_of_it(pair):
    one, _ = pair
    settings = replace(one.settings, data_dir=one.settings.data_dir / "collections/birds", index_name="birds",
                       store=f"{one.settings.store}/collections/birds")  # fmt: skip
    birds = Services(settings)
    birds.thumbnails.keep(content_hash(b"x"), b"x")
    birds.mirror.check()
    one.thumbnails.keep(content_hash(b"y"), b"y")
    delete(birds, settings.data_dir)
    assert not settings.data_dir.exists()
    assert [found.path.name for found in one.mirror.found(one.kept_in)] == [f"{content_hash(b'y')}.jpg"]


def test_several_collections_searched_as_one(pair):
    one, two = pair
    digest = content_hash(png("red"))
    one.thumbnails.keep(digest, png("red"))
    several = Several(two.settings, {"images": two}, "all")
    assert several.thumbnails.at_hand(digest) is None
    assert several.thumbnails.read(digest) == several.thumbnails.at_hand(digest) == png("red")
    sent = several.queries.add(png("blue"), "blue.png")
    assert Several(one.settings, {"images": one}, "all").queries.name(sent.id) == "blue.png"
    forget_several(two.settings)
    assert [found.path.name for found in one.mirror.found(one.kept_in)] == [f"{digest}.jpg"]


def test_a_snapshot_leaves_to_the_store_what_is_there(pair, tmp_path):
    one, _ = pair
    one.thumbnails.keep(content_hash(b"x"), b"x")
    (one.settings.data_dir / "calibration").mkdir()
    (one.settings.data_dir / "calibration" / "learned").write_bytes(b"1")
    list(snapshot(one.settings, tmp_path / "copy"))
    assert (tmp_path / "copy/calibration/learned").is_file()
    assert not (tmp_path / "copy/stored").exists()


class Unreliable:
    """A driver whose store can be away."""

    is_away = False

    def __init__(self, files):
        self.files = files

    def __getattr__(self, name):
        if Unreliable.is_away:
            raise TimeoutError
        return getattr(self.files, name)


def test_away_and_back(pair, picture, monkeypatch):
    one, two = pair
    red = picture("red.png").read_bytes()
    driver = remote.driver
    monkeypatch.setattr(remote, "driver", lambda scheme: Unreliable(driver(scheme)))
    monkeypatch.setattr(remote, "AWAY", 0.0)
    monkeypatch.setattr(worker, "PAUSES", (0.2,))
    assert readiness(lambda: one)["store"] == "ready"
    with monkeypatch.context() as patch:
        patch.setattr(Unreliable, "is_away", True)
        assert "does not answer" in readiness(lambda: one)["store"]
        assert one.thumbnails.read(content_hash(red)) is None
        with pytest.raises(StorageUnavailable):
            one.uploads.add(red, "red.png")
        with pytest.raises(StorageUnavailable):
            one.picture(content_hash(red))
        job = one.library.add([str(picture("red.png"))], auto_start=True)
        paused = one.jobs.wait_for(job, lambda state: bool(state.error), WAIT)
        assert not paused.ended
    assert one.jobs.wait_for(job, lambda state: state.ended, WAIT).counts.added == 1
    assert readiness(lambda: one)["store"] == "ready"
    assert two.thumbnails.read(content_hash(red))


def test_paths_of_no_upload_are_left_alone(pair, tmp_path):
    sent = pair[0].shared
    assert isinstance(sent, Sent)
    other = tmp_path / "other.png"
    other.write_bytes(png("red"))
    write_list(pair[0].kept_in / "lists/x.list", [other], pair[0].uploads.folder)
    pair[0].mirror.push(pair[0].kept_in / "lists/x.list")
    (skipped,) = sent.source(str(pair[0].kept_in / "lists/x.list")).find()
    assert isinstance(skipped, Skipped)
    others = (
        "/pictures/a.png",
        "/x/uploads/ab/cd.png",
        "s3://bucket/a.png",
        "/x/stored/datasets/../../a",
        "/stored/lists/",
    )
    for path in others:
        assert sent.at_hand(path) == path
        assert not sent.covers(path)
