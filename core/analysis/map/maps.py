"""The map of a collection, as pages, routes and commands see it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.analysis.kept import KeptAnalyses
from core.analysis.map import keeping
from core.analysis.map.building import NAME, marked
from core.analysis.map.clustering import unused
from core.analysis.map.colours import Categories, Numbers, colour
from core.analysis.map.hits import Lit, chosen, lit
from core.analysis.map.model import Cluster, Map
from core.analysis.map.naming.given import ClusterNames, checked, matched
from core.analysis.map.selections import Selection, Selections
from core.analysis.map.shapes import MAX_CORNERS, in_box, in_shape
from core.cache import LRUCache
from core.errors import MapChanged, NameRefused, NotMade, SelectionRefused
from core.index.chosen.ids import IdSet
from core.index.filters import Filter
from core.index.index import Index
from core.ingest.journal.job import JobState
from core.ingest.journal.job import Status as JobStatus
from core.ingest.library import Library
from core.search.options import Collapse, Sort
from core.search.query import Search
from core.search.results import Results

type State = Literal["none", "queued", "running", "paused", "failed", "ready"]
type Mode = Literal["new", "add", "remove", "only"]

_COLOURS = 24  # kept in memory: of a million points each takes up to 4 MB


@dataclass(frozen=True, slots=True)
class Status:
    """How the map of a collection is doing."""

    state: State
    """Of the work on it; `ready`: none goes on, and there is a map."""
    map: Map | None
    """The newest there is, while another is made too."""
    job: JobState | None
    """The latest."""
    behind: int
    """Pictures that were added or removed since."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen on the map: all that is named here together."""

    box: Sequence[float] = ()
    lasso: Sequence[Sequence[float]] = ()
    clusters: Sequence[int] = ()
    points: Sequence[int] = ()

    @property
    def is_any(self) -> bool:
        return any(map(len, (self.box, self.lasso, self.clusters, self.points)))


class Maps:
    """Of one collection. Safe to share between threads.

    Args:
        search: Answers a search, the page of so many results from the first.
        resolved: Gives a filter with the values that the pictures have.
        names, selections: Opened when they are needed.
    """

    def __init__(
        self,
        index: Index,
        kept: KeptAnalyses,
        library: Callable[[], Library],
        search: Callable[[Search, int], Results],
        resolved: Callable[[Filter], Filter],
        names: Callable[[], ClusterNames],
        selections: Callable[[], Selections],
    ) -> None:
        self._index, self._kept, self._library = index, kept, library
        self._search, self._resolved = search, resolved
        self._names, self._selections = names, selections
        self._lock = threading.Lock()
        self._read: tuple[tuple[str, int], Map | None] | None = None
        self._coloured: LRUCache[Categories | Numbers] = LRUCache(_COLOURS, "map colours")

    @property
    def selections(self) -> Selections:
        return self._selections()

    def build(self, *, again: bool = False, by: Actor = APP) -> int:
        """Make the map, or bring it up to date, in the background; returns the job's id.

        Args:
            again: Whether all is to be laid out anew.
        """
        return self._library().analyse(NAME, {"again": True} if again else None, by=by)

    def status(self) -> Status:
        made, job = self.current(), self._library().latest_analysis(NAME)
        behind = abs(self._index.count() - made.size) if made else 0
        return Status(_state(job, made), made, job, behind)

    def current(self) -> Map | None:
        """The newest map of the version of the index in use; None where there is none."""
        kept = self._kept.of(NAME)
        key = (str(kept.folder), kept.stamp("map"))
        with self._lock:
            if self._read is None or self._read[0] != key:
                self._read = key, keeping.load(kept)
            return self._read[1]

    def at(self, version: str | None = None) -> Map:
        """
        Args:
            version: That points are numbered by; None: of whatever there is.

        Raises:
            NotMade: there is no map.
            MapChanged: there is another by now.
        """
        made = self.current()
        if made is None:
            raise NotMade("There is no map of this collection yet.", "Make it: it takes some minutes.")
        if version and version != made.version:
            raise MapChanged("The map has changed meanwhile.", "Load it again.")
        return made

    def clusters(self) -> tuple[Cluster, ...]:
        """Those there are, by level, the largest first; none where there is no map."""
        made = self.current()
        return made.clusters if made else ()

    def rename(self, number: int, name: str, version: str | None = None, *, by: Actor = APP) -> Cluster:
        """Call a cluster otherwise; with no name it is called by its own again. The pictures in it are told.

        Raises:
            NameRefused: there is no such cluster, or the name is too long.
            AccessDenied: they may not.
        """
        by.check(Role.EDITOR)
        made, name = self.at(version), checked(name)
        cluster = made.cluster(number)
        if cluster is None:
            raise NameRefused("There is no such cluster.", "Load the map again.")
        others = {one.name.casefold() for one in made.clusters if one.number != number}
        names = self._names()
        earlier = [one.id for found, one in matched(names.all(), made.contents, made.levels).items() if found == number]
        if name:
            renamed = replace(cluster, name=unused(name, others), named_by="person")
            names.give(renamed.name, made.contents[(made.levels == number).any(axis=0)], by.label, instead=earlier)
        else:
            names.take_away(earlier)
            renamed = replace(cluster, name=unused(cluster.own_name, others), named_by=cluster.own_by)
        clusters = tuple(renamed if one.number == number else one for one in made.clusters)
        changed = replace(made, clusters=clusters)
        keeping.note(self._kept.of(NAME), changed)
        for _ in marked(self._index, changed, made.members(number)):
            pass
        return renamed

    def colour(self, by: str, version: str | None = None) -> Categories | Numbers:
        """What the points are coloured by, one of `COLOURS`."""
        made = self.at(version)
        revision = "" if by == "cluster" else self._index.revision()
        key = (made.version, by, revision, made.clusters if by == "cluster" else None)
        return self._coloured.get(key, lambda: colour(made, self._index, by))

    def hits(self, search: Search, limit: int, version: str | None = None) -> Lit:
        """The results of a search, each by itself; raises as the search does."""
        made = self.at(version)
        if search.browses:
            return chosen(made, self._let_through(search))
        options = replace(search.options, collapse=Collapse.OFF, sort=Sort.BEST, diversity=0.0)
        return lit(made, self._search(replace(search, options=options, k=limit), limit))

    def select(
        self,
        choice: Choice,
        name: str = "",
        *,
        ids: Sequence[str] = (),
        base: str = "",
        mode: Mode = "new",
        version: str | None = None,
        by: Actor = APP,
    ) -> Selection:
        """Keep what is chosen.

        Args:
            name: Without one it is kept for a while only.
            ids: Records that are chosen beside what is chosen on the map.
            base: Another selection, which `mode` says what becomes of: `add` to it, `remove` from it, `only` what is
                in both.

        Raises:
            SelectionRefused: nothing is chosen, or what is chosen cannot be.
            AccessDenied: they may not.
        """
        by.check(Role.EDITOR if name else Role.VIEWER)
        found = IdSet(ids)
        if choice.is_any:
            found = found | inside(self.at(version), choice)
        if base and mode != "new":
            before = self.selections.ids(base)
            if before is None:
                raise SelectionRefused("There is no such selection.", "Choose the pictures again.")
            found = {"add": before | found, "remove": before - found, "only": before & found}[mode]
        return self.selections.add(found, name, by.label)

    def _let_through(self, search: Search) -> list[str]:
        where = self._resolved(search.where)
        return [id_ for ids, _ in self._index.values([], where) for id_ in ids]


def inside(made: Map, choice: Choice) -> IdSet:
    """The records that are chosen on a map.

    Raises:
        SelectionRefused: it is no shape.
    """
    found = np.zeros(made.size, np.bool_)
    if choice.box:
        found |= in_box(made.points, _finite(choice.box, (4,)))
    if len(choice.lasso):
        if len(choice.lasso) > MAX_CORNERS:
            raise SelectionRefused(f"This outline has {len(choice.lasso):,} corners.", f"{MAX_CORNERS:,} are allowed.")
        found |= in_shape(made.points, _finite(choice.lasso, (len(choice.lasso), 2)))
    for number in choice.clusters:
        found |= made.members(number)
    points = np.asarray(choice.points, np.int64)
    if len(points):
        if points.min() < 0 or points.max() >= made.size:
            raise SelectionRefused("There are no such points on the map.", "Load the map again.")
        found[points] = True
    return IdSet.of(made.digits[found])


def _finite(values: Sequence[float] | Sequence[Sequence[float]], shape: tuple[int, ...]) -> NDArray[np.float64]:
    try:
        found = np.asarray(values, np.float64)
    except ValueError:
        found = np.empty(0)
    if found.shape != shape or not np.isfinite(found).all():
        raise SelectionRefused("This is not the outline of anything.", "Draw it again.")
    return found


def _state(job: JobState | None, made: Map | None) -> State:
    match job.status if job else None:
        case JobStatus.PLANNING | JobStatus.PLANNED | JobStatus.WAITING:
            return "queued"
        case JobStatus.RUNNING:
            return "running"
        case JobStatus.PAUSED | JobStatus.INTERRUPTED:
            return "paused"
        case JobStatus.FAILED if made is None:
            return "failed"
    return "ready" if made else "none"
