"""From one model to another: in the background, searched as before until the switch, and nothing is lost on the way."""

import threading
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from core.errors import PicturesLost
from core.index.index import ModelStamp
from core.index.tags import change_tags
from core.ingest.journal.actors import browser_label
from core.ingest.journal.job import Kind, Status
from core.ingest.journal.progress import Counts, Outcome
from core.ingest.pipeline.staging import Staging
from tests.colours import ColourEmbedder
from tests.ingest.libraries import WAIT, ingest, make_library, verdicts

COLOUR = ModelStamp("test/colour", 4, 1)


class OtherEmbedder(ColourEmbedder):
    """The same colours, the other way round, in five dimensions."""

    model_id = "test/other"
    dims = 5

    def embed_images(self, images):
        return _turned(super().embed_images(images))

    def embed_texts(self, texts):
        return _turned(super().embed_texts(texts))


def _turned(rows):
    return np.hstack([rows[:, ::-1], np.zeros((len(rows), 1), np.float32)])


OTHER = ModelStamp("test/other", 5, 1)


class TwoModels:
    """Which model is used, as `IndexModel` decides it."""

    def __init__(self):
        self.target = OtherEmbedder()
        self.told = []

    def load_target(self):
        loaded = Future()
        loaded.set_result(self.target)
        return loaded

    def expect(self, embedder):
        self.told.append(embedder.model_id)

    def switched(self):
        self.told.append("switched")


@pytest.fixture
def models():
    return TwoModels()


@pytest.fixture
def library(library, models):
    library.models = models
    return library


def reembed(library, **how):
    job = library.jobs.wait(library.reembed("Re-embed with test/other", **how), WAIT)
    assert not job.active
    return job


def records(library):
    return sorted((record for some in library.index.records() for record in some), key=lambda record: record.path)


def nearest(library, embedder, text):
    return library.index.search(embedder.embed_texts([text])[0], 1)[0].record.name


def test_all_pictures_have_the_other_models_embeddings_and_are_else_as_they_were(library, models, folder, picture):
    picture("copy.png", "red")
    ingest(library, folder)
    change_tags(library.index, [records(library)[0].id], ["kept"])
    before = records(library)
    job = reembed(library)
    assert (job.status, job.kind, job.counts) == (Status.DONE, Kind.REEMBED, Counts(updated=4))
    assert (library.index.model(), job.model_id, job.note) == (OTHER, "test/other", "")
    assert records(library) == before
    assert before[0].tags == ("kept",)
    assert nearest(library, models.target, "green") == "green.png"
    assert models.told == ["test/other", "switched"]
    assert models.target.embedded_images == 3  # of two copies one
    assert not list(library.folder.glob("reembed-*"))


def test_searches_find_with_the_old_model_until_the_switch(library, models, folder, embedder, monkeypatch):
    ingest(library, folder)
    running, go_on = threading.Event(), threading.Event()
    embed = models.target.embed_images

    def wait_and_embed(images):
        running.set()
        assert go_on.wait(WAIT)
        return embed(images)

    monkeypatch.setattr(models.target, "embed_images", wait_and_embed)
    job_id = library.reembed("Re-embed with test/other")
    assert running.wait(WAIT)
    assert library.reembed("Re-embed with test/other") == job_id  # pressed twice
    assert library.index.model() == COLOUR
    assert nearest(library, embedder, "blue") == "blue.png"
    change_tags(library.index, [records(library)[0].id], ["meanwhile"])
    library.jobs.pause(job_id)
    go_on.set()
    assert library.jobs.wait(job_id, WAIT).status is Status.PAUSED
    assert (library.index.model(), nearest(library, embedder, "red")) == (COLOUR, "red.png")
    late = folder / "late.png"
    late.write_bytes((folder / "red.png").read_bytes() + b" ")  # other bytes, indexed while the job rests
    ingest(library, folder)
    library.jobs.resume(job_id)
    job = library.jobs.wait(job_id, WAIT)
    assert (job.status, library.index.model(), library.index.count()) == (Status.DONE, OTHER, 4)
    assert records(library)[0].tags == ("meanwhile",)
    assert nearest(library, models.target, "blue") == "blue.png"


def test_files_that_are_gone_or_have_changed_are_embedded_from_their_thumbnails(library, models, folder, picture):
    ingest(library, folder)
    (folder / "red.png").unlink()
    picture("green.png", "blue", size=(50, 50))
    job = reembed(library)
    assert job.counts == Counts(updated=3)
    assert job.note == "2 pictures embedded from thumbnails: their files are gone."
    assert {path for path, reason in verdicts(library, job).items() if "thumbnail" in reason} == {
        str(folder / "red.png"),
        str(folder / "green.png"),
    }
    assert nearest(library, models.target, "red") == "red.png"
    assert nearest(library, models.target, "green") == "green.png"  # as it was when it was indexed


def test_where_nothing_is_left_of_a_picture_nothing_is_switched_before_somebody_decides(library, models, folder):
    ingest(library, folder)
    lost = next(record for record in records(library) if record.name == "red.png")
    data = (folder / "red.png").read_bytes()
    (folder / "red.png").unlink()
    library.thumbnails.remove(lost.content_hash)
    job = reembed(library)
    assert (job.status, type(job.error), job.retry_at) == (Status.PAUSED, PicturesLost, None)
    assert "1 picture is gone" in str(job.error)
    assert (library.index.model(), library.index.count()) == (COLOUR, 3)
    (folder / "red.png").write_bytes(data)  # its drive is there again
    library.jobs.resume(job.id)
    assert library.jobs.wait(job.id, WAIT).counts == Counts(updated=3)
    assert library.index.model() == OTHER


def test_what_is_lost_is_left_out_on_demand_and_that_is_said(library, folder):
    ingest(library, folder)
    lost = next(record for record in records(library) if record.name == "red.png")
    (folder / "red.png").unlink()
    library.thumbnails.remove(lost.content_hash)
    job = reembed(library, prunes=True)
    assert (job.status, job.counts) == (Status.DONE, Counts(updated=2, removed=1))
    assert [record.name for record in records(library)] == ["blue.png", "green.png"]
    assert verdicts(library, job, Outcome.REMOVED).keys() == {str(folder / "red.png")}


@pytest.mark.parametrize("method", ["append", "conclude", "switch", "optimize"])
def test_what_is_cut_short_goes_on_and_nothing_is_embedded_twice(
    library, open_library, models, picture, monkeypatch, small_rounds, method
):
    """As a kill would: whatever was under way raises, and the next process goes on."""
    for at, name in enumerate(["red", "green", "blue", "cyan", "yellow", "orange", "purple", "white", "black"]):
        folder = picture(f"{name}.png", size=(20 + at, 20)).parent
    ingest(library, folder)
    of = {
        "append": "core.ingest.pipeline.staging.append",
        "conclude": "core.ingest.journal.files.JobFiles.conclude",
        "switch": "core.index.lance.engine.LanceIndex.switch",
        "optimize": "core.index.lance.engine.LanceIndex.optimize",
    }[method]
    with monkeypatch.context() as broken:

        def fail(*_):
            raise RuntimeError("killed")

        broken.setattr(of, fail)
        job = reembed(library)
        assert job.status is Status.FAILED
    embedded = models.target.embedded_images
    second = make_library(library.folder.parent, ColourEmbedder())
    second.models = models
    second.jobs.resume(job.id)
    job = second.jobs.wait(job.id, WAIT)
    assert (job.status, second.index.model(), second.index.count()) == (Status.DONE, OTHER, 9)
    assert job.counts == Counts(updated=9)
    if method in ("switch", "optimize"):
        assert models.target.embedded_images == embedded == 9
    assert nearest(second, models.target, "purple") == "purple.png"
    second.close()


class TestStaging:
    def test_what_was_cut_short_is_cut_off(self, tmp_path):
        stamp = ModelStamp("test/other", 3)
        rows = np.eye(3, dtype=np.float32)
        hashes = [f"{at:064x}" for at in range(3)]
        first = Staging(tmp_path / "staged", stamp)
        first.add(hashes[:2], rows[:2])
        first.close()
        for name, junk in (("vectors", b"\1" * 7), ("hashes", b"\2" * 5)):
            with next((tmp_path / "staged").glob(f"*.{name}")).open("ab") as file:
                file.write(junk)
        again = Staging(tmp_path / "staged", stamp)
        assert [one in again for one in hashes] == [True, True, False]
        again.add(hashes, rows)
        assert np.array_equal(again.rows(hashes[::-1]), rows[::-1])
        again.remove()
        assert not (tmp_path / "staged").exists()

    def test_another_model_sees_nothing_of_it(self, tmp_path):
        first = Staging(tmp_path, ModelStamp("test/other", 3))
        first.add(["0" * 64], np.eye(3, dtype=np.float32)[:1])
        first.close()
        other = Staging(tmp_path, replace(ModelStamp("test/other", 3), preprocessing=2))
        assert len(other) == 0
        other.close()


@pytest.mark.parametrize(("header", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36 Edg/139.0",
         "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 (KHTML, like Gecko) Version/18 Safari/605.1",
         "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/139 Safari/6", "Chrome on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/139.0 Mobile Safari/537.36", "Chrome on Android"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)  # fmt: skip
def test_browsers_are_named(header, label):
    assert browser_label(header) == label
