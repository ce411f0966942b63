"""A table whose rows get the embeddings of another model, all in one commit."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.index.index import ModelStamp, Replacements
from core.index.lance import scan
from core.index.lance.query import queries
from core.index.lance.rows import new_schema

_ROWS = 2_048  # of one batch


def lacking(table: Any, replacements: Replacements, without: Collection[str]) -> list[str]:
    """The content hashes of rows for which there is no replacement, each once."""
    columns = (batch.column("content_hash") for batch in queries.batches(table, ["content_hash"], None, scan.WHOLE))
    present = {content_hash for column in columns for content_hash in column.to_pylist()}
    return sorted(one for one in present if one not in replacements and one not in without)


def overwrite(
    connection: Any, table: Any, stamp: ModelStamp, replacements: Replacements, without: Collection[str], spool: Path
) -> None:
    """Put the rows with their new embeddings in the place of the old ones: one new version of the table.

    Args:
        spool: A file that is written on the way and removed: the engine cannot read a table while it writes one
            (LanceDB 0.40: both go through one thread), and all rows together may be more than memory holds.
    """
    target = new_schema(stamp)
    try:
        with pa.OSFile(str(spool), "wb") as file, pa.ipc.new_stream(file, target) as writer:
            for batch in _batches(table, target, replacements, without):
                writer.write_batch(batch)
        with ExitStack() as opened:
            source = opened.enter_context(pa.memory_map(str(spool)))
            reader = opened.enter_context(pa.ipc.open_stream(source))
            connection.create_table(table.name, data=reader, schema=target, mode="overwrite")
    finally:
        spool.unlink(missing_ok=True)


def _batches(
    table: Any, target: pa.Schema, replacements: Replacements, without: Collection[str]
) -> Iterator[pa.RecordBatch]:
    names = [name for name in target.names if name != "vector"]
    left_out = pa.array(without, pa.string())
    for found in queries.batches(table, names, None, _ROWS):
        batch = found.filter(pc.invert(pc.is_in(found.column("content_hash"), value_set=left_out)))
        vectors = replacements.rows(batch.column("content_hash").to_pylist())
        flat = pa.array(vectors.ravel(), pa.float32())
        columns = [batch.column(name).cast(target.field(name).type) for name in names]
        columns.append(pa.FixedSizeListArray.from_arrays(flat, target.field("vector").type.list_size))
        yield pa.RecordBatch.from_arrays(columns, schema=target)
