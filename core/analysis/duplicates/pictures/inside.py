"""The picture within a picture: what is left when all that is even around it is cut away.

A border, the desk behind a window, the page around a figure: rows and columns of one shade. The longest run of rows
that are not even is kept, of these the longest run of columns, and so on until nothing is left to cut (the recursive
X-Y cut of documents: Nagy and Seth, "Hierarchical representation of optically scanned documents", 1984). A picture with
an even sky is cut itself, and so are its copies.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.analysis.duplicates.pictures.features import Grey
from core.images.phash import perceptual_hash

_EVEN = 14  # grey levels between the second and the last but second of a hundred pixels of a row
_SHORTEST = 40  # pixels of a side: what is smaller is too little to tell a picture by
_LEAST, _MOST = 0.06, 0.97  # of the area: a logo is not the picture, and what is hardly cut has the same hash
_ROUNDS = 6


def inside_hash(image: Grey) -> str:
    """The perceptual hash of what is within a picture; empty where nothing is to be cut, or too little is left."""
    part = inside(image)
    if part is None:
        return ""
    return perceptual_hash(Image.fromarray(np.ascontiguousarray(image[part])))


def inside(image: Grey) -> tuple[slice, slice] | None:
    """The rows and columns of what is within a picture; None where nothing is to be cut, or too little is left."""
    rows, columns = slice(0, image.shape[0]), slice(0, image.shape[1])
    for _ in range(_ROUNDS):
        before = rows, columns
        rows = _kept(image[rows, columns], rows.start)
        columns = _kept(image[rows, columns].T, columns.start)
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if min(height, width) < _SHORTEST:
            return None
        if before == (rows, columns):
            break
    share = height * width / image.size
    return (rows, columns) if _LEAST <= share <= _MOST else None


def _kept(image: NDArray[np.uint8], start: int) -> slice:
    """The longest run of rows that are not even, counted from this one on."""
    low, high = np.percentile(image, (2, 98), axis=1, method="nearest") if image.size else (np.empty(0), np.empty(0))
    uneven = np.concatenate([[False], high - low.astype(np.float64) > _EVEN, [False]])
    changes = np.flatnonzero(uneven[1:] != uneven[:-1])
    if not len(changes):
        return slice(start, start)
    lengths = changes[1::2] - changes[::2]
    longest = int(lengths.argmax())
    return slice(start + int(changes[2 * longest]), start + int(changes[2 * longest + 1]))
