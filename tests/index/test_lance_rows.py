"""Columns of vectors as arrays, wherever a part of a table begins."""

import numpy as np
import pyarrow as pa
import pytest

from core.index.lance.rows import to_embeddings

ROWS = np.arange(60, dtype=np.float32).reshape(10, 6)
TABLE = pa.table({"vector": pa.FixedSizeListArray.from_arrays(pa.array(ROWS.ravel()), 6)})


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (TABLE, ROWS),
        (TABLE.slice(3, 4), ROWS[3:7]),
        (TABLE.slice(0, 0), ROWS[:0]),
        (pa.concat_tables([TABLE.slice(1, 2), TABLE.slice(7)]), np.concatenate([ROWS[1:3], ROWS[7:]])),
        (TABLE.to_batches()[0].slice(2, 3), ROWS[2:5]),
    ],
    ids=["all", "middle", "none", "parts", "batch"],
)
def test_the_same_rows(part, expected):
    embeddings = to_embeddings(part)
    assert embeddings.dtype == np.float32
    np.testing.assert_array_equal(embeddings, expected)
