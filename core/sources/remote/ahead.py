"""Folders of a store listed side by side, ahead of whoever goes through them: each listing waits for the network."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from types import TracebackType
from typing import Self

from core.sources.remote.remote_store import Entry


class Ahead:
    """For one thread; closing it begins no further listing.

    Args:
        pages: Gives what is in a folder, page by page. Its first page is asked for in threads.
        at_once: So many folders are listed at the same time.
    """

    def __init__(self, pages: Callable[[str], Iterator[list[Entry]]], at_once: int) -> None:
        self._pages, self._at_once = pages, at_once
        self._pool = ThreadPoolExecutor(at_once, "list")
        self._begun: dict[str, Future[Iterator[list[Entry]]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def begin(self, pending: Sequence[str]) -> None:
        """List the folders that are next, which stand at the end; no more of them, so that memory stays flat."""
        for folder in pending[: -self._at_once - 1 : -1]:
            if folder not in self._begun:
                self._begun[folder] = self._pool.submit(self._begin, folder)

    def pages(self, folder: str) -> Iterator[list[Entry]]:
        """What is in a folder, page by page; raises as its listing does."""
        begun = self._begun.pop(folder, None)
        return begun.result() if begun else self._pages(folder)

    def _begin(self, folder: str) -> Iterator[list[Entry]]:
        pages = self._pages(folder)
        return chain([next(pages, [])], pages)
