"""Work done ahead of the one who needs it, in order, by threads that can be given up."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress

from core.telemetry.context import carried

CLOSING_SECONDS = 5.0
"""How long the end waits for what is under way."""


class ReadAhead[Item, Result]:
    """Calls a function for one item after the other in threads, and gives the results in the order of the items.

    A call that takes too long is given up: its thread is left to itself, and another takes its place. Python cannot end
    a thread, and a file on a drive that has gone away may never answer. For one consumer.

    Args:
        items: What to work on; taken as the work proceeds.
        work: What raises ends with whoever takes the result.
        workers: How many threads.
        patience: Seconds to wait for one result.
        closing: Seconds to wait for what is under way at the end.
    """

    def __init__(
        self,
        items: Iterator[Item],
        work: Callable[[Item], Result],
        workers: int,
        patience: float,
        closing: float = CLOSING_SECONDS,
    ) -> None:
        self._items = items
        self._work = work
        self._patience = patience
        self._closing = closing
        self._calls: queue.SimpleQueue[tuple[Item, Future[Result]] | None] = queue.SimpleQueue()
        self._pending: deque[tuple[Item, Future[Result]]] = deque()
        self._given_up: set[Future[Result]] = set()
        self._threads: list[threading.Thread] = []
        for _ in range(workers):
            self._add_worker()

    def fill(self, size: int) -> None:
        """Have this many under way or waiting to be taken, as far as there are items."""
        while len(self._pending) < size:
            try:
                call = next(self._items), Future[Result]()
            except StopIteration:
                return
            self._pending.append(call)
            self._calls.put(call)

    def take(self) -> tuple[Item, Result | None] | None:
        """The next item and its result, or None in place of one that was given up. None where all are taken."""
        if not self._pending:
            return None
        item, future = self._pending.popleft()
        try:
            return item, future.result(self._patience)
        except NotYet:
            if future.done():  # the work itself has raised it
                raise
            self._given_up.add(future)
            self._add_worker()
            return item, None

    def close(self) -> None:
        """Begin nothing more, and wait for what is under way, but not for long."""
        self._pending.clear()
        with suppress(queue.Empty):
            while True:
                self._calls.get_nowait()
        for _ in self._threads:
            self._calls.put(None)
        latest = time.monotonic() + (0 if self._given_up else self._closing)
        for thread in self._threads:
            thread.join(max(0.0, latest - time.monotonic()))

    def _add_worker(self) -> None:
        thread = threading.Thread(target=carried(self._run), name="read-ahead", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            item, future = call
            try:
                future.set_result(self._work(item))
            except BaseException as error:  # for the consumer to deal with
                future.set_exception(error)
            if future in self._given_up:  # another thread has taken this one's place
                return
            del call, item, future  # a picture, until the next call comes
