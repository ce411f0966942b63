"""Batches under way in a cluster: handed out in the order of the plan, taken back in it, again where one was lost."""

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.errors import ModelUnavailable
from core.ingest.cluster.task import Looked
from core.ingest.journal.job import PlannedFile
from core.ingest.journal.progress import Outcome, Verdict
from core.ingest.pipeline.embed import Round
from core.ingest.pipeline.run import Unread
from core.text.names import printable

_log = logging.getLogger(__name__)


class Lost(Exception):
    """Those who were to look at a batch died of it, again and again."""


class Team(Protocol):
    """The actors of a cluster."""

    most: int
    """Batches that are to be under way, so that nobody waits."""

    def send(self, files: Sequence[PlannedFile]) -> Any:
        """Have files read and embedded; what names the batch."""
        ...

    def is_done(self, call: Any, seconds: float) -> bool:
        """Whether a batch is, within so many seconds."""
        ...

    def take(self, call: Any) -> Looked:
        """What became of it.

        Raises:
            Lost: nobody lived to tell.
            ImageSearchError: as whoever looked at it raised it.
        """
        ...

    def alone(self, file: PlannedFile) -> Looked:
        """Look at one file where nobody else is hurt; raises as `take`."""
        ...


@dataclass(frozen=True, slots=True)
class _Batch:
    files: Sequence[PlannedFile]
    call: Any
    settled: dict[int, Verdict] = field(default_factory=dict)


class Ahead:
    """Hands out the files of a job as they are looked at. For one thread.

    Args:
        unread: What is to be looked at; a part of it is in memory.
        batch: Files in each.
        model_id: Of the model that everybody is to have.
    """

    def __init__(self, unread: Unread, team: Team, batch: int, model_id: str) -> None:
        self._unread, self._team, self._model_id = unread, team, model_id
        self._files = iter(unread)
        self._batch = batch
        self._under_way: deque[_Batch] = deque()

    def rounds(self, most: int, seconds: float) -> Iterator[Round]:
        """What became of the files, in the order of the plan.

        Args:
            most: Files of a round; what is done by then comes together.
            seconds: After which an empty round says that nothing is done yet.
        """
        self._fill()
        while self._under_way:
            taken = Round([], {}, {})
            while self._under_way and taken.size < most and self._is_next_done(0.0 if taken.size else seconds):
                taken = _both(taken, self._next())
                self._fill()
            yield taken

    def _fill(self) -> None:
        while len(self._under_way) < self._team.most:
            files, settled = list[PlannedFile](), dict[int, Verdict]()
            for file in self._files:
                if verdict := self._unread.settled(file):
                    settled[file.number] = verdict
                else:
                    files.append(file)
                if len(files) + len(settled) == self._batch:
                    break
            if not (files or settled):
                return
            self._under_way.append(_Batch(files, self._team.send(files) if files else None, settled))

    def _is_next_done(self, seconds: float) -> bool:
        call = self._under_way[0].call
        return call is None or self._team.is_done(call, seconds)

    def _next(self) -> Round:
        batch = self._under_way.popleft()
        settled = Round([], batch.settled)
        if batch.call is None:
            return settled
        try:
            return _both(settled, self._checked(self._team.take(batch.call)))
        except Lost:
            _log.warning("A batch of %d files was lost with who read it; each is read by itself", len(batch.files))
        for file in batch.files:
            settled = _both(settled, self._alone(file))
        return settled

    def _alone(self, file: PlannedFile) -> Round:
        try:
            return self._checked(self._team.alone(file))
        except Lost:
            reason = f"{printable(file.path)} ended the process that read it. Save it as JPEG."
            return Round([], {file.number: Verdict(file.path, Outcome.FAILED, reason)})

    def _checked(self, looked: Looked) -> Round:
        """
        Raises:
            ModelUnavailable: somebody has another model.
        """
        if looked.model_id != self._model_id:
            raise ModelUnavailable(
                f"A machine of the cluster embeds with {looked.model_id}, others with {self._model_id}.",
                "Give all of them the weights, or a connection over which they can be fetched.",
            )
        return looked.round


def _both(one: Round, other: Round) -> Round:
    verdicts, rows = one.verdicts | other.verdicts, {**one.rows, **other.rows}
    return Round([*one.prepared, *other.prepared], verdicts, rows)
