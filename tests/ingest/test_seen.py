"""Which files a plan has met."""

import numpy as np
import pytest

from core.ingest.pipeline.seen import Seen


@pytest.mark.parametrize("recent", [1, 3, 100, 1 << 16])
def test_it_is_a_set(recent):
    draw, seen, plain = np.random.default_rng(recent), Seen(recent), set[int]()
    assert seen.among([]) == seen.among([0, 2**64 - 1]) == set()
    for _ in range(60):
        keys = set(draw.integers(0, 500, 8, dtype=np.uint64).tolist()) | {
            int(draw.integers(2**63, 2**64, dtype=np.uint64))
        }
        assert seen.among(keys) == keys & plain
        seen.add(keys - plain)
        plain |= keys
    assert len(seen) == len(plain)
    assert seen.among([*plain, 501, 2**62]) == plain


def test_it_is_packed_into_few_parts():
    seen = Seen(10)
    for at in range(1000):
        seen.add({at})
    assert len(seen) == 1000
    assert len(seen.packed) <= 8
    assert sum(one.nbytes for one in seen.packed) <= 8 * 1000
