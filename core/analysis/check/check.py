"""Looks pictures up in a collection, without adding them."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.access.actors import APP, Actor
from core.access.roles import Role
from core.analysis.check.model import Answer, Checked, CheckProgress
from core.analysis.check.reading import File, Read, found, read
from core.embedding.embedder import Embedder
from core.index.index import Index
from core.index.records import ImageRecord
from core.runtime.blas import use_one_thread
from core.sources.source import Source
from core.text.names import printable

if TYPE_CHECKING:
    from core.analysis.check.comparing import Comparing
    from core.analysis.duplicates.duplicates import Duplicates
    from core.images.thumbnails import Thumbnails

MAX_FILES = 50_000
"""Of one check."""

_ROUND = 16  # files that are embedded at once
_SAY_EVERY = 0.4  # seconds


class Check:
    """Safe to share between threads. Building it does no I/O.

    Args:
        embedder: Gives the model that goes with the index; waits until it is loaded.
        duplicates: Whose scan tells of crops and turned copies what embeddings do not.
        open_source: The source at a location.
    """

    def __init__(
        self,
        index: Index,
        embedder: Callable[[], Embedder],
        duplicates: "Callable[[], Duplicates]",
        thumbnails: "Callable[[], Thumbnails]",
        open_source: Callable[[str], Source],
    ) -> None:
        self._index, self._embedder, self._duplicates = index, embedder, duplicates
        self._thumbnails, self._open = thumbnails, open_source

    def check(
        self,
        locations: Sequence[str],
        *,
        threshold: float | None = None,
        names: Mapping[str, str] | None = None,
        by: Actor = APP,
    ) -> Iterator[CheckProgress]:
        """Look up every picture of folders, archives and files: reports twice a second and more, in the order in which
        they are found. Nothing is stored. The caller answers for the locations.

        Args:
            threshold: The cosine from which pictures look alike; None: what suits the model.
            names: What to call the pictures of locations whose own paths say nothing.

        Raises:
            AccessDenied: they may not.
            ModelUnavailable, ModelMismatch, IndexUnavailable: nothing can be looked up.
        """
        by.check(Role.VIEWER)
        return self._check([self._open(location) for location in locations], threshold, names or {})

    def _check(
        self, sources: Sequence[Source], threshold: float | None, names: Mapping[str, str]
    ) -> Iterator[CheckProgress]:
        use_one_thread()
        files: list[File] = []
        said = 0.0
        for file in found(sources, names):
            if len(files) >= MAX_FILES:
                break
            files.append(file)
            if time.monotonic() - said > _SAY_EVERY:
                said = time.monotonic()
                yield CheckProgress(None, len(files))
        yield CheckProgress(len(files), 0)
        embedder = self._embedder() if files and self._index.model() is not None else None
        comparing = self._comparing(threshold) if embedder else None
        done, seen = 0, dict[str, str]()
        for some in _rounds(read(files, self._same_bytes, embedder)):
            checked = self._answers(some, embedder, comparing)
            done += len(checked)
            yield CheckProgress(len(files), done, tuple(_repeated(one, seen) for one in checked))

    def _same_bytes(self, content_hash: str) -> ImageRecord | None:
        known = self._index.by_content([content_hash])
        return known[content_hash][0] if content_hash in known else None

    def _comparing(self, threshold: float | None) -> "Comparing":
        from core.analysis.check.comparing import Comparing  # OpenCV

        return Comparing(self._index, self._duplicates(), self._thumbnails(), threshold)

    def _answers(
        self, some: Sequence[tuple[File, Read | str]], embedder: Embedder | None, comparing: "Comparing | None"
    ) -> list[Checked]:
        opened = [one for _, one in some if isinstance(one, Read) and one.match is None]
        answers: dict[int, Checked] = {}
        if embedder is not None and comparing is not None and opened:
            images = [one.image for one in opened if one.image is not None]
            rows = embedder.embed_images(images)
            for one, row in zip(opened, rows, strict=True):
                answers[id(one)] = comparing.answer(one, np.asarray(row))
        return [answers.get(id(one)) or _simple(file, one) for file, one in some]


def _rounds(files: Iterator[tuple[File, Read | str]]) -> Iterator[list[tuple[File, Read | str]]]:
    """So many that they are embedded together, or as many as came in a while."""
    some: list[tuple[File, Read | str]] = []
    begun = time.monotonic()
    for one in files:
        some.append(one)
        if len(some) >= _ROUND or time.monotonic() - begun > _SAY_EVERY:
            yield some
            some, begun = [], time.monotonic()
    if some:
        yield some


def _simple(file: File, one: Read | str) -> Checked:
    """Of what needs no comparing."""
    if isinstance(one, str):
        return Checked(file.name, _last(file.name), Answer.UNREADABLE, reason=one)
    about = {"content_hash": one.content_hash, "size": one.size, "width": one.width, "height": one.height}
    if one.match is None:  # the collection is empty
        return Checked(file.name, _last(file.name), Answer.NEW, **about)  # type: ignore[arg-type]
    return Checked(file.name, _last(file.name), Answer.SAME_FILE, one.match, 1.0, "the same file", **about)  # type: ignore[arg-type]


def _repeated(one: Checked, seen: dict[str, str]) -> Checked:
    """With a note, where a file before it in this check has the same bytes."""
    if not one.content_hash:
        return one
    first = seen.setdefault(one.content_hash, one.path)
    return one if first == one.path else replace(one, reason=f"Same file as {printable(first)} in this check.")


def _last(path: str) -> str:
    return path.rpartition("/")[2] or path
