"""What a collection is looked up in for pictures that are not in it: hashes and patches, as the scan for duplicates
keeps them, ordered so that few are compared with each new one."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.analysis.duplicates.pictures.features import Patches
from core.analysis.duplicates.pictures.hashes import NEAR, HashTable, hashes_of
from core.analysis.duplicates.pictures.looking import Hint
from core.analysis.duplicates.pictures.signatures import Signatures
from core.analysis.duplicates.pictures.votes import VoteTable

MAX_VOTING = 300_000
"""Contents whose patches are held in memory for a check: some 1,600 bytes each."""

_MOST = 24  # candidates of each kind


class Known:
    """Of one collection at one moment.

    Args:
        digests: The content hash of each of n contents.
        hashes: Their perceptual hashes, an array of shape `(n, 4)`.
    """

    def __init__(self, digests: Sequence[bytes], hashes: NDArray[np.uint64], signatures: Signatures | None) -> None:
        self._digests = digests
        self._hashes = HashTable(hashes)
        is_few = len(digests) <= MAX_VOTING
        self._votes = VoteTable(signatures, digests) if signatures is not None and is_few else None

    def candidates(self, phash: str, patches: Patches) -> dict[str, Hint]:
        """The contents that may be the same picture, by their hashes, the likeliest first."""
        found: dict[str, Hint] = {}
        near = self._hashes.near(hashes_of([phash]), NEAR)
        for place, code, differing in sorted(near, key=lambda one: one[2])[:_MOST]:
            found.setdefault(self._digests[place].hex(), Hint(code, differing, thorough=True))
        votes = Counter(self._votes.votes(patches)) if self._votes is not None else Counter[int]()
        for place, _ in votes.most_common(_MOST):
            found.setdefault(self._digests[place].hex(), Hint(thorough=True))
        return found
