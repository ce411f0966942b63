"""Work that several clients ask for at once: done once, for all of them."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any

import anyio
import anyio.to_thread


class Flights:
    """Runs functions in threads, each no more than once at a time.

    Who waits takes no thread, so that what is slow holds up nobody who asks for something else.

    Args:
        at_once: How many run at a time; the others wait in the order of asking.
    """

    def __init__(self, at_once: int) -> None:
        self._limiter = anyio.CapacityLimiter(at_once)
        self._running: dict[Hashable, asyncio.Task[Any]] = {}

    async def get[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returns or raises; of whoever was first with this key."""
        mine = (asyncio.get_running_loop(), key)
        task = self._running.get(mine)
        if task is None:
            task = asyncio.ensure_future(anyio.to_thread.run_sync(make, limiter=self._limiter))
            self._running[mine] = task
            task.add_done_callback(lambda _: self._running.pop(mine, None))
        result: T = await asyncio.shield(task)  # of which one may go without the others
        return result
