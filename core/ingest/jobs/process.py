"""Which process works on a job, and whether it still lives."""

import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from core.storage import make_folder, write_whole, writing_in


class Owner:
    """This process, as the journal names it. Safe between threads.

    A process holds a lock as long as it lives, which the system takes from it however it ends. Of processes with
    another data folder, on other machines, nothing can be told: they pass for alive.

    Args:
        folder: In the data folder; created.

    Raises:
        StorageFull, StorageUnavailable: the folder cannot be written, with the first use of it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._naming = threading.Lock()
        self._name = ""
        self._lock: FileLock | None = None

    @property
    def id(self) -> str:
        with self._naming:
            if self._lock is None:
                name = uuid4().hex
                lock = self._lock_of(name)
                with writing_in(self._folder):
                    lock.acquire()
                self._name, self._lock = name, lock
            return f"{self._place}/{self._name}"

    def close(self) -> None:
        """Be dead to the others from now on."""
        with self._naming:
            if self._lock:
                _unlink(self._lock)
                self._lock.release()
            self._lock = None

    def is_dead(self, owner: str) -> bool:
        """Whether the process that the journal names has ended for certain."""
        place, _, name = owner.partition("/")
        if place != self._place or (self._lock and name == self._name):
            return False
        lock = self._lock_of(name)
        try:
            with lock.acquire(timeout=0):
                _unlink(lock)
        except Timeout:
            return False
        return True

    @cached_property
    def _place(self) -> str:
        """Names the data folder, in which alone locks mean something."""
        file = self._folder / "id"
        make_folder(self._folder)
        with FileLock(self._folder / "id.lock"):  # of two that are the first, one names it
            if not file.exists():
                write_whole(file, uuid4().hex.encode())
            return file.read_text()

    def _lock_of(self, name: str) -> FileLock:
        # For whichever thread closes it: by default another thread's lock would count as another lock.
        return FileLock(self._folder / f"{name}.lock", is_singleton=False, thread_local=False)


def _unlink(lock: FileLock) -> None:
    with suppress(OSError):  # some systems let nobody delete what is open
        Path(lock.lock_file).unlink()
