"""Sources that are followed: which those are, and that a change in one begins a job."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.errors import ImageSearchError
from core.ingest.follow import Follower, Pauses
from core.ingest.jobs.queue import Jobs
from core.ingest.journal.journal import Journal
from core.text.redaction import told


class Following:
    """Building it does no I/O.

    Args:
        journal: Knows which are followed, in whatever process.
        jobs: Of the same index.
        title: What to call a job that reads these.
        pauses: Of what is followed.
    """

    def __init__(self, journal: Journal, jobs: Jobs, title: Callable[[Sequence[str]], str], pauses: Pauses) -> None:
        self._journal, self._jobs, self._title = journal, jobs, title
        self._follower = Follower(self.notice, pauses)

    def start(self) -> None:
        """Look for what has changed in those that are followed. Called again, it learns which those are now."""
        for known in self._journal.sources.all():
            if known.followed:
                self._follower.follow(known.location)

    def close(self) -> None:
        self._follower.close()

    def follow(self, location: str, followed: bool, *, by: Actor = APP) -> None:
        """Index what changes in a source by itself, or no more.

        Raises:
            AccessDenied: they may not.
        """
        by.check(Role.ADMIN)
        self._journal.sources.follow(location, followed)
        (self._follower.follow if followed else self.leave)(location)  # the former has it checked at once
        self._journal.audit.note(by, "Followed" if followed else "Stopped following", told(location))

    def leave(self, location: str) -> None:
        """Look no more for what changes there, in this process."""
        self._follower.leave(location)

    def leave_all(self) -> None:
        """The same of all sources."""
        for known in self._journal.sources.all():
            self.leave(known.location)

    def check(self, location: str) -> int:
        """Look for what has changed in a source, and index what is new, without asking; records whose file is gone
        stay. Returns the job's id; it is forgotten where nothing has changed."""
        return self._jobs.plan(self._title([location]), [location], auto_start=True, discard_if_empty=True)

    def notice(self, location: str) -> bool:
        """Check a source that has changed, unless that is about to be done; returns whether nothing more is to do."""
        with suppress(ImageSearchError):  # of the journal; it is looked at again later
            known = self._journal.sources.get(location)
            if known is None or not known.followed:  # another process has been told to leave it
                self.leave(location)
                return True
            jobs = [job for job in self._jobs.states() if location in job.sources]
            if any(job.active for job in jobs):
                return False
            if not any(job.discard_if_empty and not job.ended for job in jobs):  # one check that cannot go on is enough
                self.check(location)
        return True
