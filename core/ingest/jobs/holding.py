"""How processes tell each other which of them still lives, and which may fill an index: what is asked of either kind,
and the kind for the processes of one machine, by files that the system locks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

from filelock import FileLock

from core.ingest.jobs.process import Owner

type What = Literal["fill", "rebuild", "analyse"]
"""What one process at a time does with an index."""

_SUFFIXES: Mapping[What, str] = {"fill": ".lock", "rebuild": ".rebuild.lock", "analyse": ".analysis.lock"}


class JobOwner(Protocol):
    """This process, as the journal names it. Safe between threads."""

    @property
    def id(self) -> str:
        """Another one, once the others may have taken this process for dead."""
        ...

    def close(self) -> None:
        """Be dead to the others from now on."""
        ...

    def is_dead(self, owner: str) -> bool:
        """Whether the process that the journal names has ended, or is to be taken for one that has."""
        ...


class Lock(Protocol):
    """Held by one process at a time, and there by one thread."""

    @property
    def is_locked(self) -> bool:
        """Whether it is still held by who took it here."""
        ...

    def acquire(self, timeout: float | None = None) -> object:
        """
        Args:
            timeout: Seconds to wait for it; negative or None: as long as it takes.

        Raises:
            filelock.Timeout: another holds it.
        """
        ...

    def release(self) -> None: ...


class Holding(Protocol):
    """Both for the jobs of one index. Building it does no I/O."""

    @property
    def owner(self) -> JobOwner: ...

    @property
    def looks_every(self) -> float | None:
        """Seconds after which a server looks for jobs that others have left; None: when it starts."""
        ...

    def lock(self, what: What) -> Lock:
        """Another one with each call: they exclude each other."""
        ...


class InFiles:
    """Keeps `Holding`, for the processes that share a data folder.

    Args:
        folder: In the data folder.
        lock_file: Locked by whoever fills the index.
    """

    looks_every = None

    def __init__(self, folder: Path, lock_file: Path) -> None:
        self.owner: JobOwner = Owner(folder)
        self._lock_file = lock_file

    def lock(self, what: What) -> Lock:
        return FileLock(self._lock_file.with_suffix(_SUFFIXES[what]))
