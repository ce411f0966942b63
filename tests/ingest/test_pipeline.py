"""Ingest: what is new is read, embedded and stored; nothing else is touched."""

import os
import shutil
import threading
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import ModelMismatch, ModelUnavailable, SourceUnavailable
from core.images.reading.content import read_bytes
from core.images.thumbnails import Thumbnails
from core.index.lance.engine import LanceIndex
from core.index.records import record_id
from core.ingest.foreground import ingest
from core.ingest.journal.progress import Counts, Outcome, Phase
from core.vectors import unit
from tests.colours import COLOURS, ColourEmbedder


def run(services, *paths):
    """All reports of one ingest, and the last of them."""
    reports = list(services.ingest(list(paths)))
    return reports, reports[-1]


def test_a_folder_is_indexed(services, picture, tmp_path):
    for name in ("red.png", "deep/er/blue.jpg", "GREEN.PNG"):
        picture(name, name.rsplit("/")[-1].split(".")[0].lower())
    reports, last = run(services, tmp_path / "pictures")
    assert last.counts == Counts(added=3)
    assert (last.total, last.done) == (3, 3)
    assert services.index.count() == 3
    stored = {record.name: record for report in reports for record in report.stored}
    assert set(stored) == {"red.png", "blue.jpg", "GREEN.PNG"}
    assert (stored["red.png"].width, stored["red.png"].height, stored["red.png"].format) == (40, 30, "PNG")
    assert all(services.thumbnails.path(record.content_hash) for record in stored.values())


def test_the_second_run_loads_no_model(services, picture, tmp_path, embedder):
    picture("red.png")
    run(services, tmp_path / "pictures")

    def refuse() -> Future:
        raise AssertionError("the model was loaded")

    again = list(ingest([tmp_path / "pictures"], index=services.index, load=refuse, thumbnails=services.thumbnails))
    assert again[-1].counts == Counts(unchanged=1)
    assert embedder.embedded_images == 1


def test_unchanged_files_are_not_opened(services, picture, tmp_path, monkeypatch):
    picture("red.png")
    run(services, tmp_path / "pictures")
    monkeypatch.setattr("core.sources.folder.read_bytes", lambda path: pytest.fail(f"{path} was opened"))
    assert run(services, tmp_path / "pictures")[1].counts == Counts(unchanged=1)


def test_a_changed_file_replaces_its_record(services, picture, tmp_path):
    path = picture("one.png", "red")
    run(services, tmp_path / "pictures")
    picture("one.png", "blue", size=(50, 20))
    assert run(services, tmp_path / "pictures")[1].counts == Counts(updated=1)
    (record,) = services.index.get([record_id(path.resolve())])
    assert (record.width, record.height) == (50, 20)
    assert services.index.count() == 1


def test_the_same_bytes_are_embedded_once(services, picture, tmp_path, embedder):
    original = picture("red.png")
    for n in range(5):
        shutil.copy(original, original.with_name(f"copy{n}.png"))
    reports, last = run(services, tmp_path / "pictures")
    assert last.counts == Counts(added=1, duplicate=5)
    reasons = {verdict.reason for report in reports for verdict in report.verdicts}
    assert reasons == {"", f"Copy of {original.with_name('copy0.png')}."}
    assert embedder.embedded_images == 1
    shutil.copy(original, original.with_name("later.png"))
    assert run(services, tmp_path / "pictures")[1].counts == Counts(duplicate=1, unchanged=6)
    assert embedder.embedded_images == 1


def test_the_same_bytes_in_the_next_round_are_embedded_once(services, picture, tmp_path, embedder, one_by_one):
    original = picture("red.png")
    for n in range(5):
        shutil.copy(original, original.with_name(f"copy{n}.png"))
    assert run(services, tmp_path / "pictures")[1].counts == Counts(added=1, duplicate=5)
    assert embedder.embedded_images == 1


def test_the_next_round_is_embedded_while_one_is_stored(services, picture, tmp_path, embedder, monkeypatch, one_by_one):
    for colour in ("red", "green", "blue"):
        picture(f"{colour}.png")
    second, upsert, embed = threading.Event(), services.index.upsert, embedder.embed_images
    overlapped = []

    def embed_and_tell(images):
        if embedder.embedded_images:
            second.set()
        return embed(images)

    def wait_and_store(*args):
        overlapped.append(second.wait(30))
        upsert(*args)

    monkeypatch.setattr(embedder, "embed_images", embed_and_tell)
    monkeypatch.setattr(services.index, "upsert", wait_and_store)
    assert run(services, tmp_path / "pictures")[1].counts == Counts(added=3)
    assert overlapped == [True, True, True]


def test_what_was_embedded_before_the_model_failed_is_stored(
    services, picture, tmp_path, embedder, monkeypatch, one_by_one
):
    for colour in COLOURS:
        picture(f"{colour}.png")
    embed = embedder.embed_images

    def fail_at_the_third(images):
        if embedder.embedded_images == 2:
            raise ModelUnavailable("It died.", "Try again.")
        return embed(images)

    monkeypatch.setattr(embedder, "embed_images", fail_at_the_third)
    with pytest.raises(ModelUnavailable) as failure:
        run(services, tmp_path / "pictures")
    assert services.index.count() == 2
    assert failure.value.__traceback__  # whoever keeps the error keeps no threads with it
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("read-ahead", "embed"))]
    monkeypatch.setattr(embedder, "embed_images", embed)
    assert run(services, tmp_path / "pictures")[1].counts == Counts(added=len(COLOURS) - 2, unchanged=2)


def test_the_size_of_a_large_picture_is_its_own(services, picture, tmp_path):
    picture("red.jpg", size=(4000, 3000))
    run(services, tmp_path / "pictures")
    (record,) = services.index.browse(limit=1)
    assert (record.width, record.height) == (4000, 3000)


def test_a_bad_picture_is_a_verdict(services, picture, tmp_path):
    picture("red.png")
    bad = tmp_path / "pictures" / "words.jpg"
    bad.write_text("these are words")
    (tmp_path / "pictures" / "empty.png").touch()
    reports, last = run(services, tmp_path / "pictures")
    assert last.counts == Counts(added=1, failed=2)
    failed = {v.path: v.reason for report in reports for v in report.verdicts if v.outcome is Outcome.FAILED}
    assert set(failed) == {str(bad), str(tmp_path / "pictures" / "empty.png")}
    assert all(failed.values())
    assert services.index.count() == 1


def test_a_file_that_vanishes_is_a_verdict(services, picture, tmp_path):
    paths = [picture(f"{colour}.png") for colour in COLOURS]
    work = services.ingest([tmp_path / "pictures"])
    for report in work:
        if report.phase is not Phase.FINDING:
            break
    paths[-1].unlink()
    *_, last = work
    assert last.counts == Counts(added=len(paths) - 1, failed=1)


def test_interrupted_and_run_again(services, picture, tmp_path):
    for n in range(40):
        picture(f"{n}.png", list(COLOURS)[n % len(COLOURS)], size=(10 + n, 10))
    work = services.ingest([tmp_path / "pictures"])
    stored = 0
    for report in work:
        stored += len(report.stored)
        if stored:
            work.close()
            break
    assert 0 < stored < 40
    assert services.index.count() == stored
    assert run(services, tmp_path / "pictures")[1].counts == Counts(added=40 - stored, unchanged=stored)
    assert services.index.count() == 40


def test_overlapping_paths_name_a_file_once(services, picture, tmp_path):
    path = picture("a/red.png")
    _, last = run(services, tmp_path / "pictures", path.parent, path)
    assert (last.total, last.counts) == (1, Counts(added=1))


def test_names_that_are_not_utf8(services, picture, tmp_path):
    path = picture("red.png")
    odd = os.fsdecode(os.fsencode(tmp_path / "pictures") + b"/caf\xe9.png")
    shutil.copy(path, odd)
    assert run(services, tmp_path / "pictures")[1].counts == Counts(added=1, duplicate=1)
    assert run(services, tmp_path / "pictures")[1].counts == Counts(unchanged=2)
    assert [record.path for record in services.index.get([record_id(odd)])] == [odd]


def test_the_model_that_cannot_be_loaded_stops_the_run(services, picture, tmp_path):
    picture("red.png")
    failed: Future = Future()
    failed.set_exception(ModelUnavailable("No weights.", "Get some."))
    with pytest.raises(ModelUnavailable):
        list(ingest([tmp_path / "pictures"], index=services.index, load=lambda: failed, thumbnails=services.thumbnails))


def test_an_index_of_another_model_is_not_filled(services, picture, tmp_path, embedder):
    picture("red.png")
    run(services, tmp_path / "pictures")
    picture("blue.png")
    embedder.model_id = "test/other"
    with pytest.raises(ModelMismatch):
        run(services, tmp_path / "pictures")
    assert services.index.count() == 1


class TestPatience:
    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch):
        monkeypatch.setattr("core.ingest.pipeline.run.FILE_SECONDS", 0.5)
        monkeypatch.setattr("core.ingest.pipeline.copies.SECONDS", 0.5)

    @pytest.fixture
    def answer(self):
        """Until this is set, what hangs does not answer; the threads end with the test."""
        answers, before = threading.Event(), set(threading.enumerate())
        yield answers
        answers.set()
        for thread in set(threading.enumerate()) - before:
            thread.join(30)

    def test_a_picture_that_takes_absurdly_long_is_given_up(
        self, services, picture, tmp_path, embedder, answer, monkeypatch
    ):
        for colour in COLOURS:
            picture(f"{colour}.png")
        prepare = embedder.prepare
        slow = {COLOURS[colour] for colour in ("blue", "cyan", "green")}  # one after the other, so no drive

        def prepare_slowly(image):
            if image.getpixel((0, 0)) in slow:
                answer.wait(30)
            return prepare(image)

        monkeypatch.setattr(embedder, "prepare", prepare_slowly)
        reports, last = run(services, tmp_path / "pictures")
        assert last.counts == Counts(added=7, failed=3)
        failed = [verdict for report in reports for verdict in report.verdicts if verdict.outcome is Outcome.FAILED]
        assert all("took longer than" in verdict.reason for verdict in failed)

    def test_one_file_that_does_not_answer_is_given_up(self, services, picture, tmp_path, answer, monkeypatch):
        paths = [picture(f"{colour}.png") for colour in COLOURS]
        hangs(monkeypatch, answer, paths[3])
        assert run(services, tmp_path / "pictures")[1].counts == Counts(added=9, failed=1)

    def test_a_drive_that_does_not_answer_stops_the_run(self, services, picture, tmp_path, answer, monkeypatch):
        paths = sorted(picture(f"{colour}.png") for colour in COLOURS)
        with monkeypatch.context() as patched:
            hangs(patched, answer, *paths[2:])
            with pytest.raises(SourceUnavailable, match="files in a row took longer"):
                run(services, tmp_path / "pictures")
        answer.set()
        assert services.index.count() < len(paths)
        *_, last = services.ingest([tmp_path / "pictures"])
        assert last.counts.failed == 0
        assert services.index.count() == len(paths)


def hangs(patched, answer, *paths):
    read = read_bytes

    def read_or_hang(path):
        if path in paths:
            answer.wait(30)
        return read(path)

    patched.setattr("core.sources.folder.read_bytes", read_or_hang)


def test_what_fails_while_a_round_is_stored_ends_all_threads(services, picture, tmp_path, monkeypatch, one_by_one):
    for colour in COLOURS:
        picture(f"{colour}.png")

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(services.index, "upsert", fail)
    with pytest.raises(ZeroDivisionError) as failure:
        run(services, tmp_path / "pictures")
    assert failure.value.__traceback__
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("read-ahead", "embed"))]


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(smallest=st.integers(1, 12), order=st.randoms(use_true_random=False))
def test_batch_size_and_order_change_nothing(smallest, order, picture, tmp_path_factory, monkeypatch):
    names = list(COLOURS)
    order.shuffle(names)
    paths = [picture(f"{name}.png").resolve() for name in names]
    monkeypatch.setattr("core.ingest.pipeline.run.MIN_ROUND", smallest)
    folder = tmp_path_factory.mktemp("index")
    index, embedder = LanceIndex(folder, "images"), ColourEmbedder()
    loaded: Future = Future()
    loaded.set_result(embedder)
    list(ingest(paths, index=index, load=lambda: loaded, thumbnails=Thumbnails(folder / "thumbnails")))
    for name in names:
        (hit, *_) = index.search(embedder.embed_texts([name])[0], 3)
        assert (hit.record.name, round(hit.score, 3)) == (f"{name}.png", 1.0)


def test_what_is_drawn_in_another_way_now_is_embedded_and_shown_anew(services, tmp_path, embedder):
    """By an index of an earlier version: a white drawing on white. What looks as it did keeps its embedding."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    white = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    white.paste("white", (10, 10, 30, 20))
    white.save(folder / "white.png")
    Image.new("RGB", (40, 30), "red").save(folder / "red.png")
    run(services, folder)
    records = services.index.get([record_id((folder / name).resolve()) for name in ("white.png", "red.png")])
    before = services.index.embeddings([record.id for record in records])
    blank = np.tile(unit(np.array([[1, 1, 1, 0.1]])), (2, 1)).astype(np.float32)
    services.index.upsert([replace(record, described=2) for record in records], blank)
    thumbnails = [services.thumbnails.path(record.content_hash) for record in records]
    for path in thumbnails:
        path.write_bytes(b"old")
    looked_at = embedder.embedded_images
    assert run(services, folder)[1].counts == Counts(updated=2)
    assert embedder.embedded_images == looked_at + 1
    after = services.index.embeddings([record.id for record in records])
    assert np.allclose(after[0], before[0], atol=1e-3)
    assert np.allclose(after[1], blank[1], atol=1e-3)
    assert [path.read_bytes() == b"old" for path in thumbnails] == [False, True]
    assert run(services, folder)[1].counts == Counts(unchanged=2)
