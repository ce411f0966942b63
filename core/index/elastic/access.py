"""How the index under a name is reached, and what its readers see of what was written."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from elasticsearch import ConnectionTimeout, Elasticsearch

from core.errors import IndexUnavailable
from core.index.elastic import alias, bulk, making
from core.index.elastic.connection import Connection
from core.index.elastic.errors import IndexMissing
from core.index.elastic.freshness import freshness
from core.index.elastic.mapping import Body, Layout, Storage
from core.index.elastic.query import queries
from core.index.index import ModelStamp
from core.index.versions import Overtaken

LAYOUT_SECONDS = 1.0
"""For how long it is believed that nobody has put another index under the name."""

_ATTEMPTS = 3  # of what is read of one version, where another comes into use


class IndexAccess:
    """The index under a name, on a server or cluster. Constructing sends nothing.

    What this process wrote is refreshed once, before its next read, and never by the writing itself. What others wrote
    is seen when the server has refreshed by itself, at most a second later: no read makes it do so sooner. A read sends
    one request beside its own at most.

    A search or another read of an unreachable server fails within seconds. Writing waits for a server that restarts.

    Args:
        urls: Addresses of the server, or of several nodes of one cluster; may hold `user:password@`.
        name: The alias under which the rows stand; the index behind it is `{name}-000001`.
        api_key: In its encoded form.
        cloud_id: Instead of the addresses.
        ca_certs: File with the certificate of the server's CA.
        storage: Of indices that are made from now on.
    """

    def __init__(
        self,
        urls: Sequence[str],
        name: str,
        *,
        api_key: str | None = None,
        cloud_id: str | None = None,
        ca_certs: Path | None = None,
        storage: Storage | None = None,
    ) -> None:
        self.name = name
        self.connection = Connection(urls, name, api_key, cloud_id, ca_certs, storage or Storage())
        self.location = self.connection.address
        self._freshness = freshness(self.location, name)
        self._claimed: ModelStamp | None = None
        self._layout: Layout | None = None
        self._candidates = queries.CANDIDATES
        self._looked = (-1, 0.0)  # `Freshness.layouts` when the layout was looked up, and when that was

    def consistent[T](self, action: Callable[[], T]) -> T:
        if self.connection.pinned or self.connection.fixed:
            return action()
        for left in reversed(range(_ATTEMPTS)):
            if (layout := self.look()) is None:
                return action()
            try:
                with self.connection.pin(layout):
                    return action()
            except Overtaken:
                self._layout = None
                if not left:
                    raise IndexUnavailable(f"The versions of {self.name} keep changing.", "Try again.") from None
        raise AssertionError

    @property
    def is_current(self) -> bool:
        pinned = self.connection.pinned
        if (concrete := pinned.concrete if pinned else self.connection.fixed) is None:
            return True
        with self.connection.translate_errors():
            layout = alias.find(self.connection.search_client, self.connection.name)
        return layout is not None and layout.concrete == concrete

    def note_layout(self) -> None:
        """Another index stands under the name, or none."""
        self._freshness.note_layout()

    def close(self) -> None:
        """Close the connections; they open again when the index is used again."""
        self.connection.close()

    def look(self, *, at_once: bool = False) -> Layout | None:
        """What stands under the name, after everything that this process has written was made visible."""
        due = self._freshness.is_due
        if (pinned := self.connection.pinned) is not None:
            if due:
                self.refresh()
            return pinned
        layouts, now = self._freshness.layouts, time.monotonic()
        seen, looked = self._looked
        late = now - looked > LAYOUT_SECONDS
        # What is due is refreshed, which tells, too, whether nothing stands under the name any more.
        if late and not due and not at_once and self._layout is not None:
            self.confirm()
        if self._layout is None or seen != layouts or (at_once and not due):
            self._layout = self._found()
            self._looked = layouts, now
        if due and self._layout is not None:
            with suppress(IndexMissing):
                self.refresh()
                return self._layout
            self._layout = self._found()
        return self._layout

    def confirm(self) -> queries.Answer:
        """The server's statistics, by which another index is noticed that stands under the name by now."""
        layouts, now = self._freshness.layouts, time.monotonic()
        found = queries.stats(self.connection)
        if self.connection.pinned:
            pass
        elif self._layout is not None and queries.stands_for(found) == {self._layout.uuid}:
            self._looked = layouts, now
        else:
            self._layout = None
        self._candidates = queries.candidates(found)
        return found

    def _found(self) -> Layout | None:
        with self.connection.translate_errors():
            return self._find_by(self.connection.search_client)

    def _find_by(self, client: Elasticsearch) -> Layout | None:
        fixed = self.connection.fixed
        return alias.describe(client, fixed) if fixed else alias.find(client, self.name)

    def refresh(self) -> None:
        """Make visible what was written until now."""
        with self.connection.translate_errors():
            self._freshness.refresh(self._refresh_all_parts)

    def _refresh_all_parts(self) -> None:
        try:
            self.connection.search_client.indices.refresh(index=self.name)
        except ConnectionTimeout:  # it waits for all parts
            alias.check_parts(self.connection.search_client, self.name, self.location)
            raise

    def find(self) -> Layout | None:
        """The layout for writing: waits for a server that is away, and makes nothing visible."""
        layouts, now = self._freshness.layouts, time.monotonic()
        self._layout = bulk.insist(lambda: self._find_by(self.connection.write_client))
        self._looked = layouts, now
        return self._layout

    def as_it_is(self) -> Connection | None:
        """To what stands under the name now, whatever does later; None where nothing does. For reading bit by bit."""
        layout = self.look(at_once=True)
        return None if layout is None else self.connection.at(layout.concrete)

    def send(self, operations: list[Body], stamp: ModelStamp | None = None) -> int:
        """Carry out operations; returns how many rows there were before.

        Args:
            stamp: Of the model that made what is sent.

        Raises:
            ModelMismatch: another index has come under the name meanwhile, of another model.
        """
        fixed = self.connection.fixed
        target = alias.kept_as(fixed) if fixed else self.name
        written: set[str] = set()
        try:
            named = [{**operation, "_index": target} for operation in operations]
            return bulk.send(self.connection.write_client, named, self.location, target, written)
        except bulk.OtherModel:
            self.note_layout()
            layout = self.find()
            if layout is None or stamp is None:
                raise IndexUnavailable(f"Another index is called {self.name} now.", "Try again.") from None
            raise making.mismatch(self.name, layout.stamp, stamp) from None
        finally:
            if self._layout is not None and written - {self._layout.concrete}:
                self._layout = None  # another has come under the name meanwhile
            self._freshness.note_writing()

    def dims(self) -> int:
        """Of the embeddings in it, 0 where nobody has claimed it."""
        layout = self.look()
        return layout.stamp.dims if layout else 0
