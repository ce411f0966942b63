"""The embedded index: a LanceDB table in a folder, without a server."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import batched
from typing import Any

import numpy as np
import pyarrow as pa

from core.errors import ImageSearchError, ModelMismatch
from core.index.effort import EXACT_SECONDS, Effort, Efforts, Neighbour
from core.index.filters import Filter
from core.index.index import FACETS, ModelStamp, Order, Totals, Values, counted
from core.index.lance import scan
from core.index.lance.access import TableAccess
from core.index.lance.history.versions import LanceVersions
from core.index.lance.place import Place
from core.index.lance.query import browsing, field_values, measuring, queries, statistics
from core.index.lance.query.conditions import any_of
from core.index.lance.query.facets import facets
from core.index.lance.rows import (
    FINGERPRINT,
    lacking,
    new_schema,
    stamp_of,
    to_embeddings,
    to_fingerprints,
    to_records,
    to_table,
)
from core.index.lance.upkeep import optimize
from core.index.records import FINDINGS, Finding, Fingerprint, Hit, ImageRecord, storable
from core.index.statistics import Statistics, unreachable
from core.models import ask_for
from core.text.command import command
from core.vectors import Embedding, Embeddings, check_embeddings

_COMMIT = 10_000  # rows


class LanceIndex(TableAccess):
    """An `Index` in a folder of this machine; several processes may use it at once."""

    engine = "lancedb"
    estimated_from: int | None = None

    @cached_property
    def versions(self) -> LanceVersions:
        return LanceVersions(self)

    def model(self) -> ModelStamp | None:
        return self.run(lambda table, _: stamp_of(table.schema) if table.count_rows() else None, None)

    def prepare(self, stamp: ModelStamp) -> None:
        if not self.run(lambda table, _: stamp_of(table.schema) == stamp and not lacking(table.schema), False):
            with self.translate_errors():
                self.folder.mkdir(parents=True, exist_ok=True)
                with self.writing() as place:
                    self._make_ready(place, stamp)
        self._claimed = stamp

    def upsert(self, records: Sequence[ImageRecord], embeddings: Embeddings) -> None:
        if len(records) != len(embeddings):
            raise ValueError(f"{len(records)} records, but {len(embeddings)} embeddings")
        if not records:
            return
        stamp = self._claimed or self.stamp()
        if stamp is None:
            raise self.unclaimed()
        check_embeddings(embeddings, stamp.dims)
        rows = to_table(records, embeddings, stamp)
        for start in range(0, len(rows), _COMMIT):
            self.commit(partial(self._merge, rows=rows.slice(start, _COMMIT), stamp=stamp))

    def search(
        self, embedding: Embedding, k: int, where: Filter | None = None, *, embeddings: bool = False
    ) -> list[Hit]:
        return self.search_and_counts(embedding, k, (where,), embeddings=embeddings)[0]

    def search_and_counts(
        self, embedding: Embedding, k: int, wheres: Sequence[Filter | None], *, embeddings: bool = False
    ) -> tuple[list[Hit], list[int]]:
        def ask(table: Any, at: Place) -> tuple[list[Hit], list[int]]:
            hits, count = queries.nearest(table, at.known, embedding, k, wheres[0], embeddings)
            return hits, [count, *(queries.count(table, where) for where in wheres[1:])]

        check_embeddings(embedding[None], embedding.shape[-1])
        nothing: tuple[list[Hit], list[int]] = ([], [0] * len(wheres))
        return self.run(ask, nothing)

    def get(self, ids: Sequence[str]) -> list[ImageRecord]:
        parts = self.look_up("id", ids, ["record"], to_records)
        found = {record.id: record for records in parts for record in records}
        return [found[id_] for id_ in ids if id_ in found]

    def embeddings(self, ids: Sequence[str]) -> Embeddings:
        found: dict[str, Embedding] = {}
        for part in self.look_up("id", ids, ["id", "vector"], lambda rows: (_ids(rows), to_embeddings(rows))):
            found.update(zip(*part, strict=True))
        if ids:
            return np.stack([found[id_] for id_ in ids])
        stamp = self.stamp()
        return np.empty((0, stamp.dims if stamp else 0), np.float32)

    def by_content(self, content_hashes: Sequence[str]) -> dict[str, tuple[ImageRecord, Embedding]]:
        found: dict[str, tuple[ImageRecord, Embedding]] = {}
        for part in self.look_up("content_hash", content_hashes, ["record", "vector"], _whole):
            for record, embedding in zip(*part, strict=True):
                known = found.get(record.content_hash)
                if known is None or record.id < known[0].id:
                    found[record.content_hash] = record, embedding
        return found

    def fingerprints(self, ids: Sequence[str]) -> dict[str, Fingerprint]:
        if 10 * len(ids) < self.count():
            parts = self.look_up("id", ids, FINGERPRINT, to_fingerprints)
        else:
            wanted = pa.array(map(storable, ids), pa.string())
            matching = partial(queries.matching, columns=FINGERPRINT, column="id", values=wanted)
            parts = self.run(lambda table, _: list(map(to_fingerprints, matching(table))), [])
        return {id_: one for part in parts for id_, one in part.items()}

    def scan(self, where: Filter | None = None) -> Iterator[tuple[list[ImageRecord], Embeddings]]:
        return self.batches(["record", "vector"], where, _whole)

    def records(self, where: Filter | None = None) -> Iterator[list[ImageRecord]]:
        return self.batches(["record"], where, to_records)

    def retag(self, tags: Mapping[str, Sequence[str]]) -> int:
        if not tags or self.stamp() is None:
            return 0
        return int(self.commit(partial(_rewrite, field="tags", values=tags)).num_updated_rows)

    def mark(self, finding: Finding, values: Mapping[str, Sequence[str]]) -> int:
        if not values or self.stamp() is None:
            return 0
        field, count = FINDINGS[finding], 0
        for ids in batched(values, _COMMIT):  # each a step that writers wait for
            known = {record.id: getattr(record, field) for record in self.get(ids)}
            if differ := {id_: values[id_] for id_, had in known.items() if had != tuple(values[id_])}:
                count += int(self.commit(partial(_rewrite, field=field, values=differ)).num_updated_rows)
        return count

    def contents(self) -> Iterator[tuple[list[str], list[str]]]:
        return self.batches(["id", "content_hash"], None, _contents, scan.WHOLE)

    def values(
        self, fields: Sequence[str], where: Filter | None = None
    ) -> Iterator[tuple[list[str], dict[str, Values]]]:
        read = partial(field_values.read, fields=fields)
        return self.batches(field_values.needed(fields), where, read, scan.WHOLE)

    def delete(self, ids: Sequence[str]) -> int:
        if self.stamp() is None:
            return 0
        parts = [any_of("id", ids[start : start + queries.IN_LIST]) for start in range(0, len(ids), queries.IN_LIST)]
        return sum(self.commit(partial(queries.delete, condition=part)).num_deleted_rows for part in parts)

    def optimize(self) -> None:
        if self.stamp() is not None:
            self.commit(lambda table: table, tending=optimize)

    def count(self, where: Filter | None = None) -> int:
        return self.run(lambda table, _: queries.count(table, where), 0)

    def totals(self, where: Filter | None = None) -> Totals:
        return self.run(lambda table, _: queries.totals(table, where), Totals(0, 0))

    def facets(self, where: Filter | None = None, fields: Sequence[str] = FACETS) -> dict[str, dict[str, int]]:
        names = [counted(field) for field in fields]
        return self.run(
            lambda table, at: facets(table, at.columns.columns(table, names), where, fields),
            {field: {} for field in fields},
        )

    def browse(
        self, where: Filter | None = None, order: Order | None = None, offset: int = 0, limit: int = 100
    ) -> list[ImageRecord]:
        names = browsing.needed(order)
        return self.run(
            lambda table, at: browsing.page(table, at.columns.columns(table, names), where, order, offset, limit), []
        )

    def sample(self, count: int) -> Embeddings:
        names = browsing.needed(None)
        return self.run(
            lambda table, at: browsing.sample(table, at.columns.columns(table, names), count),
            np.empty((0, 0), np.float32),
        )

    def revision(self) -> str:
        return self.run(lambda table, at: at.revision(table), "")

    def statistics(self) -> Statistics:
        try:
            return self.run(
                lambda table, at: statistics.of_table(
                    table, at.path, at.known.memory + at.columns.memory + self.memory
                ),
                statistics.of_nothing(self.folder),
            )
        except ImageSearchError as error:
            return unreachable(error)

    def efforts(self, k: int, where: Filter | None = None) -> Efforts:
        nothing = Efforts("partitions", measuring.PARAMETERS, None, ())
        return self.run(lambda table, at: measuring.efforts(table, at.known, k, where), nothing)

    def search_with(self, effort: Effort, embedding: Embedding, k: int, where: Filter | None = None) -> list[Hit]:
        return self.run(lambda table, at: measuring.nearest_with(table, at.known, effort, embedding, k, where), [])

    def search_exactly(
        self, embeddings: Embeddings, k: int, where: Filter | None = None, seconds: float = EXACT_SECONDS
    ) -> list[list[Neighbour]]:
        nothing: list[list[Neighbour]] = [[] for _ in embeddings]
        return self.run(lambda table, _: measuring.nearest_exactly(table, embeddings, k, where, seconds), nothing)

    def _merge(self, table: Any, rows: pa.Table, stamp: ModelStamp) -> Any:
        found = stamp_of(table.schema)
        if found != stamp:  # emptied, and claimed by another process
            raise self._mismatch(found, stamp)
        return queries.merge(table, rows)

    def _make_ready(self, place: Place, stamp: ModelStamp) -> None:
        table = place.open(self.connect)
        if table is not None:
            found = stamp_of(table.schema)
            if found == stamp:
                queries.bring_up_to_date(table)
                return
            if table.count_rows():
                raise self._mismatch(found, stamp)
        mode = "create" if table is None else "overwrite"
        place.table = None
        self.connect().create_table(place.table_name, schema=new_schema(stamp), mode=mode)

    def _mismatch(self, found: ModelStamp, wanted: ModelStamp) -> ModelMismatch:
        return ModelMismatch(
            f"The index {self.name} in {self.folder} holds embeddings of {_named(found)}, not of {_named(wanted)}.",
            f"Re-embed its pictures ({command('reembed')}), or use its model: {ask_for(found.model_id)}.",
        )


def _ids(rows: pa.Table) -> list[str]:
    ids: list[str] = rows.column("id").to_pylist()
    return ids


def _whole(rows: pa.Table | pa.RecordBatch) -> tuple[list[ImageRecord], Embeddings]:
    return to_records(rows), to_embeddings(rows)


def _contents(rows: pa.RecordBatch) -> tuple[list[str], list[str]]:
    return rows.column("id").to_pylist(), rows.column("content_hash").to_pylist()


def _rewrite(table: Any, field: str, values: Mapping[str, Sequence[str]]) -> Any:
    """Write the rows again with these values of a field, by their ids; for the one who holds the lock for writing."""
    stamp = stamp_of(table.schema)
    found = pa.concat_tables(queries.look_up(table, "id", list(values), ["record", "vector"]))
    changed: dict[str, dict[str, Any]] = {id_: {field: tuple(texts)} for id_, texts in values.items()}
    records = [replace(record, **changed[record.id]) for record in to_records(found)]
    return queries.merge(table, to_table(records, to_embeddings(found), stamp))


def _named(stamp: ModelStamp) -> str:
    return f"{stamp.model_id} ({stamp.dims} dimensions, preprocessing {stamp.preprocessing})"
