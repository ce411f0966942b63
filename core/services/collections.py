"""All collections of an app: the services of each, and how they come and go."""

import threading
import time
from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cachetools

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.collections.collection import (
    ALL,
    FOLDER,
    Collection,
    check_name,
    first_collection,
    named,
    no_such,
    settings_of,
)
from core.config import Settings
from core.embedding.weights import check_obtainable
from core.errors import CollectionRefused, ImageSearchError, ModelUnavailable
from core.model_pool import ModelPool
from core.models import MODELS, STARTER
from core.services.services import Services
from core.text.names import printable
from core.text.words import pictures

if TYPE_CHECKING:  # who names no collection needs no database
    from core.access.audit import Audit
    from core.collections.catalog import Catalog
    from core.services.several import Several

_SEVERAL = 16  # of which it is kept what was found

KNOWN_FOR = 1.0
"""Seconds for which it is believed that no other process has made or deleted one."""


class Collections:
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
            made = self._made.get(name)
            if made is None or _is_another(made[0], collection):
                self._made[name] = made = collection, self._make(settings_of(collection, self.settings))
            return made[1]

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

    def create(
        self, name: str, title: str = "", description: str = "", model_id: str = "", *, by: Actor = APP
    ) -> Collection:
        """
        Args:
            model_id: "": that of the first one, or the starter model where that cannot be had.

        Raises:
            CollectionRefused: the name is none, or taken; there is no such model.
            ModelUnavailable: the model cannot be had on this machine.
            AccessDenied: they may not; likewise all that take `by`.
        """
        by.check(Role.ADMIN)
        check_name(name)
        wanted = self._checked_model(model_id) if model_id else self._usual_model()
        self.finish_deletions(name)
        made = Collection(name, model_id=wanted, folder=f"{FOLDER}/{name}")
        index = self._make(settings_of(made, self.settings)).index
        if name != self.settings.index_name and index.count():
            raise CollectionRefused(
                f"There is an index {name} with pictures in {index.location} already.", "Choose another name."
            )
        try:
            added = self.catalog.add(name, title, description, wanted)
            self._audit.note(by, "Created a collection", name)
            return added
        finally:
            self.forget_known()

    def change(
        self, name: str, title: str | None = None, description: str | None = None, *, by: Actor = APP
    ) -> Collection:
        """As `Catalog.change`."""
        by.check(Role.ADMIN)
        try:
            changed = self.catalog.change(name, title, description)
            self._audit.note(by, "Described a collection", name)
            return changed
        finally:
            self.forget_known()

    def change_model(self, name: str, model_id: str, *, by: Actor = APP) -> Collection:
        """Have a collection ask for another model; its pictures keep the embeddings that they have until they are
        re-embedded. Jobs that were under way go on.

        Raises:
            NoSuchCollection: there is none of this name.
            CollectionRefused: it is the first, whose model the app's settings say; there is no such model.
            ModelUnavailable: the model cannot be had on this machine.
        """
        by.check(Role.ADMIN)
        known = self.get(name)
        if known.is_first:
            raise CollectionRefused(
                f"The model of {name} is that of the settings.", f"Start the app with IMAGE_SEARCH_MODEL={model_id}."
            )
        self.catalog.set_model(name, self._checked_model(model_id))
        self._audit.note(by, "Gave a collection another model", f"{name}: {model_id}")
        self.forget_known()
        with self._lock:
            _, before = self._made.pop(name, (None, None))
        if before:
            goes_on = "library" in before.__dict__
            before.close()
            if goes_on:
                self.of(name).library.start()
        return self.get(name)

    def clear(self, name: str, by: Actor = APP) -> int:
        """As `core.services.administration.clear`, and raises as `of`."""
        from core.services.administration import clear

        by.check(Role.ADMIN)
        collection = self.get(name)
        count = clear(self.of(name), by, is_alone=bool(collection.folder))
        self._audit.note(by, "Cleared a collection", f"{name}: {pictures(count)}")
        self._forget_several()
        return count

    def delete(self, name: str, by: Actor = APP) -> None:
        """Delete a collection with all that it consists of. The files of its sources are not touched.

        Raises:
            NoSuchCollection: there is none of this name.
            CollectionRefused: it is the first one, or a job of it does not stop.
        """
        from core.services.administration import stop

        by.check(Role.ADMIN)
        collection = self.get(name)
        if collection.is_first:
            raise CollectionRefused(
                f"The first collection, {name}, cannot be deleted.",
                "Clear it instead, or name another index in IMAGE_SEARCH_INDEX.",
            )
        services = self.of(name)
        self.catalog.begin_deletion(name, by.label)
        self.forget_known()
        try:
            stop(services, by)
        except ImageSearchError:
            self.catalog.restore(name)
            self.forget_known()
            raise
        self._finish_deletion(collection, services)
        self._audit.note(by, "Deleted a collection", name)

    def finish_deletions(self, name: str = "") -> None:
        """Remove what is left of collections whose deletion was broken off.

        Args:
            name: Only of the one that was called so.
        """
        from core.services.administration import stop

        for collection in self.catalog.deleted():
            if name not in ("", collection.name):
                continue
            services = self._make(settings_of(collection, self.settings))
            stop(services, APP)
            self._finish_deletion(collection, services)

    def start(self) -> None:
        """For a server: go on with what the one before it left, in all collections."""
        self.first.start()
        for collection in self.all():
            if not collection.is_first:
                self.of(collection.name).library.start()
        with suppress(ImageSearchError):  # the next start tries again
            self.finish_deletions()

    def follow_up(self) -> None:
        """As `Library.follow_up`, of all collections: commands index without the app."""
        for collection in self.all():
            self.of(collection.name).library.follow_up()

    def tidy(self) -> None:
        """As `Services.tidy`, of all collections."""
        for collection in self.all():
            self.of(collection.name).tidy()

    def close(self) -> None:
        """As `Services.close`."""
        with self._lock:
            made = [*filter(None, [self._first]), *(services for _, services in self._made.values())]
        closing = [threading.Thread(target=services.close) for services in made]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()

    def _finish_deletion(self, collection: Collection, services: Services) -> None:
        from core.services.administration import delete

        delete(services, self.settings.data_dir / collection.folder if collection.folder else None)
        self.catalog.forget(collection.name)
        with self._lock:
            self._made.pop(collection.name, None)
        self._forget_several()
        self.forget_known()

    def _forget_several(self) -> None:
        from core.services.administration import forget_several

        with self._lock:
            self._several.clear()
        forget_several(self.settings.data_dir)

    def _checked_model(self, model_id: str) -> str:
        if model_id not in MODELS:
            raise CollectionRefused(f"There is no model {printable(model_id)}.", f"Choose one of {', '.join(MODELS)}.")
        if model_id != STARTER and not self.settings.is_served(model_id):
            check_obtainable(model_id, self.settings.model_cache_dir)
        return model_id

    def _usual_model(self) -> str:
        stamp = self.first.index.model()
        if stamp and stamp.model_id in MODELS:
            return stamp.model_id
        try:
            return self._checked_model(self.settings.model_id)
        except ModelUnavailable:
            return STARTER

    def _make(self, settings: Settings) -> Services:
        return Services(settings, command_line=self._command_line, models=self._models)

    def forget_known(self) -> None:
        with self._lock:
            self._known = None


def _is_another(one: Collection, other: Collection) -> bool:
    """Whether it was deleted, and another made under the same name."""
    return (one.created_at, one.model_id, one.folder) != (other.created_at, other.model_id, other.folder)
