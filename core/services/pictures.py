"""Pictures by their content: of the corpus, or dropped to search with."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.cache import LRUCache
from core.errors import StorageUnavailable, UnreadableImage
from core.index.index import Index
from core.index.records import ImageRecord
from core.services.stores import Stores

if TYPE_CHECKING:  # a search for words needs no pictures
    from core.images.uploads import Uploads

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
            StorageUnavailable: the store that may have it does not answer.
        """
        from core.images.reading.content import read_bytes

        sent, trouble = self._sent(content_hash)
        if sent:
            store, path = sent
            return read_bytes(path), store.name(content_hash) or path.name
        if record := self.record(content_hash):
            return self.read(record.path), record.name
        if trouble:
            raise trouble
        return None

    def size(self, content_hash: str) -> int | None:
        """The bytes of the file that `picture` would read; None where there is no such picture."""
        if sent := self._sent(content_hash)[0]:
            with suppress(OSError):
                return sent[1].stat().st_size
        record = self.record(content_hash)
        return record.size if record else None

    def _sent(self, content_hash: str) -> "tuple[tuple[Uploads, Path] | None, StorageUnavailable | None]":
        """Where it is if it was sent; and why that is not known for certain, where a store does not answer."""
        trouble = None
        for store in (self._stores.queries, self._stores.uploads):
            try:
                path = store.path(content_hash)
            except StorageUnavailable as error:  # it may be a picture of a folder, too
                trouble = error
            else:
                if path:
                    return (store, path), None
        return None, trouble

    def record(self, content_hash: str) -> ImageRecord | None:
        """A record with these bytes."""
        found = self._index.by_content([content_hash])
        return found[content_hash][0] if content_hash in found else None

    def name(self, content_hash: str) -> str:
        """What to call a picture of a query."""
        stores = self._stores
        with suppress(StorageUnavailable):
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
