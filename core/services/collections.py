"""All collections of an app: the services of each, and how they come and go."""

import threading
from contextlib import suppress
from functools import partial

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.collections.collection import FOLDER, Collection, check_name, settings_of
from core.config import Settings
from core.embedding.weights import check_obtainable
from core.errors import CollectionRefused, ImageSearchError, ModelUnavailable
from core.ingest.jobs.loop import Loop
from core.models import MODELS, STARTER
from core.services.open_collections import OpenCollections
from core.services.services import Services
from core.text.names import printable
from core.text.words import pictures

_SELDOM = 6
"""How many times as seldom as for jobs it is looked for collections that other machines have made."""


class Collections(OpenCollections):
    """How collections come and go, and those that are open. All that takes `by` refuses those who may not
    (`AccessDenied`)."""

    def __init__(self, settings: Settings, *, command_line: bool = False) -> None:
        super().__init__(settings, command_line=command_line)
        self._ending = threading.Event()
        self._others: Loop | None = None

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
        self.of(name)  # which those that have the former model hand their jobs over to
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
        if looks_every := self.first.library.looks_every:
            again = _SELDOM * looks_every
            self._others = Loop("collections", partial(self._start_all, again), self._ending, looks_every)
            self._others.wake()
        with suppress(ImageSearchError):  # the next start tries again
            self.finish_deletions()

    def close(self) -> None:
        self._ending.set()
        if self._others:
            self._others.join()
        super().close()

    def _start_all(self, again: float) -> float:
        """Other machines make collections, and are told which sources to follow."""
        with suppress(ImageSearchError):  # it is looked again
            for collection in self.all():
                self.of(collection.name).library.start()
        return again

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
        forget_several(self.settings)

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
