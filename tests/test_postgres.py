"""A job database on a real PostgreSQL, and several machines on it: killed, stopped for a while, cut off from it."""

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from core.access.actors import COMMAND_LINE, Actor
from core.access.audit import Audit
from core.access.roles import Role, Rules
from core.access.tokens import Tokens
from core.analysis.classes.lists import ClassList, ClassOf
from core.analysis.classes.store import ClassLists
from core.analysis.duplicates.decisions.decisions import Change, Decided, Decisions
from core.analysis.duplicates.model import Decision
from core.analysis.labels import decisions as labels
from core.database import Database
from core.errors import DuplicatesRefused, JournalUnavailable, NoSuchJob
from core.ingest.jobs.queue import Jobs
from core.ingest.journal.job import JobState, JobTaken, Planned, PlannedFile, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Counts, Outcome, Verdict
from core.ingest.library import Library
from core.saved import SavedSearches
from core.sources.source import Found
from tests.colours import COLOURS
from tests.ingest.libraries import WAIT, ingest, paths
from tests.ingest.machines import machine
from tests.postgres import NO_POSTGRES, Postgres, programs

FILES = 20
STORED = (4, 8)
"""Files, of three rounds of four of which the last was not embedded: one is stored while the next is embedded."""
ODD = "/caf\udce9/\ud800/日本\n'\"%_%(a)s:b\\.png"

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["core.ingest.library", "lance_namespace", "pyarrow.dataset", "tests.colours"])


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if programs() is None:
        pytest.skip(NO_POSTGRES)
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))  # where its own user can reach it
    made = Postgres(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def used(server: Postgres) -> str:
    """A database that several tests use."""
    return server.new_database()


@pytest.fixture
def database(used: str) -> Iterator[Database]:
    with closing(Database(used)) as opened:
        yield opened


@pytest.fixture
def journal(used: str) -> Iterator[Journal]:
    with closing(Journal(used, "images")) as opened:
        yield opened


class TestWhatIsKept:
    def test_of_jobs_whatever_their_names(self, journal: Journal) -> None:
        job_id = journal.create(ODD, [ODD, "/a\0b"], owner="me", by=Actor("Ana\0", "abc"))
        journal.update(job_id, note="nul \0 inside", memory=2**40)
        job = journal.job(job_id)
        assert (job.title, job.sources, job.memory) == (ODD, (ODD, "/a\0b"), 2**40)
        assert (job.note, job.started_by) == ("nul ␀ inside", "Ana␀")
        files = journal.files(job_id, "me")
        files.add([PlannedFile(n, 0, f"{ODD}{n}", 2**63, -(2**70), Planned.NEW) for n in range(1, 1501)])
        files.conclude({n: Verdict("", Outcome.ADDED, "50 % \0") for n in range(1, 1501)}, moved=[1500])
        assert files.counts() == Counts(added=1499)
        assert [one.path for one in files.verdicts(text="Ünknown%")] == []
        assert len(list(files.verdicts(text=ODD.upper()))) == 1499
        with pytest.raises(JobTaken):
            journal.files(job_id, "another").conclude({1: Verdict("", Outcome.FAILED)})
        far = "https://example.com/" + "".join(map(str, range(2000)))  # longer than what its indices hold
        journal.sources.note(far, "Far away", [])
        assert journal.sources.get(far).title == "Far away"
        journal.forget(job_id)
        for unknown in (job_id, 2**40, -(2**70)):
            with pytest.raises(NoSuchJob):
                journal.job(unknown)

    def test_of_searches_tokens_and_who_did_what(self, used: str, database: Database) -> None:
        with closing(SavedSearches(used, "images")) as saved:
            first = saved.save("Größe", "q=red%00")
            assert saved.save("Größe", "q=blue").id == first.id
            assert [one.name for one in (saved.save("größe", "q=red"), *saved.all())] == ["größe", "Größe", "größe"]
            assert not saved.delete(2**40)
        tokens = Tokens(database, Rules((), (), ()))
        token, text = tokens.create("a\0b", Role.VIEWER, COMMAND_LINE)
        assert tokens.actor(text).role is Role.VIEWER
        assert tokens.revoke(token.id, COMMAND_LINE) == token.name
        Audit(database).note(Actor("Ana"), "Removed", ODD + "\0")
        assert len(Audit(database).entries()) == 1

    def test_of_class_lists_labels_and_duplicates(self, database: Database) -> None:
        lists = ClassLists(database, "images")
        made = lists.add(ClassList(0, "Pets", (ClassOf("cat", "a cat"),)))
        lists.say(made.id, "cat", {f"{n:064x}": n % 2 == 0 for n in range(1000)})
        lists.say(2**31 - 1, "cat", {"0" * 64: True})  # deleted by another a moment ago
        assert len(lists.said(made.id)["cat"]) == 1000
        assert lists.delete(made.id)
        said = labels.Decisions(database, "images")
        assert said.save([labels.Decision("a" * 64, "c\0t", "given", "wrong")], COMMAND_LINE) == 1
        assert [one.label for one in said.all()] == ["c␀t"]
        decided = Decisions(database, "images")
        for unknown in (2**62, -(2**62)):
            with pytest.raises(DuplicatesRefused):
                decided.undo(unknown)

    def test_is_what_one_after_the_other_wrote(self, used: str) -> None:
        """Two that write the same rows, each in an order of its own, neither fail nor wait for each other for ever."""
        digests = [f"{n:064x}" for n in range(20)]
        refused = [Verdict(f"/{n}", Outcome.FAILED, "why", refused=Found(f"/{n}", 1, 1)) for n in range(20)]

        def write(order: int) -> None:
            with closing(Database(used)) as mine, closing(Journal(used, "images")) as journal:
                for _ in range(5):
                    files = [Decided(one, "0" * 32, ODD, Decision.KEPT) for one in digests[::order]]
                    pair = (digests[0], digests[1])
                    Decisions(mine, "images").decide(Change("Kept", files, distinct=[pair]), COMMAND_LINE)
                    said = [labels.Decision(one, "cat", "given", "wrong") for one in digests[::order]]
                    labels.Decisions(mine, "images").save(said, COMMAND_LINE)
                    journal.refusals.note(refused[::order])
                    journal.sources.note("/pictures", "Pictures", [])

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, [1, -1, 1, -1]))


@pytest.fixture
def folder(picture: Callable[..., Path], tmp_path: Path) -> Path:
    """Of pictures that are all different."""
    for n in range(FILES):
        picture(f"{n:02}.png", list(COLOURS)[n % 10], size=(10 + n, 10))
    return tmp_path / "pictures"


@pytest.fixture
def url(server: Postgres) -> str:
    """A database of the test's own."""
    return server.new_database()


class Gate:
    """Where a machine waits until it is let through."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.open.wait(WAIT)


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def here(url: str, tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """The app on a machine, which waits at the gate; it runs."""
    monkeypatch.setattr("core.ingest.library.Jobs", partial(Jobs, after_failure=0.2))
    monkeypatch.setattr("core.ingest.pipeline.run.MIN_ROUND", 4)
    monkeypatch.setattr("core.ingest.pipeline.run.MAX_ROUND", 4)
    monkeypatch.setattr("core.ingest.jobs.worker.PAUSES", (0.2,))
    with closing(machine(url, tmp_path / "shared", "here", gate)) as library:
        library.start()
        yield library


class Elsewhere:
    """Another machine, which indexes a folder, waits in the middle of it, and ends when it is told to."""

    def __init__(self, url: str, shared: Path, folder: Path) -> None:
        self._test, its = processes.Pipe()
        arguments = ("ingest_until_stopped", url, shared, folder, 2, its)
        self._process = processes.Process(target=_run, args=arguments)

    def begin(self) -> None:
        """Returns when it waits."""
        self._process.start()
        assert self._test.poll(2 * WAIT)

    def send(self, what: signal.Signals) -> None:
        assert self._process.pid
        os.kill(self._process.pid, what)

    def end(self) -> None:
        with suppress(OSError):  # it has ended
            self._test.send(True)
            self.send(signal.SIGCONT)
        self._process.join(WAIT)
        assert self._process.exitcode is not None


@pytest.fixture
def elsewhere(url: str, tmp_path: Path, folder: Path) -> Iterator[Elsewhere]:
    made = Elsewhere(url, tmp_path / "shared", folder)
    yield made
    made.end()


def _run(name: str, *arguments: object) -> None:
    from tests.ingest import machines

    getattr(machines, name)(*arguments)


def the_job(library: Library) -> JobState:
    (job,) = library.jobs.states()
    return job


def ends(library: Library) -> JobState:
    """The one job, when it is done, whatever becomes of it in between."""
    job_id = the_job(library).id
    return library.jobs.wait_for(job_id, lambda job: job.status is Status.DONE, WAIT)


class TestMachines:
    def test_that_start_at_once_on_an_empty_database(self, url: str) -> None:
        start = processes.Event()
        both = [processes.Process(target=_run, args=("open_at_once", url, start)) for _ in range(2)]
        for process in both:
            process.start()
        start.set()
        for process in both:
            process.join(2 * WAIT)
            assert process.exitcode == 0
            process.close()
        with closing(Journal(url, "images")) as journal:
            assert len(journal.jobs()) == 2

    def test_one_is_killed_and_another_goes_on(self, here, elsewhere, gate, folder) -> None:
        gate.open.set()
        elsewhere.begin()
        before = the_job(here)
        assert (before.status, here.jobs.recover()) == (Status.RUNNING, False)
        elsewhere.send(signal.SIGKILL)
        job = ends(here)
        assert (job.status, job.counts, job.interruptions) == (Status.DONE, Counts(added=FILES), 1)
        assert job.owner != before.owner
        assert job.note in {f"Interrupted at {done} of 20, then resumed." for done in STORED}
        assert paths(here) == sorted(map(str, folder.iterdir()))

    def test_one_that_was_stopped_for_a_while_writes_nothing_over_the_others(self, here, elsewhere, gate) -> None:
        elsewhere.begin()
        elsewhere.send(signal.SIGSTOP)
        assert gate.reached.wait(WAIT)
        before = the_job(here)
        assert before.status is Status.RUNNING
        assert before.counts.added in STORED
        elsewhere.send(signal.SIGCONT)
        elsewhere.end()
        assert the_job(here) == before
        assert here.journal.files(before.id).counts() == before.counts
        gate.open.set()
        job = ends(here)
        assert (job.status, job.counts, job.owner) == (Status.DONE, Counts(added=FILES), before.owner)

    def test_the_database_is_restarted(self, here, server, gate, folder) -> None:
        job_id = here.add([str(folder)], auto_start=True)
        assert gate.reached.wait(WAIT)
        server.stop()
        with pytest.raises(JournalUnavailable, match="its server does not answer") as told:
            here.jobs.states()
        assert told.value.remedy.startswith("Start the server")
        gate.open.set()
        server.start()
        job = ends(here)
        assert (job.id, job.status, job.counts) == (job_id, Status.DONE, Counts(added=FILES))
        assert ingest(here, folder).counts == Counts(unchanged=FILES)
