"""The embedded engine: LanceDB, a folder on this machine."""

import os

from core.runtime.heap import share_heaps
from core.runtime.imports import without_extras

# Before the engine is imported: while it merges parts of an index it warns of what is its own business.
os.environ.setdefault("LANCEDB_LOG", "error")
share_heaps()

with without_extras():
    import lancedb  # noqa: F401 - here, before any module of the engine imports it
    import pyarrow

    pyarrow.array([0])  # the first one looks for pandas, once
