"""What happens in this process, told to whoever counts it.

Where nobody does, as in most commands, telling takes next to nothing. The library that counts is imported after the
first page: what has happened until then is kept for it.
"""

import threading
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_KEPT = 20_000  # events; a server has counted long before there are as many


@dataclass(frozen=True, slots=True)
class Answered:
    """A request was."""

    method: str
    route: str
    """Its template: `/thumbnails/{content_hash}`."""
    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Searched:
    """A search was answered."""

    verdict: str
    """The best band of what was found, `nothing` where nothing matches, `browsed` where nothing was searched for, and
    `unjudged` while it is not known what scores mean."""
    seconds: float
    parts: Mapping[str, float]
    """Seconds of `embedding`, `index` and `ranking`, as far as they were not answered from a cache."""


@dataclass(frozen=True, slots=True)
class SearchFailed:
    error: str
    """The class of what was raised."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The model has answered."""

    kind: str
    """`images` or `texts`."""
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ModelRestarted:
    """The process of the model had died, and another was started."""


@dataclass(frozen=True, slots=True)
class Concluded:
    """Files got their verdicts."""

    outcomes: Mapping[str, int]


type Event = Answered | Searched | SearchFailed | Embedded | ModelRestarted | Concluded


class Subscription:
    """Hears of every event from its making on, for as long as somebody holds it. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Event] = deque(maxlen=_KEPT)
        self._handler: Callable[[Event], None] | None = None

    def put(self, event: Event) -> None:
        with self._lock:
            if self._handler is None:
                self._kept.append(event)
                return
        self._handler(event)

    def handle(self, handler: Callable[[Event], None]) -> None:
        """Give all events to a function, those that were kept first."""
        with self._lock:
            while self._kept:
                handler(self._kept.popleft())
            self._handler = handler


_subscriptions: weakref.WeakSet[Subscription] = weakref.WeakSet()


def subscribe() -> Subscription:
    subscription = Subscription()
    _subscriptions.add(subscription)
    return subscription


def tell(event: Event) -> None:
    for subscription in tuple(_subscriptions):
        subscription.put(event)
