"""Duplicates of one collection: found, listed, decided upon, taken away."""

from collections.abc import Callable, Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING

import numpy as np

from core.access.actors import APP, Actor
from core.access.audit import Audit
from core.access.roles import Role
from core.analysis.duplicates.decisions.deciding import Deciding
from core.analysis.duplicates.decisions.decisions import Decisions
from core.analysis.duplicates.decisions.wishes import Wish, suggested
from core.analysis.duplicates.export import Format, exported, lines_of
from core.analysis.duplicates.groups.catalog import ASIDE, KEPT, Catalog, Order
from core.analysis.duplicates.groups.listing import listed, summed
from core.analysis.duplicates.groups.showing import Showing
from core.analysis.duplicates.latest import LatestScan
from core.analysis.duplicates.model import (
    REASONS,
    Action,
    Alignment,
    Group,
    GroupPage,
    Level,
    LevelSummary,
    Reason,
    Standing,
    Summary,
)
from core.analysis.duplicates.scan.job import NAME
from core.analysis.kept import Kept, KeptAnalyses
from core.analysis.neighbours.graph import Neighbours
from core.errors import DuplicatesRefused, NotIndexed
from core.index.index import Index
from core.ingest.journal.job import JobState
from core.text.words import counted, pictures

if TYPE_CHECKING:
    from core.images.thumbnails import Thumbnails

MAX_GROUPS = 500
"""Of a page."""

_AT_ONCE = 200  # groups whose records are read together


class Duplicates:
    """Safe to share between threads. Building it does no I/O.

    Args:
        begin: Starts a scan, or goes on with one; gives the job's id.
        latest: The latest scan.
    """

    def __init__(
        self,
        index: Index,
        kept: KeptAnalyses,
        decisions: Decisions,
        thumbnails: "Callable[[], Thumbnails]",
        audit: Callable[[], Audit],
        begin: Callable[[Actor], int],
        latest: Callable[[], JobState | None],
    ) -> None:
        self._index, self._kept, self._decisions = index, kept, decisions
        self._thumbnails, self._audit, self._begin, self._latest = thumbnails, audit, begin, latest
        self._scan = LatestScan(index, kept, decisions)
        self._deciding = Deciding(index, decisions, self._scan.catalog)

    @property
    def kept(self) -> Kept:
        """What the scan keeps of the version in use."""
        return self._kept.of(NAME)

    def begin(self, *, by: Actor = APP) -> int:
        """Scan the collection in the background: what was scanned before is not looked at again. Returns the job's id.

        Raises:
            AccessDenied: they may not.
        """
        by.check(Role.EDITOR)
        return self._begin(by)

    def catalog(self) -> Catalog | None:
        """What was found and decided; None before the first scan."""
        return self._scan.catalog()

    def graph(self) -> Neighbours | None:
        """Who is near to whom, as of the latest scan or later."""
        return self._scan.graph()

    def changed(self) -> int:
        """How many records were added, changed or removed since the scan."""
        return self._scan.changed()

    def stamp(self) -> object:
        """Another one whenever something was found or decided; None before the first scan."""
        return self._scan.stamp()

    def summary(self) -> Summary:
        """How it stands: without a scan all is empty."""
        job, catalog = self._latest(), self.catalog()
        about = self._kept.of(NAME).noted("about") or {}
        running = job is not None and job.active
        number = job.id if job else None
        if catalog is None:
            levels = dict.fromkeys(Level, LevelSummary())
            state = "running" if running else "never"
            return Summary(state, number, None, 0, levels, 0.0, 0.0, 0, 0, 0, 0, None)  # type: ignore[arg-type]
        aside = catalog.decisions == ASIDE
        return Summary(
            "running" if running else "stale" if self.changed() else "ready",
            number,
            float(about.get("at", 0.0)),
            len(catalog.facts),
            {level: summed(catalog.groups(level)) for level in Level},
            catalog.threshold,
            float(about.get("floor", catalog.threshold)),
            int(aside.sum()),
            int((catalog.decisions == KEPT).sum()),
            int(catalog.facts.columns["size"][aside].sum()),
            int(about.get("unverified", 0)),
            self._decisions.latest(),
        )

    def groups(
        self,
        level: Level,
        threshold: float | None = None,
        offset: int = 0,
        limit: int = 50,
        *,
        standing: Standing = Standing.OPEN,
        reasons: Sequence[Reason] = REASONS,
        folders: Sequence[str] = (),
        within: str = "",
        against: str = "",
    ) -> GroupPage:
        """The groups of a level, the largest gain first.

        Args:
            threshold: Of look-alikes: the cosine from which; None: what is suggested.
            standing: Whether those that were decided are listed.
            reasons: Why a member is the one to keep, in their order.
            folders: Better ones, the best first.
            within: A folder, archive or address: only groups with a member in it.
            against: Likewise: only groups that have another member there.
        """
        catalog, order = self.catalog(), Order(tuple(reasons), tuple(folders))
        if catalog is None:
            return GroupPage((), 0, offset, 0, 0)
        found = listed(catalog, level, threshold, order, standing, within, against)
        start = max(0, offset)
        page = found[start : start + max(0, min(limit, MAX_GROUPS))]
        groups = tuple(Showing(self._index, catalog, self.graph, order).groups(page))
        gain, records = sum(one.gain for one in found), sum(len(one.records) for one in found)
        return GroupPage(groups, len(found), start, gain, records)

    def group(
        self,
        key: str,
        level: Level,
        threshold: float | None = None,
        *,
        reasons: Sequence[Reason] = REASONS,
        folders: Sequence[str] = (),
    ) -> Group | None:
        """One group, by its key."""
        catalog, order = self.catalog(), Order(tuple(reasons), tuple(folders))
        if catalog is None:
            return None
        found = [one for one in catalog.groups(level, threshold, order) if one.key == key]
        return next(Showing(self._index, catalog, self.graph, order).groups(found), None)

    def every(self, level: Level) -> Iterator[Group]:
        """All groups of a level at the suggested threshold, whatever was decided about them."""
        catalog = self.catalog()
        if catalog is not None:
            showing = Showing(self._index, catalog, self.graph, Order())
            for some in batched(catalog.groups(level), _AT_ONCE):
                yield from showing.groups(some)

    def decide(
        self,
        keep: Sequence[str] = (),
        set_aside: Sequence[str] = (),
        distinct: Sequence[Sequence[str]] = (),
        *,
        clear: Sequence[str] = (),
        merge: bool = True,
        by: Actor = APP,
    ) -> Action:
        """Decide about records, by their ids. No file is touched.

        Args:
            distinct: Each of these is no duplicate of the others beside it.
            clear: Nothing is to be decided about these any more.
            merge: Whether what is kept gets tags and labels of what is set aside.

        Raises:
            AccessDenied: they may not; likewise all that take `by`.
            DuplicatesRefused: it does not go with what there is.
        """
        by.check(Role.EDITOR)
        wish = Wish(keep, set_aside, clear, distinct)
        return self._noted(self._deciding.decide(wish, wish.in_words, merge, by), by)

    def decide_all(
        self,
        level: Level,
        threshold: float | None = None,
        *,
        reasons: Sequence[Reason] = REASONS,
        folders: Sequence[str] = (),
        within: str = "",
        against: str = "",
        merge: bool = True,
        by: Actor = APP,
    ) -> Action:
        """In all groups of the list about which nothing was decided, keep what is suggested and set aside the rest.
        What somebody has said to keep stays; it can be undone at once.

        Raises:
            DuplicatesRefused: there are none.
        """
        by.check(Role.EDITOR)
        catalog, order = self.catalog(), Order(tuple(reasons), tuple(folders))
        found = listed(catalog, level, threshold, order, Standing.OPEN, within, against) if catalog else []
        if not found or catalog is None:
            raise DuplicatesRefused("There are no groups to decide about.", "Choose another level or threshold.")
        wish = suggested(catalog, found, lambda ids: set(self._index.fingerprints(ids)))
        title = f"Set aside {pictures(len(wish.set_aside))} in {counted(len(found), 'group')}"
        return self._noted(self._deciding.decide(wish, title, merge, by), by)

    def undo(self, action: int | None = None, *, by: Actor = APP) -> Action:
        """Take back what was decided, by default the latest.

        Raises:
            DuplicatesRefused: there is nothing to take back.
        """
        by.check(Role.EDITOR)
        latest = self._decisions.latest() if action is None else None
        number = latest.id if latest else action
        if number is None:
            raise DuplicatesRefused("There is nothing to undo.", "Decide about a group first.")
        undone = self._deciding.undo(number)
        self._audit().note(by, "Undid a decision about duplicates", undone.title)
        return undone

    def actions(self, limit: int = 20) -> list[Action]:
        """What was decided, newest first."""
        return self._decisions.actions(limit)

    def compare(self, first: str, second: str) -> Alignment:
        """Where in the first record's picture the second's lies, both by their ids.

        Raises:
            NotIndexed: one of them is not in the index.
        """
        from core.analysis.duplicates.comparing import compare  # OpenCV

        records = {record.id: record for record in self._index.get([first, second])}
        if len(records) < len({first, second}):
            raise NotIndexed("A picture to compare is not in the index.", "Search again.")
        vectors = self._index.embeddings([first, second])
        cosine = round(float(np.clip(vectors[0] @ vectors[1], -1, 1)), 4)
        catalog = self.catalog()
        threshold = catalog.threshold if catalog else 1.0
        return compare(records[first], records[second], cosine, threshold, catalog, self._thumbnails())

    def export(self, format_: Format, *, target: str = "", by: Actor = APP) -> Iterator[bytes]:
        """What was set aside, as a table or a shell script that moves or removes these files. The app runs none.

        Args:
            target: The folder that files are moved to.
        """
        by.check(Role.EDITOR)
        catalog = self.catalog()
        lines = list(lines_of(catalog)) if catalog else []
        self._audit().note(by, "Exported what was set aside", f"{counted(len(lines), 'file')} as {format_}")
        return exported(lines, format_, target)

    def note_all(self) -> Iterator[None]:
        """Write to all records what was found and decided; for the scan."""
        yield from self._deciding.note_all()

    def _noted(self, action: Action, by: Actor) -> Action:
        self._audit().note(by, "Decided about duplicates", action.title)
        return action
