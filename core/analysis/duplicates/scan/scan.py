"""The job that finds the duplicates of a collection, and goes on from what was found before."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.looking import Looking, Verified
from core.analysis.duplicates.pictures.signatures import Signatures
from core.analysis.duplicates.scan import facts as facts_file
from core.analysis.duplicates.scan import pairs as pairs_file
from core.analysis.duplicates.scan.candidates import Hints, Voted, by_hash, by_likeness, by_votes, joined, looked_at
from core.analysis.duplicates.scan.facts import Facts
from core.analysis.duplicates.scan.pairs import Pairs, alike_pairs, cosines_of, nearest_pairs, same_pairs
from core.analysis.kept import Kept, KeptAnalyses
from core.analysis.neighbours.graph import Neighbours, neighbours
from core.images.thumbnails import Thumbnails
from core.index.index import Index
from core.ingest.journal.progress import Phase
from core.search.relevance.scores import learn_duplicate_threshold

FORMAT = 2
"""Raised when pairs are found otherwise: what was found before is not gone on from."""

WIDER = 3.5
"""How much farther than what is suggested pairs may lie that are kept, for whoever lowers the threshold."""

_SAMPLE = 1_000
_LOWEST = 0.3


@dataclass(frozen=True, slots=True)
class Far:
    """How far a scan is."""

    share: float
    """From 0 to 1."""
    phase: Phase


type Steps[T] = Generator[Far, None, T]


class Scan:
    """Of the version in use.

    Args:
        kept: Where it is kept.
    """

    def __init__(self, index: Index, kept: KeptAnalyses, thumbnails: Thumbnails) -> None:
        self._index, self._all_kept, self._thumbnails = index, kept, thumbnails

    def run(self) -> Iterator[Far]:
        """Says how far it is, twice a second and more; at the end all is kept. What was looked at before it was broken
        off is not looked at again."""
        kept = self._all_kept.of("duplicates")
        revision = self._index.revision()
        graph = yield from self._neighbours()
        facts = yield from self._facts(graph, kept)
        signatures, about = Signatures(kept), kept.noted("about") or {}
        signatures.take_over(kept.of_other_versions())
        digests = [facts.digest(place) for place in range(len(facts.digests))]
        yield from self._sign(signatures, digests)
        before = pairs_file.load(kept) if about.get("format") == FORMAT else None
        known = facts_of_pairs(kept) if before is not None else None
        new, places = _new(facts.digests, known)
        threshold, floor = thresholds(graph)
        alike = nearest_pairs(graph, floor)
        hints = yield from self._candidates(facts, signatures, digests, new, graph, threshold)
        found = yield from self._look(hints, digests, signatures)
        rows = np.array([pair[:2] for pair in found], np.int64).reshape(-1, 2)
        same = same_pairs(found, cosines_of(graph, rows[:, 0], rows[:, 1]))
        older = before.at(before.same).moved(places) if before is not None else Pairs.none()
        pairs = same.with_more([older, alike_pairs(*alike)])
        facts_file.save(kept, facts)
        pairs_file.save(kept, pairs)
        kept.save("contents", {"digests": facts.digests})
        unverified = sum(not signatures.seen(digest) for digest in digests)
        kept.note("about", _about(threshold, floor, revision, len(facts), unverified, graph.recall))
        yield Far(0.97, Phase.NOTING)

    def _neighbours(self) -> Steps[Neighbours]:
        graph = None
        for graph in neighbours(self._index, self._all_kept.of("neighbours")):
            if not isinstance(graph, Neighbours):
                yield Far(0.25 * graph.done / max(1, graph.total), Phase.COMPARING)
        assert isinstance(graph, Neighbours)
        return graph

    def _facts(self, graph: Neighbours, kept: Kept) -> Steps[Facts]:
        steps = facts_file.read(self._index, graph, facts_file.load(kept))
        while (found := next(steps)) is None:
            yield Far(0.27, Phase.COMPARING)
        return found

    def _sign(self, signatures: Signatures, digests: list[bytes]) -> Steps[None]:
        lacking = [digest for digest in digests if digest not in signatures or not signatures.seen(digest)]
        for done in signatures.make(lacking, self._thumbnails):
            yield Far(0.27 + 0.4 * done / len(lacking), Phase.LOOKING)

    def _candidates(
        self,
        facts: Facts,
        signatures: Signatures,
        digests: list[bytes],
        new: NDArray[np.bool_],
        graph: Neighbours,
        threshold: float,
    ) -> Steps[Hints]:
        hashes = facts.hashes()
        near: Hints = {}
        for step in by_hash(hashes, signatures.insides(digests), new):
            near = step or {}
            yield Far(0.68, Phase.COMPARING)
        voted = Voted({}, np.empty(0, np.int64))
        for votes in by_votes(signatures, digests, new):
            voted = votes or voted
            yield Far(0.72, Phase.COMPARING)
        return joined(near, voted.hints, by_likeness(hashes, graph, new, threshold, voted.pairs))

    def _look(
        self, hints: Hints, digests: list[bytes], signatures: Signatures
    ) -> Steps[list[tuple[int, int, Verified]]]:
        found: list[tuple[int, int, Verified]] = []
        said = time.monotonic()
        for done, some in looked_at(hints, digests, signatures, Looking(self._thumbnails.read)):
            found += some
            if time.monotonic() - said > 0.3:
                said = time.monotonic()
                yield Far(0.75 + 0.22 * done / len(hints), Phase.CHECKING)
        return found


def thresholds(graph: Neighbours) -> tuple[float, float]:
    """The cosine from which pictures of this collection look alike, and the lowest from which pairs are kept."""
    rows = np.unique(np.linspace(0, max(0, len(graph) - 1), min(len(graph), _SAMPLE), dtype=np.int64))
    suggested = round(learn_duplicate_threshold(graph.read(rows)), 4)
    return suggested, round(max(_LOWEST, 1 - WIDER * (1 - suggested)), 4)


def facts_of_pairs(kept: Kept) -> NDArray[np.uint8] | None:
    """The contents that pairs were kept of."""
    table = kept.load("contents")
    return None if table is None else table["digests"]


def _new(digests: NDArray[np.uint8], known: NDArray[np.uint8] | None) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which contents were not there before, and where those that were are now: -1 where they are gone."""
    if known is None:
        return np.ones(len(digests), np.bool_), np.empty(0, np.int64)
    now = {digest.tobytes(): place for place, digest in enumerate(digests)}
    places = np.array([now.get(digest.tobytes(), -1) for digest in known], np.int64)
    new = np.ones(len(digests), np.bool_)
    new[places[places >= 0]] = False
    return new, places


def _about(
    threshold: float, floor: float, revision: str, records: int, unverified: int, recall: float
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "threshold": threshold,
        "floor": floor,
        "revision": revision,
        "records": records,
        "unverified": unverified,
        "recall": recall,
        "at": time.time(),
    }
