"""What a collection holds: dates in bars, places in dots, boxes, concepts, and the job that gathers them."""

from datetime import date, datetime
from itertools import pairwise

import numpy as np
import pytest

from core.analysis.overview import boxes
from core.analysis.overview.facts import Facts, Gathering
from core.analysis.overview.land import land, rings
from core.analysis.overview.places import cell_size, places_of, within
from core.analysis.overview.presence import Presence, absent, expectations, frequent, rare
from core.analysis.overview.timeline import MAX_BARS, UNDATED, of_days, of_years
from core.images.describe import Box
from core.index.filters import Between
from core.search.language.parser import parse
from tests.records import a_record


def days(*moments):
    return np.array([-1 if moment is None else date(*moment).toordinal() for moment in moments], np.int32)


@pytest.mark.parametrize(
    ("moments", "unit", "bars"),
    [
        ([(2024, 5, 1), (2024, 5, 3)], "day", [("1 May 2024", 1), ("2 May 2024", 0), ("3 May 2024", 1)]),
        (
            [(2024, 1, 31), (2024, 4, 1), (2024, 4, 30)],
            "month",
            [("Jan 2024", 1), ("Feb 2024", 0), ("Mar 2024", 0), ("Apr 2024", 2)],
        ),
        ([(2020, 2, 29)], "day", [("29 Feb 2020", 1)]),
        ([(9999, 12, 31)], "month", [("Dec 9999", 1)]),
    ],
)
def test_a_timeline(moments, unit, bars):
    found = of_days(days(*moments, None))
    assert (found.unit, [(bar.label, bar.count) for bar in found.bars]) == (unit, bars)
    assert found.undated == 1


@pytest.mark.parametrize(
    ("first", "last", "unit"),
    [(2019, 2023, "month"), (2010, 2023, "quarter"), (1970, 2024, "year"), (1500, 2024, "decade")],
)
def test_bars_become_coarser_with_the_span(first, last, unit):
    found = of_days(days((first, 3, 3), (last, 11, 30)))
    assert found.unit == unit
    assert sum(bar.count for bar in found.bars) == 2
    assert found.bars[0].count == found.bars[-1].count == 1
    assert len(found.bars) <= MAX_BARS


def test_each_bar_is_a_condition_that_says_its_days():
    for bar in of_days(days((2019, 3, 3), (2023, 11, 30))).bars:
        (condition,) = parse(bar.condition)[1].conditions
        assert condition == Between(
            "taken", datetime(bar.start.year, bar.start.month, 1), datetime(bar.end.year, bar.end.month, 1)
        )
    (undated,) = parse(UNDATED)[1].conditions
    assert (undated.field, undated.excluded, undated.high) == ("taken", True, None)


def test_years_before_anything_was_gathered():
    found = of_years({"2020": 5, "2018": 2, "odd": 9}, 10)
    assert [(bar.label, bar.count) for bar in found.bars] == [("2018", 2), ("2019", 0), ("2020", 5)]
    assert found.undated == 3
    assert of_years({}, 4).bars == of_days(days(None)).bars == ()


def gathered(*records):
    gathering = Gathering()
    gathering.add(records)
    return gathering.facts()


def at(name, *place):
    return a_record(f"{name}.jpg", gps=place or None)


def test_places_near_one_another_are_one_dot():
    facts = gathered(
        at("a", 48.1, 11.5),
        at("b", 48.1002, 11.5001),
        at("c", -33.9, 151.2),
        at("d"),
        at("e", 0.0, 0.0),
        at("f", 99.0, 7.0),
    )
    found = places_of(facts)
    assert (found.located, [dot.count for dot in found.dots]) == (3, [2, 1])
    assert found.dots[0].latitude == pytest.approx(48.1, abs=0.01)
    assert found.dots[1].longitude == pytest.approx(151.2)
    names = facts.names(within(facts, found.dots[0].cell, found.size))
    assert names == [a_record("a.jpg").id, a_record("b.jpg").id]
    assert sum(int(within(facts, dot.cell, found.size).sum()) for dot in found.dots) == 3
    assert places_of(gathered(at("x"))).dots == places_of(gathered()).dots == ()


@pytest.mark.parametrize(("span", "size"), [(0.0, 0.002), (1.0, 0.05), (300.0, 10.0)])
def test_dots_are_as_far_apart_as_the_places_ask_for(span, size):
    assert cell_size(np.array([[0.0, 0.0], [0.0, span]])) == pytest.approx(size)


def labelled(name, *labels):
    return a_record(f"{name}.jpg", boxes=tuple(Box(label, 0.1, 0.1, 0.2, 0.2) for label in labels))


def test_boxes_of_pictures_and_of_labels():
    facts = gathered(labelled("a"), labelled("b", "dog"), labelled("c", *["dog"] * 7, "cat"))
    assert facts.labels == {"dog": 8, "cat": 1}
    shares = [(one.label, one.count) for one in boxes.shares(facts.boxes)]
    assert shares == [("0", 1), ("1", 1), ("2", 0), ("3", 0), ("4", 0), ("5–9", 1)]
    assert boxes.with_boxes(facts.boxes, 5, 9).tolist() == [False, False, True]
    assert boxes.with_boxes(facts.boxes, 1, None).tolist() == [False, True, True]
    assert boxes.shares(np.array([], np.uint16)) == ()
    assert boxes.shares(np.array([60, 65_535], np.uint16))[-1].label == "50+"


def test_facts_are_kept(tmp_path):
    from core.analysis.kept import Kept

    kept, facts = Kept(tmp_path), gathered(at("a", 48.1, 11.5), labelled("b", "dog"))
    assert Facts.read(kept) is None
    facts.write(kept)
    again = Facts.read(kept)
    assert again is not None
    assert (again.labels, again.names(again.boxes > 0)) == ({"dog": 1}, [a_record("b.jpg").id])
    assert np.array_equal(again.places, facts.places, equal_nan=True)


def presences(**matched):
    return [
        Presence(concept, count, False, "x" if count else "", expected)
        for concept, (count, expected) in matched.items()
    ]


def test_what_is_missing_is_told_by_what_is_like_it():
    bank = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 0, 1], [0, 0.1, 0.9], [0, 1, 0]], np.float32)
    expected = expectations(bank, np.array([200.0, 0, 0, 0, 0]))
    assert expected.argmax() in (1, 4)
    assert expected[1] > expected[3]
    found = presences(dog=(900, 1.0), cat=(0, 6.0), robot=(0, 0.5), zebra=(1, 3.0), blue=(0, 9.0))
    assert [one.concept for one in absent(found, 10_000, 9)] == ["cat", "zebra", "robot"]
    assert [one.concept for one in absent(found, 100, 9)] == ["cat", "robot"]
    assert [one.concept for one in rare(found, 1)] == ["zebra"]
    assert [one.concept for one in frequent(found, 9)] == ["dog", "zebra"]


def test_lines_of_the_land_close():
    topology = {
        "transform": {"scale": [1.0, 1.0], "translate": [-10.0, 0.0]},
        "arcs": [[[0, 0], [5, 0], [0, 5]], [[0, 0], [0, 5], [5, 0]], [[0, -80], [1, 0], [0, 1]]],
        "objects": {"land": {"type": "MultiPolygon", "arcs": [[[0, ~1]], [[2]]]}},
    }
    (ring,) = rings(topology)
    assert ring == [-10.0, 0.0, -5.0, 0.0, -5.0, 5.0, -10.0, 5.0, -10.0, 0.0]


def test_the_outline_is_that_of_the_land():
    found = land()
    assert len(found) > 100
    assert all(len(ring) % 2 == 0 for ring in found)
    for ring in found:  # none leaps across the map
        assert max(abs(one - other) for one, other in pairwise(ring[::2])) < 60
    assert any(-10 < x < 40 for ring in found for x in ring[::2])
