"""A search in an address, and back."""

import json
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.api.v1.requests.search import Asked
from core.index.filters import AnyOf, Between, Filter, NameContains
from core.index.index import MAX_K
from core.index.records import from_storable
from core.search.language.url import KNOWN_PARAMETERS, from_params, to_json, to_params
from core.search.options import Collapse, MinMatch, Options, Sort
from core.search.query import MAX_PARTS, Picture, Query, Region, Search, Words, clean

CAT, DOG = "c" * 64, "d" * 64


def test_a_search_as_parameters():
    search = Search(
        Query((Words("cat", 2.0),), (Picture(CAT), Picture(DOG, -0.5, Region(0.1, 0.2, 0.5, 0.25))), (CAT,), (DOG,)),
        Filter((AnyOf("label", ("cat",)), Between("width", 1000))),
        Options(Collapse.OFF, 0.9, 0.25, MinMatch.ALL, Sort.NEWEST),
        12,
    )
    params = {
        "q": ["2:cat label:cat width:>=1000"],
        "image": [CAT, f"{DOG}:-0.5@0.1,0.2,0.5,0.25"],
        "more": [CAT],
        "less": [DOG],
        "k": ["12"],
        "collapse": ["off"],
        "duplicate_threshold": ["0.9"],
        "diversity": ["0.25"],
        "min_match": ["all"],
        "sort": ["newest"],
    }
    assert to_params(search) == params
    assert from_params(params) == search


def test_a_link_of_before_two_options_were_renamed():
    options = Options(duplicate_threshold=0.9, min_match=MinMatch.STRONG)
    assert from_params({"alike": ["0.9"], "cut": ["strong"]}).options == options
    assert from_params({"min_match": ["strong"], "cut": ["all"], "alike": ["0.9"]}).options == options


def test_what_is_as_usual_is_left_out():
    assert to_params(Search()) == {}
    assert from_params({}) == Search()


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (CAT, Picture(CAT)),
        (f"{CAT}:0.5", Picture(CAT, 0.5)),
        (f"{CAT}:9", Picture(CAT)),
        (f"{CAT}:nan", Picture(CAT)),
        (f"{CAT}:-1@0,0,1,1", Picture(CAT, -1.0, Region(0, 0, 1, 1))),
        (f"{CAT}@0,0,0.001,1", Picture(CAT)),
        (f"{CAT}@0.5,0,0.6,1", Picture(CAT)),
        (f"{CAT}@0,0,1", Picture(CAT)),
        (f"{CAT}@0,0,1,1,1", Picture(CAT)),
        (f"{CAT}@" + "0," * 100_000, Picture(CAT)),
        (f"{CAT}@0,0,1,x", Picture(CAT)),
    ],
)
def test_of_a_picture_what_is_malformed_is_left_out(image, expected):
    assert from_params({"image": [image]}).query == Query(pictures=(expected,))


@pytest.mark.parametrize(
    "params",
    [
        {"image": ["../etc/passwd", CAT.upper(), ""], "more": ["x"], "less": ["\x00", "\ud800"]},
        {"sort": ["best", "worst"], "collapse": [""], "cut": ["ALL"]},
        {"alike": ["0"], "diversity": ["-1"]},
        {"alike": ["nan"], "diversity": ["1e999"]},
        {"alike": ["1.5"], "diversity": ["9" * 1_000_000]},
        {"unknown": ["x"], "q": []},
        *({"k": [k]} for k in ("0", "-1", "abc", "1e3", "10001", "9" * 1_000_000, "٣", "", " ", "ALL", "1.5", "\x00")),
        {"q": ["\x00" * 50_000]},
    ],
)
def test_what_is_malformed_is_left_out(params):
    assert from_params(params) == Search()


def test_of_what_is_there_once_the_last_counts():
    assert from_params({"q": ["cat", "dog"], "sort": ["name", "newest"]}) == Search(
        Query((Words("dog"),)), options=Options(sort=Sort.NEWEST)
    )


@pytest.mark.parametrize(
    ("text", "k", "written"),
    [("1", 1, "1"), ("0024", 24, "24"), ("9999", 9999, "9999"), ("10000", MAX_K, "all"), ("all", MAX_K, "all")],
)
def test_how_many(text, k, written):
    assert from_params({"k": ["5", text]}) == Search(k=k)
    assert to_params(Search(k=k)) == {"k": [written]}


@pytest.mark.parametrize("text", ["9:cat", "cat width:large", 'label:"cat'])
def test_text_that_cannot_be_read_is_words(text):
    assert from_params({"q": [text]}) == Search(Query((Words(text),)))


def test_there_are_only_so_many_parts():
    hashes = [f"{number:064x}" for number in range(10_000)]
    search = from_params({"q": ["a + b"], "image": hashes[:20], "more": hashes, "less": hashes})
    query = search.query
    assert (len(query.words), len(query.pictures), len(query.more), len(query.less)) == (2, 20, MAX_PARTS - 22, 0)


HASHES = st.integers(0, 2**64).map(lambda number: f"{number:064x}")
EXAMPLES = st.lists(HASHES, max_size=5, unique=True).map(tuple)
HUNDREDTHS = st.integers(-100, 200).map(lambda n: n / 100)
REGIONS = st.builds(
    lambda left, top, width, height: Region(left / 1e4, top / 1e4, width / 1e4, height / 1e4),
    st.integers(0, 5000), st.integers(0, 5000), st.integers(200, 5000), st.integers(200, 5000),
)  # fmt: skip
# Of file names any but those that hold what stands in an index for bytes that are not UTF-8.
NAMES = st.text(st.characters(), min_size=1, max_size=9).filter(lambda text: from_storable(text) == text)
SEARCHES = st.builds(
    Search,
    st.builds(
        Query,
        st.lists(st.builds(Words, st.text().map(clean).filter(bool), HUNDREDTHS), max_size=5).map(tuple),
        st.lists(st.builds(Picture, HASHES, HUNDREDTHS, st.none() | REGIONS), max_size=5, unique=True).map(tuple),
        EXAMPLES,
        EXAMPLES,
    ),
    st.lists(st.builds(NameContains, NAMES), max_size=3).map(lambda names: Filter(tuple(names))),
    st.builds(
        Options,
        st.sampled_from(Collapse),
        st.none() | st.integers(1, 100).map(lambda n: n / 100),
        st.integers(0, 100).map(lambda n: n / 100),
        st.sampled_from(MinMatch),
        st.sampled_from(Sort),
    ),
    st.none() | st.integers(1, MAX_K),
)


@given(SEARCHES)
def test_an_address_gives_the_search_again(search):
    address = urlencode(to_params(search), doseq=True)
    assert from_params(parse_qs(address)) == search


@given(SEARCHES)
@settings(deadline=None)  # the first has the model built
def test_the_json_form_is_what_the_api_reads(search):
    assert Asked.model_validate_json(json.dumps(to_json(search))).search == search


@given(st.dictionaries(st.sampled_from(sorted(KNOWN_PARAMETERS)), st.lists(st.text())))
def test_any_parameters_are_some_search(params):
    search = from_params(params)
    assert from_params(to_params(search)) == search
