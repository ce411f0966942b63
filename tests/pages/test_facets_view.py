"""What the panel of facets shows of a filter, and what comes back from a browser."""

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.images.describe import Box, Colour
from core.index.filters import AnyOf, Between, Filter, InFolder, NameContains, meets
from core.index.records import ImageRecord
from core.search.language.conditions import write_condition
from core.search.options import Collapse, MinMatch, Options, Sort
from core.ui.components.view import options_of
from core.ui.facets_view import NUMBERS, VALUES, counted, filter_of, panel_of

CAT, DOG = AnyOf("label", ("cat",)), AnyOf("label", ("dog",))
YEAR_2020 = Between("taken", datetime(2020, 1, 1), datetime(2021, 1, 1), excluded=True)
SHARP = Between("sharpness", 0.5)


def sent(where: Filter) -> dict:
    """The panel after its way through a browser."""
    return json.loads(json.dumps(panel_of(where), allow_nan=False))


def back(where: Filter) -> Filter:
    return filter_of(sent(where), where)


def test_nothing_is_nothing():
    assert back(Filter()) == Filter()
    assert filter_of({}, Filter()) == Filter()


@pytest.mark.parametrize(
    "conditions",
    [
        (AnyOf("label", ("dog", "cat")),),
        (DOG, CAT),
        (AnyOf("format", ("JPEG",)), AnyOf("format", ("PNG",))),
        (AnyOf("tag", ("a", "b"), excluded=True),),
        (InFolder("/b"), InFolder("/a/raw\udcff", excluded=True), AnyOf("folder", ("raw\udcff",))),
        (Between("width", 1000), Between("height", None, 500), Between("size", 1, 2)),
        (Between("taken", datetime(2024, 5, 1, 12, 30, 1, 5)), YEAR_2020),
        (NameContains(" A "),),
    ],
    ids=str,
)
def test_what_has_a_place_comes_back_as_it_was(conditions):
    where = Filter(conditions)
    assert sent(where)["others"] == []
    assert back(where) == where


@pytest.mark.parametrize(
    "conditions",
    [
        (SHARP,),
        (Between("taken"),),
        (Between("width", -5), Between("width", 1.5), Between("width", float("inf"))),
        (Between("width", 5, excluded=True),),
        (Between("taken", datetime(2020, 1, 1), datetime(2020, 1, 2), excluded=True),),
        (Between("taken", datetime(9998, 1, 1), datetime(9999, 1, 1)),),
        (AnyOf("label", ()), AnyOf("label", ("cat", "dog")), AnyOf("label", ("cat", "bird"))),
        (NameContains(""), NameContains("x", excluded=True)),
    ],
    ids=str,
)
def test_what_has_no_place_is_said_and_stays(conditions):
    where = Filter(conditions)
    assert sent(where)["others"] == [write_condition(condition) for condition in conditions]
    assert back(where) == where


def test_what_the_panel_shows():
    where = Filter(
        (CAT, DOG, AnyOf("label", ("bird", "fish")), AnyOf("label", ("car",), excluded=True), NameContains("x"))
    )
    panel = panel_of(where)
    assert panel["values"]["label"] == {"chosen": ["cat", "dog"], "excluded": ["car"], "all": True}
    assert panel["others"] == ["label:bird,fish"]
    assert panel["name"] == "x"
    assert panel_of(Filter((AnyOf("label", ("cat", "dog")),)))["values"]["label"]["all"] is False
    assert panel_of(Filter((CAT, CAT)))["values"]["label"] == {"chosen": ["cat"], "excluded": [], "all": None}


def test_several_ranges_are_one():
    where = Filter((Between("width", 100, 900), Between("width", 200)))
    assert panel_of(where)["ranges"]["width"] == [200, 900]
    assert back(where) == Filter((Between("width", 200, 900),))


def test_conditions_keep_their_order():
    before = Filter((NameContains("x"), SHARP, AnyOf("tag", ("a",)), CAT))
    panel = sent(before)
    panel["values"]["label"]["chosen"] = ["cat", "dog"]
    panel["values"]["format"]["excluded"] = ["PNG"]
    changed = (AnyOf("label", ("cat", "dog")), AnyOf("format", ("PNG",), excluded=True))
    assert filter_of(panel, before) == Filter((*before.conditions[:3], *changed))


def test_another_condition_is_removed_and_none_can_be_added():
    before = Filter((SHARP, NameContains("draft", excluded=True)))
    panel = sent(before)
    panel["others"] = [write_condition(SHARP), "label:cat"]
    assert filter_of(panel, before) == Filter((SHARP,))


@pytest.mark.parametrize("hostile", [None, 1, "x", [], [[]], {"values": 1}, {"values": {"label": []}}, {"ranges": [1]}])
def test_a_panel_that_is_none_says_nothing(hostile):
    assert filter_of(hostile, Filter((CAT, SHARP))) == Filter()


@pytest.mark.parametrize(
    "bounds",
    [
        *(None, [], [1], [1, 2, 3], ["1", None], [True, False], [-1, None], [float("nan"), float("inf")]),
        *([10**400, None], [{}, []], [1.5, None]),
    ],
)
@pytest.mark.parametrize("field", NUMBERS)
def test_bounds_that_are_no_numbers_are_left_out(field, bounds):
    assert filter_of({"ranges": {field: bounds}}, Filter()) == Filter()


@pytest.mark.parametrize("moment", ["", "yesterday", "2024-01-01T00:00:00Z", "9999-01-01", "2024-13-01", 2024, True])
def test_dates_that_are_none_are_left_out(moment):
    assert filter_of({"ranges": {"taken": [moment, moment]}}, Filter()) == Filter()


def test_of_a_broken_part_the_rest_is_kept():
    panel = {
        "values": {"label": {"chosen": ["cat", 3, None, "", "x" * 5_000, ["dog"]], "excluded": "cat", "all": "yes"}},
        "folders": {"chosen": {"/a": 1}, "excluded": ["/b", {}]},
        "years": [2020, 0, 9999, "2021", True, 1e3, [2022]],
        "ranges": {"width": [True, 900], "weight": [1, 2]},
        "name": ["x"],
    }
    kept = (CAT, InFolder("/b", excluded=True), Between("width", None, 900), YEAR_2020)
    assert filter_of(panel, Filter()) == Filter(kept)


def test_counts_come_in_order_and_at_most_a_thousand():
    counts = {"year": {"2020": 1, "2024": 3}, "tag": {}, "label": {str(number): 1 for number in range(2000)}}
    groups = counted(counts)
    assert groups["year"] == [["2024", 3], ["2020", 1]]
    assert "tag" not in groups
    assert len(groups["label"]) == 1000


texts = st.sampled_from(["cat", "dog", "bird", "a", "JPEG", "raw\udcff", " ", "<b>", "red", "square"])
numbers = st.none() | st.sampled_from([0, 1, 100, 640, 641, -3, 2**60])
days = st.none() | st.sampled_from(
    [datetime(2020, 1, 1), datetime(2021, 1, 1), datetime(2020, 6, 1, 12), datetime(9998, 1, 1)]
)
conditions = st.one_of(
    st.builds(AnyOf, st.sampled_from(VALUES), st.lists(texts, max_size=3).map(tuple), st.booleans()),
    st.builds(Between, st.sampled_from([*NUMBERS, "sharpness"]), numbers, numbers, st.booleans()),
    st.builds(Between, st.just("taken"), days, days, st.booleans()),
    st.builds(InFolder, st.sampled_from(["/a", "/a/raw\udcff", "/", "/b", "https://example.org/a"]), st.booleans()),
    st.builds(NameContains, texts, st.booleans()),
)
records = st.builds(
    ImageRecord,
    id=st.just("0" * 32),
    path=st.sampled_from(["/a/cat.jpg", "/a/raw\udcff/x.png", "/b/Dog.jpg", "https://example.org/a/b"]),
    name=st.sampled_from(["cat.jpg", "Dog raw\udcff <b>.png"]),
    content_hash=st.just("0" * 64),
    size=st.sampled_from([1, 100, 5_000]),
    mtime_ns=st.just(0),
    width=st.sampled_from([99, 100, 640]),
    height=st.sampled_from([100, 641]),
    format=st.sampled_from(["JPEG", "PNG"]),
    boxes=st.lists(texts, max_size=3).map(lambda labels: tuple(Box(label, 0, 0, 1, 1) for label in labels)),
    tags=st.lists(texts, max_size=2).map(tuple),
    taken_at=st.none() | st.sampled_from([datetime(2020, 1, 1), datetime(2020, 12, 31, 23), datetime(2021, 1, 1)]),
    sharpness=st.none() | st.just(0.5),
    colours=st.just((Colour("#000000", 1.0),)),
)


@settings(deadline=None)
@given(st.lists(conditions, max_size=5), records)
def test_the_filter_that_comes_back_lets_the_same_through(chosen, record):
    where = Filter(tuple(chosen))
    assert meets(record, back(where)) == meets(record, where)
    assert back(back(where)) == back(where)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
parts = st.sampled_from(["values", "folders", "years", "ranges", "name", "others"])
names = st.sampled_from([*VALUES, *NUMBERS, "taken", "chosen", "excluded"])
panels = json_values | st.dictionaries(
    parts, json_values | st.dictionaries(names, json_values | st.dictionaries(names, json_values))
)


@settings(deadline=None)
@given(panels)
def test_whatever_a_browser_sends_makes_a_filter(panel):
    where = filter_of(panel, Filter((SHARP,)))
    assert back(where) == where


def test_options_come_back():
    options = Options(Collapse.IMAGE, 0.9, 0.5, MinMatch.WEAK, Sort.NEWEST)
    as_json = {
        "collapse": "image",
        "duplicate_threshold": 0.9,
        "diversity": 0.5,
        "min_match": "weak",
        "sort": "newest",
    }
    assert options_of(as_json, Options()) == options
    assert options_of({**as_json, "duplicate_threshold": None}, options).duplicate_threshold is None


@pytest.mark.parametrize(
    "hostile",
    [
        *(None, 1, [], {}, {"collapse": "all", "min_match": 1, "sort": []}),
        *(
            {"duplicate_threshold": value, "diversity": other}
            for value, other in [(0, -1), (2, 2), ("1", "0"), (True, False)]
        ),
        {"duplicate_threshold": float("nan"), "diversity": float("inf")},
    ],
)
def test_options_that_are_none_stay_as_before(hostile):
    before = Options(Collapse.OFF, 0.9, 0.5, MinMatch.ALL, Sort.NAME)
    assert options_of(hostile, before) == before
