"""What is typed: how it is read, and that it is written as it is read."""

import math
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import InvalidQuery
from core.index.filters import AnyOf, Between, Filter, Glob, InFolder, NameContains
from core.index.records import from_storable, storable
from core.search.language.groups import either, opposite
from core.search.language.parser import LONGEST, MAX_VALUES, format_, parse
from core.search.query import MAX_PARTS, Words, clean


def words(text):
    return [(part.text, part.weight) for part in parse(text)[0]]


def condition(text):
    typed, where = parse(text)
    assert typed == ()
    (only,) = where.conditions
    return only


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n", []),
        ("a red  bus", [("a red bus", 1)]),
        ("2:beach + sunset − people", [("beach", 2), ("sunset", 1), ("people", -1)]),
        ("beach - people at night", [("beach", 1), ("people at night", -1)]),
        ("- people", [("people", -1)]),
        ("beach -people at night", [("beach at night", 1), ("people", -1)]),
        ('beach −"traffic lights" at night', [("beach at night", 1), ("traffic lights", -1)]),
        ("2:beach 0.5:people at night", [("beach", 2), ("people at night", 0.5)]),
        ("cat -0.5:dog", [("cat", 1), ("dog", -0.5)]),
        ("cat - 0.5:dog", [("cat", 1), ("dog", -0.5)]),
        (".5:cat + 0:dog", [("cat", 0.5), ("dog", 0)]),
        ("0.123:cat", [("cat", 0.12)]),
        ('"cats + dogs" + 2:"label:x"', [("cats + dogs", 1), ("label:x", 2)]),
        ('a "red bus" at night', [("a red bus at night", 1)]),
        ('"say ""cheese"""', [('say "cheese"', 1)]),
        ("“cats + dogs”", [("cats + dogs", 1)]),
        ("+ + cat + - + dog -", [("cat", 1), ("dog", 1)]),
    ],
)
def test_words_and_their_weights(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "t-shirt, black-and-white",
        "16:9 poster",
        "4:3",
        "scale 1:87",
        "2:30 pm",
        "at -5 degrees",
        "a—b",
        "rock'n'roll--live",
        "a cat (asleep)",
        "(a cat) asleep :)",
        "cat OR dog",
        "Portland OR",
        "sink or swim",
        "not a cat",
        '12" screen, 5" wheels',
        'the "cheese"!',
        '"never closed',
        "http://x",
        "note: buy",
        "note:buy",
        "C:\\pictures",
        ":label",
        "1+1",
        "2:",
        "日本 の 猫",
    ],
)
def test_what_stays_words(text):
    assert words(text) == [(text, 1)]
    assert words(format_(*parse(text))) == [(text, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("label:cat", AnyOf("label", ("cat",))),
        ('label:cat,"traffic light",cat', AnyOf("label", ("cat", "traffic light"))),
        ('-Tag:"a, b"', AnyOf("tag", ("a, b",), excluded=True)),
        ("−tag:x", AnyOf("tag", ("x",), excluded=True)),
        ('label:"say ""x"""', AnyOf("label", ('say "x"',))),
        ("color:grey", AnyOf("colour", ("grey",))),
        ("orientation:portrait", AnyOf("shape", ("portrait",))),
        ("-split:train", AnyOf("split", ("train",), excluded=True)),
        ("format:JPEG,PNG", AnyOf("format", ("JPEG", "PNG"))),
        ("folder:raw,2024", AnyOf("folder", ("raw", "2024"))),
        ("folder:/pictures/2024/", InFolder("/pictures/2024")),
        ("-folder:/", InFolder("/", excluded=True)),
        ("folder:/a,b", InFolder("/a,b")),
        ('folder:"/a b"', InFolder("/a b")),
        ("folder:s3://bucket/2024/", InFolder("s3://bucket/2024")),
        ('folder:"~x"', AnyOf("folder", ("~x",))),
        ("folder:~nobody-here", AnyOf("folder", ("~nobody-here",))),
        ("name:IMG_", NameContains("IMG_")),
        ("name:a,b", NameContains("a,b")),
        ("width:1920", Between("width", 1920, 1921)),
        ("width:>=1000", Between("width", 1000)),
        ("width:>1000", Between("width", 1001)),
        ("-height:<=1000px", Between("height", None, 1001, excluded=True)),
        ("width:≥1000", Between("width", 1000)),
        ("width:800..1200", Between("width", 800, 1201)),
        ("width:800..", Between("width", 800)),
        ("width:..", Between("width")),
        ("size:<2MB", Between("size", None, 2_000_000)),
        ("size:>=1.5kib", Between("size", 1536)),
        ("size:1..2M", Between("size", 1_000_000, 2_000_001)),
        ("size:500kB..2MB", Between("size", 500_000, 2_000_001)),
        ("brightness:>=0.5", Between("brightness", 0.5)),
        ("brightness:0.2..0.4", Between("brightness", 0.2, math.nextafter(0.4, 1))),
        ("sharpness:>0.1", Between("sharpness", math.nextafter(0.1, 1))),
        ("taken:2024", Between("taken", datetime(2024, 1, 1), datetime(2025, 1, 1))),
        ("date:2024-05", Between("taken", datetime(2024, 5, 1), datetime(2024, 6, 1))),
        ("taken:2024-12-31", Between("taken", datetime(2024, 12, 31), datetime(2025, 1, 1))),
        ("taken:2024-5-7", Between("taken", datetime(2024, 5, 7), datetime(2024, 5, 8))),
        ("year:2023..2024-06", Between("taken", datetime(2023, 1, 1), datetime(2024, 7, 1))),
        ("taken:>=2024", Between("taken", datetime(2024, 1, 1))),
        ("taken:>2024-02-29", Between("taken", datetime(2024, 3, 1))),
        ("taken:<=2024", Between("taken", None, datetime(2025, 1, 1))),
        (
            "taken:2024-05-17T13:45",
            Between("taken", datetime(2024, 5, 17, 13, 45), datetime(2024, 5, 17, 13, 46)),
        ),
    ],
)
def test_conditions(text, expected):
    assert condition(text) == expected


def test_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert condition("folder:~/pictures") == InFolder("/home/ada/pictures")


def test_words_and_conditions_stand_in_any_order():
    typed, where = parse("label:cat a beach -folder:raw at night label:dog")
    assert [part.text for part in typed] == ["a beach at night"]
    assert where == Filter(
        (AnyOf("label", ("cat",)), AnyOf("folder", ("raw",), excluded=True), AnyOf("label", ("dog",)))
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("  2:beach +sunset - people   -folder:raw ", "2:beach +sunset − people -folder:raw"),
        ("-1:people 1:beach", "− people + beach"),
        ("cat -0.5:dog", "cat − 0.5:dog"),
        ('"cats + dogs"', '"cats + dogs"'),
        ('"plain words"', "plain words"),
        ('2:"9 lives"', '2:"9 lives"'),
        ("size:>2000000", "size:>2MB"),
        ("size:<=2mb", "size:<=2MB"),
        ("size:>=1048576", "size:>=1MiB"),
        ("size:=1234567", "size:=1234567B"),
        ("size:1B..2MB", "size:1B..2MB"),
        ("size:<1500k", "size:<1.5MB"),
        ("width:<1000", "width:<1000"),
        ("width:<=1920", "width:<=1920"),
        ("brightness:<=0.5", "brightness:<=0.5"),
        ("brightness:>0", "brightness:>0"),
        ("brightness:=0.5", "brightness:=0.5"),
        ("date:2024-01..2024-12", "taken:2024"),
        ("taken:9999-05-01", "taken:9999-05-01"),
        ("taken:>=9999-05-01", "taken:>=9999-05"),
        ("taken:2023-05..2023", "taken:2023-05..2023-12"),
        ("taken:<2024", "taken:<2024"),
        ("taken:>2024", "taken:>=2025"),
        ("COLOR:red", "colour:red"),
        ("-name:x", "-name:x"),
    ],
)
def test_how_it_is_written(text, written):
    assert format_(*parse(text)) == written
    assert parse(written) == parse(text)


@pytest.mark.parametrize(
    ("text", "named", "shown"),
    [
        ("beach width:large", "width:large", "width:>=1000"),
        ("width:800,1200", "width:800,1200", "width:800..1200"),
        ("width:1200..800", "width:1200..800", "width:800..1200"),
        ("width:1.5", "whole number", "width:"),
        ("width:>=1e400000", "too large", "width:"),
        ("width:" + "9" * 19_000, "too long", "width:"),
        ("size:2MB", "size:2MB", "size:<2MB"),
        ("size:<2MX", "size:<2MX", "size:<2MB"),
        ("brightness:>50", "brightness:>50", "from 0 to 1"),
        ("brightness:nan", "brightness:nan", "from 0 to 1"),
        ("taken:yesterday", "taken:yesterday", "taken:2024"),
        ("taken:2023-02-29", "taken:2023-02-29", "taken:2024"),
        ("taken:0000", "taken:0000", "taken:2024"),
        ("taken:9999", "taken:9999", "taken:2024"),
        ("taken:>=", "taken:>=", "taken:2024"),
        ("label: -cat", "label:", "label:x"),
        ('label:""', "label:", "label:x"),
        ('-label:"traffic light', "label:", 'label:"'),
        ("5:beach", "5:beach", "2:beach"),
        ("cat - 2:dog", "2:dog", "2:beach"),
        ("width:\x00\ud800", "width:", "width:>=1000"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_right_one(text, named, shown):
    with pytest.raises(InvalidQuery) as caught:
        parse(text)
    assert named in caught.value.message
    assert shown in caught.value.remedy
    assert len(str(caught.value)) < 300


def test_a_search_is_bounded():
    parse("label:" + ",".join(map(str, range(MAX_VALUES))))
    with pytest.raises(InvalidQuery, match="conditions and values"):
        parse("label:" + ",".join(map(str, range(MAX_VALUES + 1))))
    assert len(words(" + ".join(["cat"] * MAX_PARTS))) == MAX_PARTS
    with pytest.raises(InvalidQuery, match="33 terms"):
        parse(" + ".join(["cat"] * (MAX_PARTS + 1)))
    with pytest.raises(InvalidQuery, match="characters"):
        parse("a" * (LONGEST + 1))


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        '" ',
        '"a ',
        ',"',
        '"" ',
        '"""a ',
        "“a ",
        "2:a ",
        "-a ",
        "+ ",
        "label:a,",
        "a:",
        "(",
        "-(",
        "(label:a ",
        ") ",
        "label:a OR ",
        "not ",
        "name:*",
    ],
)
def test_much_hostile_text_is_read_or_refused(piece):
    try:
        read = parse(piece * (LONGEST // len(piece)))
    except InvalidQuery as error:
        assert error.remedy  # noqa: PT017 - or it is read
        return
    assert parse(format_(*read)) == read


TEXTS = st.text(max_size=30).map(clean).filter(bool)
TYPED = st.lists(
    st.sampled_from(
        [
            *'+-−:,"“” 2.a()',
            " OR ",
            " AND ",
            " NOT ",
            "(",
            ")",
            "label:",
            "-folder:",
            "width:>=",
            "taken:2024",
            "size:1",
            "MB",
            "..",
            "~/",
            "/",
        ]
    )
    | st.characters(),
    max_size=12,
).map("".join)
WORDS = st.builds(Words, TEXTS | TYPED.map(clean).filter(bool), st.integers(-100, 200).map(lambda n: n / 100))
VALUES = st.text(min_size=1).filter(lambda text: from_storable(storable(text)) == text == from_storable(text))
NAMES = VALUES.filter(lambda text: "/" not in text)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9998, 12, 31)) | st.sampled_from(
    [datetime(2024, 1, 1), datetime(2024, 2, 1), datetime(2024, 3, 1, 12), datetime(2025, 1, 1)]
)


def ranges(fields, values):
    bounds = st.tuples(values | st.none(), values | st.none())
    ordered = bounds.filter(lambda pair: None in pair or pair[0] < pair[1])
    return st.builds(lambda field, pair, no: Between(field, *pair, no), st.sampled_from(fields), ordered, st.booleans())  # type: ignore[call-arg]


PATTERNS = st.sampled_from(["*.jpg", "IMG_????", "a*b?c", "(1)*", "é*", "*\\", "a|*", "it's*"])
SIMPLE = st.one_of(
    st.builds(
        AnyOf,
        st.sampled_from(["label", "tag", "format", "camera", "lens", "shape", "colour"]),
        st.lists(VALUES, min_size=1, max_size=3, unique=True).map(tuple),
        st.booleans(),
    ),
    st.builds(AnyOf, st.just("folder"), st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple), st.booleans()),
    st.builds(
        InFolder, st.lists(NAMES.filter(lambda name: name != "."), max_size=3).map(lambda names: "/" + "/".join(names))
    ),
    st.builds(NameContains, VALUES, st.booleans()),
    st.builds(Glob, st.sampled_from(["name", "folder"]), PATTERNS, st.booleans()),
    ranges(["width", "height", "megapixels", "size"], st.integers(0, 10**15)),
    ranges(["brightness", "sharpness"], st.floats(0, 1)),
    ranges(["taken"], MOMENTS),
)


def joined(alternatives, excluded):
    found = either([tuple(alternative) for alternative in alternatives])
    return opposite(found) if excluded else found


# Some of what brackets make of these is several conditions, or one that has no brackets.
CONDITIONS = st.recursive(
    SIMPLE.map(lambda one: (one,)),
    lambda inner: st.builds(
        joined,
        st.lists(st.lists(inner, min_size=1, max_size=2).map(lambda found: sum(found, ())), min_size=1, max_size=3),
        st.booleans(),
    ),
    max_leaves=6,
)


@given(
    st.lists(WORDS, max_size=5).map(tuple), st.lists(CONDITIONS, max_size=3).map(lambda found: Filter(sum(found, ())))
)
def test_what_is_written_is_read_as_it_was(typed, where):
    written = format_(typed, where)
    assert parse(written) == (typed, where)
    assert format_(*parse(written)) == written
    written.encode()


@given(TYPED | st.text())
@example('"a + b" c"')
@example('label:"a -"b')
@example("2:0.5:a")
@example('folder:"://"')
def test_whatever_is_typed_is_read_or_refused_with_a_remedy(text):
    try:
        read = parse(text)
    except InvalidQuery as error:
        assert error.remedy  # noqa: PT017 - or it is read
        return
    written = format_(*read)
    assert parse(written) == read
    assert format_(*parse(written)) == written
