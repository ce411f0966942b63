"""Which of some copies is best kept, and why."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.analysis.duplicates.model import REASONS, Reason
from core.index.filters import InFolder
from core.index.records import ImageRecord
from core.text.names import printable

_ALMOST = 0.02  # more pixels, or less compression, that make no difference
_POOR = re.compile(
    r"(?:^|[\W_])(?:cop(?:y|ies)|duplicates?|dupes?|backups?|bak|te?mp|trash|recycle[r]?|deleted|downloads?|exports?"
    r"|cache[sd]?|thumb(?:nail)?s?|resized|old|screenshots?|whatsapp|sent)(?=$|[\W_\d])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several copies."""

    id: str
    path: str
    width: int
    height: int
    quality: float
    """How little it is compressed, from 0 to 1."""
    labels: int
    """Boxes; likewise tags."""
    tags: int
    taken: int | None
    """Seconds, since whatever moment, at which the camera says it was taken."""
    mtime: int
    shown: float = 1.0
    """The share of it that is not a frame around another."""

    @property
    def pixels(self) -> float:
        """Without a frame."""
        return self.width * self.height * self.shown

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0] or "/"


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    reason: Reason | None
    """What it is better in than the last that was left beside it; None where all are equal."""
    words: str


def suggested(
    candidates: Sequence[Candidate], reasons: Sequence[Reason] = REASONS, folders: Sequence[str] = ()
) -> Choice:
    """The one that is best by the first reason that tells them apart, then the next; equal ones by their paths.

    Args:
        reasons: In their order; those that are left out do not count.
        folders: Better ones, the best first.
    """
    left, decisive = list(candidates), None
    for reason in dict.fromkeys(reasons):
        best = _best(left, reason, folders)
        if len(best) < len(left):
            left, decisive = best, reason
        if len(left) == 1:
            break
    chosen = min(left, key=lambda one: (len(one.path), one.path, one.id))
    words = "Equal: the first by its path" if decisive is None else _words(chosen, decisive, candidates)
    return Choice(chosen.id, decisive, words)


def _best(candidates: Sequence[Candidate], reason: Reason, folders: Sequence[str]) -> list[Candidate]:
    rank = _RANKS[reason]
    ranks = [rank(one, folders) for one in candidates]
    enough = max(ranks)
    if reason in (Reason.RESOLUTION, Reason.QUALITY):
        enough *= 1 - _ALMOST
    return [one for one, own in zip(candidates, ranks, strict=True) if own >= enough]


def _folder(one: Candidate, folders: Sequence[str]) -> float:
    for place, folder in enumerate(folders):
        within = InFolder(folder)
        if one.path.startswith(within.below) or one.folder == within.own:
            return float(len(folders) - place)
    return -float(len(_POOR.findall(one.path)))


def _age(one: Candidate) -> tuple[bool, float]:
    """Those that say when they were taken come before those whose file alone has a time."""
    return (one.taken is not None, -float(one.mtime if one.taken is None else one.taken))


_RANKS: dict[Reason, Callable[[Candidate, Sequence[str]], Any]] = {
    Reason.RESOLUTION: lambda one, _: one.pixels,
    Reason.QUALITY: lambda one, _: one.quality,
    Reason.LABELLED: lambda one, _: one.labels,
    Reason.TAGGED: lambda one, _: one.tags,
    Reason.FOLDER: _folder,
    Reason.OLDEST: lambda one, _: _age(one),
}


def _words(chosen: Candidate, reason: Reason, candidates: Sequence[Candidate]) -> str:
    others = [one for one in candidates if one is not chosen]
    match reason:
        case Reason.RESOLUTION:
            framed = any(one.width * one.height >= chosen.width * chosen.height for one in others)
            return "Without a frame" if framed else f"The largest: {chosen.width:,} × {chosen.height:,}"
        case Reason.QUALITY:
            return "Less compressed"
        case Reason.LABELLED:
            alone = not any(one.labels for one in others)
            return "The only one with labels" if alone else f"The most labels: {chosen.labels}"
        case Reason.TAGGED:
            return "The only one with tags" if not any(one.tags for one in others) else f"The most tags: {chosen.tags}"
        case Reason.FOLDER:
            return f"In the better folder: {printable(chosen.folder.rpartition('/')[2] or '/')}"
        case Reason.OLDEST:
            if chosen.taken is None:
                return "The oldest file"
            taken = datetime.min + timedelta(seconds=chosen.taken)
            return f"The oldest: taken on {taken.day} {taken:%B %Y}"


def of_record(record: ImageRecord, quality: float, shown: float = 1.0) -> Candidate:
    taken = int((record.taken_at - datetime.min).total_seconds()) if record.taken_at else None
    sizes = record.width, record.height, quality, len(record.boxes), len(record.tags)
    return Candidate(record.id, record.path, *sizes, taken, record.mtime_ns, shown)
