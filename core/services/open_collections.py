"""The collections of an app that are open: the services of each, made when they are first asked for."""

import shutil
import threading
import time
from collections.abc import MutableMapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cachetools

from core.collections.collection import ALL, FOLDER, Collection, first_collection, named, no_such, settings_of
from core.config import Settings
from core.model_pool import ModelPool
from core.services.services import Services
from core.store.address import MIRROR

if TYPE_CHECKING:  # who names no collection needs no database
    from core.access.audit import Audit
    from core.collections.catalog import Catalog
    from core.services.several import Several

_SEVERAL = 16  # of which it is kept what was found

KNOWN_FOR = 1.0
"""Seconds for which it is believed that no other process has made or deleted one."""


class OpenCollections:
    """Building it does no I/O. Safe to share between threads.

    Args:
        settings: Those of the app.
        command_line: As for `Services`.
    """

    def __init__(self, settings: Settings, *, command_line: bool = False) -> None:
        self.settings = settings
        self._command_line = command_line
        self._models = ModelPool()
        self._lock = threading.RLock()
        self._made: dict[str, tuple[Collection, Services]] = {}
        self._several: MutableMapping[str, Several] = cachetools.LRUCache(_SEVERAL)
        self._first: Services | None = None
        self._known: tuple[float, list[Collection]] | None = None
        self._catalog: Catalog | None = None

    @property
    def first(self) -> Services:
        """Those of the collection that is meant where none is named."""
        with self._lock:
            if self._first is None:
                self._first = self._make(settings_of(first_collection(self.settings), self.settings))
            return self._first

    @property
    def made(self) -> dict[str, Services]:
        """Those that were asked for, by their names."""
        with self._lock:
            first = {self._first.name: self._first} if self._first else {}
            return first | {name: services for name, (_, services) in self._made.items()}

    @cached_property
    def _audit(self) -> "Audit":
        from core.access.audit import Audit
        from core.database import Database

        return Audit(Database(self.settings.journal))

    @property
    def catalog(self) -> "Catalog":
        from core.collections.catalog import Catalog

        with self._lock:
            self._catalog = self._catalog or Catalog(self.settings)
            return self._catalog

    def of(self, name: str = "") -> Services:
        """The services of a collection; of the first where none is named, of several at once where several are.

        Args:
            name: `birds`; `birds,images`; `all`.

        Raises:
            NoSuchCollection: there is none of this name.
            SeveralCollections: those that are named are of different models.
            JournalUnavailable: it cannot be told.
        """
        names = named(name)
        if names in ((), (self.settings.index_name,)):
            return self.first
        if len(names) > 1 or names == (ALL,):
            return self._together(names)
        (name,) = names
        collection = self.get(name)
        with self._lock:
            before = self._made.get(name)
            if before and not _is_another(before[0], collection):
                return before[1]
            made = self._make(settings_of(collection, self.settings))
            self._made[name] = collection, made
        if before:
            _hand_over(before[1], made)
        return made

    def _together(self, names: Sequence[str]) -> Services:
        if ALL in names:
            names = [one.name for one in self.all()]
            called = ALL
        else:
            called = ",".join(names)
        if len(names) == 1:
            return self.of(names[0])
        members = {name: self.of(name) for name in names}
        from core.services.several import Several

        with self._lock:
            made = self._several.get(called)
            if made is None or not made.is_of(members):
                how: Any = {"command_line": self._command_line, "models": self._models}
                self._several[called] = made = Several(self.settings, members, called, **how)
            return made

    def get(self, name: str) -> Collection:
        """What is noted of a collection; raises as `of`."""
        known = self.all()
        found = next((one for one in known if one.name == name), None)
        if found is None:
            raise no_such(name, known)
        return found

    def all(self) -> list[Collection]:
        """The first one, then the others by their titles."""
        with self._lock:
            now = time.monotonic()
            if self._known is None or now - self._known[0] > KNOWN_FOR:
                self._known = now, self.catalog.all()
            return self._known[1]

    def follow_up(self) -> None:
        """As `Library.follow_up`, of all collections: commands index without the app."""
        for collection in self.all():
            self.of(collection.name).library.follow_up()

    def tidy(self) -> None:
        """As `Services.tidy`, of all collections; and remove what is at hand of those that another machine deleted."""
        for collection in self.all():
            self.of(collection.name).tidy()
        if self.settings.store:
            folders = {self.settings.data_dir / collection.folder for collection in self.all()}
            for mirror in (self.settings.data_dir / FOLDER).glob(f"*/{MIRROR}"):
                if mirror.parent not in folders:
                    shutil.rmtree(mirror, ignore_errors=True)

    def close(self) -> None:
        """As `Services.close`."""
        with self._lock:
            made = [*filter(None, [self._first]), *(services for _, services in self._made.values())]
        closing = [threading.Thread(target=services.close) for services in made]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()

    def _make(self, settings: Settings) -> Services:
        return Services(settings, command_line=self._command_line, models=self._models)

    def forget_known(self) -> None:
        with self._lock:
            self._known = None


def _hand_over(before: Services, now: Services) -> None:
    """Have the new ones alone go on with the jobs of a collection, and follow its sources, where those before did."""
    goes_on = "library" in before.__dict__
    before.close()
    if goes_on:
        now.library.start()


def _is_another(one: Collection, other: Collection) -> bool:
    """Whether it was given another model, or deleted, and another made under the same name; by whatever process."""
    return (one.created_at, one.model_id, one.folder) != (other.created_at, other.model_id, other.folder)
