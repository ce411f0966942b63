"""A thread that works as long as there is something to do, and sleeps until it is woken."""

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

AFTER_FAILURE = 5.0
"""Seconds."""


class Loop:
    """Begins with the first `wake`.

    Args:
        name: Of the thread.
        step: Does the next piece of work. Returns after how many seconds to call it again at the latest, 0 where there
            is more to do; None: only when woken. Where it raises anything, it is called again a little later.
        ending: Set when nothing more is to be begun.
        after_failure: Seconds until the step is called again.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], float | None],
        ending: threading.Event,
        after_failure: float = AFTER_FAILURE,
    ) -> None:
        self._name = name
        self._step = step
        self._ending = ending
        self._after_failure = after_failure
        self._woken = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()
        with self._starting:
            if self._thread is None and not self._ending.is_set():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def join(self) -> None:
        """Wait until the step at hand has been done, `ending` being set."""
        self._woken.set()
        with self._starting:
            thread = self._thread
        if thread:
            thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._woken.clear()  # before the step looks for work: what comes after that is not missed
            try:
                due = self._step()
            except Exception:
                _log.exception("The thread %r cannot go on; it tries again in %.0f s", self._name, self._after_failure)
                due = self._after_failure
            if due != 0:
                self._woken.wait(due)
