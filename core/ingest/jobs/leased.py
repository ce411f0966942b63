"""Who lives and who may fill an index, told by leases in the job database: for the processes of several machines."""

import threading
import time
from functools import cache

from filelock import Timeout

from core.database import Database
from core.ingest.jobs.holding import JobOwner, Lock, What
from core.ingest.jobs.leases import Leases

_LOOK_AGAIN = 0.25
"""Seconds after which who waits for a lock looks again whether it is free."""


class LeasedOwner:
    """Keeps `JobOwner`. Its id is the name of a lease; once that is lost it is another one, so that what the others
    took for dead stays dead."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._naming = threading.Lock()
        self._token = ""

    @property
    def id(self) -> str:
        """
        Raises:
            JournalUnavailable: it has none yet, and the database does not answer.
        """
        with self._naming:
            if not self._leases.seems_to_hold(self._token):
                self._token = self._leases.take()
            return self._token

    def close(self) -> None:
        with self._naming:
            self._leases.release(self._token)

    def is_dead(self, owner: str) -> bool:
        return bool(owner) and not self._leases.seems_to_hold(owner) and self._leases.has_lapsed(owner)


class LeaseLock:
    """Keeps `Lock`."""

    def __init__(self, leases: Leases, name: str) -> None:
        self._leases, self._name = leases, name
        self._token = ""

    @property
    def is_locked(self) -> bool:
        """
        Raises:
            JournalUnavailable: that has to be looked up, and the database does not answer; likewise `acquire`.
        """
        return self._leases.holds(self._token)

    def acquire(self, timeout: float | None = None) -> None:
        until = None if timeout is None or timeout < 0 else time.monotonic() + timeout
        while not (token := self._leases.take(self._name)):
            left = _LOOK_AGAIN if until is None else min(_LOOK_AGAIN, until - time.monotonic())
            if left <= 0:
                raise Timeout(self._name)
            time.sleep(left)
        self._token = token

    def release(self) -> None:
        self._leases.release(self._token)


class InDatabase:
    """Keeps `Holding`, for the processes that share a database on a server, on whatever machines.

    Args:
        leases: Of this process.
        scope: Which index, as the journal names it.
    """

    def __init__(self, leases: Leases, scope: str) -> None:
        self._leases, self._scope = leases, scope
        self.owner: JobOwner = LeasedOwner(leases)
        self.looks_every: float | None = leases.lapse / 4

    def lock(self, what: What) -> Lock:
        return LeaseLock(self._leases, f"{what} {self._scope}")


@cache
def leases_in(url: str) -> Leases:
    """Those of this process in a database: one, whatever number of collections there are."""
    return Leases(Database(url, at_once=True))
