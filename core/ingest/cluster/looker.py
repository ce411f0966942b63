"""What an actor does: the pipeline's own stages for one batch of files after the other."""

import os
import platform
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from PIL import Image

from core import __version__
from core.embedding.embedder import Embedder
from core.errors import ImageSearchError, SourceUnavailable
from core.images.thumbnails import Thumbnails
from core.index.index import Index, ModelStamp
from core.index.records import ImageRecord
from core.ingest.cluster.task import Looked, Ready, Task
from core.ingest.journal.job import PlannedFile
from core.ingest.pipeline.embed import Round
from core.ingest.pipeline.prepare import Prepare
from core.ingest.pipeline.run import read_round
from core.vectors import Embeddings

_MOST_READERS = 8
_LOOKED_AT = Image.new("RGB", (1, 1))


class Looker:
    """Reads and embeds batches of files, several at a time; stores what it is given; knows nothing of the journal.

    Expected errors are returned: Ray would raise another one, of its own making.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._making = threading.Lock()
        self._writing = threading.Lock()
        self._opened: Index | None = None

    def ready(self) -> Ready | ImageSearchError:
        """Loads the model."""
        try:
            model = self._prepare.embedder
        except ImageSearchError as error:
            return _at_home(error)
        return Ready(ModelStamp(model.model_id, model.dims, model.preprocessing), __version__, platform.node())

    def look(self, files: Sequence[PlannedFile]) -> Looked | ImageSearchError:
        """Reads these files, and embeds their pictures: equal bytes once."""
        try:
            return self._looked(files)
        except SourceUnavailable as error:
            remedy = f"{error.remedy} Every machine of the cluster needs the files under the same paths."
            return SourceUnavailable(f"On {platform.node()}: {error.message}", remedy.strip())
        except ImageSearchError as error:
            return _at_home(error)

    def write(
        self, records: Sequence[ImageRecord], embeddings: Embeddings, stamp: ModelStamp
    ) -> ImageSearchError | None:
        """Store records in an index that several machines may write to."""
        try:
            with self._writing:
                self._index(stamp).upsert(records, embeddings)
        except ImageSearchError as error:
            return error
        return None

    def _index(self, stamp: ModelStamp) -> Index:
        if self._opened is None:
            assert self._task.open_index
            index = self._task.open_index()
            index.prepare(stamp)  # from now on it takes embeddings of this model alone
            self._opened = index
        return self._opened

    def _looked(self, files: Sequence[PlannedFile]) -> Looked:
        prepare = self._prepare
        read = read_round(files, prepare, _readers())
        images = {one.record.content_hash: one.image for one in read.prepared}
        rows = prepare.embedder.embed_images(list(images.values())) if images else ()
        prepared = [replace(one, image=_LOOKED_AT) for one in read.prepared]
        return Looked(Round(prepared, read.verdicts, dict(zip(images, rows, strict=True))), prepare.embedder.model_id)

    @property
    def _prepare(self) -> Prepare:
        with self._making:  # of several batches the first
            return self._made

    @cached_property
    def _made(self) -> Prepare:
        model: Embedder = self._task.load()
        thumbnails = Thumbnails(self._task.thumbnails)
        return Prepare(self._task.open_sources(), model, thumbnails, _last_name)


def _last_name(path: str) -> str:
    """Whoever stores it knows a better one."""
    return path.rpartition("/")[2]


def _readers() -> int:
    return max(2, min(_MOST_READERS, os.cpu_count() or 2))


def _at_home(error: ImageSearchError) -> ImageSearchError:
    return type(error)(f"On {platform.node()}: {error.message}", error.remedy)
