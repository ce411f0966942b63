"""Where the line suggests itself between pictures that a class fits and those that it does not.

As for the matches of a search: nothing fits that chance would bring among so many pictures, and nothing that is far
behind the best. The share is lower than a search's, for a list is made of classes that have many pictures, of which few
are to be missed: on Tux Paint's stamps, F1 of classes with three pictures and more is best with it (0.72 of the best
line's; 0.67 with 0.7).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.search.relevance.bands import chance_threshold, matches

_EXPECTED = 1.0  # pictures that reach the line by chance, as those of a search do that are weak
_SHARE = 0.6  # of the best strength
_ABOVE = 0.5  # deviations above the best, where nothing fits


def suggested(strengths: NDArray[np.floating[Any]]) -> float:
    """
    Args:
        strengths: Of all pictures, in any order.

    Returns:
        A strength that some of them reach, or where nothing fits, none does.
    """
    falling = np.sort(np.asarray(strengths[np.isfinite(strengths)], np.float64))[::-1]
    chance = chance_threshold(_EXPECTED, len(falling))
    if not len(falling):
        return chance
    best = float(falling[0])
    if best < chance or not matches(falling, len(falling)):
        return max(chance, best + _ABOVE)
    return max(chance, _SHARE * best)
