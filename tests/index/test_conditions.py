"""Every condition means on each engine what `meets` says."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.images.describe import Box, Colour
from core.index.filters import AnyOf, Between, Condition, Either, Filter, Glob, InFolder, NameContains, attribute, meets
from core.index.globs import is_bounded
from core.index.index import Index
from core.index.records import ImageRecord
from core.search.language.parser import MAX_DEPTH, MAX_VALUES
from core.vectors import Embeddings
from tests.index.conftest import STAMP

NAN, INFINITY = float("nan"), float("inf")
TEXTS = (
    "it's", '"', "\\", "\\'", "a", "A", "a b", " a", "a ", "a,b", "]", "['a']", "%", "_", "*", "?", "$1", "--", "a*b",
    "a?b", "a_b", "a%b", "axb", "\\*", "é", "É", "e\u0301", "日本", "😀", "İ", "i\u0307", "ß", "SS", "ſ", "ﬁ", "Σ", "ς",
    "", "NULL", "null", "false", "\0", "\n", "\t", "x" * 300, os.fsdecode(b"\xe9"), os.fsdecode(b"caf\xe9"), "\ud800",
    "' OR '1'='1", "{}", "{{", "~", "^", "[x]", "a/b", ".", "..",
)  # fmt: skip


def hostile(base: ImageRecord, at: int) -> ImageRecord:
    """A record in which every text is a hostile one, of those two or three."""
    text, other, third = (TEXTS[(at * step + step) % len(TEXTS)] for step in (1, 7, 11))
    names = (name.replace("/", ":").replace("\0", "0").replace("\ud800", "d") or "x" for name in (text, other))
    folder = str(Path("/pictures", *names))
    return replace(
        base,
        id=f"{at:032x}",
        path=f"{folder}/{at}",
        name=f"{text}{other}-{third}",
        format=third,
        camera=text,
        lens=other,
        tags=tuple(sorted({text, third})),
        boxes=(Box(text, 0, 0, 1, 1), Box(other, 0, 0, 1, 1)),
    )


def varied(base: list[ImageRecord]) -> list[ImageRecord]:
    """Hostile texts, all shapes, unknown and extreme numbers and dates."""
    sides = [(100, 100), (110, 100), (199, 100), (200, 100), (100, 150), (1, 2**31 - 1), (0, 5)]
    dates = [
        None,
        datetime.min,
        datetime.max,
        datetime(1969, 12, 31, 23, 59, 59, 999999),
        datetime(2024, 2, 29, 1, 2, 3, 4),
    ]
    numbers = [None, 0.0, 1e-17, 0.5, 1.0, 1e300]
    colours = [(), (Colour("#ff8800", 0.5),), (Colour("#000000", 0.7), Colour("#ffffff", 0.2))]
    made = []
    for at, record in enumerate(base):
        width, height = sides[at % len(sides)]
        made.append(
            replace(
                hostile(record, at),
                width=width,
                height=height,
                size=(0, 1, 2**31, 2**53 + 1, 2**63 - 1)[at % 5],
                taken_at=dates[at % len(dates)],
                brightness=numbers[at % 6],
                sharpness=numbers[at % 4],
                colours=colours[at % 3],
            )
        )
    return made


@pytest.fixture(scope="module")
def filled(empty_big_index, make_records) -> tuple[Index, list[ImageRecord], Embeddings]:
    """The same for all tests, which change nothing."""
    base, embeddings = make_records(len(TEXTS))
    records = varied(base)
    for at, url in enumerate(
        ("https://a.example/x.jpg", "https://a.example/b/x.jpg?y=1", "https://a.example/bc/x.jpg")
    ):
        records[at] = replace(records[at], path=url)
    empty_big_index.prepare(STAMP)
    empty_big_index.upsert(records, embeddings)
    return empty_big_index, records, embeddings


def assert_agrees(filled: tuple[Index, list[ImageRecord], Embeddings], *conditions: Condition) -> int:
    """That the index finds what meets all these; how many that are."""
    index, records, embeddings = filled
    where = Filter(conditions)
    expected = {record.id for record in records if meets(record, where)}
    found, (count,) = index.search_and_counts(embeddings[0], len(records), [where])
    assert {hit.record.id for hit in found} == expected, conditions
    assert count == len(expected), conditions
    return count


def assert_splits(filled: tuple[Index, list[ImageRecord], Embeddings], condition: Condition) -> int:
    """The same of the condition and of its opposite."""
    found = assert_agrees(filled, condition)
    assert found + assert_agrees(filled, replace(condition, excluded=True)) == len(filled[1])
    return found


@pytest.mark.parametrize("field", ["label", "tag", "format", "camera", "lens"])
def test_a_text_is_a_value_and_no_syntax(filled, field):
    for text in TEXTS:
        assert (assert_splits(filled, AnyOf(field, (text,))) > 0) == (text != ""), text
    assert_splits(filled, AnyOf(field, TEXTS))
    assert_splits(filled, AnyOf(field, TEXTS[:5]))
    assert assert_splits(filled, AnyOf(field, ("none has this",))) == 0


@pytest.mark.parametrize("field", ["label", "tag", "format", "camera", "lens", "shape", "colour", "folder", "split"])
@pytest.mark.parametrize("values", [(), ("",)], ids=str)
def test_no_value_is_nobodys(filled, field, values):
    assert assert_splits(filled, AnyOf(field, values)) == 0


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_parts_of_datasets(filled, split):
    assert assert_splits(filled, AnyOf("split", (split,))) > 0


@pytest.mark.parametrize("shape", ["square", "landscape", "portrait", "panorama"])
def test_shapes(filled, shape):
    assert assert_splits(filled, AnyOf("shape", (shape,))) > 0


def test_colours_by_their_names(filled):
    assert assert_splits(filled, AnyOf("colour", ("black",))) > 0
    assert_splits(filled, AnyOf("colour", ("Black", "white")))


def test_folders_by_the_names_on_the_path(filled):
    assert assert_splits(filled, AnyOf("folder", ("pictures",))) == len(filled[1]) - 3
    assert assert_splits(filled, AnyOf("folder", ("a.example", "b"))) >= 3
    for text in TEXTS:
        assert_splits(filled, AnyOf("folder", (text,)))


def test_folders_by_their_paths(filled):
    _, records, _ = filled
    folders = {record.folder for record in records} | {str(Path(record.folder).parent) for record in records}
    for folder in [
        *sorted(folders),
        "/",
        "/pictures/",
        "/picture",
        "/pictures//a",
        "",
        ".",
        "https://a.example/",
        "https://a",
    ]:
        assert_splits(filled, InFolder(folder))


def test_names_by_what_they_contain(filled):
    for text in TEXTS:
        assert assert_splits(filled, NameContains(text)) > 0, text
        assert_splits(filled, NameContains(text.upper()))
    for text in (
        "-",
        "xx",
        "'-",
        "STRASSE",
        "**",
        "\\\\",
        "x" * 300,
        "x" * 2000,
        "ab" * 2000,
        "日" * 2000,
        "😀" * 2000,
    ):
        assert_splits(filled, NameContains(text))


def test_names_by_how_they_are_composed(filled):
    assert assert_splits(filled, NameContains("é")) == assert_splits(filled, NameContains("e\u0301")) > 0
    assert assert_splits(filled, Glob("name", "*É*")) == assert_splits(filled, Glob("name", "*e\u0301*")) > 0
    assert assert_splits(filled, Glob("folder", "É")) == assert_splits(filled, Glob("folder", "e\u0301")) > 0


@pytest.mark.parametrize("field", ["name", "folder"])
def test_names_that_fit_a_pattern(filled, field):
    for text in TEXTS:
        for pattern in (f"{text}*", f"*{text.upper()}?", f"*{text[:1]}*{text[-1:]}??"):
            if is_bounded(pattern):
                assert_agrees(filled, Glob(field, pattern))
    for pattern in ("*", "?*", "**", "???", "*a*b*", "[ax]*", "a|b", ".*", "(a)*", "*" + "?" * 9, "*x?x?x?x?x?x?x?x?x"):
        assert_splits(filled, Glob(field, pattern))
    for longest in ("x" * 100, "?" * 100, "ab?" * 33, "é" * 66, "ǖ" * 20):
        assert is_bounded(longest), longest
        assert_splits(filled, Glob(field, longest))


def test_folders_whose_path_fits_a_pattern(filled):
    for pattern in (
        "/pictures/?",
        "/pictures/*",
        "/*/a*",
        "/pict*",
        "/PICTURES/*/*",
        "https://a.example*",
        "https://*/b",
    ):
        assert assert_splits(filled, Glob("folder", pattern)) > 0, pattern
    assert assert_splits(filled, Glob("folder", "/picture?/")) == 0


def test_one_of_several_filters(filled):
    """Also where what is looked at is not known: half of the records have no date."""
    named, small, dated = NameContains("a"), Between("width", high=150), Between("taken", datetime(2024, 1, 1))
    bright, labelled = Between("brightness", 0.5), AnyOf("label", ("é", "a"))
    for filters in (
        (Filter((named,)), Filter((small,))),
        (Filter((labelled, small)), Filter((dated, replace(bright, excluded=True)))),
        (Filter((Either((Filter((named,)), Filter((dated,))), excluded=True),)), Filter((labelled,))),
        (Filter((replace(dated, excluded=True),)), Filter((bright,)), Filter((InFolder("/pictures/a"),))),
    ):
        assert 0 < assert_splits(filled, Either(filters)) < len(filled[1])
        assert_agrees(filled, Either(filters), Either(filters[::-1], excluded=True))
        assert_agrees(filled, Either(filters), small, replace(named, excluded=True))
    assert assert_splits(filled, Either(())) == 0
    assert assert_splits(filled, Either((Filter(),))) == len(filled[1])


def test_the_deepest_and_the_widest_that_can_be_typed(filled):
    deep = Either((Filter((NameContains("a"),)), Filter((Between("width", 100),))))
    for level in range(MAX_DEPTH):
        others = Filter((AnyOf("label", ("é",)), Between("height", level)))
        deep = Either((Filter((deep, NameContains("b", excluded=True))), others), excluded=level % 2 == 0)
    assert_splits(filled, deep)
    wide = (Filter((NameContains(f"{at}"), Glob("folder", f"*{at}*"))) for at in range(MAX_VALUES // 2))
    assert_splits(filled, Either(tuple(wide)))


@pytest.mark.parametrize("field", ["width", "height", "megapixels", "size", "brightness", "sharpness"])
def test_numbers_between_bounds(filled, field):
    bounds = [
        None, -1, 0, -0.0, 0.5, 1e-17, 1, 99.5, 100, 9_999.5, 15_000, 2**31 - 1, 2**31, 2**31 + 0.5, 2**53, 2**53 + 1,
        2**63 - 1, 2**63, 1e300, 10**400, -(10**400), INFINITY, -INFINITY, NAN,
    ]  # fmt: skip
    assert assert_splits(filled, Between(field)) == sum(getattr(r, attribute(field)) is not None for r in filled[1])
    for low in bounds:
        assert_agrees(filled, Between(field, low))
        assert_agrees(filled, Between(field, high=low, excluded=True))
        assert_agrees(filled, Between(field, low, 100))


def test_dates_between_bounds(filled):
    _, records, _ = filled
    moments = {record.taken_at for record in records} | {datetime(1, 1, 1, 0, 0, 0, 1), datetime(1970, 1, 1)}
    for moment in moments:
        assert_splits(filled, Between("taken", moment))
        assert_splits(filled, Between("taken", high=moment))
        if moment is not None and moment < datetime(9999, 1, 1):
            assert_splits(filled, Between("taken", moment, moment + timedelta(microseconds=1)))


def test_all_reads_are_narrowed_alike(filled):
    index, records, _ = filled
    where = Filter(
        (InFolder("/pictures"), Between("width", 100), NameContains("a"), AnyOf("label", ("é",), excluded=True))
    )
    expected = {record.id for record in records if meets(record, where)}
    assert expected
    assert {record.id for batch, _ in index.scan(where) for record in batch} == expected
    assert {record.id for batch in index.records(where) for record in batch} == expected
    assert {record.id for record in index.browse(where, limit=1000)} == expected
    assert index.totals(where).count == index.count(where) == len(expected)


texts = st.sampled_from(TEXTS) | st.text(max_size=5)
numbers = st.none() | st.integers(-(2**70), 2**70) | st.floats()
simple = st.one_of(
    st.builds(
        AnyOf,
        st.sampled_from(["label", "tag", "format", "camera", "lens", "shape", "colour", "folder", "split"]),
        st.lists(texts, max_size=4).map(tuple),
        st.booleans(),
    ),
    st.builds(
        Between,
        st.sampled_from(["width", "height", "megapixels", "size", "brightness", "sharpness"]),
        numbers,
        numbers,
        st.booleans(),
    ),
    st.builds(Between, st.just("taken"), st.none() | st.datetimes(), st.none() | st.datetimes(), st.booleans()),
    st.builds(InFolder, texts.map(lambda text: f"/pictures/{text}".replace("\0", "")), st.booleans()),
    st.builds(NameContains, texts, st.booleans()),
    st.builds(
        Glob,
        st.sampled_from(["name", "folder"]),
        st.lists(st.sampled_from(["*", "?", "/"]) | texts, max_size=5).map("".join).filter(is_bounded),
        st.booleans(),
    ),
)
conditions = st.recursive(
    simple,
    lambda inner: st.builds(
        Either,
        st.lists(st.lists(inner, max_size=2).map(lambda found: Filter(tuple(found))), max_size=3).map(tuple),
        st.booleans(),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(conditions, min_size=1, max_size=3))
def test_whatever_is_asked_the_engine_agrees(filled, drawn):
    assert_agrees(filled, *drawn)


def test_of_many_values_each_counts(filled):
    many = tuple(f"no {i}" for i in range(5000))
    for field in ("label", "camera"):
        assert assert_splits(filled, AnyOf(field, (*many, "a"))) == assert_splits(filled, AnyOf(field, ("a",)))


anything = st.text(st.characters(max_codepoint=0x10EFFF), max_size=6)  # lone surrogates too


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(anything, min_size=4, max_size=4), st.data())
def test_whatever_is_stored_the_engine_agrees(index, make_records, drawn, data):
    base, embeddings = make_records(4)
    records = [
        replace(one, name=f"{text}{other}", camera=text, tags=(text, other), boxes=(Box(other, 0, 0, 1, 1),))
        for one, text, other in zip(base, drawn, drawn[1:] + drawn[:1], strict=True)
    ]
    index.prepare(STAMP)
    index.upsert(records, embeddings)
    text, low = data.draw(st.sampled_from(drawn)), data.draw(st.integers(0, 5))
    globs = (Glob("name", f"*{part}*") for part in (text, text[:2].upper()))
    for condition in (
        NameContains(text),
        NameContains(text[:2].upper()),
        *globs,
        *(AnyOf(f, (text,)) for f in ("camera", "tag", "label")),
    ):
        assert_splits((index, records, embeddings), condition)  # type: ignore[arg-type]
    assert_agrees(
        (index, records, embeddings), NameContains(text), Between("size", low), AnyOf("tag", (drawn[0],), excluded=True)
    )
