"""Two records beside each other: where one lies in the other."""

import numpy as np

from core.analysis.duplicates.groups.catalog import Catalog
from core.analysis.duplicates.groups.words import how
from core.analysis.duplicates.model import Alignment, Level
from core.analysis.duplicates.pictures.hashes import hashes_of, nearest_orientation
from core.analysis.duplicates.pictures.looking import Hint, Looking
from core.analysis.duplicates.pictures.matrices import Matrix, overlap
from core.images.thumbnails import Thumbnails
from core.index.records import ImageRecord

_WHOLE = np.eye(2, 3)


def compare(
    first: ImageRecord,
    second: ImageRecord,
    cosine: float,
    threshold: float,
    catalog: Catalog | None,
    thumbnails: Thumbnails,
) -> Alignment:
    """As it was found by the scan; else they are looked at now. What is not the same is laid over the other whole."""
    if first.content_hash == second.content_hash:
        return _alignment(_WHOLE, Level.SAME_BYTES, 1.0, "the same file", 1.0)
    places = [catalog.place(record.content_hash) if catalog else None for record in (first, second)]
    one, other = places
    if catalog and one is not None and other is not None and (matrix := catalog.matrix(one, other)) is not None:
        return _alignment(matrix, Level.SAME_PICTURE, cosine, how(first, second, matrix), None)
    looking = Looking(thumbnails.read)
    code, differing = nearest_orientation(hashes_of([first.phash]), hashes_of([second.phash]))
    hint = Hint(code if differing < 90 else None, differing, thorough=True)
    found = looking.verify(first.content_hash, second.content_hash, hint)
    if found is not None:
        matrix = found.aligned.matrix
        return _alignment(matrix, Level.SAME_PICTURE, cosine, how(first, second, matrix), found.aligned.correlation)
    level = Level.LOOK_ALIKE if cosine >= threshold else None
    return _alignment(_WHOLE, level, cosine, f"look-alike, {cosine:.3f}" if level else "another picture", None)


def _alignment(matrix: Matrix, level: Level | None, cosine: float, words: str, correlation: float | None) -> Alignment:
    a, b, c, d, e, f = (round(float(value), 6) for value in matrix.ravel())
    return Alignment((a, b, c, d, e, f), level, cosine, words, round(max(overlap(matrix)), 4), correlation)
