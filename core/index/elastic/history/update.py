"""An index that is brought up to date with the one in use: after the first time only what has changed since is read, by
the numbers that the server gives to changes.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import batched
from typing import TYPE_CHECKING, Any

from core.errors import IndexUnavailable
from core.index.elastic import alias, bulk, swapping
from core.index.elastic.errors import IndexMissing
from core.index.elastic.mapping import MADE_BY, Body, Layout, made_by
from core.index.elastic.query import paging, queries, requests
from core.index.index import ModelStamp, Replacements
from core.index.versions import FEW, MAX_COPIED, MAX_MISSING, Gap
from core.vectors import Embedding

if TYPE_CHECKING:
    from core.index.elastic.engine import ElasticIndex

SWAP_SECONDS = 10.0
"""How long writers are held up at most; `bulk.ABANDONED_SECONDS` takes it for given."""

_IDS = 5_000  # of one request


class ElasticUpdate:
    """Keeps `Update`.

    Args:
        index: Whose version in use is followed.
        target: The version that is brought up to date, as an index of its own.
    """

    def __init__(self, index: "ElasticIndex", target: "ElasticIndex") -> None:
        self._index, self._target = index, target
        self._client = index.connection.write_client
        self._since: tuple[str, int] | None = None
        """Which index was followed, and up to which of its changes."""
        self._under_way: _UnderWay | None = None

    def step(self, replacements: Replacements, without: Collection[str] = ()) -> Gap:
        with self._index.connection.translate_errors():
            return self._bring(self._layout(), replacements, without)

    def swap(self, replacements: Replacements, without: Collection[str] = ()) -> Gap:
        with self._index.connection.translate_errors():
            layout = self._layout()
            if self._lags(layout):
                return Gap(behind=True)
            target = self._target.connection.index
            with self._blocked(layout.concrete):
                started = time.monotonic()
                gap = self._bring(layout, replacements, without, exactly=True)
                if gap.missing:
                    return gap
                swapping.change_meta(self._client, target, **{alias.UNFINISHED: None, swapping.RETIRING: None})
                if time.monotonic() - started > SWAP_SECONDS:
                    return Gap(behind=True)
                swapping.put_in_place(self._client, self._index.name, layout.concrete, target)
                self._index.note_layout()
        return gap

    def _layout(self) -> Layout:
        layout = bulk.insist(lambda: alias.find(self._client, self._index.name))
        if layout is None:
            raise IndexMissing(f"There is no index {self._index.name} in Elasticsearch.", "Index a folder first.")
        if layout.concrete == self._target.connection.index:
            raise IndexUnavailable(f"{layout.concrete} is in use already.", "Nothing is left to do.")
        return layout

    @cached_property
    def _target_stamp(self) -> ModelStamp:
        layout = alias.describe(self._client, self._target.connection.index)
        if layout is None:
            raise IndexMissing(f"The version {self._target.name} is gone.", "List the versions.")
        return layout.stamp

    @contextmanager
    def _blocked(self, concrete: str) -> Iterator[None]:
        """In here nothing is written to it, nor anything still under way."""
        try:
            swapping.block(self._client, concrete)
            yield
        finally:
            bulk.insist(lambda: swapping.unblock(self._client, concrete, self._index.name))

    def _lags(self, layout: Layout) -> bool:
        """Whether so much has changed since the last step that writers would wait for long."""
        source = self._index.connection.at(layout.concrete)
        self._client.indices.refresh(index=layout.concrete)
        since = self._after(layout)
        query: Body = {"range": {"_seq_no": {"gt": since}}} if since >= 0 else {"match_all": {}}
        return int(self._client.count(index=source.index, query=query)["count"]) > FEW

    def _after(self, layout: Layout) -> int:
        return self._since[1] if self._since and self._since[0] == layout.uuid else -1

    def _bring(
        self, layout: Layout, replacements: Replacements, without: Collection[str], *, exactly: bool = False
    ) -> Gap:
        under_way = self._begun(layout, without, anew=exactly)
        stamps = layout.stamp, self._target_stamp
        work = _Work(self._index.version(layout.concrete), self._target, stamps, replacements, without)
        for hits in under_way.pages:
            work.copy(hits)
            if work.copied >= MAX_COPIED and not exactly:
                under_way.missing |= work.missing
                return Gap(work.copied, 0, (), more=True)
        self._under_way = None
        self._refresh(self._target.connection.index)
        missing = under_way.missing | work.missing
        removed = work.remove_extra(exactly=exactly and not missing)
        if removed:
            self._refresh(self._target.connection.index)
        if not missing:
            self._since = layout.uuid, under_way.reached
        return Gap(work.copied, removed, sorted(missing))

    def _begun(self, layout: Layout, without: Collection[str], *, anew: bool) -> "_UnderWay":
        under_way = self._under_way
        if under_way is None or anew or under_way.uuid != layout.uuid:
            source = self._index.connection.at(layout.concrete)
            reached, since = queries.checkpoint(source), self._after(layout)
            self._refresh(layout.concrete)
            pages = paging.pages(source, None, queries.VECTORS, since, **queries.WITHOUT_VECTORS)
            under_way = self._under_way = _UnderWay(layout.uuid, reached, pages)
        return under_way

    def _refresh(self, concrete: str) -> None:
        self._client.indices.refresh(index=concrete)


@dataclass
class _UnderWay:
    """What is being copied, as it was at one moment."""

    uuid: str
    reached: int
    """The checkpoint of that moment."""
    pages: Iterator[list[queries.Answer]]
    missing: set[str] = field(default_factory=set)


class _Work:
    """One step.

    Args:
        source: The version in use, as an index of its own.
        stamps: Of both.
    """

    def __init__(
        self,
        source: "ElasticIndex",
        target: "ElasticIndex",
        stamps: tuple[ModelStamp, ModelStamp],
        replacements: Replacements,
        without: Collection[str],
    ) -> None:
        self._source, self._target = source, target
        self._replacements, self._without = replacements, without
        self._is_same, self._made_by = stamps[0] == stamps[1], made_by(stamps[1])
        self.copied = 0
        self.missing: set[str] = set()

    def copy(self, hits: Sequence[queries.Answer]) -> None:
        """Copy what is new or different."""
        kept = [hit for hit in hits if hit["_source"]["content_hash"] not in self._without]
        there = queries.by_id(
            self._target.connection, [hit["_id"] for hit in kept], queries.VECTORS, **queries.WITHOUT_VECTORS
        )
        due = [hit for hit in kept if hit["_id"] not in there or _row(hit) != _row(there[hit["_id"]])]
        if due:
            self._write(due, self._vectors(due))

    def _write(self, due: Sequence[queries.Answer], vectors: Mapping[str, Embedding]) -> None:
        of = {"_op_type": "index", self._made_by: True}
        operations = [
            {**_row(hit), **of, "_id": hit["_id"], "embedding": self._target.packed(vectors[hit["_id"]])}
            for hit in due
            if hit["_id"] in vectors
        ]
        if operations:
            self._target.send(operations)
        self.copied += len(operations)

    def _vectors(self, due: Sequence[queries.Answer]) -> dict[str, Embedding]:
        """The embedding of each of these rows that has one, by its id."""
        hashes = {hit["_id"]: hit["_source"]["content_hash"] for hit in due}
        if self._is_same:
            rows = queries.by_id(self._source.connection, list(hashes), queries.VECTORS, **queries.VECTORS_ALONE)
            return queries.vectors(self._source.connection, list(rows.values()))
        unique = list(dict.fromkeys(hashes.values()))
        known = self._known(unique)
        made = [one for one in unique if one not in known and one in self._replacements]
        known |= dict(zip(made, self._replacements.rows(made), strict=True))
        if len(self.missing) < MAX_MISSING:
            self.missing.update(one for one in unique if one not in known)
        return {id_: known[one] for id_, one in hashes.items() if one in known}

    def _known(self, hashes: Sequence[str]) -> dict[str, Embedding]:
        """The embeddings that the target has of these contents."""
        connection = self._target.connection
        found = queries.hits(connection, **requests.first_of_each(hashes))
        vectors = queries.vectors(connection, found)
        return {hit["_source"]["content_hash"]: vectors[hit["_id"]] for hit in found if hit["_id"] in vectors}

    def remove_extra(self, *, exactly: bool) -> int:
        """Remove from the target what the version in use has not got; returns how many rows that were.

        Where all of the one is in the other, and they are as many, there is nothing.

        Args:
            exactly: Whether nothing is written to the version in use meanwhile.
        """
        ours, theirs = (queries.count(index.connection) for index in (self._source, self._target))
        ours -= self._left_out()
        if theirs == ours if exactly else theirs <= ours:
            return 0
        removed = 0
        for hits in paging.pages(self._target.connection, None, _IDS, source=False):
            extra = self._absent([hit["_id"] for hit in hits])
            for ids in batched(extra, bulk.CHUNK):
                removed += self._target.send([{"_op_type": "delete", "_id": id_} for id_ in ids])
        return removed

    def _left_out(self) -> int:
        """How many rows of the version in use that are."""
        client, index = self._source.connection.write_client, self._source.connection.index
        parts = batched(self._without, _IDS)
        return sum(int(client.count(index=index, query={"terms": {"content_hash": part}})["count"]) for part in parts)

    def _absent(self, ids: Sequence[str]) -> list[str]:
        found = queries.by_id(self._source.connection, ids, _IDS, source_includes=["content_hash"])
        kept = {id_ for id_, hit in found.items() if hit["_source"]["content_hash"] not in self._without}
        return [id_ for id_ in ids if id_ not in kept]


def _row(hit: Mapping[str, Any]) -> Body:
    """What is in it beside its embedding."""
    found = hit["_source"].items()
    return {name: value for name, value in found if name != "embedding" and not name.startswith(MADE_BY)}
