"""Pictures by their content: of the corpus, or dropped to search with."""

from collections.abc import Callable
from contextlib import suppress

from core.cache import LRUCache
from core.errors import UnreadableImage
from core.index.index import Index
from core.index.records import ImageRecord
from core.services.stores import Stores

_NAMED = 64


class Pictures:
    """Those of one index, and of what was sent to be searched with or indexed.

    Args:
        read: The bytes of an indexed picture, by the path of its record.
    """

    def __init__(self, index: Index, stores: Stores, read: Callable[[str], bytes]) -> None:
        self._index, self._stores, self.read = index, stores, read
        self._named: LRUCache[ImageRecord | None] = LRUCache(_NAMED, "names")  # a page asks for those of all chips

    def picture(self, content_hash: str) -> tuple[bytes, str] | None:
        """A picture's bytes and name; None where there is none (any more).

        Raises:
            UnreadableImage: the file is gone or cannot be read.
        """
        from core.images.reading.content import read_bytes

        for store in (self._stores.queries, self._stores.uploads):
            if path := store.path(content_hash):
                return read_bytes(path), store.name(content_hash) or path.name
        if record := self.record(content_hash):
            return self.read(record.path), record.name
        return None

    def size(self, content_hash: str) -> int | None:
        """The bytes of the file that `picture` would read; None where there is no such picture."""
        for store in (self._stores.queries, self._stores.uploads):
            if path := store.path(content_hash):
                with suppress(OSError):
                    return path.stat().st_size
        record = self.record(content_hash)
        return record.size if record else None

    def record(self, content_hash: str) -> ImageRecord | None:
        """A record with these bytes."""
        found = self._index.by_content([content_hash])
        return found[content_hash][0] if content_hash in found else None

    def name(self, content_hash: str) -> str:
        """What to call a picture of a query."""
        stores = self._stores
        if stored := stores.queries.name(content_hash) or stores.uploads.name(content_hash):
            return stored
        record = self._named.get((content_hash, self._index.revision()), lambda: self.record(content_hash))
        return record.name if record else "A missing picture"

    def of_query(self, content_hash: str) -> bytes | None:
        """The bytes of a picture to search with; None where they cannot be had."""
        try:
            found = self.picture(content_hash)
        except UnreadableImage:
            return None
        return found[0] if found else None
