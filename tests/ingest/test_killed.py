"""After `kill -9` the next process says how far the job was, and goes on from there."""

import multiprocessing
import signal

import pytest

from core.ingest.journal.job import Status
from core.ingest.journal.progress import Counts
from tests.colours import COLOURS
from tests.ingest.libraries import WAIT, assert_whole, ingest

processes = multiprocessing.get_context("forkserver")
# Once for all, as they take seconds; not LanceDB itself, whose threads would be missing in the processes.
processes.set_forkserver_preload(["core.ingest.library", "lance_namespace", "pyarrow.dataset", "tests.colours"])


@pytest.fixture
def folder(tmp_path, picture):
    """Of twenty pictures in ten colours, and a file that is none."""
    for n in range(20):
        picture(f"{n:02}.png", list(COLOURS)[n % 10], size=(10 + n, 10))
    (tmp_path / "pictures" / "notes.txt").write_text("no picture")
    return tmp_path / "pictures"


@pytest.fixture
def kill(tmp_path, folder):
    """Begins an ingest in a process that ends like this before a method is called for the nth time."""

    def run(method, calls):
        process = processes.Process(target=_run, args=("ingest_until", tmp_path / "data", folder, method, calls))
        process.start()
        process.join(WAIT)
        assert process.exitcode == -signal.SIGKILL
        process.close()

    return run


def _run(name, *args):
    from tests.ingest import killed

    getattr(killed, name)(*args)


@pytest.mark.parametrize(
    ("method", "calls", "note"),
    [
        ("core.ingest.journal.files.JobFiles.add", 1, "Interrupted while scanning."),
        ("core.ingest.journal.journal.Journal.claim", 2, "Interrupted while scanning."),  # when all is planned
        ("tests.colours.ColourEmbedder.embed_images", 1, "Interrupted at 1 of 21."),
        ("core.index.lance.engine.LanceIndex.upsert", 3, "Interrupted at 9 of 21."),
        ("core.ingest.journal.files.JobFiles.conclude", 4, "Interrupted at 13 of 21."),  # stored, and not written down
        ("core.index.lance.engine.LanceIndex.optimize", 1, "Interrupted at 21 of 21."),
    ],
)
def test_a_first_ingest(kill, library, folder, method, calls, note):
    kill(method, calls)
    (job,) = library.jobs.states()
    assert (job.status, job.note) == (Status.INTERRUPTED, note)
    library.start()
    job = library.jobs.wait(job.id, WAIT)
    assert (job.status, job.counts, job.total) == (Status.DONE, Counts(added=20, skipped=1), 21)
    assert len(list(library.journal.files(job.id).verdicts())) == 21
    assert (job.interruptions, job.note) == (1, f"{note[:-1]}, then resumed.")
    assert_whole(library, *folder.glob("*.png"))


@pytest.mark.parametrize(
    ("method", "calls"),
    [
        ("core.index.lance.engine.LanceIndex.upsert", 1),
        ("core.images.thumbnails.Thumbnails.remove_all", 1),
        ("core.index.lance.engine.LanceIndex.delete", 1),
        ("core.ingest.journal.files.JobFiles.conclude", 1),
    ],
)
def test_files_that_were_renamed_and_changed(kill, open_library, folder, picture, method, calls):
    before = open_library()
    ingest(before, folder)
    before.close()
    (folder / "00.png").rename(folder / "renamed.png")
    picture("01.png", "red", size=(99, 10))
    (folder / "02.png").unlink()
    kill(method, calls)
    library = open_library()
    library.start()
    job = library.jobs.wait(library.jobs.states()[0].id, WAIT)
    assert job.status is Status.DONE
    assert job.counts == Counts(renamed=1, updated=1, unchanged=17, skipped=1, missing=1)
    assert ingest(library, folder, prunes=True).counts == Counts(unchanged=19, skipped=1, removed=1)
    assert_whole(library, *folder.glob("*.png"))


def test_one_that_gets_no_further_is_left_to_the_user(kill, library, folder):
    for _ in range(3):
        kill("tests.colours.ColourEmbedder.embed_images", 1)
    library.start()
    (job,) = library.jobs.states()
    assert (job.status, job.note, job.interruptions) == (Status.INTERRUPTED, "Interrupted at 1 of 21.", 3)
    library.jobs.resume(job.id)
    assert library.jobs.wait(job.id, WAIT).counts == Counts(added=20, skipped=1)


class TestTwoProcesses:
    @pytest.fixture
    def other(self, tmp_path, folder):
        """A process that indexes the folder, has begun, and waits to be told to go on."""
        begun, go_on = processes.Event(), processes.Event()
        process = processes.Process(target=_run, args=("ingest_when", tmp_path / "data", folder, begun, go_on))
        process.start()
        assert begun.wait(WAIT)
        process.go_on = go_on.set  # type: ignore[attr-defined]
        yield process
        process.kill()
        process.join(WAIT)

    @pytest.fixture
    def waiting(self, other, library, folder):
        """The job of this process, which waits for the other one and says so."""
        job_id = library.add([str(folder)], auto_start=True)
        job = library.jobs.wait_for(job_id, lambda job: "another process" in job.note, WAIT)
        assert "another process" in job.note
        return job_id

    def test_the_second_waits_until_the_first_has_done(self, other, library, folder, waiting, embedder):
        other.go_on()
        job = library.jobs.wait(waiting, WAIT)
        assert (job.status, job.note, job.counts) == (Status.DONE, "", Counts(unchanged=20, skipped=1))
        other.join(WAIT)
        assert other.exitcode == 0
        assert [job.status for job in library.jobs.states()] == [Status.DONE] * 2
        assert embedder.embedded_images == 0
        assert_whole(library, *folder.glob("*.png"))

    def test_or_until_it_was_killed(self, other, library, folder, waiting):
        other.kill()
        assert library.jobs.wait(waiting, WAIT).counts == Counts(added=20, skipped=1)
        killed = library.jobs.states()[1]
        assert (killed.status, killed.note) == (Status.INTERRUPTED, "Interrupted at 1 of 21.")
        library.start()
        assert library.jobs.wait(killed.id, WAIT).counts.done == 21
        assert_whole(library, *folder.glob("*.png"))
