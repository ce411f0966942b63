"""Versions built by jobs: in the background, searched and filled as before until the swap, and nothing is lost on the
way."""

import threading
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest

from core.access.actors import browser_label
from core.errors import JobRefused, PicturesLost, StorageFull, VersionRefused
from core.index.tags import change_tags
from core.index.versions import Room
from core.ingest.journal.job import Kind, Plan, Planned, Rebuild, Status
from core.ingest.journal.progress import Counts, Outcome, Phase, Verdict
from core.ingest.pipeline.rebuild.plan import plan_rebuild
from tests.colours import ColourEmbedder
from tests.ingest.libraries import WAIT, ingest, loaded, make_library, verdicts
from tests.ingest.models import COLOUR, OTHER, OtherEmbedder, TwoModels


@pytest.fixture
def models():
    return TwoModels()


@pytest.fixture
def load(embedder):
    """Gives the model that an ingest embeds with."""
    return Mock(return_value=loaded(embedder))


@pytest.fixture
def library(open_library, models, load):
    return open_library(models=models, load=load)


REEMBED = Rebuild(OTHER.model_id)


def reembed(library, **how):
    return rebuilt(library, REEMBED, **how)


def rebuilt(library, wanted, **how):
    job = library.jobs.wait(library.rebuild("Rebuild", wanted, **how), WAIT)
    assert not job.active
    return job


def states(library):
    return {one.number: one.state for one in library.index.versions.all()}


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
    assert (job.status, job.kind, job.counts) == (Status.DONE, Kind.REBUILD, Counts(updated=4))
    assert (library.index.model(), job.model_id, job.note) == (OTHER, "test/other", "")
    assert records(library) == before
    assert before[0].tags == ("kept",)
    assert nearest(library, models.target, "green") == "green.png"
    assert models.told == ["test/other", "switched"]
    assert models.target.embedded_images == 3  # of two copies one
    assert states(library) == {1: "retired", 2: "current"}


def test_searches_find_with_the_old_model_until_the_switch(library, models, folder, embedder, monkeypatch):
    ingest(library, folder)
    running, go_on = threading.Event(), threading.Event()
    embed = models.target.embed_images

    def wait_and_embed(images):
        running.set()
        assert go_on.wait(WAIT)
        return embed(images)

    monkeypatch.setattr(models.target, "embed_images", wait_and_embed)
    job_id = library.rebuild("Rebuild", REEMBED)
    assert running.wait(WAIT)
    assert library.rebuild("Rebuild", REEMBED) == job_id  # pressed twice
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


STEPS = {
    "begin": "core.index.lance.history.versions.LanceVersions.begin",
    "upsert": "core.index.lance.engine.LanceIndex.upsert",
    "conclude": "core.ingest.journal.files.JobFiles.conclude",
    "step": "core.index.lance.history.update.LanceUpdate.step",
    "finish": "core.index.lance.history.versions.LanceVersions.finish",
    "swap": "core.index.lance.history.update.LanceUpdate.swap",
    "pointer": "core.index.pointer.write_durably",
}


@pytest.mark.parametrize("step", STEPS)
def test_what_is_cut_short_goes_on_and_nothing_is_embedded_twice(
    library, open_library, models, picture, monkeypatch, small_rounds, step
):
    """As a kill would: whatever was under way raises, and the next process goes on."""
    for at, name in enumerate(["red", "green", "blue", "cyan", "yellow", "orange", "purple", "white", "black"]):
        folder = picture(f"{name}.png", size=(20 + at, 20)).parent
    ingest(library, folder)
    with monkeypatch.context() as broken:

        def fail(*_, **__):
            raise RuntimeError("killed")

        broken.setattr(STEPS[step], fail)
        job = reembed(library)
        assert job.status in (Status.FAILED, Status.PAUSED)
        assert nearest(library, ColourEmbedder(), "red") == "red.png"
    second = make_library(library.folder.parent, ColourEmbedder(), models=models)
    second.jobs.resume(job.id)
    job = second.jobs.wait(job.id, WAIT)
    assert (job.status, second.index.model(), second.index.count()) == (Status.DONE, OTHER, 9)
    assert job.counts == Counts(updated=9)
    if step not in ("upsert", "begin", "conclude"):  # a round that was not stored, or was embedded ahead
        assert models.target.embedded_images == 9
    assert nearest(second, models.target, "purple") == "purple.png"
    assert sorted(states(second).values()) == ["current", "retired"]
    second.close()


def test_of_the_same_model_nothing_is_embedded_again(library, models, folder):
    ingest(library, folder)
    before = records(library)
    job = rebuilt(library, Rebuild(COLOUR.model_id))
    assert (job.status, job.counts, job.total) == (Status.DONE, Counts(updated=3), 3)
    assert job.rebuild == Rebuild(COLOUR.model_id, 2, copies=True)
    assert (library.index.model(), records(library), states(library)) == (COLOUR, before, {1: "retired", 2: "current"})
    assert models.known[COLOUR.model_id].embedded_images == models.target.embedded_images == 0


def test_one_that_is_not_swapped_waits_and_is_brought_up_to_date_before_it_is(library, models, folder, picture):
    ingest(library, folder)
    job = rebuilt(library, replace(REEMBED, swaps=False))
    assert job.note == "Version 2 is ready. Compare it, then swap to it."
    assert (library.index.model(), states(library)) == (COLOUR, {1: "current", 2: "ready"})
    picture("yellow.png")
    ingest(library, folder)
    change_tags(library.index, [records(library)[0].id], ["meanwhile"])
    before, embedded = records(library), models.target.embedded_images
    job = rebuilt(library, Rebuild(OTHER.model_id, 2, is_own=False))
    assert (job.status, job.counts) == (Status.DONE, Counts(updated=1))
    assert (library.index.model(), records(library)) == (OTHER, before)
    assert models.target.embedded_images == embedded + 1
    assert nearest(library, models.target, "yellow") == "yellow.png"


def test_back_to_the_version_before_with_what_was_added_since(library, models, load, folder, picture):
    ingest(library, folder)
    reembed(library)
    load.side_effect = lambda: models.load_target(OTHER.model_id)
    picture("cyan.png")
    (folder / "red.png").unlink()
    ingest(library, folder, prunes=True)
    before = records(library)
    job = rebuilt(library, Rebuild(COLOUR.model_id, 1, is_own=False))
    assert (job.status, job.counts) == (Status.DONE, Counts(updated=1))
    assert (library.index.model(), records(library)) == (COLOUR, before)
    assert models.known[COLOUR.model_id].embedded_images == 1
    assert nearest(library, models.known[COLOUR.model_id], "cyan") == "cyan.png"
    assert states(library) == {1: "current", 2: "retired"}
    job = rebuilt(library, Rebuild(OTHER.model_id, 2, is_own=False))  # and forth: nothing is left to embed
    assert (job.status, job.total, library.index.model()) == (Status.DONE, 0, OTHER)


def test_an_ingest_goes_on_while_a_version_is_built_and_after_it_is_swapped(
    library, models, load, folder, picture, embedder, monkeypatch, one_by_one
):
    """Half of its pictures are embedded by the one model, the others by the other; in the end all are by the latter."""
    ingest(library, folder)
    for name in ("yellow", "cyan", "magenta", "black", "white", "orange"):
        picture(f"{name}.png")
    begun, swapped = threading.Event(), threading.Event()
    embed, seen = embedder.embed_images, []

    def embed_and_wait(images):
        seen.extend(images)
        if len(seen) == 3:
            begun.set()
            assert swapped.wait(WAIT)
        return embed(images)

    monkeypatch.setattr(embedder, "embed_images", embed_and_wait)
    current = {COLOUR: embedder, OTHER: models.target}

    load.side_effect = lambda: loaded(current[library.index.model()])
    job_id = library.add([str(folder)], auto_start=True)
    assert begun.wait(WAIT)
    assert reembed(library).status is Status.DONE  # beside it
    assert library.index.model() == OTHER
    swapped.set()
    job = library.jobs.wait(job_id, WAIT)
    assert (job.status, job.counts.stored, library.index.count()) == (Status.DONE, 6, 9)
    assert library.index.model() == OTHER
    for text in ("yellow", "white", "orange", "red"):
        assert nearest(library, models.target, text) == f"{text}.png"
    for some, rows in library.index.scan():
        for record, row in zip(some, rows, strict=True):
            (expected,) = models.target.embed_texts([record.name.removesuffix(".png")])
            np.testing.assert_allclose(row, expected, atol=0.05)


def test_one_version_is_built_at_a_time(library, models, folder, monkeypatch):
    ingest(library, folder)
    running, go_on = threading.Event(), threading.Event()
    embed = models.target.embed_images

    def wait_and_embed(images):
        running.set()
        assert go_on.wait(WAIT)
        return embed(images)

    monkeypatch.setattr(models.target, "embed_images", wait_and_embed)
    job_id = library.rebuild("Rebuild", REEMBED)
    assert running.wait(WAIT)
    with pytest.raises(JobRefused, match="has not ended yet"):
        library.rebuild("Rebuild", Rebuild(COLOUR.model_id))
    library.jobs.cancel(job_id)
    go_on.set()
    assert library.jobs.wait(job_id, WAIT).status is Status.CANCELLED
    assert states(library) == {1: "current", 2: "building"}
    assert reembed(library).status is Status.DONE  # what the other left is taken away
    assert [*states(library).values()] == ["retired", "current"]


def test_where_there_is_no_room_nothing_is_begun(library, folder, monkeypatch):
    ingest(library, folder)
    monkeypatch.setattr("core.index.lance.history.versions.LanceVersions.room", lambda *_: Room(1_000_000, 900_000))
    job = reembed(library)
    assert (job.status, type(job.error)) == (Status.PAUSED, StorageFull)
    assert "takes about 1.0 MB, and 900 kB are free" in str(job.error)
    assert states(library) == {1: "current"}


def test_what_an_earlier_way_of_preparing_made_takes_nothing_new(library, models, folder, picture, monkeypatch):
    ingest(library, folder)
    reembed(library)
    monkeypatch.setattr(ColourEmbedder, "preprocessing", 2)
    monkeypatch.setattr(OtherEmbedder, "preprocessing", 1)
    job = rebuilt(library, Rebuild(COLOUR.model_id, 1, is_own=False))
    assert (job.status, type(job.error)) == (Status.PAUSED, VersionRefused)
    assert library.index.model() == OTHER


def test_one_that_an_earlier_version_of_the_app_began_goes_on(library, models, folder):
    """It had embedded one picture, kept elsewhere; the journal says so."""
    ingest(library, folder)
    leftovers = library.folder / "reembed-lancedb-images"
    leftovers.mkdir()
    (leftovers / "test-other-5-1.vectors").write_bytes(b"0" * 20)
    job_id = library.journal.create("Re-embed with test/other", (), auto_start=True, kind=Kind.REEMBED)
    job = library.journal.job(job_id)
    for _ in plan_rebuild(job, library.index, library.journal.files(job_id), models):
        pass
    (file, *_) = next(library.journal.files(job_id).planned({Planned.CHANGED}))
    library.journal.files(job_id).conclude({file.number: Verdict(file.path, Outcome.UPDATED)})
    library.journal.update(job_id, status=Status.PAUSED, phase=Phase.INDEXING, plan=Plan(changed=3))
    library.jobs.resume(job_id)
    job = library.jobs.wait(job_id, WAIT)
    assert (job.status, job.counts, library.index.model()) == (Status.DONE, Counts(updated=3), OTHER)
    assert nearest(library, models.target, "green") == "green.png"
    assert not leftovers.exists()


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
