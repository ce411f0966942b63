"""The text files near the pictures of an address: whether they are there, and when they were changed."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from core.sources.datasets.files import Listing, is_part, listing_of
from core.sources.remote.attempts import is_missing
from core.sources.remote.remote_store import Entry, RemoteStore

_KEPT = 64  # folders


class Texts:
    """What was listed is known; the rest is asked for file by file, or while everything is listed by the folder.

    Safe between threads.
    """

    def __init__(self, store: RemoteStore) -> None:
        self._is_by_folder = False
        self._store = store
        self._listing = threading.Lock()  # so that a folder is listed once for all who wait for it
        self._known: dict[str, dict[str, int | None]] = {}
        self._listings: dict[str, Listing] = {}

    @contextmanager
    def by_folder(self) -> Iterator[None]:
        """Within, a folder that is asked about is listed as a whole: all of it will be."""
        self._is_by_folder = True
        try:
            yield
        finally:
            self._is_by_folder = False

    def note(self, folder: str, entries: Iterable[Entry]) -> None:
        """What a folder lists, of which what may be part of a dataset is kept."""
        parts: dict[str, int | None] = {}

        def named() -> Iterator[tuple[str, bool]]:
            for entry in entries:
                if is_part(entry.url):
                    parts[entry.url] = (entry.found.mtime_ns or 1) if entry.found else None
                yield entry.url.rpartition("/")[2], entry.is_folder

        listing = listing_of(named())
        if len(self._known) >= _KEPT:
            self._known = {}
        self._known[folder], self._listings[folder] = parts, listing

    def listing(self, folder: str) -> Listing:
        """What is in a folder, as far as datasets need it."""
        with self._listing:
            if folder not in self._listings:
                self.note(folder, self._listed(folder))
            return self._listings[folder]

    def has_folder(self, url: str) -> bool:
        """Whether anything is listed below it."""
        with self._listing:
            return any(True for _ in self._listed(url))

    def changed_ns(self, url: str) -> int:
        """When a file was changed, as `Found.annotated_ns`; 1 where its store does not say, 0 where there is none."""
        folder = url.rpartition("/")[0]
        if self._is_by_folder:
            with self._listing:
                if folder not in self._known:
                    self.note(folder, self._listed(folder))
        known = self._known.get(folder)
        if known is None:
            return self._asked(url)
        changed = known.get(url, 0)
        if changed is None:
            changed = known[url] = self._asked(url)
        return changed

    def _listed(self, folder: str) -> Iterator[Entry]:
        try:
            for page in self._store.pages(folder):
                yield from page
        except Exception as error:
            if not is_missing(error):
                raise

    def _asked(self, url: str) -> int:
        try:
            found = self._store.stat(url)
        except Exception as error:
            if is_missing(error):
                return 0
            raise
        return (found.mtime_ns or 1) if found else 0
