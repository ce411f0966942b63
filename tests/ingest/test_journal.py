"""The journal: what is written comes back, between threads and processes, whatever the names."""

import threading
from dataclasses import fields, replace

import pytest

from core.database import Database
from core.errors import ImageSearchError, JobRefused, JournalUnavailable, StorageFull
from core.ingest.journal.job import AnalysisTask, JobState, Kind, Plan, Planned, PlannedFile, Rebuild, Status
from core.ingest.journal.journal import Journal
from core.ingest.journal.progress import Counts, Outcome, Phase, Verdict
from tests.ingest.libraries import journal_url

ODD = "/caf\udce9/\ud800/日本\n'\"%_.png"


@pytest.fixture
def job_id(journal):
    return journal.create("Pictures", ["/"])


def lines(*planned):
    return [PlannedFile(n, 0, f"/{n}.png", n, n, what) for n, what in enumerate(planned, 1)]


class TestJobs:
    def test_every_field_comes_back(self, journal, job_id):
        error = StorageFull(f"There is no space left for {ODD}.", "Free some.")
        state = JobState(
            id=job_id, title=ODD, sources=(ODD, "https://example.com/ä"), status=Status.PAUSED, auto_start=True,
            discard_if_empty=True, prunes=True, requested="cancelled",
            owner="a/b", phase=Phase.LOADING, plan=Plan(new=3, size=2**40),
            counts=Counts(added=1, missing=2), recent=("1", "2"), error=error, note=ODD, rate=1.5, memory=2**33,
            embedded=7, seconds=1.25, working=0.75, interruptions=1,
            restarts_without_progress=2, done_before=3, created_at=1.5,
            ended_at=2.5, retry_at=3.5, model_id="test/colour", kind=Kind.REBUILD, started_by="Firefox on Linux",
            started_key="abc", changed_by=ODD, request_id="a-1",
            rebuild=Rebuild("test/other", 3, is_own=False, swaps=False, copies=True),
            analysis=AnalysisTask("map", {"deep": True}),
        )  # fmt: skip
        named = [field.name for field in fields(JobState) if field.name != "id"]
        assert not [name for name in named if getattr(state, name) == getattr(journal.job(job_id), name)]
        journal.update(job_id, **{name: getattr(state, name) for name in named})
        read = journal.job(job_id)
        assert replace(read, error=None) == replace(state, error=None)
        assert (type(read.error), str(read.error)) == (StorageFull, str(error))

    def test_newest_come_first_and_those_of_other_indices_not_at_all(self, journal, tmp_path):
        first, second = journal.create("First", ["/"]), journal.create("Second", ["/"])
        other = Journal(journal_url(tmp_path / "data"), "others")
        other.create("Third", ["/"])
        assert [job.id for job in journal.jobs()] == [second, first]
        assert [job.title for job in other.jobs()] == ["Third"]
        with pytest.raises(JobRefused):
            other.job(first)
        journal.update(first, status=Status.DONE)
        assert [job.id for job in journal.jobs({Status.DONE, Status.FAILED})] == [first]
        other.close()

    def test_a_number_is_given_once(self, journal, job_id):
        journal.forget(job_id)
        assert journal.create("Next", ["/"]) > job_id

    def test_old_ones_that_have_ended_are_forgotten_with_their_files(self, tmp_path, journal, job_id):
        journal = Journal(journal_url(tmp_path / "data"), "images", kept_jobs=2)
        journal.update(job_id, status=Status.DONE)
        journal.files(job_id).add(lines(Planned.SKIPPED))
        waits = journal.create("Waits", ["/"])
        for _ in range(2):
            journal.update(journal.create("Ended", ["/"]), status=Status.DONE)
        journal.create("Latest", ["/"])
        assert [job.title for job in journal.jobs(limit=9)] == ["Latest", "Ended", "Ended", "Waits"]
        assert list(journal.files(job_id).verdicts()) == []
        assert journal.job(waits).status is Status.PLANNING

    def test_of_several_that_claim_it_one_succeeds(self, journal, job_id):
        claimed, ready = [], threading.Barrier(8)

        def claim(name):
            ready.wait()
            claimed.append(journal.claim(job_id, {Status.PLANNING}, status=Status.RUNNING, owner=name))

        threads = [threading.Thread(target=claim, args=(str(n),)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(claimed) == [False] * 7 + [True]

    def test_a_claim_may_ask_for_more_than_the_status(self, journal, job_id):
        assert not journal.claim(job_id, {Status.PLANNING}, {"requested": "paused"}, note="Not this.")
        assert journal.claim(job_id, {Status.PLANNING}, {"requested": "", "prunes": False}, note="This.")
        assert journal.job(job_id).note == "This."

    def test_the_rate_is_that_of_the_latest_jobs_with_this_model(self, journal):
        assert journal.rate("a") is None
        for embedded, working, model in ((100, 10.0, "a"), (300, 30.0, "a"), (8, 0.001, "a"), (100, 1.0, "b")):
            journal.update(journal.create("", ["/"]), embedded=embedded, working=working, model_id=model)
        assert (journal.rate("a"), journal.rate("b")) == (10.0, 100.0)

    def test_an_error_that_this_version_does_not_know(self, journal, job_id, monkeypatch):
        class OfLater(ImageSearchError):
            pass

        journal.update(job_id, error=OfLater("Something.", "Do that."))
        assert (type(journal.job(job_id).error), str(journal.job(job_id).error)) == (
            ImageSearchError,
            "Something. Do that.",
        )


class TestJobFiles:
    def test_come_back_in_the_order_found_without_those_that_are_done(self, journal, job_id, monkeypatch):
        monkeypatch.setattr("core.ingest.journal.files.CHUNK", 2)
        files = lines(*[Planned.NEW] * 5, Planned.CHANGED, Planned.SKIPPED)
        files[1] = replace(files[1], path=ODD, content_hash="a" * 64, source=3, size=2**40, mtime_ns=-(2**62))
        journal.files(job_id).add(files)
        chunks = []
        for chunk in journal.files(job_id).planned({Planned.NEW, Planned.CHANGED}):
            chunks.append(chunk)
            journal.files(job_id).conclude({file.number: Verdict(file.path, Outcome.ADDED) for file in chunk})
        assert chunks == [files[0:2], files[2:4], files[4:6]]
        assert not list(journal.files(job_id).planned({Planned.NEW, Planned.CHANGED}))
        assert sum(map(len, journal.files(job_id).planned({Planned.NEW}, is_open=False))) == 5
        assert journal.files(job_id).counts() == Counts(added=6, skipped=1)

    def test_numbers_beyond_what_databases_hold(self, journal, job_id):
        journal.files(job_id).add([PlannedFile(1, 0, "/1", 10**30, 10**30, Planned.NEW)])
        journal.files(job_id).add([PlannedFile(2, 0, "/2", 0, -(10**30), Planned.NEW)])
        (files,) = journal.files(job_id).planned({Planned.NEW})
        assert [(file.size, file.mtime_ns) for file in files] == [(2**63 - 1, 2**63 - 1), (0, 1 - 2**63)]

    def test_verdicts_are_found_by_outcome_and_text(self, journal, job_id):
        journal.files(job_id).add(lines(*[Planned.NEW] * 4))
        verdicts = [
            Verdict("/1.png", Outcome.FAILED, "It is 100% broken."),
            Verdict("/2.png", Outcome.FAILED, "Closed."),
            Verdict("/3.png", Outcome.ADDED),
        ]
        journal.files(job_id).conclude(dict(enumerate(verdicts, 1)))
        found = journal.files(job_id).verdicts
        assert list(found()) == verdicts
        assert list(found({Outcome.FAILED})) == verdicts[:2]
        assert list(found(text="100% BROKEN")) == verdicts[:1]
        assert list(found(text="_.png")) == []
        assert list(found(text="3.P")) == verdicts[2:]
        assert list(found(limit=1)) == verdicts[:1]

    def test_records_whose_file_is_gone_are_found_by_their_bytes(self, journal, job_id):
        files = [replace(file, content_hash=file.path) for file in lines(*[Planned.GONE] * 3, Planned.CHANGED)]
        journal.files(job_id).add(files)
        asked = [file.path for file in files[1:]]
        assert journal.files(job_id).gone(asked) == files[1:3]
        journal.files(job_id).conclude({4: Verdict("/4.png", Outcome.RENAMED)}, moved=[2])
        assert journal.files(job_id).gone(asked) == files[2:3]
        assert journal.files(job_id).counts() == Counts(renamed=1)

    def test_of_a_job_that_is_planned_anew_are_cleared(self, journal, job_id):
        journal.files(job_id).add(lines(Planned.NEW))
        journal.files(job_id).clear()
        journal.files(job_id).add(lines(Planned.NEW))

    def test_are_written_and_read_by_many_at_once(self, journal, tmp_path):
        failed = []

        def write(number):
            mine = Journal(journal_url(tmp_path / "data"), "images")
            try:
                job_id = mine.create(f"Job {number}", ["/"])
                for n in range(20):
                    mine.files(job_id).add([PlannedFile(n, 0, f"/{n}", 1, 1, Planned.NEW)])
                    mine.files(job_id).conclude({n: Verdict(f"/{n}", Outcome.ADDED)})
                    mine.update(job_id, counts=mine.files(job_id).counts())
                    mine.jobs()
            except Exception as error:
                failed.append(error)
            finally:
                mine.close()

        threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert [job.counts for job in journal.jobs()] == [Counts(added=20)] * 6


class TestSources:
    def test_are_noted_once_and_keep_what_was_chosen(self, journal):
        journal.sources.note(ODD, "Odd", {"/mnt/\udcff", "/"})
        journal.sources.follow(ODD, True)
        journal.sources.note(ODD, "Another", {"/"})
        (known,) = journal.sources.all()
        assert (known.location, known.title, known.followed, known.mounts) == (ODD, "Odd", True, {"/"})
        assert known.checked_at >= known.added_at
        assert journal.sources.get(ODD) == known
        journal.sources.forget(ODD)
        assert (journal.sources.all(), journal.sources.get(ODD)) == ([], None)

    def test_that_are_not_known_cannot_be_followed(self, journal):
        journal.sources.follow("/", True)
        assert journal.sources.all() == []

    def test_belong_to_an_index(self, journal, tmp_path):
        journal.sources.note("/", "Mine", ())
        other = Journal(journal_url(tmp_path / "data"), "others")
        assert other.sources.all() == []
        other.close()


class TestTheDatabase:
    @pytest.mark.parametrize("url", ["nonsense", "nosuch://host/db", "sqlite+nosuch:///x"])
    def test_that_cannot_be_named(self, url):
        with pytest.raises(JournalUnavailable, match="IMAGE_SEARCH_JOURNAL"):
            Journal(url, "images").jobs()

    def test_that_is_damaged_is_told_with_its_place(self, journal, tmp_path):
        file = tmp_path / "data/jobs/jobs.db"
        file.parent.mkdir(parents=True)
        file.write_bytes(b"this is no database" * 100)
        with pytest.raises(JournalUnavailable, match=r"jobs\.db cannot be used: the file is not a database") as failure:
            journal.jobs()
        assert "Move the file away" in failure.value.remedy
        file.unlink()
        assert journal.jobs() == []  # tried anew each time

    def test_is_opened_once_by_threads_that_are_the_first(self, tmp_path):
        memory = Database("sqlite://")
        ready, seen = threading.Barrier(8), []
        threads = [threading.Thread(target=lambda: (ready.wait(), seen.append(memory.engine))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(map(id, seen))) == 1
        memory.close()

    def test_may_be_closed_and_used_again(self, journal, job_id):
        journal.close()
        assert journal.job(job_id).title == "Pictures"
        journal.close()
        journal.close()
