"""An index whose rows get the embeddings of another model: filled beside the one in use, then put in its place."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched

from core.index.elastic.connection import Connection
from core.index.elastic.mapping import Body
from core.index.elastic.query import paging, queries
from core.index.index import Replacements
from core.vectors import Embedding

_ROWS = 500
_HASH = {"source_includes": ["content_hash"]}


def lacking(connection: Connection, replacements: Replacements, without: Collection[str]) -> list[str]:
    """The content hashes of rows for which there is no replacement, each once."""
    present = {hit["_source"]["content_hash"] for hits in paging.pages(connection, None, 1000, **_HASH) for hit in hits}
    return sorted(one for one in present if one not in replacements and one not in without)


@dataclass
class Copying:
    """Copies rows with their new embeddings, and again those that have changed since.

    Args:
        send: Carries out operations on the index that is filled.
        packed: An embedding as the server takes it.
    """

    connection: Connection
    replacements: Replacements
    without: Collection[str]
    send: Callable[[list[Body]], object]
    packed: Callable[[Embedding], str | list[float]]
    _copied: dict[str, int] = field(default_factory=dict)
    """The sequence number of each row when it was copied, by its id."""

    def __call__(self) -> bool:
        """Bring the copy up to date; False where a row has come that has no replacement."""
        seen: set[str] = set()
        pages = paging.pages(self.connection, None, _ROWS, seq_no_primary_term=True, **queries.WITHOUT_VECTORS)
        for hits in pages:
            kept = [hit for hit in hits if hit["_source"]["content_hash"] not in self.without]
            seen.update(hit["_id"] for hit in kept)
            due = [hit for hit in kept if self._copied.get(hit["_id"]) != hit["_seq_no"]]
            if any(hit["_source"]["content_hash"] not in self.replacements for hit in due):
                return False
            self._copy(due)
        self._delete(self._copied.keys() - seen)
        return True

    def _copy(self, hits: Sequence[queries.Answer]) -> None:
        if hits:
            self.send(list(self._operations(hits)))
            self._copied |= {hit["_id"]: hit["_seq_no"] for hit in hits}

    def _operations(self, hits: Sequence[queries.Answer]) -> Iterator[Body]:
        rows = self.replacements.rows([hit["_source"]["content_hash"] for hit in hits])
        for hit, row in zip(hits, rows, strict=True):
            yield {"_op_type": "index", "_id": hit["_id"], **hit["_source"], "embedding": self.packed(row)}

    def _delete(self, ids: Iterable[str]) -> None:
        for some in batched(list(ids), _ROWS):
            self.send([{"_op_type": "delete", "_id": id_} for id_ in some])
            for id_ in some:
                del self._copied[id_]
