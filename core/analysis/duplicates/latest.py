"""The latest scan of a collection as it is kept, read once, with what was decided since."""

import threading

from core.analysis.duplicates.decisions.decisions import Decisions
from core.analysis.duplicates.groups.catalog import Catalog
from core.analysis.duplicates.scan import facts as facts_file
from core.analysis.duplicates.scan import pairs as pairs_file
from core.analysis.duplicates.scan.job import NAME
from core.analysis.kept import KeptAnalyses
from core.analysis.neighbours.graph import Neighbours, digests_of
from core.analysis.neighbours.graph import load as load_graph
from core.index.index import Index


class LatestScan:
    """Safe to share between threads. Building it does no I/O."""

    def __init__(self, index: Index, kept: KeptAnalyses, decisions: Decisions) -> None:
        self._index, self._kept, self._decisions = index, kept, decisions
        self._lock = threading.RLock()
        self._scanned: tuple[object, Catalog] | None = None
        self._known: tuple[object, Catalog] | None = None
        self._graph: tuple[object, Neighbours | None] | None = None
        self._compared: tuple[object, int] | None = None

    def catalog(self) -> Catalog | None:
        """What was found and decided; None before the first scan."""
        kept = self._kept.of(NAME)
        scan = kept.folder, kept.stamp("about")
        if not scan[1]:
            return None
        key = scan, self._decisions.revision()
        with self._lock:
            if self._known is not None and self._known[0] == key:
                return self._known[1]
            if (scanned := self._read(scan)) is None:
                return None
            known = self._known[1] if self._known is not None and self._known[1].facts is scanned.facts else scanned
            found = known.decided_anew(self._decisions.files(), frozenset(self._decisions.distinct()))
            self._known = key, found
            return found

    def graph(self) -> Neighbours | None:
        """Who is near to whom, as of the latest scan or later."""
        kept = self._kept.of("neighbours")
        key = kept.folder, kept.stamp("about")
        with self._lock:
            if self._graph is None or self._graph[0] != key:
                self._graph = key, load_graph(kept)
            return self._graph[1]

    def changed(self) -> int:
        """How many records were added, changed or removed since the scan."""
        catalog = self.catalog()
        if catalog is None:
            return self._index.count()
        key = self._index.revision(), self._kept.of(NAME).stamp("about")
        if self._compared is None or self._compared[0] != key:
            self._compared = key, _differing(catalog, self._index)
        return self._compared[1]

    def stamp(self) -> object:
        """Another one whenever something was found or decided; None before the first scan."""
        stamp = self._kept.of(NAME).stamp("about")
        return (stamp, self._decisions.revision()) if stamp else None

    def _read(self, scan: object) -> Catalog | None:
        if self._scanned is None or self._scanned[0] != scan:
            kept = self._kept.of(NAME)
            facts, pairs, about = facts_file.load(kept), pairs_file.load(kept), kept.noted("about")
            if facts is None or pairs is None or not about:
                return None
            self._scanned = scan, Catalog(facts, pairs, float(about["threshold"]))
        return self._scanned[1]


def _differing(catalog: Catalog, index: Index) -> int:
    facts, same, there = catalog.facts, 0, 0
    for ids, hashes in index.contents():
        places = facts.places(ids)
        known = places >= 0
        digests = digests_of(hashes)
        same += int((facts.digests[facts.row[places[known]]] == digests[known]).all(axis=1).sum())
        there += len(ids)
    return max(there, len(facts)) - same
