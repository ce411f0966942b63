"""Which hits are shown as one, and from which cosine pictures are alike."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.images.describe import Colour
from core.index.records import Hit, ImageRecord
from core.search.options import Collapse
from core.search.ranking.collapse import group_duplicates
from core.search.relevance.scores import learn_duplicate_threshold
from core.vectors import unit

# Hashes as different as those of pictures that have nothing to do with one another, made by chance, the mean as 0.
LAKE, ROAD, FACE = (f"{int.from_bytes(np.random.default_rng(seed).bytes(32)) >> 1:064x}" for seed in (1, 2, 3))


def flipped(digits, bits):
    """A hash that differs in these bits, counted from the first."""
    return f"{int(digits, 16) ^ sum(1 << (255 - bit) for bit in bits):064x}"


def coarse_bits(count):
    """Some of those that a crop changes least: the first eight of the first rows, the mean left out."""
    return [16 * row + column for row in range(8) for column in range(8)][1 : count + 1]


def mirrored(digits):
    return flipped(digits, range(1, 256, 2))


def hits(*pictures):
    """Of pictures as (bytes, hash, direction in degrees), the best first."""
    return [
        Hit(
            ImageRecord(
                id=f"{at:032x}",
                path=f"/{at}.jpg",
                name=f"{at}.jpg",
                content_hash=content.ljust(64, "0"),
                size=1,
                mtime_ns=1,
                width=4,
                height=3,
                format="JPEG",
                phash=phash,
            ),
            1 - at / 1000,
            np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))], np.float32),
        )
        for at, (content, phash, degrees) in enumerate(pictures)
    ]


ALIKE = math.cos(math.radians(10))


class TestBytes:
    def test_copies_are_shown_as_one(self):
        found = hits(("a", LAKE, 0), ("b", ROAD, 90), ("a", LAKE, 0), ("c", FACE, 45), ("b", ROAD, 90))
        assert group_duplicates(found, Collapse.BYTES, ALIKE) == [[0, 2], [1, 4], [3]]

    def test_off_shows_each(self):
        assert group_duplicates(hits(("a", LAKE, 0), ("a", LAKE, 0)), Collapse.OFF, ALIKE) == [[0], [1]]

    @pytest.mark.parametrize("collapse", Collapse)
    def test_none(self, collapse):
        assert group_duplicates([], collapse, ALIKE) == []


class TestPicture:
    def test_the_same_picture_in_other_bytes(self):
        found = hits(("a", LAKE, 0), ("b", ROAD, 0), ("c", flipped(LAKE, [3, 40, 200]), 90), ("b", ROAD, 0))
        assert group_duplicates(found, Collapse.IMAGE, ALIKE) == [[0, 2], [1, 3]]
        assert group_duplicates(found, Collapse.BYTES, ALIKE) == [[0], [1, 3], [2]]

    def test_mirrored(self):
        found = hits(("a", LAKE, 0), ("b", flipped(mirrored(LAKE), [5, 17]), 90))
        assert group_duplicates(found, Collapse.IMAGE, ALIKE) == [[0, 1]]

    def test_up_to_31_bits(self):
        fine = [16 * row + 8 + column for row in range(8) for column in range(8)]
        found = hits(("a", LAKE, 0), ("b", flipped(LAKE, fine[:31]), 0), ("c", flipped(LAKE, fine[:32]), 0))
        assert group_duplicates(found, Collapse.IMAGE, ALIKE) == [[0, 1], [2]]

    def test_pictures_without_a_hash_are_not_the_same(self):
        found = hits(("a", "", 0), ("b", "", 0), ("c", LAKE, 0), ("a", "", 0))
        assert group_duplicates(found, Collapse.IMAGE, ALIKE) == [[0, 3], [1], [2]]


class TestAlike:
    def test_by_the_cosine_alone(self):
        found = hits(("a", LAKE, 0), ("b", ROAD, 9), ("c", FACE, 11), ("d", "", -9), ("e", "", -11))
        assert group_duplicates(found, Collapse.ALIKE, ALIKE) == [[0, 1, 3], [2], [4]]

    def test_the_same_picture_whatever_its_embedding(self):
        assert group_duplicates(hits(("a", LAKE, 0), ("b", LAKE, 90)), Collapse.ALIKE, ALIKE) == [[0, 1]]

    def test_the_nearer_the_hashes_the_less_of_the_cosine_is_asked(self):
        def joins(bits, degrees):
            found = hits(("a", LAKE, 0), ("b", flipped(LAKE, coarse_bits(bits)), degrees))
            return len(group_duplicates(found, Collapse.ALIKE, ALIKE)) == 1

        widest = [max(degrees for degrees in range(40) if joins(bits, degrees)) for bits in (11, 14, 18, 22, 26)]
        assert widest == sorted(widest, reverse=True)
        assert widest[0] >= 18
        assert widest[-2:] == [10, 10]

    def test_equal_embeddings_are_alike_where_nothing_less_is(self):
        found = hits(("a", LAKE, 30), ("b", ROAD, 30), ("c", FACE, 31))
        assert group_duplicates(found, Collapse.ALIKE, 1.0) == [[0, 1], [2]]

    def test_joins_the_first_leader_not_a_member(self):
        found = hits(("a", LAKE, 0), ("b", ROAD, 8), ("c", FACE, 16), ("d", "", 24))
        assert group_duplicates(found, Collapse.ALIKE, ALIKE) == [[0, 1], [2, 3]]

    def test_copies_go_where_the_first_of_them_went(self):
        found = hits(("a", LAKE, 0), ("b", ROAD, 8), ("c", FACE, 16), ("b", ROAD, 8))
        assert group_duplicates(found, Collapse.ALIKE, ALIKE) == [[0, 1, 3], [2]]


class TestColours:
    """The hash looks at lightness only."""

    def of_colours(self, *palettes):
        found = hits(*((f"{at:x}", LAKE, 0) for at in range(len(palettes))))
        colours = [tuple(Colour(rgb, share) for rgb, share in palette) for palette in palettes]
        return [replace(hit, record=replace(hit.record, colours=one)) for hit, one in zip(found, colours, strict=True)]

    @pytest.mark.parametrize("collapse", [Collapse.IMAGE, Collapse.ALIKE])
    @pytest.mark.parametrize(
        ("one", "other"),
        [("#e02020", "#2030d0"), ("#20a040", "#d02090"), ("#f0c000", "#2030d0"), ("#208080", "#c04020")],
    )
    def test_one_drawing_in_other_colours_is_another(self, one, other, collapse):
        found = self.of_colours(*([("#ffffff", 0.9), (colour, 0.1)] for colour in (one, other, one)))
        assert group_duplicates(found, collapse, ALIKE) == [[0, 2], [1]]

    @pytest.mark.parametrize("collapse", [Collapse.IMAGE, Collapse.ALIKE])
    @pytest.mark.parametrize(
        "palette",
        [
            [("#a01818", 0.5), ("#ffffff", 0.5)],  # darker
            [("#ff4040", 0.9)],  # brighter
            [("#c8382c", 0.3), ("#2030d0", 0.05)],  # another of its colours is found, too
            [("#808080", 1.0)],  # grey
            [("#e02020", 0.3), ("#20c0c0", 0.3)],  # hues of all kinds
            [],
        ],
    )
    def test_copies_are_not(self, palette, collapse):
        found = self.of_colours([("#e02020", 0.5), ("#ffffff", 0.5)], palette)
        assert group_duplicates(found, collapse, ALIKE) == [[0, 1]]


pictures = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", LAKE, mirrored(LAKE), ROAD]), st.integers(0, 60)),
    max_size=30,
)


@given(pictures, st.sampled_from(Collapse), st.integers(0, 30))
def test_a_longer_list_begins_with_the_same_stacks(described, collapse, count):
    found = hits(*described)
    whole = group_duplicates(found, collapse, ALIKE)
    min_match = [[position for position in stack if position < count] for stack in whole]
    assert group_duplicates(found[:count], collapse, ALIKE) == [stack for stack in min_match if stack]


@given(pictures, st.sampled_from(Collapse))
def test_every_hit_is_in_one_stack_behind_its_best(described, collapse):
    found = group_duplicates(hits(*described), collapse, ALIKE)
    assert sorted(position for stack in found for position in stack) == list(range(len(described)))
    assert all(stack == sorted(stack) for stack in found)
    leaders = [stack[0] for stack in found]
    assert leaders == sorted(leaders)


@pytest.mark.parametrize("collapse", [Collapse.IMAGE, Collapse.ALIKE])
def test_however_many_are_compared_at_once(collapse):
    rng = np.random.default_rng(0)
    found = hits(*((f"{at:x}", rng.choice(["", LAKE, ROAD]), rng.integers(360)) for at in range(150)))
    expected = group_duplicates(found, collapse, ALIKE)
    assert group_duplicates(found, collapse, ALIKE, block=7) == expected
    assert 1 < len(expected) < 150


rows = arrays(np.float32, st.tuples(st.integers(2, 20), st.just(6)), elements=st.integers(-5, 5).map(np.float32))


class TestLearning:
    @given(rows.filter(lambda rows: rows.any(axis=1).all()))
    def test_lies_a_fixed_part_of_the_way_from_equal_to_usual(self, rows):
        sample = unit(rows)
        cosines = (sample @ sample.T)[np.triu_indices(len(sample), 1)]
        assert learn_duplicate_threshold(sample) == pytest.approx(1 - 0.07 * (1 - cosines.mean()), abs=1e-5)

    @pytest.mark.parametrize("offset", [0.5, 1.0, 2.0])
    def test_means_the_same_where_all_pictures_are_close(self, offset):
        """CLIP's pictures share a direction: unlike ones have cosines of 0.4 to 0.7."""
        rng = np.random.default_rng(0)
        near = rng.normal(size=(60, 1, 32)) + 0.3 * rng.normal(size=(60, 3, 32))
        wide = unit(near.reshape(-1, 32))
        narrow = unit(np.pad(wide, ((0, 0), (0, 1)), constant_values=offset))
        duplicate_threshold, expected = (
            sample @ sample.T >= learn_duplicate_threshold(sample) for sample in (narrow, wide)
        )
        assert (duplicate_threshold == expected).mean() > 0.999
        assert len(wide) < expected.sum() < len(wide) ** 2 / 2
        assert learn_duplicate_threshold(narrow) > learn_duplicate_threshold(wide)

    def test_of_equal_pictures_only_equal_ones_are_alike(self):
        assert learn_duplicate_threshold(unit(np.ones((5, 8)))) == pytest.approx(1)

    @pytest.mark.parametrize("count", [0, 1])
    def test_of_no_pair_is_something_usable(self, count):
        assert 0.9 < learn_duplicate_threshold(unit(np.ones((count, 8)))) < 1
