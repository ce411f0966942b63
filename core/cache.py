"""Values kept while they are likely to be asked for again."""

import threading
from collections.abc import Callable, Hashable, Iterable, MutableMapping, Sequence

import cachetools


class LRUCache[V]:
    """The values of the keys used last: those of cachetools, safe to share between threads.

    What is not kept is made without the lock: two threads may make the same value, but none waits for another's.
    """

    def __init__(self, size: int) -> None:
        self._values: MutableMapping[Hashable, V] = cachetools.LRUCache(size)
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        return self.get_all([key], lambda _: [make()])[0]

    def get_all[K: Hashable](self, keys: Sequence[K], make: Callable[[list[K]], Iterable[V]]) -> list[V]:
        """The values of the keys, in their order.

        Args:
            make: Called at most once, with the keys that are not kept, each once; gives the value of each.
        """
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
        if missing := [key for key in dict.fromkeys(keys) if key not in found]:
            made = dict(zip(missing, make(missing), strict=True))
            found |= made
            with self._lock:
                for key, value in made.items():
                    self._values[key] = value
        return [found[key] for key in keys]
