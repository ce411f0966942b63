"""Whatever happens in the middle of a job: it pauses with the reason, goes on, and ends as if nothing had been."""

import threading
from concurrent.futures import Future

import pytest

from core.errors import IndexUnavailable, ModelUnavailable, UnreadableImage
from core.ingest.journal.job import Status
from core.ingest.journal.progress import Counts
from tests.ingest.libraries import WAIT, assert_whole, ingest, verdicts


class TestInTheMiddle:
    def test_a_model_that_dies_pauses_the_job_which_goes_on(
        self, library, folder, picture, embedder, monkeypatch, small_rounds
    ):
        monkeypatch.setattr("core.ingest.jobs.worker.PAUSES", (0.0,))
        for n in range(20):
            picture(f"{n}.png", "red", size=(10 + n, 10))
        embed, dies = embedder.embed_images, iter([False, False, True])

        def embed_or_die(images):
            if next(dies, False):
                raise ModelUnavailable("It died.", "Try again.")
            return embed(images)

        monkeypatch.setattr(embedder, "embed_images", embed_or_die)
        job_id = library.add([str(folder)], auto_start=True)
        while (job := library.jobs.wait(job_id, WAIT)).status is not Status.DONE:
            assert job.status is Status.PAUSED
        assert (job.counts, job.interruptions) == (Counts(added=23), 1)
        assert_whole(library, *folder.iterdir())

    def test_what_python_does_not_begin_any_more_at_its_end_is_no_failure(
        self, open_library, folder, embedder, monkeypatch
    ):
        library, embed = open_library(), embedder.embed_images

        def end(images):
            library.jobs.ending.set()
            raise RuntimeError("cannot schedule new futures after interpreter shutdown")

        monkeypatch.setattr(embedder, "embed_images", end)
        job_id = library.add([str(folder)], auto_start=True)
        assert library.jobs.wait(job_id, WAIT).status is Status.INTERRUPTED
        library.close()
        monkeypatch.setattr(embedder, "embed_images", embed)
        after = open_library()
        after.start()
        assert after.jobs.wait(job_id, WAIT).status is Status.DONE
        assert_whole(after, *folder.iterdir())

    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize(
        "method",
        [
            *("index.prepare", "index.by_content", "index.get", "index.upsert", "index.delete", "index.optimize"),
            *("thumbnails.keep", "thumbnails.remove_all"),
        ],
    )
    def test_whatever_fails_once_the_end_is_the_same(
        self, library, folder, picture, monkeypatch, small_rounds, method, late
    ):
        ingest(library, folder)
        (folder / "red.png").rename(folder / "crimson.png")
        picture("green.png", "cyan", size=(9, 9))
        (folder / "blue.png").unlink()
        for n in range(7):
            picture(f"{n}.png", "orange", size=(10 + n, 10))
        monkeypatch.setattr("core.ingest.jobs.worker.PAUSES", (0.0,))
        holder, _, name = method.partition(".")
        work, fails = getattr(getattr(library, holder), name), iter([True])

        def work_or_fail(*args):
            result = work(*args) if late else None
            if next(fails, False):
                raise IndexUnavailable("It does not answer.", "Start it.")
            return result if late else work(*args)

        monkeypatch.setattr(getattr(library, holder), name, work_or_fail)
        job_id = library.add([str(folder)], auto_start=True, prunes=True)
        while (job := library.jobs.wait(job_id, WAIT)).status is not Status.DONE:
            assert job.status is Status.PAUSED
        assert (job.counts, job.interruptions) == (Counts(added=7, renamed=1, updated=1, removed=1), 1)
        assert_whole(library, *folder.iterdir())

    def test_an_index_that_does_not_answer_pauses_it_with_the_reason(self, library, folder, monkeypatch):
        def refuse(*_):
            raise IndexUnavailable("It does not answer.", "Start it.")

        with monkeypatch.context() as patched:
            patched.setattr(library.index, "upsert", refuse)
            job = ingest(library, folder)
        assert (job.status, str(job.error), job.done) == (Status.PAUSED, "It does not answer. Start it.", 0)
        library.jobs.resume(job.id)
        assert library.jobs.wait(job.id, WAIT).counts == Counts(added=3)

    def test_a_source_that_vanishes_pauses_it(self, library, folder, tmp_path, embedder, monkeypatch, small_rounds):
        job = library.jobs.wait(library.add([str(folder)]), WAIT)
        folder.rename(tmp_path / "away")
        library.jobs.start(job.id)
        job = library.jobs.wait(job.id, WAIT)
        assert (job.status, job.counts) == (Status.PAUSED, Counts())
        assert "is gone or empty now" in job.error.message
        assert job.retry_at
        (tmp_path / "away").rename(folder)
        library.jobs.resume(job.id)
        assert library.jobs.wait(job.id, WAIT).counts == Counts(added=3)

    def test_a_drive_that_fails_pauses_it(self, library, folder, monkeypatch):
        job = library.jobs.wait(library.add([str(folder)]), WAIT)

        def fail(path):
            raise UnreadableImage(f"{path} cannot be read: Input/output error.")

        with monkeypatch.context() as patched:
            patched.setattr("core.sources.folder.read_bytes", fail)
            patched.setattr("core.sources.folder.has_something", lambda path: False)
            library.jobs.start(job.id)
            job = library.jobs.wait(job.id, WAIT)
        assert (job.status, job.counts) == (Status.PAUSED, Counts())
        assert "gone or empty" in job.error.message

    def test_a_file_that_changes_after_it_was_planned(self, library, folder, picture):
        job = library.jobs.wait(library.add([str(folder)]), WAIT)
        picture("red.png", "orange", size=(70, 20))
        (folder / "green.png").unlink()
        library.jobs.start(job.id)
        job = library.jobs.wait(job.id, WAIT)
        assert job.counts == Counts(added=2, failed=1)
        assert_whole(library, folder / "red.png", folder / "blue.png")
        assert ingest(library, folder).counts == Counts(unchanged=2)

    def test_a_pause_while_the_model_loads(self, open_library, folder):
        asked = threading.Event()
        library = open_library(load=lambda: (asked.set(), Future())[1])
        job_id = library.add([str(folder)], auto_start=True)
        assert asked.wait(WAIT)
        library.jobs.cancel(job_id)
        assert library.jobs.wait(job_id, WAIT).status is Status.CANCELLED

    def test_paused_and_resumed_with_nothing_twice(self, library, folder, picture, embedder, monkeypatch, small_rounds):
        for n in range(20):
            picture(f"{n}.png", "red", size=(10 + n, 10))
        (folder / "notes.txt").write_text("no picture")
        job = library.jobs.wait(library.add([str(folder)]), WAIT)
        upsert = library.index.upsert

        def pause_and_store(*args):
            library.jobs.pause(job.id)
            upsert(*args)

        with monkeypatch.context() as patched:
            patched.setattr(library.index, "upsert", pause_and_store)
            library.jobs.start(job.id)
            job = library.jobs.wait(job.id, WAIT)
        assert (job.status, job.counts) == (Status.PAUSED, Counts(added=4, skipped=1))
        library.jobs.resume(job.id)
        job = library.jobs.wait(job.id, WAIT)
        assert (job.counts, job.done) == (Counts(added=23, skipped=1), job.total)
        assert len(verdicts(library, job)) == 24

    def test_what_fails_after_a_job_does_no_harm_to_it(self, open_library, folder, caplog):
        def fail():
            raise ZeroDivisionError

        assert ingest(open_library(done=fail), folder).status is Status.DONE
        assert "ZeroDivisionError" in caplog.text


class TestTwoProcesses:
    def test_the_second_waits_and_finds_nothing_left_to_do(self, open_library, folder, embedder, monkeypatch):
        first, second = open_library(), open_library()
        begun, go_on, embed = threading.Event(), threading.Event(), embedder.embed_images

        def embed_slowly(images):
            begun.set()
            assert go_on.wait(WAIT)
            return embed(images)

        monkeypatch.setattr(embedder, "embed_images", embed_slowly)
        one = first.add([str(folder)], auto_start=True)
        assert begun.wait(WAIT)
        two = second.add([str(folder)], auto_start=True)
        assert "another process" in second.jobs.wait_for(two, lambda job: "another process" in job.note, WAIT).note
        go_on.set()
        assert first.jobs.wait(one, WAIT).counts == Counts(added=3)
        assert second.jobs.wait(two, WAIT).counts == Counts(unchanged=3)
        assert embedder.embedded_images == 3
        assert_whole(first, *folder.iterdir())
