"""Who is in the middle of reading a whole table, and so needs the version that it began with.

Short reads need no protection: they begin again where a version has vanished under them.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# filelock is imported where it is needed: a search needs none.


class Readers:
    """The readers of one table, in all processes. Each holds a file locked; the system unlocks those of the killed.

    Args:
        folder: Where the files are; it exists.
        name: The table's name.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._prefix = f".{name}.reading-"
        self._gate = folder / f".{name}.cleaning"

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A version that is opened in here stays; where no file can be made, nobody could remove one, either."""
        from filelock import FileLock

        file = self.folder / f"{self._prefix}{uuid.uuid4().hex}.lock"
        lock = FileLock(file, thread_local=False)  # what is read bit by bit may end in another thread
        with suppress(OSError), FileLock(self._gate):
            lock.acquire()
        try:
            yield
        finally:
            if lock.is_locked:
                lock.release()
                with suppress(OSError):
                    file.unlink(missing_ok=True)

    @contextmanager
    def cleaning(self) -> Iterator[bool]:
        """Whether nobody reads, which stays so meanwhile."""
        from filelock import FileLock

        with FileLock(self._gate):
            files = [file for file in self.folder.iterdir() if file.name.startswith(self._prefix)]
            yield not any(map(self._is_held, files))

    def _is_held(self, file: Path) -> bool:
        from filelock import FileLock, Timeout

        try:
            with FileLock(file, timeout=0):
                file.unlink(missing_ok=True)  # of one who was killed
        except Timeout:
            return True
        return False
