"""Which files are new or changed, told from their size and time without opening one."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

from core.images.files import find_images
from core.index.records import Fingerprint, Index, record_id
from core.ingest.progress import Outcome, Verdict

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to be read: it is new, or changed since it was indexed."""

    path: str
    id: str
    outcome: Outcome
    """ADDED or UPDATED, once it is stored."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """What one chunk of files came to."""

    found: int
    candidates: list[Candidate]
    unchanged: int
    refused: list[Verdict]


def plan(roots: Iterable[Path], index: Index) -> Iterator[PlanStep]:
    """Walk folders and files, and compare what is found with the index, a thousand files at a time.

    Args:
        roots: Existing folders or picture files. One that is gone becomes a refused verdict.
    """
    refused: list[Verdict] = []

    def refuse(path: Path, reason: str) -> None:
        refused.append(Verdict(str(path), Outcome.FAILED, reason))

    found = (path for root in roots for path in find_images(root, on_refused=refuse))
    seen: set[str] = set()  # ids: overlapping roots name a file once
    for chunk in batched(found, _CHUNK):
        files = {id_: str(path) for path in chunk if (id_ := record_id(path)) not in seen}
        seen.update(files)
        yield _compare(files, index, refused)
        refused = []
    if refused:
        yield PlanStep(len(refused), [], 0, refused)


def _compare(files: dict[str, str], index: Index, refused: Sequence[Verdict]) -> PlanStep:
    known = index.fingerprints(list(files))
    candidates, unchanged = [], 0
    for id_, path in files.items():
        if id_ not in known:
            candidates.append(Candidate(path, id_, Outcome.ADDED))
        elif known[id_] != _fingerprint(path):
            candidates.append(Candidate(path, id_, Outcome.UPDATED))
        else:
            unchanged += 1
    return PlanStep(len(files) + len(refused), candidates, unchanged, list(refused))


def _fingerprint(path: str) -> Fingerprint | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path object for each of a million files costs more than the call
    except OSError:
        return None  # gone or closed to us since it was found: reading it will say why
    return Fingerprint(status.st_size, status.st_mtime_ns)
