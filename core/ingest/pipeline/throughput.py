"""How fast this machine is, found out on a few files before anything was indexed."""

import os
import time
from collections.abc import Sequence

from core.ingest.journal.job import PlannedFile
from core.ingest.pipeline.prepare import Prepare, Prepared

FILES = 8
"""As many as the model takes at once: fewer would make it look slower than it is."""


def trial(files: Sequence[PlannedFile], prepare: Prepare) -> float | None:
    """Pictures a second that an ingest of such files will reach, about; None where none of them can be read.

    Nothing is stored. Reading is spread over the cores and goes on while the model works; the model uses all cores
    too, so that their times add up.
    """
    started = time.monotonic()
    results = [prepare(file) for file in files[:FILES]]
    reading = (time.monotonic() - started) / (os.cpu_count() or 1)
    prepared = [result for result in results if isinstance(result, Prepared)]
    if not prepared:
        return None
    started = time.monotonic()
    prepare.embedder.embed_images([one.image for one in prepared])
    return len(prepared) / (reading + time.monotonic() - started)
