"""What Elasticsearch keeps of vectors to search in, and how many of the nearest it finds then, all kinds in one run.

Each kind has an index of its own with the same records, and is searched as the app does it: the less is kept of
vectors, the more of them are read. Recall and times as `benchmarks.search` has them, with NumPy in turn; what less
oversampling would find, `image-search recall` tells. Needs ELASTICSEARCH_URL.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks import engines
from benchmarks.data import STAMP, embeddings, has_embeddings, records
from benchmarks.search import NUMPY, K, compare
from benchmarks.table import Target, median, say, show
from core.index.elastic.mapping import Quantisation, Storage
from core.index.index import Index

KINDS: Sequence[Quantisation] = ("none", "int8", "int4", "bbq")
ROWS = 60_000
BATCH = 1_000
RECALL = 0.99


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    asked = parser.parse_args()
    if not engines.server() or not has_embeddings():
        say(f"Left out: {engines.NO_SERVER}, or IMAGE_SEARCH_TEST_DATA has no embeddings")
        return
    library, rows = records(asked.rows), embeddings(asked.rows)
    with ExitStack() as stack:
        indices: dict[str, Index] = {
            kind: stack.enter_context(engines.elastic(Storage(quantisation=kind))) for kind in KINDS
        }
        for index in indices.values():
            index.prepare(STAMP)
            for first in range(0, len(rows), BATCH):
                index.upsert(library[first : first + BATCH], rows[first : first + BATCH])
        runs = compare(indices, library, rows, None)
        exact = median(runs.pop(NUMPY).milliseconds)
        found: list[list[object]] = []
        targets = []
        for kind, run in runs.items():
            used, memory = indices[kind].efforts(K).used, indices[kind].statistics().memory
            recalls = [sum(some) / len(some) for some in run.recalls.values()]
            effort = used.oversampling if used else 1.0
            targets.append(Target(f"recall@{K}, {kind}", min(recalls), RECALL))
            found.append([kind, round((memory or 0) / len(rows)), effort, *recalls, median(run.milliseconds) / exact])
        kinds = next(iter(runs.values())).recalls
    columns = ["kept", "bytes a vector in memory", "oversampling", *kinds, "p50 against NumPy"]
    show(f"{asked.rows:,} vectors of 512 numbers on Elasticsearch", columns, found, targets)


if __name__ == "__main__":
    main()
