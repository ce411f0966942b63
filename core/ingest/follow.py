"""Folders that are followed: what changes there is noticed, at once where the system tells, and now and then anyway."""

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from core.images.files import has_picture_suffix, is_left_out
from core.sources.datasets.files import is_part

_log = logging.getLogger(__name__)

_CHANGES: list[type[events.FileSystemEvent]] = [  # reading a file would be told too
    *(events.FileCreatedEvent, events.FileModifiedEvent, events.FileClosedEvent),
    *(events.FileMovedEvent, events.FileDeletedEvent),
    *(events.DirCreatedEvent, events.DirMovedEvent, events.DirDeletedEvent),
]


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds."""

    quiet: float = 2.0
    """Without a change, before it is told: files are often written in several steps."""
    longest: float = 30.0
    """After which it is told though changes go on."""
    look_anyway: float = 3600.0
    """Network drives do not tell what others change on them, and a drive may have come back."""
    look_unwatched: float = 300.0
    """Where the system does not tell at all."""
    tick: float = 0.5


PAUSES = Pauses()


@dataclass
class _Followed:
    pauses: Pauses
    watch: ObservedWatch | None = None
    looked: float = -math.inf
    """When it was last told; likewise the next."""
    first: float | None = None
    """When changes began that were not told yet, and when the last of them came."""
    last: float = 0.0

    def note(self) -> None:
        self.last = time.monotonic()
        self.first = self.last if self.first is None else self.first

    def is_due(self, now: float) -> bool:
        if self.first is not None:
            return now - self.last >= self.pauses.quiet or now - self.first >= self.pauses.longest
        return now - self.looked >= (self.pauses.look_anyway if self.watch else self.pauses.look_unwatched)


class Follower:
    """Calls back for each location at first, when something has changed there, and regularly: addresses too.

    Args:
        changed: Called in a thread of this class with the location; returns False to be called again a little later.
    """

    def __init__(self, changed: Callable[[str], bool], pauses: Pauses = PAUSES) -> None:
        self._changed = changed
        self._pauses = pauses
        self._lock = threading.Lock()
        self._followed: dict[str, _Followed] = {}
        self._left: list[ObservedWatch] = []
        self._observer: BaseObserver | None = None  # for the thread alone: what it calls may hold locks of its own
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def follow(self, location: str) -> None:
        with self._lock:
            self._followed.setdefault(location, _Followed(self._pauses))
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="follow", daemon=True)
                self._thread.start()

    def leave(self, location: str) -> None:
        """Follow it no more; nothing happens where it is not followed."""
        with self._lock:
            one = self._followed.pop(location, None)
            if one and one.watch:
                self._left.append(one.watch)

    def is_watched(self, location: str) -> bool:
        """Whether the system tells what changes there."""
        with self._lock:
            one = self._followed.get(location)
            return one is not None and one.watch is not None

    def close(self) -> None:
        self._closing.set()
        if self._thread:
            self._thread.join()

    def note(self, location: str) -> None:
        """That something has changed there."""
        with self._lock:
            if one := self._followed.get(location):
                one.note()

    def _run(self) -> None:
        while not self._closing.wait(self._pauses.tick):
            for watch in self._taken():
                self._unwatch(watch)
            for location, one, is_changed in self._due():
                if not is_changed:  # first watch, then look: what comes in between is not missed
                    self._watch(location, one)
                if not self._tell(location):
                    self.note(location)
        if self._observer:
            self._observer.stop()
            self._observer.join()

    def _taken(self) -> list[ObservedWatch]:
        with self._lock:
            taken, self._left = self._left, []
        return taken

    def _due(self) -> list[tuple[str, _Followed, bool]]:
        now, due = time.monotonic(), []
        with self._lock:
            for location, one in self._followed.items():
                if one.is_due(now):
                    due.append((location, one, one.first is not None))
                    one.first, one.looked = None, now
        return due

    def _tell(self, location: str) -> bool:
        try:
            return self._changed(location)
        except Exception:
            _log.exception("That %r has changed could not be told", location)
            return True

    def _watch(self, location: str, one: _Followed) -> None:
        """Anew, where it was before: the folder may be another one, on a drive that is back."""
        if one.watch:
            self._unwatch(one.watch)
        watch = self._watched(location)
        with self._lock:
            one.watch = watch
            if watch and self._followed.get(location) is not one:  # it was left meanwhile
                self._left.append(watch)

    def _watched(self, location: str) -> ObservedWatch | None:
        """None where the system cannot tell: of an address, of a folder that is not there, of too many folders."""
        if not os.path.isdir(location):  # noqa: PTH112 - the method raises where one may not look
            return None
        try:
            if self._observer is None:
                self._observer = Observer()
                self._observer.start()
            handler = _Handler(location, lambda: self.note(location))
            return self._observer.schedule(handler, location, recursive=True, event_filter=_CHANGES)
        except OSError as error:
            _log.warning("Changes in %s are looked for every %.0f s: %s", location, self._pauses.look_unwatched, error)
            return None

    def _unwatch(self, watch: ObservedWatch) -> None:
        if self._observer:
            with suppress(KeyError, OSError):  # its folder is gone
                self._observer.unschedule(watch)


class _Handler(events.FileSystemEventHandler):
    """Calls back for what an ingest could make a difference of: the app's own files are none, even where they lie in a
    folder that is followed."""

    def __init__(self, location: str, note: Callable[[], None]) -> None:
        self._location = location
        self._note = note

    def on_any_event(self, event: events.FileSystemEvent) -> None:
        paths = filter(None, map(os.fsdecode, (event.src_path, event.dest_path)))
        if any(self._matters(path, event.is_directory) for path in paths):
            self._note()

    def _matters(self, path: str, is_folder: bool) -> bool:
        below = Path(path.removeprefix(self._location))
        if any(map(is_left_out, below.parts)):
            return False
        return is_folder or has_picture_suffix(below.name) or is_part(below.name)
