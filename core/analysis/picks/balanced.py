"""As many pictures of each kind: of a label, of a cluster."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """One that is picked, and the kind that it is picked for."""

    place: int
    kind: str


def balanced(kinds: Sequence[Sequence[str]], count: int) -> list[Share]:
    """So many of n pictures, of each kind as many as of any other, or one less, as long as there are any.

    A picture of several kinds is picked for one of them; those of a single kind come first. The rarest kind takes its
    turn first, so that it has the odd one.

    Args:
        kinds: Of each picture, in the order in which they are preferred; those without any are not picked.
    """
    queues = _queues(kinds)
    taken: set[int] = set()
    picked: list[Share] = []
    while queues and len(picked) < count:
        for kind in list(queues):
            place = _next(queues[kind], taken)
            if place is None:
                del queues[kind]
                continue
            taken.add(place)
            picked.append(Share(place, kind))
            if len(picked) == count:
                break
    return picked


def _queues(kinds: Sequence[Sequence[str]]) -> dict[str, deque[int]]:
    """The places of each kind, the rarest kind first."""
    found: dict[str, list[int]] = {}
    for place, own in enumerate(kinds):
        for kind in dict.fromkeys(own):
            found.setdefault(kind, []).append(place)
    rarest = sorted(found, key=lambda kind: (len(found[kind]), kind))
    return {kind: deque(sorted(found[kind], key=lambda place: len(kinds[place]))) for kind in rarest}


def _next(queue: deque[int], taken: set[int]) -> int | None:
    while queue:
        place = queue.popleft()
        if place not in taken:
            return place
    return None
