"""What becomes of files: each has one verdict, and the index is as the folders are."""

import os
import shutil

import pytest

from core.ingest.journal.job import Plan, Status
from core.ingest.journal.progress import Counts, Outcome
from tests.colours import COLOURS
from tests.ingest.libraries import WAIT, assert_whole, ingest, paths, verdicts


class TestWhatBecomesOfFiles:
    def test_every_file_has_one_verdict_and_the_counts_add_up(self, library, folder, embedder):
        shutil.copy(folder / "red.png", folder / "copy.png")
        (folder / "words.jpg").write_text("these are words")
        (folder / "notes.txt").write_text("no picture")
        job = ingest(library, folder)
        assert (job.status, job.counts) == (Status.DONE, Counts(added=3, duplicate=1, skipped=1, failed=1))
        assert (job.total, job.done, job.plan) == (6, 6, Plan(new=5, skipped=1, size=job.plan.size))
        assert sorted(verdicts(library, job)) == sorted(map(str, folder.iterdir()))
        assert len(job.recent) == 4
        assert (job.embedded, embedder.embedded_images) == (3, 3)

    def test_a_renamed_file_keeps_its_embedding(self, library, folder, embedder):
        ingest(library, folder)
        (folder / "red.png").rename(folder / "crimson.png")
        job = ingest(library, folder)
        assert job.plan == Plan(renamed=1, unchanged=2, size=job.plan.size)
        assert job.counts == Counts(renamed=1, unchanged=2)
        assert verdicts(library, job, Outcome.RENAMED) == {str(folder / "crimson.png"): f"Was {folder / 'red.png'}."}
        assert embedder.embedded_images == 3
        assert_whole(library, *folder.iterdir())

    def test_a_whole_folder_is_renamed(self, library, folder, embedder):
        deep = folder / "a"
        deep.mkdir()
        shutil.move(folder / "red.png", deep)
        shutil.move(folder / "blue.png", deep)
        ingest(library, folder)
        deep.rename(folder / "b")
        assert ingest(library, folder).counts == Counts(renamed=2, unchanged=1)
        assert embedder.embedded_images == 3
        assert_whole(library, folder / "b/red.png", folder / "b/blue.png", folder / "green.png")

    def test_a_file_that_moves_to_another_source(self, library, folder, tmp_path, embedder):
        ingest(library, folder)
        (tmp_path / "other").mkdir()
        (folder / "red.png").rename(tmp_path / "other/red.png")
        job = ingest(library, tmp_path / "other")
        assert job.counts == Counts(renamed=1)
        assert ingest(library, folder).counts == Counts(unchanged=2)
        assert embedder.embedded_images == 3
        assert_whole(library, *folder.iterdir(), tmp_path / "other/red.png")

    def test_the_record_of_a_machine_that_is_not_this_one_stays(self, library, folder, tmp_path):
        job = ingest(library, folder)
        library.journal.sources.forget(str(folder))  # nothing here knows of it
        (tmp_path / "other").mkdir()
        (folder / "red.png").rename(tmp_path / "other/red.png")
        job = ingest(library, tmp_path / "other")
        assert job.counts == Counts(duplicate=1)
        assert str(folder / "red.png") in paths(library)

    def test_one_that_moves_and_changes_is_another(self, library, folder, picture):
        ingest(library, folder)
        (folder / "red.png").unlink()
        picture("purple.png")
        job = ingest(library, folder)
        assert job.counts == Counts(added=1, unchanged=2, missing=1)
        assert ingest(library, folder, prunes=True).counts == Counts(unchanged=3, removed=1)
        assert_whole(library, *folder.iterdir())

    def test_one_of_two_copies_moves(self, library, folder, embedder):
        shutil.copy(folder / "red.png", folder / "copy.png")
        ingest(library, folder)
        (folder / "copy.png").rename(folder / "moved.png")
        assert ingest(library, folder).counts == Counts(renamed=1, unchanged=3)
        shutil.copy(folder / "red.png", folder / "another.png")
        assert ingest(library, folder).counts == Counts(duplicate=1, unchanged=4)
        assert_whole(library, *folder.iterdir())

    def test_two_files_that_change_places(self, library, folder):
        ingest(library, folder)
        (folder / "red.png").rename(folder / "x")
        (folder / "blue.png").rename(folder / "red.png")
        (folder / "x").rename(folder / "blue.png")
        job = ingest(library, folder)
        assert job.counts.done == 3
        assert job.counts.failed == 0
        hashes = {record.name: record.content_hash for some in library.index.records() for record in some}
        assert len(set(hashes.values())) == 3
        assert_whole(library, *folder.iterdir())

    def test_a_changed_file_leaves_no_thumbnail_behind(self, library, folder, picture):
        ingest(library, folder)
        picture("red.png", "orange", size=(50, 20))
        assert ingest(library, folder).counts == Counts(updated=1, unchanged=2)
        assert_whole(library, *folder.iterdir())

    def test_what_two_jobs_planned_is_changed_once_more_in_between(self, library, folder, picture):
        ingest(library, folder)
        picture("red.png", "orange", size=(50, 20))
        late = library.add([str(folder)])
        library.jobs.wait(late, WAIT)
        ingest(library, folder)
        picture("red.png", "cyan", size=(51, 20))
        library.jobs.start(late)
        assert library.jobs.wait(late, WAIT).counts == Counts(updated=1, unchanged=2)
        assert_whole(library, *folder.iterdir())

    def test_a_file_that_was_touched_is_read_and_not_embedded(self, library, folder, embedder):
        ingest(library, folder)
        os.utime(folder / "red.png", (1, 1))
        assert ingest(library, folder).counts == Counts(updated=1, unchanged=2)
        assert embedder.embedded_images == 3
        assert_whole(library, *folder.iterdir())

    def test_names_and_folders_that_are_not_utf8(self, library, folder):
        odd = folder / os.fsdecode(b"caf\xe9")
        odd.mkdir()
        (folder / "red.png").rename(odd / "r\udce9d.png")
        job = ingest(library, odd)
        assert (job.counts, job.sources) == (Counts(added=1), (str(odd),))
        assert verdicts(library, job) == {str(odd / "r\udce9d.png"): ""}
        assert [one.known.location for one in library.sources()] == [str(odd)]
        (odd / "r\udce9d.png").rename(odd / "\udcff.png")
        assert ingest(library, odd).counts == Counts(renamed=1)
        assert paths(library) == [str(odd / "\udcff.png")]

    def test_a_date_in_the_far_future(self, library, folder):
        os.utime(folder / "red.png", ns=(1, 2**63 + 10**18))
        assert ingest(library, folder).counts == Counts(added=3)
        assert ingest(library, folder).counts == Counts(unchanged=3)

    def test_what_failed_is_read_again(self, library, folder, picture):
        (folder / "broken.png").write_bytes(b"broken")
        job = ingest(library, folder)
        assert job.counts == Counts(added=3, failed=1)
        picture("broken.png", "cyan")
        assert library.jobs.retry(job.id) == 1
        job = library.jobs.wait(job.id, WAIT)
        assert (job.status, job.counts, job.total) == (Status.DONE, Counts(added=4), 4)
        assert_whole(library, *folder.iterdir())

    def test_a_folder_that_could_not_be_read_is_looked_into_again(self, library, folder, monkeypatch):
        (folder / "deep").mkdir()
        shutil.move(folder / "red.png", folder / "deep")
        scandir = os.scandir

        def closed(path):
            if str(path).endswith("deep"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        with monkeypatch.context() as patched:
            patched.setattr(os, "scandir", closed)
            job = ingest(library, folder)
        assert job.counts == Counts(added=2, failed=1)
        library.jobs.retry(job.id)
        assert library.jobs.wait(job.id, WAIT).counts == Counts(added=1, unchanged=2)
        assert_whole(library, folder / "deep/red.png", folder / "green.png", folder / "blue.png")

    def test_a_picture_that_upsets_what_reads_it(self, library, folder, embedder, monkeypatch, caplog):
        prepare = embedder.prepare

        def upset(image):
            if image.getpixel((0, 0)) == COLOURS["red"]:
                raise ArithmeticError("a defect")
            return prepare(image)

        monkeypatch.setattr(embedder, "prepare", upset)
        job = ingest(library, folder)
        assert job.counts == Counts(added=2, failed=1)
        assert verdicts(library, job, Outcome.FAILED)[str(folder / "red.png")].endswith("Save it as JPEG.")
        assert "a defect" in caplog.text

    def test_overlapping_sources_read_a_file_once(self, library, folder, picture, embedder):
        picture("a/deep/cyan.png")
        (folder / "a/notes.txt").write_text("no picture")
        job = ingest(library, folder / "a", folder, folder / "a/deep", folder)
        assert (job.sources, job.counts) == ((str(folder),), Counts(added=4, skipped=1))
        assert ingest(library, folder / "a").counts == Counts(unchanged=1, skipped=1)
        assert embedder.embedded_images == 4


class TestWhatIsGone:
    def test_is_removed_when_that_is_asked_for(self, library, folder):
        ingest(library, folder)
        (folder / "red.png").unlink()
        job = ingest(library, folder)
        assert job.counts == Counts(unchanged=2, missing=1)
        assert str(folder / "red.png") in paths(library)
        assert ingest(library, folder, prunes=True).counts == Counts(unchanged=2, removed=1)
        assert_whole(library, *folder.iterdir())

    def test_is_decided_on_when_it_is_planned(self, library, folder):
        ingest(library, folder)
        (folder / "red.png").unlink()
        job = library.jobs.wait(library.add([str(folder)]), WAIT)
        assert (job.status, job.plan.gone) == (Status.PLANNED, 1)
        library.jobs.start(job.id, prunes=True)
        assert library.jobs.wait(job.id, WAIT).counts == Counts(unchanged=2, removed=1)

    def test_and_comes_back_before_it_is_removed(self, library, folder):
        ingest(library, folder)
        data = (folder / "red.png").read_bytes()
        (folder / "red.png").unlink()
        job = library.jobs.wait(library.add([str(folder)]), WAIT)
        (folder / "red.png").write_bytes(data)
        library.jobs.start(job.id, prunes=True)
        assert library.jobs.wait(job.id, WAIT).counts == Counts(unchanged=2, missing=1)
        assert str(folder / "red.png") in paths(library)

    @pytest.mark.parametrize("how", ["emptied", "removed", "replaced"])
    def test_a_root_that_is_away_empties_nothing(self, library, folder, tmp_path, how):
        ingest(library, folder)
        folder.rename(tmp_path / "away")
        if how == "emptied":
            folder.mkdir()
        if how == "replaced":
            folder.write_text("a file")
        job = ingest(library, folder, prunes=True)
        assert (job.plan.gone, job.counts.removed) == (0, 0)
        assert job.plan.missed == (0 if how == "replaced" else 3)  # it could be an archive of that name
        assert len(paths(library)) == 3

    def test_a_drive_that_is_away_empties_nothing(self, library, folder, picture, monkeypatch):
        picture("drive/cyan.png")
        ismount = os.path.ismount
        with monkeypatch.context() as patched:
            patched.setattr(os.path, "ismount", lambda path: str(path) == str(folder / "drive") or ismount(path))
            ingest(library, folder)
        (folder / "drive/cyan.png").unlink()  # what is left of the drive is a folder
        (folder / "drive/README.txt").write_text("not mounted")
        job = ingest(library, folder, prunes=True)
        assert (job.plan.gone, job.plan.missed, job.counts.removed) == (0, 1, 0)
        assert len(paths(library)) == 4

    def test_a_drive_that_goes_before_it_is_pruned_pauses_the_job(self, library, folder, picture, monkeypatch):
        picture("drive/cyan.png")
        ismount = os.path.ismount
        with monkeypatch.context() as patched:
            patched.setattr(os.path, "ismount", lambda path: str(path) == str(folder / "drive") or ismount(path))
            ingest(library, folder)
            (folder / "drive/cyan.png").unlink()
            job = library.jobs.wait(library.add([str(folder)]), WAIT)
            assert job.plan.gone == 1
        library.jobs.start(job.id, prunes=True)
        job = library.jobs.wait(job.id, WAIT)
        assert (job.status, job.error.title) == (Status.PAUSED, "The pictures cannot be reached")
        assert len(paths(library)) == 4

    def test_a_folder_that_cannot_be_read_loses_nothing(self, library, folder, picture, monkeypatch):
        picture("deep/cyan.png")
        ingest(library, folder)
        (folder / "deep/cyan.png").unlink()
        scandir = os.scandir

        def closed(path):
            if str(path).endswith("deep"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(os, "scandir", closed)
        job = ingest(library, folder, prunes=True)
        assert job.counts == Counts(unchanged=3, failed=1)
        assert len(paths(library)) == 4


def test_a_source_with_nothing_in_it(library, tmp_path):
    (tmp_path / "empty").mkdir()
    job = ingest(library, tmp_path / "empty")
    assert (job.status, job.total) == (Status.DONE, 0)
