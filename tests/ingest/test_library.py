"""The library: where pictures come from, and how it is kept up to date."""

import queue
import threading
from contextlib import suppress

import pytest

from core.errors import JobRefused, ModelMismatch, SourceRefused
from core.ingest.follow import Pauses
from core.ingest.journal.job import Status
from core.ingest.journal.progress import Counts
from core.sources.listed import write_list
from tests.ingest.libraries import WAIT, assert_whole, ingest, paths


def await_end(library, job_id):
    """Of a check, which may be forgotten then."""
    with suppress(JobRefused):
        library.jobs.wait(job_id, WAIT)


class TestSources:
    def test_are_listed_with_what_the_index_has_of_them(self, library, folder, tmp_path):
        ingest(library, folder)
        (source,) = library.sources()
        size = sum(path.stat().st_size for path in folder.iterdir())
        assert (source.known.location, source.known.title) == (str(folder), "pictures")
        assert (source.totals.count, source.totals.size, source.is_there) == (3, size, True)
        folder.rename(tmp_path / "away")
        assert not library.sources()[0].is_there

    def test_that_are_one_picture_are_none(self, library, folder):
        assert ingest(library, folder / "red.png").counts == Counts(added=1)
        assert library.sources() == []

    def test_a_list_of_files_is_one(self, library, folder, tmp_path):
        file = tmp_path / "data/jobs/some.list"
        write_list(file, [folder / "red.png", folder / "green.png"])
        library.jobs.wait(library.add([str(file)], "Samples", auto_start=True), WAIT)
        (source,) = library.sources()
        assert (source.known.title, source.totals.count) == ("Samples", 2)
        file.unlink()
        assert library.sources()[0].totals.count == 0
        write_list(file, [folder / "red.png", folder / "green.png"])
        assert library.remove([str(file)]) == 2
        assert (library.sources(), paths(library)) == ([], [])

    def test_a_list_that_somebody_wrote_elsewhere_is_none(self, library, folder):
        write_list(folder / "evil.list", [folder.parent / "secret.png"])
        job = ingest(library, folder / "evil.list")
        assert (job.counts, paths(library)) == (Counts(skipped=1), [])

    def test_a_list_of_files_of_a_folder_counts_as_that_folder(self, library, folder, tmp_path):
        file = tmp_path / "data/jobs/some.list"
        write_list(file, [folder / "red.png"], folder)
        library.jobs.wait(library.add([str(file)], "One", auto_start=True), WAIT)
        (source,) = library.sources()
        assert (source.known.location, source.known.title, source.totals.count) == (str(folder), "pictures", 1)
        assert ingest(library, folder).counts == Counts(added=2, unchanged=1)

    def test_go_with_their_pictures(self, library, folder, picture):
        picture("a/cyan.png")
        ingest(library, folder / "a")
        ingest(library, folder)
        assert library.remove([str(folder / "a")]) == 1
        assert [one.known.location for one in library.sources()] == [str(folder)]
        assert_whole(library, *folder.glob("*.png"))

    def test_an_address_that_may_not_be_read_any_more(self, library):
        library.journal.sources.note("https://example.com/a", "a", ())
        (source,) = library.sources()
        assert (source.totals.count, source.is_there) == (0, True)
        with pytest.raises(SourceRefused):
            library.read("https://example.com/a/x.png")

    def test_looking_writes_nothing(self, library, folder):
        *_, plan = library.look([str(folder), str(folder)])
        assert (plan.new, plan.found) == (3, 3)
        assert (library.jobs.states(), library.sources(), paths(library)) == ([], [], [])

    def test_what_was_only_looked_at_is_no_source(self, library, folder):
        for start in (False, True):
            job = library.jobs.wait(library.add([str(folder)]), WAIT)
            assert (job.status, library.sources()) == (Status.PLANNED, [])
            (library.jobs.start if start else library.jobs.cancel)(job.id)
            library.jobs.wait(job.id, WAIT)
        assert [one.known.location for one in library.sources()] == [str(folder)]

    def test_a_plan_that_another_process_made_has_its_source_too(self, open_library, folder):
        first = open_library()
        job = first.jobs.wait(first.add([str(folder)]), WAIT)
        first.close()
        second = open_library()
        second.jobs.start(job.id)
        second.jobs.wait(job.id, WAIT)
        assert [one.known.title for one in second.sources()] == [folder.name]


class TestChecks:
    def test_what_is_followed_is_looked_at_from_the_start(self, open_library, folder, picture):
        first = open_library()
        ingest(first, folder)
        first.journal.sources.follow(str(folder), True)
        first.close()
        picture("cyan.png")
        done = threading.Event()
        second = open_library(done=done.set)
        second.start()
        assert done.wait(WAIT)
        assert len(paths(second)) == 4

    def test_what_changes_is_indexed(self, open_library, folder, picture, monkeypatch):
        library = open_library(pauses=Pauses(quiet=0.05, tick=0.01))
        ingest(library, folder)
        checks, check = queue.SimpleQueue(), library.following.check
        monkeypatch.setattr(library.following, "check", lambda location: checks.put(check(location)))
        library.following.follow(str(folder), True)
        await_end(library, checks.get(timeout=WAIT))
        picture("cyan.png")
        while str(folder / "cyan.png") not in paths(library):
            await_end(library, checks.get(timeout=WAIT))
        library.following.follow(str(folder), False)
        assert not library.sources()[0].known.followed

    def test_that_cannot_go_on_do_not_pile_up(self, library, folder, monkeypatch):
        def refuse(*_):
            raise ModelMismatch("Another model.", "Take that.")

        monkeypatch.setattr(library.index, "prepare", refuse)
        library.journal.sources.note(str(folder), "Pictures", [])
        library.journal.sources.follow(str(folder), True)
        for _ in range(3):
            assert library.following.notice(str(folder))
            library.jobs.wait(library.jobs.states()[0].id, WAIT)
        (job,) = library.jobs.states()
        assert (job.status, type(job.error)) == (Status.PAUSED, ModelMismatch)

    def test_what_is_followed_no_more_is_left_by_every_process(self, library, folder):
        ingest(library, folder)
        library.journal.sources.follow(str(folder), False)  # by another
        assert library.following.notice(str(folder))
        assert len(library.jobs.states()) == 1

    def test_that_find_nothing_new_are_forgotten(self, library, folder):
        ingest(library, folder)
        (folder / "red.png").unlink()  # records of what is gone stay, so there is nothing to do
        await_end(library, library.following.check(str(folder)))
        assert len(library.jobs.states()) == 1
        assert len(paths(library)) == 3
