"""Where one picture lies in another, and whether both show the same there.

A place is found by the patches that both have (RANSAC: Fischler and Bolles, 1981), or is known from the orientation
that their hashes agree in. Then one is laid over the other, and window by window compared by normalised correlation,
which knows nothing of brightness and contrast. Two are the same picture where nearly every window with any structure
agrees, and where nearly all of one of them lies within the other: two shots of one scene, two pages of one layout, two
adverts with one logo are not.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.features import Grey, Patches
from core.analysis.duplicates.pictures.hashes import Orientation
from core.analysis.duplicates.pictures.matrices import Matrix, chained, inverted, overlap, square, unit_matrix

CONTAINED = 0.8
"""Of the area of one of the pictures, as much lies within the other at least."""

SMALLEST = 0.08
"""Of the area of either, as much is seen of the other at least: a logo in a corner is not the picture."""

AGREEING = 0.85
"""The share of the windows with structure whose correlation is `CORRELATED` at least."""

CORRELATED = 0.6
MEAN = 0.75
"""The mean correlation of these windows, at least."""

DETAIL = 0.8
"""The correlation of the finest detail, at least: two pages of text in one layout agree in all that is coarser. Copies
at quality 50, of half the size, cropped or in a screenshot were seen at 0.91 and more, such pages at 0.70."""

_LEAST_DETAIL = 0.02  # grey levels squared, in the mean: less is rounding
_FINE, _COARSE = 0.7, 2.0  # pixels: what is blurred by the first and not by the second is detail
_MATCHED, _FURTHEST = 0.85, 72  # ratio of the nearest to the next (Lowe 2004), and bits of 256
_INLIERS = 7
_OFF = 3.0  # pixels by which a patch may miss its place
_LARGEST, _SKEW = 12.0, 1.12  # scales; how much more one axis may be scaled than the other
_STRUCTURE = 2.5  # grey levels of deviation in a window
_EVIDENCE = 0.04  # of the common area has structure at least
_TOLD = 0.5  # of what has structure in one is not burnt out in the other, at least
_BLACK, _WHITE = 6.0, 249.0
_REFINED_FROM = 0.35  # mean correlation from which it is worth placing it better
_REFINEMENT = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-4)


@dataclass(frozen=True, slots=True)
class Aligned:
    """How the second picture lies in the first."""

    matrix: Matrix
    """From places in the second to places in the first, both in shares of width and height."""
    first: float
    """The share of the first picture's area that the second covers."""
    second: float
    """The share of the second picture's area that lies within the first."""
    agreeing: float
    """Of the windows with structure, as many agree."""
    correlation: float
    """Their mean correlation."""

    @property
    def is_same(self) -> bool:
        return (
            self.agreeing >= AGREEING
            and self.correlation >= MEAN
            and max(self.first, self.second) >= CONTAINED
            and min(self.first, self.second) >= SMALLEST
        )

    @property
    def inverse(self) -> "Aligned":
        return replace(self, matrix=inverted(self.matrix), first=self.second, second=self.first)


def placed(first: Patches, second: Patches) -> Matrix | None:
    """Where the second lies in the first, in pixels of both, by their patches; None where too few agree."""
    if min(len(first.bits), len(second.bits)) < _INLIERS:
        return None
    source_places, target_places = _matched(second.bits, first.bits)
    if len(source_places) < _INLIERS:
        return None
    source, target = second.points[source_places], first.points[target_places]
    matrix, inliers = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_OFF, maxIters=1000, confidence=0.995
    )
    if matrix is None or int(inliers.sum()) < _INLIERS or not _is_plausible(matrix):
        return None
    kept = inliers.ravel().astype(bool)
    return _stretched(source[kept], target[kept], matrix)


def turned(first: Grey, second: Grey, orientation: Orientation) -> Matrix:
    """The same where all of the second is all of the first, in another orientation."""
    return to_pixels(unit_matrix(orientation), first, second)


def compared(first: Grey, second: Grey, matrix: Matrix) -> Aligned:
    """What is to be said of this place, which is made better where it nearly fits.

    Args:
        matrix: From pixels of the second to pixels of the first.
    """
    found = _compared(first, second, matrix)
    if found.is_same or found.correlation < _REFINED_FROM:
        return found
    better = refined(first, second, matrix)
    if better is None:
        return found
    again = _compared(first, second, better)
    return again if again.agreeing > found.agreeing else found


def detail(first: Grey, second: Grey, matrix: Matrix) -> float:
    """How well the finest detail of both correlates at this place; 1 where there is none.

    Args:
        matrix: From pixels of the second to pixels of the first.
    """
    if abs(float(np.linalg.det(matrix[:, :2]))) > 1:
        return detail(second, first, inverted(matrix))
    laid, mask = _laid(first, second, matrix)
    whole = cv2.erode(mask, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    one, other = (_detail(image)[whole] for image in (first, laid))
    energy = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / energy if energy > _LEAST_DETAIL * max(1, whole.sum()) else 1.0


def _detail(image: Grey) -> NDArray[np.float32]:
    grey = image.astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _FINE) - cv2.GaussianBlur(grey, (0, 0), _COARSE), np.float32)


def to_pixels(matrix: Matrix, first: Grey, second: Grey) -> Matrix:
    """From shares to pixels, of pictures of this size."""
    return _times(_scale(first), matrix, _whole_inverse(second))


def to_shares(matrix: Matrix, first: Grey, second: Grey) -> Matrix:
    return _times(_whole_inverse(first), matrix, _scale(second))


def _times(outer: Matrix, matrix: Matrix, inner: Matrix) -> Matrix:
    product: Matrix = (outer @ square(matrix) @ inner)[:2]
    return product


def _scale(image: Grey) -> Matrix:
    """From shares to pixels, whose centres lie at whole numbers."""
    height, width = image.shape
    return np.array([[width, 0, -0.5], [0, height, -0.5], [0, 0, 1.0]])


def _whole_inverse(image: Grey) -> Matrix:
    return np.asarray(np.linalg.inv(_scale(image)), np.float64)


def _matched(bits: NDArray[np.uint8], others: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which patches look like which of the others, and clearly more than like the next of them (Lowe 2004)."""
    words, own = (np.ascontiguousarray(one).view(np.uint64) for one in (others, bits))
    differing = np.zeros((len(own), len(words)), np.uint16)
    for part in range(own.shape[1]):
        differing += np.bitwise_count(own[:, part, None] ^ words[None, :, part])
    best = differing.argmin(axis=1)
    rows = np.arange(len(own))
    least = differing[rows, best].copy()
    differing[rows, best] = np.iinfo(np.uint16).max
    clear = (least <= _FURTHEST) & (least <= _MATCHED * differing.min(axis=1))
    return rows[clear], best[clear]


def _is_plausible(matrix: Matrix) -> bool:
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return 1 / _LARGEST < scale < _LARGEST


def _stretched(source: NDArray[np.float32], target: NDArray[np.float32], matrix: Matrix) -> Matrix:
    """The map that fits these best where one axis may be scaled a little more: copies come in other proportions."""
    if len(source) < 2 * _INLIERS:
        return matrix
    ones = np.hstack([source, np.ones((len(source), 1), np.float32)])
    solved, *_ = np.linalg.lstsq(ones.astype(np.float64), target.astype(np.float64), rcond=None)
    better: Matrix = solved.T
    scales = np.linalg.svd(better[:, :2], compute_uv=False)
    return better if scales[1] > 0 and scales[0] / scales[1] <= _SKEW else matrix


def _compared(first: Grey, second: Grey, matrix: Matrix) -> Aligned:
    shares = to_shares(matrix, first, second)
    covered, inside = overlap(shares)
    none = Aligned(shares, covered, inside, 0.0, 0.0)
    if min(covered, inside) < SMALLEST / 2:
        return none
    # What has more pixels in the common area is made smaller, never the other larger.
    if abs(float(np.linalg.det(matrix[:, :2]))) > 1:
        correlation = _correlation(second, first, inverted(matrix))
    else:
        correlation = _correlation(first, second, matrix)
    return none if correlation is None else replace(none, agreeing=correlation[0], correlation=correlation[1])


def _correlation(target: Grey, source: Grey, matrix: Matrix) -> tuple[float, float] | None:
    """Of the source laid over the target, which has fewer pixels there: the share of windows that agree, and the mean;
    None where there is too little structure to tell."""
    laid, mask = _laid(target, source, matrix)
    left, top, width, height = cv2.boundingRect(mask)
    if min(width, height) < 12:
        return None
    part = np.s_[top : top + height, left : left + width]
    one, other = (cv2.GaussianBlur(image[part].astype(np.float32), (0, 0), 0.9) for image in (target, laid))
    side = max(7, round(min(width, height) / 9) | 1)
    means = [cv2.blur(image, (side, side)) for image in (one, other)]
    squares = [cv2.blur(image * image, (side, side)) for image in (one, other)]
    products = cv2.blur(one * other, (side, side))
    deviations = [np.sqrt(np.maximum(square - mean**2, 0)) for square, mean in zip(squares, means, strict=True)]
    whole = cv2.erode(mask[part], np.ones((side, side), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    structured = whole & (np.maximum(*deviations) >= _STRUCTURE)
    told = structured & ~_burnt(means[0], deviations[0]) & ~_burnt(means[1], deviations[1])
    if not whole.any() or told.sum() < max(_EVIDENCE * whole.sum(), _TOLD * structured.sum()):
        return None
    structured = told
    covariance = products - means[0] * means[1]
    values = covariance[structured] / (deviations[0] * deviations[1] + 1.0)[structured]
    return float((values >= CORRELATED).mean()), float(values.mean())


def _burnt(means: NDArray[np.float32], deviations: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where a brighter or darker copy has lost what was there, and says nothing."""
    burnt: NDArray[np.bool_] = (deviations < _STRUCTURE) & ((means < _BLACK) | (means > _WHITE))
    return burnt


def _laid(target: Grey, source: Grey, matrix: Matrix) -> tuple[Grey, Grey]:
    """The source as it lies over the target, and where that is."""
    shrunk = 1 / max(1e-6, float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))))
    if shrunk > 1.4:  # else pixels are left out
        source = cv2.GaussianBlur(source, (0, 0), 0.35 * shrunk)
    size = (target.shape[1], target.shape[0])
    laid = cv2.warpAffine(source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(np.full(source.shape, 255, np.uint8), matrix, size, flags=cv2.INTER_NEAREST)
    return np.asarray(laid, np.uint8), np.asarray(mask, np.uint8)


def refined(first: Grey, second: Grey, matrix: Matrix) -> Matrix | None:
    """The place at which both correlate best (Evangelidis and Psarakis, ECC, 2008)."""
    if abs(float(np.linalg.det(matrix[:, :2]))) > 1:
        found = refined(second, first, inverted(matrix))
        return None if found is None else inverted(found)
    laid, mask = _laid(first, second, matrix)
    move = np.eye(2, 3, dtype=np.float32)
    try:
        _, move = cv2.findTransformECC(first, laid, move, cv2.MOTION_AFFINE, _REFINEMENT, mask, 5)
    except cv2.error:  # it does not converge
        return None
    scales = np.linalg.svd(move[:, :2], compute_uv=False)
    if scales[1] < 0.8 or scales[0] > 1.25:
        return None
    return chained(inverted(move.astype(np.float64)), matrix)
