"""The versions of an index on a server: indices beside each other, of which one has the name as its alias."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from elasticsearch import ApiError

from core.errors import VersionRefused
from core.index.elastic import alias, bulk, making, swapping
from core.index.elastic.history.update import ElasticUpdate
from core.index.elastic.mapping import Body, stamp_of
from core.index.index import ModelStamp
from core.index.versions import Room, State, Version
from core.text.command import command

if TYPE_CHECKING:
    from core.index.elastic.engine import ElasticIndex

_OTHER_BYTES = 1_500
"""Of a row, beside its vector."""

_VECTOR_COPIES = 1 + 4 / 3 + 1 / 4  # as it is, packed in the row, and as one byte a number


class ElasticVersions:
    """Keeps `Versions`."""

    def __init__(self, index: "ElasticIndex") -> None:
        self._index = index

    def all(self) -> list[Version]:
        connection = self._index.connection
        with connection.translate_errors():
            kept = alias.kept(connection.search_client, connection.name)
            if not kept:
                return []
            names = [concrete for concrete, _ in kept.values()]
            stats = connection.search_client.indices.stats(index=names, metric=["docs", "store"]).body["indices"]
        return [
            _version(connection.name, number, concrete, described, stats.get(concrete, {}))
            for number, (concrete, described) in sorted(kept.items())
        ]

    def current(self) -> int | None:
        connection = self._index.connection
        with connection.translate_errors():
            layout = alias.find(connection.search_client, connection.name)
        return None if layout is None else alias.number_of(connection.name, layout.concrete)

    def room(self, stamp: ModelStamp) -> Room:
        needed = round(self._index.count() * (4 * stamp.dims * _VECTOR_COPIES + _OTHER_BYTES))
        return Room(needed, self._free())

    def _free(self) -> int | None:
        """Of the node with the most; None where the key has no right to ask."""
        with suppress(ApiError, KeyError, ValueError), self._index.connection.translate_errors():
            found = self._index.connection.search_client.nodes.stats(metric="fs").body["nodes"]
            return max(int(node["fs"]["total"]["available_in_bytes"]) for node in found.values())
        return None

    def begin(self, stamp: ModelStamp) -> int:
        connection = self._index.connection
        with connection.translate_errors():
            layout = alias.find(connection.write_client, connection.name)
            if layout is not None:
                bulk.insist(lambda: making.bring_up_to_date(connection.write_client, layout))
            return swapping.begin_successor(connection.write_client, connection.name, connection.index_body(stamp))

    def open(self, number: int) -> "ElasticIndex":
        concrete, _ = self._kept(number)
        return self._index.version(concrete)

    def update(self, number: int) -> ElasticUpdate:
        concrete, described = self._kept(number)
        connection = self._index.connection
        with connection.translate_errors():
            client = connection.write_client
            swapping.unblock(client, concrete, connection.name)  # what a killed process may have left
            if alias.kept_as(concrete) not in described.get("aliases", {}) and self.current() != number:
                client.indices.update_aliases(actions=[alias.keeping(concrete)])
            if (layout := alias.describe(client, concrete)) is not None:
                making.bring_up_to_date(client, layout)
        return ElasticUpdate(self._index, self._index.version(concrete))

    def finish(self, number: int) -> None:
        concrete, _ = self._kept(number)
        with self._index.connection.translate_errors():
            swapping.finish_successor(self._index.connection.write_client, concrete)

    def delete(self, number: int) -> None:
        concrete, _ = self._kept(number)
        if self.current() == number:
            raise VersionRefused(
                f"Version {number} of {self._index.connection.name} is in use.",
                f"Swap to another one first: {command('versions swap NUMBER')}",
            )
        with self._index.connection.translate_errors():
            self._index.connection.write_client.options(ignore_status=404).indices.delete(index=concrete)

    def _kept(self, number: int) -> tuple[str, Body]:
        connection = self._index.connection
        with connection.translate_errors():
            kept = alias.kept(connection.write_client, connection.name)
        if number not in kept:
            raise VersionRefused(
                f"There is no version {number} of {connection.name}.", f"List them: {command('versions')}"
            )
        return kept[number]


def _version(name: str, number: int, concrete: str, described: Body, stats: dict[str, Any]) -> Version:
    mapping = described["mappings"]
    stamp, meta = stamp_of(mapping), mapping["_meta"]
    assert stamp is not None
    state = _state(name, described, meta)
    made_at = described.get("settings", {}).get("index", {}).get("creation_date")
    retired_at = float(meta[swapping.RETIRING]) if state == "retired" and meta.get(swapping.RETIRING) else None
    count = stats.get("primaries", {}).get("docs", {}).get("count", 0)
    size = stats.get("total", {}).get("store", {}).get("size_in_bytes", 0)
    return Version(
        number, concrete, state, stamp, int(count), int(size), int(made_at) / 1000 if made_at else None, retired_at
    )


def _state(name: str, described: Body, meta: Body) -> State:
    if name in described.get("aliases", {}):
        return "current"
    if meta.get(alias.UNFINISHED):
        return "building"
    return "retired" if meta.get(swapping.RETIRING) else "ready"
