"""Looks at two pictures by their thumbnails, and says whether they are the same."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.analysis.duplicates.pictures.alignment import (
    DETAIL,
    Aligned,
    compared,
    detail,
    placed,
    refined,
    to_pixels,
    turned,
)
from core.analysis.duplicates.pictures.features import Grey, Patches, open_grey, patches
from core.analysis.duplicates.pictures.hashes import ORIENTATIONS, SURE
from core.analysis.duplicates.pictures.matrices import Matrix, chained, unit_matrix
from core.analysis.duplicates.pictures.surroundings import framed_share, open_coloured, same_colours
from core.cache import LRUCache

_KEPT = 512  # pictures

type Thumbnail = Callable[[str], bytes | None]
"""The thumbnail of a content, None where there is none."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Why two pictures are looked at."""

    orientation: int | None = None
    """In which their hashes are near."""
    differing: int = 255
    """Bits of their hashes."""
    mirrored: bool = False
    """Whether it may be the mirror image."""
    thorough: bool = False
    """Whether much speaks for it, so that a closer look is worth its time."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Two pictures that are the same."""

    aligned: Aligned
    first_shown: float = 1.0
    """The share of the first picture that is not a frame around the second; likewise the next."""
    second_shown: float = 1.0
    checked: bool = True
    """Whether they were looked at; False where a thumbnail is missing, and their hashes alone say so."""


class Looking:
    """Safe between threads.

    Args:
        thumbnail: Gives those of the first pictures.
        others: Gives those of the second ones, where they are of another collection.
    """

    def __init__(self, thumbnail: Thumbnail, others: Thumbnail | None = None) -> None:
        self._thumbnails = thumbnail, others or thumbnail
        self._greys: LRUCache[Grey | None] = LRUCache(_KEPT)
        self._patches: LRUCache[Patches] = LRUCache(_KEPT)

    def verify(
        self, first: str, second: str, hint: Hint, own: tuple[Patches, Patches] | None = None
    ) -> Verified | None:
        """
        Args:
            first: A content hash, likewise the second.
            own: Their patches, where they are known.
        """
        greys = self._grey(first, 0), self._grey(second, 1)
        if greys[0] is None or greys[1] is None:
            return _by_hash(hint)
        aligned = self._same(greys[0], greys[1], first, second, hint, own)
        if aligned is None or not self._same_colours(first, second, aligned):
            return None
        if (aligned := self._in_detail(first, second, aligned)) is None:
            return None
        return Verified(
            aligned, framed_share(greys[0], greys[1], aligned), framed_share(greys[1], greys[0], aligned.inverse)
        )

    def _same(
        self, one: Grey, other: Grey, first: str, second: str, hint: Hint, own: tuple[Patches, Patches] | None
    ) -> Aligned | None:
        if hint.orientation is not None:
            found = compared(one, other, turned(one, other, ORIENTATIONS[hint.orientation]))
            if found.is_same:
                return found
        quick = own or (self._small(first, 0), self._small(second, 1))
        matrix = placed(*quick)
        if matrix is not None and (found := compared(one, other, matrix)).is_same:
            return found
        if hint.mirrored and (image := self._mirror_image(one, other, quick[0], second)) is not None:
            return image
        return self._closely(one, other, first, second) if hint.thorough or matrix is not None else None

    def _mirror_image(self, one: Grey, other: Grey, own: Patches, second: str) -> Aligned | None:
        matrix = placed(own, self._patches.get((second, 1, "mirrored"), lambda: patches(other[:, ::-1].copy())))
        found = compared(one, other, _mirrored(matrix, other)) if matrix is not None else None
        return found if found is not None and found.is_same else None

    def _closely(self, one: Grey, other: Grey, first: str, second: str) -> Aligned | None:
        """With more patches, from the whole thumbnails; and mirrored, which patches cannot tell by themselves."""
        wholes = self._whole(first, 0), self._whole(second, 1)
        if wholes[0] is None or wholes[1] is None:
            return None
        many = self._many(first, 0, wholes[0])
        for mirrored in (False, True):
            matrix = placed(many, self._many(second, 1, wholes[1], mirrored))
            if matrix is None:
                continue
            if mirrored:
                matrix = _mirrored(matrix, wholes[1])
            found = compared(wholes[0], wholes[1], matrix)
            if found.is_same:
                return found
        return None

    def _in_detail(self, first: str, second: str, aligned: Aligned) -> Aligned | None:
        """The same, where the finest detail agrees too; perhaps at a place that is known better."""
        one, other = self._whole(first, 0), self._whole(second, 1)
        if one is None or other is None:
            return None
        matrix = to_pixels(aligned.matrix, one, other)
        if detail(one, other, matrix) >= DETAIL:
            return aligned
        better = refined(one, other, matrix)
        if better is None or detail(one, other, better) < DETAIL:
            return None
        found = compared(one, other, better)
        return found if found.is_same else None

    def _same_colours(self, first: str, second: str, aligned: Aligned) -> bool:
        data = self._thumbnails[0](first), self._thumbnails[1](second)
        if data[0] is None or data[1] is None:
            return True
        one, other = open_coloured(data[0]), open_coloured(data[1])
        return one is None or other is None or same_colours(one, other, aligned.matrix)

    def _grey(self, content: str, side: int) -> Grey | None:
        return self._greys.get((content, side), lambda: self._opened(content, side, True))

    def _whole(self, content: str, side: int) -> Grey | None:
        return self._greys.get((content, side, "whole"), lambda: self._opened(content, side, False))

    def _opened(self, content: str, side: int, half: bool) -> Grey | None:
        data = self._thumbnails[side](content)
        return open_grey(data, half) if data else None

    def _small(self, content: str, side: int) -> Patches:
        grey = self._grey(content, side)
        assert grey is not None
        return self._patches.get((content, side), lambda: patches(grey))

    def _many(self, content: str, side: int, whole: Grey, mirrored: bool = False) -> Patches:
        image = whole[:, ::-1].copy() if mirrored else whole
        return self._patches.get((content, side, mirrored, "many"), lambda: patches(image, many=True))


def _mirrored(matrix: Matrix, image: Grey) -> Matrix:
    """Of the picture itself, where the matrix is of its mirror image."""
    return chained(matrix, np.array([[-1.0, 0.0, image.shape[1] - 1.0], [0.0, 1.0, 0.0]]))


def _by_hash(hint: Hint) -> Verified | None:
    if hint.orientation is None or hint.differing > SURE:
        return None
    matrix = unit_matrix(ORIENTATIONS[hint.orientation])
    return Verified(Aligned(matrix, 1.0, 1.0, 0.0, 0.0), checked=False)
