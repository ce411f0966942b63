"""A cluster as the crew of a job: it reads and embeds, and this process stores."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord
from core.ingest.cluster.ahead import Ahead, Lost
from core.ingest.cluster.task import BATCH, Task
from core.ingest.pipeline.embed import Embed, Embedded, Round, embedded
from core.ingest.pipeline.run import MAX_ROUND, Unread
from core.vectors import Embeddings

if TYPE_CHECKING:
    from PIL import Image

    from core.ingest.cluster.connection import Connection

_SAY_EVERY = 0.5  # seconds


class ClusterCrew:
    """Keeps `core.ingest.pipeline.run.Crew`.

    Args:
        address: `local`, or that of the cluster's head.
        index: What the embeddings are for.
        name_of: What to call the picture of a path.
    """

    def __init__(self, address: str, task: Task, index: Index, name_of: Callable[[str], str]) -> None:
        self._address, self._task, self._index, self._name_of = address, task, index, name_of
        self._connection: Connection | None = None
        self._stamp: ModelStamp | None = None
        self._joining: Thread | None = None

    def load(self) -> Future[ModelStamp]:
        stamp: Future[ModelStamp] = Future()
        self._joining = Thread(target=self._join, args=(stamp,), name="ray-join", daemon=True)
        self._joining.start()
        return stamp

    def embedded(self, unread: Unread) -> Generator[Embedded, None, None]:
        assert self._stamp
        return embedded(self._rounds(unread), Embed(self._index, _Elsewhere(self._stamp.dims)))

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        """Where several machines may write, each actor stores a part."""
        rest = slice(None)
        if self._task.open_index and self._connection and self._connection.size > 1 and len(records) > 1:
            rest = slice(-1, None)  # written here, after the others: the next read here makes all of them visible
            self._spread(records[:-1], embeddings[:-1])
        self._index.upsert(records[rest], embeddings[rest])

    def _spread(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        assert self._connection
        assert self._stamp
        each = -(-len(records) // self._connection.size)
        parts = [slice(at, at + each) for at in range(0, len(records), each)]
        try:
            self._connection.write([(records[part], embeddings[part]) for part in parts], self._stamp)
        except Lost:  # stored twice, a record is the same record
            self._index.upsert(records, embeddings)

    def close(self) -> None:
        if self._joining:
            self._joining.join()
        if self._connection:
            self._connection.close()

    def _join(self, stamp: Future[ModelStamp]) -> None:
        from core.ingest.cluster.connection import Connection

        try:
            self._connection = Connection(self._address, self._task)
            self._stamp = self._connection.join().stamp
        except BaseException as error:  # for whoever waits
            stamp.set_exception(error)
        else:
            stamp.set_result(self._stamp)

    def _rounds(self, unread: Unread) -> Generator[Round, None, None]:
        assert self._connection
        assert self._stamp
        ahead = Ahead(unread, self._connection, BATCH, self._stamp.model_id)
        most = max(MAX_ROUND, BATCH * self._connection.size)
        for one in ahead.rounds(most, _SAY_EVERY):
            named = [replace(p, record=replace(p.record, name=self._name_of(p.record.path))) for p in one.prepared]
            yield replace(one, prepared=named)


class _Elsewhere:
    """Keeps `Looks`: the pictures have been embedded where they were read."""

    def __init__(self, dims: int) -> None:
        self.dims = dims

    def embed_images(self, images: "Sequence[Image.Image]") -> Embeddings:
        raise AssertionError("a picture came back without its embedding")
