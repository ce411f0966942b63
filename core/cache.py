"""Values kept while they are likely to be asked for again."""

import threading
import weakref
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import cachetools


@dataclass
class Tally:
    """What the caches of one name have come to, in this process."""

    hits: int = 0
    misses: int = 0
    caches: "weakref.WeakSet[LRUCache[Any]]" = field(default_factory=weakref.WeakSet)

    @property
    def entries(self) -> int:
        return sum(cache.entries for cache in tuple(self.caches))

    @property
    def capacity(self) -> int:
        return sum(cache.capacity for cache in tuple(self.caches))


tallies: defaultdict[str, Tally] = defaultdict(Tally)
"""By what the caches are called, as far as they have a name."""


class LRUCache[V]:
    """The values of the keys used last: those of cachetools, safe to share between threads.

    What is not kept is made without the lock: two threads may make the same value, but none waits for another's, except
    by `get_once`.
    """

    def __init__(self, size: int, name: str = "", size_of: Callable[[V], int] | None = None) -> None:
        """
        Args:
            size: Values, or what `size_of` says of them all together.
            name: What it is called in the metrics; "" where nobody wants to know.
            size_of: Of a value, at least 1; one that is larger than the cache is not kept.
        """
        self.capacity = size
        self._values: cachetools.LRUCache[Hashable, V] = cachetools.LRUCache(size, size_of)
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}
        self._tally = tallies[name] if name else Tally()
        self._tally.caches.add(self)

    @property
    def entries(self) -> int:
        """How much is in it, as `capacity` counts."""
        return int(self._values.currsize)

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        return self.get_all([key], lambda _: [make()])[0]

    def get_once(self, key: Hashable, make: Callable[[], V]) -> V:
        """As `get`, for what takes long: of the threads that ask for it at the same time one makes it, and the others
        wait for that; where it fails, the next of them tries."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            try:
                return self.get(key, make)
            finally:
                with self._lock:
                    if self._making.get(key) is making:  # who comes now finds the value, or tries by itself
                        del self._making[key]

    def get_all[K: Hashable](self, keys: Sequence[K], make: Callable[[list[K]], Iterable[V]]) -> list[V]:
        """The values of the keys, in their order.

        Args:
            make: Called at most once, with the keys that are not kept, each once; gives the value of each.
        """
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
            self._tally.hits += len(found)
            self._tally.misses += len(set(keys)) - len(found)
        if missing := [key for key in dict.fromkeys(keys) if key not in found]:
            made = dict(zip(missing, make(missing), strict=True))
            found |= made
            with self._lock:
                for key, value in made.items():
                    with suppress(ValueError):  # larger than all that may be kept
                        self._values[key] = value
        return [found[key] for key in keys]
