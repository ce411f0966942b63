"""How the table of an index is reached: the one in use, or a version; by those who read, and by one who writes."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import lancedb
import pyarrow as pa

from core.errors import IndexUnavailable
from core.index.filters import Filter
from core.index.index import ModelStamp
from core.index.lance.errors import is_vanished, translate_errors
from core.index.lance.place import Place
from core.index.lance.query import queries
from core.index.lance.readers import Readers
from core.index.lance.rows import stamp_of
from core.index.lance.upkeep import maintain
from core.index.pointer import FIRST, Manifest, Pointer
from core.index.versions import Overtaken
from core.runtime.heap import trim

SCAN = 2_048
"""Rows of one batch."""

_ATTEMPTS = 3  # of a read whose version was removed by another process


class TableAccess:
    """The table of an index in a folder of this machine; several processes may use it at once.

    Every call reads the newest version of the table, so that it sees what other processes wrote.

    Args:
        folder: Where the index is kept; created when it is first claimed.
        name: The name of the index.
        number: Of the version that is meant, whichever is in use; None: the one in use, at every moment.
    """

    def __init__(self, folder: Path, name: str, number: int | None = None) -> None:
        self.base = name
        self.name = name if number is None else f"{name}-{number:06}"
        self.location = str(folder)
        self.folder = folder
        self.pointer = Pointer(folder, name)
        self._fixed = None if number is None else Place(folder, name, number)
        self._now: Place | None = self._fixed
        self._pin: ContextVar[Place | None] = ContextVar("version", default=None)
        self._claimed: ModelStamp | None = None
        self._connection: Any = None
        self._session: Any = None

    def consistent[T](self, action: Callable[[], T]) -> T:
        if self._pin.get() is not None or self._fixed is not None:
            return action()
        for left in reversed(range(_ATTEMPTS)):
            with self.translate_errors():
                place = self.current_place()
            token = self._pin.set(place)
            try:
                return action()
            except Overtaken:
                if not left:
                    raise IndexUnavailable(f"The versions of {self.base} keep changing.", "Try again.") from None
            except IndexUnavailable:  # perhaps its table was removed
                if not left or self.pointer.read().current == place.number:
                    raise
            finally:
                self._pin.reset(token)
        raise AssertionError

    @property
    def is_current(self) -> bool:
        with self.translate_errors():
            return self.place().number == self.pointer.read().current

    def drop(self) -> None:
        with self.translate_errors():
            if self.folder.is_dir():
                with self.writing():
                    # In one step there is no index any more: what is killed on the way is ended the next time.
                    current = self.pointer.read().current
                    self._discard(Place(self.folder, self.base, FIRST).path)
                    if current != FIRST:
                        self.pointer.write(Manifest())
                    for path in self.folder.glob(f"{self.base}.[0-9][0-9][0-9][0-9][0-9][0-9].lance"):
                        self._discard(path)
                    self.pointer.path.unlink(missing_ok=True)
            self._claimed = None
            self.start_afresh()

    def _discard(self, table: Path) -> None:
        dropped = self.folder / f".{self.base}.dropped"  # nobody finds half a table
        shutil.rmtree(dropped, ignore_errors=True)
        if table.is_dir():
            table.rename(dropped)
            shutil.rmtree(dropped, ignore_errors=True)

    def connect(self) -> Any:
        """The connection to the folder."""
        # Without a `read_consistency_interval`: many calls ask for the schema several times, and would look for a newer
        # version each time (0.4 ms). `Place.open` looks once.
        if (connection := self._connection) is None:
            self._session = lancedb.Session()  # kept here: `connection.session` raises (LanceDB 0.40)
            connection = self._connection = lancedb.connect(str(self.folder), session=self._session)
        return connection

    @property
    def memory(self) -> int:
        """Bytes that the engine keeps of the tables of the connection: parts of their indices, mostly."""
        return self._session.size_bytes if self._session else 0

    def translate_errors(self) -> AbstractContextManager[None]:
        """Turns what the engine raises into `IndexUnavailable` or `StorageFull`."""
        return translate_errors(self.folder, self.base)

    @contextmanager
    def writing(self) -> Iterator[Place]:
        """The table to be written to, which nobody else writes to meanwhile; nor is another version put in its place.

        One writer at a time: two that insert the same new id at the same moment would both succeed (seen with 0.40).
        Each table has a lock of its own, so that one can be filled while another is in use; who writes to the one in
        use holds that of the name, too.
        """
        from filelock import FileLock  # reading needs none

        with ExitStack() as held:
            if self._fixed is None:
                held.enter_context(FileLock(self.folder / f".{self.base}.lock", poll_interval=0.01))
            place = self.current_place()
            held.enter_context(FileLock(place.lock, poll_interval=0.01))
            yield place

    def current_place(self) -> Place:
        """The table of the version in use."""
        if self._fixed is not None:
            return self._fixed
        number, place = self.pointer.read().current, self._now
        if place is None or place.number != number:
            self._now = place = Place(self.folder, self.base, number)
        return place

    def open(self, place: Place) -> Any | None:
        """The newest version of a table, None where there is none.

        Raises:
            Overtaken: the version that is read was removed, since another is in use.
        """
        table = place.open(self.connect)
        if table is None and place is self._pin.get() and self.pointer.read().current != place.number:
            raise Overtaken
        return table

    def place(self) -> Place:
        """The table that is read now."""
        return self._pin.get() or self.current_place()

    def run[T](self, action: Callable[[Any, Place], T], without: T) -> T:
        """What the action answers on the newest version of the table; `without` where there is no table."""
        with self.translate_errors():
            for attempt in range(1, _ATTEMPTS + 1):
                place = self.place()
                try:
                    table = self.open(place)
                    return without if table is None else action(table, place)
                except (RuntimeError, OSError, ValueError) as error:
                    # Another process cleaned up the version that was being read, or made the table anew.
                    if attempt == _ATTEMPTS or not is_vanished(error):
                        raise
                place.table = None
        raise AssertionError

    def commit(self, action: Callable[[Any], Any], tending: Callable[[Any, int, Readers], bool] = maintain) -> Any:
        """The result of an action that changes the table, which is then tended."""
        with self.translate_errors():
            if not self.folder.is_dir():  # the lock's file needs it
                raise self.unclaimed()
            with self.writing() as place:
                table = place.open(self.connect)
                if table is None:
                    raise self.unclaimed()
                queries.bring_up_to_date(table)
                result = action(table)
                if tending(table, result.version, place.readers):
                    self.start_afresh()
                return result

    def start_afresh(self) -> None:
        """Drop what the engine keeps of parts that were merged and indices that were replaced; others may be reading
        from the connection, and keep it alive until they have done."""
        if (place := self._now) is not None:
            place.table = None
        self._connection = self._session = None
        trim()

    def look_up[T](
        self, column: str, values: Sequence[str], columns: list[str], read: Callable[[pa.Table], T]
    ) -> list[T]:
        """What is read out of the rows with these values, in parts."""
        unique = list(dict.fromkeys(values))
        return self.run(lambda table, _: list(map(read, queries.look_up(table, column, unique, columns))), [])

    def batches[T](
        self, columns: list[str], where: Filter | None, read: Callable[[pa.RecordBatch], T], rows: int = 0
    ) -> Iterator[T]:
        """What is read out of the rows under a filter, batch by batch; of `SCAN` rows, unless it is said how many."""
        with self.translate_errors():
            place = self.place()
            if not place.path.is_dir():
                self.open(place)  # absent, or not to be reached
                return
        with self.translate_errors(), place.readers.reading():
            table = self.open(place)
            if table is not None:
                yield from map(read, queries.batches(table, columns, where, rows or SCAN))

    def stamp(self) -> ModelStamp | None:
        """The model whose embeddings are in it, None where nobody has claimed it."""
        return self.run(lambda table, _: stamp_of(table.schema), None)

    def unclaimed(self) -> IndexUnavailable:
        """What is said where there is nothing to write to."""
        return IndexUnavailable(
            f"There is no index {self.name} in {self.folder}.", "Start the app again, and index the pictures again."
        )
