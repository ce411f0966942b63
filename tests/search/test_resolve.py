"""What typed values stand for, given what the pictures have."""

import pytest

from core.index.filters import AnyOf, Between, Either, Filter, InFolder, NameContains
from core.index.records import storable
from core.search.language.resolve import resolve

KNOWN = {
    "label": {"cat": 9, "Cat": 1, "dog": 3, "Straße": 1, "café": 1},
    "tag": {},
    "folder": {"/home/Ada/Holiday 2024/raw": 5, "s3://bucket/Rome": 2},
    "colour": {"grey": 5, "red": 2},
    "shape": {"landscape": 7},
    "format": {"JPEG": 7, "TIFF": 1},
    "camera": {"Canon EOS R5": 4, "Canon EOS R": 2, "NIKON Z 6": 1},
    "lens": {"RF24-105mm F4": 1},
    "split": {"train": 5, "val": 2},
}


def resolved(field, *values):
    where, notes = resolve(Filter((AnyOf(field, values),)), KNOWN)
    return where.conditions[0].values, notes


@pytest.mark.parametrize(
    ("field", "typed", "meant"),
    [
        ("label", "cat", ("cat",)),
        ("label", "CAT", ("cat", "Cat")),
        ("label", "STRASSE", ("Straße",)),
        ("label", "cafe\u0301", ("café",)),
        ("colour", "gray", ("grey",)),
        ("colour", "Gray", ("grey",)),
        ("shape", "Landscape", ("landscape",)),
        ("format", "jpg", ("JPEG",)),
        ("format", "Tif", ("TIFF",)),
        ("camera", "Canon EOS R", ("Canon EOS R",)),
        ("camera", "canon", ("Canon EOS R5", "Canon EOS R")),
        ("camera", "z 6", ("NIKON Z 6",)),
        ("lens", "24-105", ("RF24-105mm F4",)),
        ("split", "Train", ("train",)),
        ("split", "valid", ("val",)),
        ("split", "Validation", ("val",)),
        ("folder", "RAW", ("raw",)),
        ("folder", "holiday", ("Holiday 2024",)),
        ("folder", "rome", ("Rome",)),
    ],
)
def test_what_a_value_stands_for(field, typed, meant):
    assert resolved(field, typed) == (meant, [])


def test_several_values_are_resolved_each():
    assert resolved("camera", "nikon", "canon", "NIKON Z 6") == (("NIKON Z 6", "Canon EOS R5", "Canon EOS R"), [])


@pytest.mark.parametrize(
    ("field", "typed", "note"),
    [
        ("label", "dgo", "No picture has the label “dgo”. Did you mean “dog”?"),
        ("label", "at", "No picture has the label “at”. Did you mean “cat”?"),
        ("label", "giraffe", "No picture has the label “giraffe”."),
        ("tag", "x", "No picture has the tag “x”."),
        ("camera", "Sony", "No picture has the camera “Sony”."),
        ("folder", "/", "No picture is in a folder called “/”."),
        ("folder", "holydays 2024", "No picture is in a folder called “holydays 2024”. Did you mean “Holiday 2024”?"),
    ],
)
def test_what_stands_for_nothing_stays_and_is_told(field, typed, note):
    assert resolved(field, typed) == ((typed,), [note])


def test_excluded_conditions_likewise():
    where, notes = resolve(Filter((AnyOf("label", ("DOG", "dgo"), excluded=True),)), KNOWN)
    assert where == Filter((AnyOf("label", ("dog", "dgo"), excluded=True),))
    assert notes == ["No picture has the label “dgo”. Did you mean “dog”?"]


def test_a_folder_that_holds_nothing_is_told():
    inside = Filter(
        (InFolder("/home/Ada"), InFolder("/"), InFolder("s3://bucket"), InFolder("/home/Ada/Holiday 2024/raw"))
    )
    assert resolve(inside, KNOWN) == (inside, [])
    where, notes = resolve(Filter((InFolder("/home/ada/holiday 2024/raw"),)), KNOWN)
    assert where == Filter((InFolder("/home/ada/holiday 2024/raw"),))
    assert notes == [
        "No picture is in “/home/ada/holiday 2024/raw”. Did you mean “/home/Ada/Holiday 2024/raw”?",
    ]


def test_names_are_compared_composed():
    """As people type them, and as Macs write the names of files; both may be there."""
    known = {"tag": {"café": 2, "cafe\u0301": 1, "Cafe\u0301": 1}, "folder": {"/u/Mu\u0308ller/raw": 3, "/u/Ömer": 1}}
    assert resolve(Filter((AnyOf("tag", ("café",)),)), known) == (Filter((AnyOf("tag", ("café", "cafe\u0301")),)), [])
    assert resolve(Filter((AnyOf("folder", ("müller",)),)), known)[0] == Filter((AnyOf("folder", ("Mu\u0308ller",)),))
    for typed in ("/u/Müller", "/u/Müller/", "/u/Mu\u0308ller"):
        assert resolve(Filter.within(typed), known) == (Filter.within("/u/Mu\u0308ller"), [])
    both = {"folder": {"/u/Müller/a": 3, "/u/Mu\u0308ller/b": 1}}
    places = Either((Filter.within("/u/Müller"), Filter.within("/u/Mu\u0308ller")), excluded=True)
    assert resolve(Filter((InFolder("/u/Müller", excluded=True),)), both) == (Filter((places,)), [])


def test_where_not_all_names_are_known_both_ways_to_compose_them_are_looked_for():
    known = {"tag": {str(number): 1 for number in range(1_000)}, "folder": {f"/{n}": 1 for n in range(1_000)}}
    assert {"café", "cafe\u0301", "CAFÉ"} <= set(
        resolve(Filter((AnyOf("tag", ("café",)),)), known)[0].conditions[0].values
    )
    where, notes = resolve(Filter((InFolder("/é"),)), known)
    assert (where, notes) == (Filter((Either((Filter.within("/é"), Filter.within("/e\u0301"))),)), [])


def test_what_stands_in_brackets_is_resolved_too():
    where = Filter(
        (Either((Filter((AnyOf("label", ("DOG",)),)), Filter((AnyOf("tag", ("x",)), NameContains("y")))), True),)
    )
    found, notes = resolve(where, KNOWN)
    assert found.conditions[0].filters[0] == Filter((AnyOf("label", ("dog",)),))
    assert found.conditions[0].excluded
    assert notes == ["No picture has the tag “x”."]


def test_other_conditions_stay_as_they_are():
    where = Filter((Between("width", 5), NameContains("IMG")))
    assert resolve(where, KNOWN) == (where, [])


def test_nothing_is_said_of_values_beyond_those_that_are_known():
    known = {"label": {str(number): 1 for number in range(1_000)}}
    where = Filter((AnyOf("label", ("cat",)), AnyOf("label", ("7",))))
    found, notes = resolve(where, known)
    assert {"cat", "CAT", "Cat"} <= set(found.conditions[0].values)
    assert (found.conditions[1], notes) == (where.conditions[1], [])


def test_of_many_only_some_are_told():
    where, notes = resolve(Filter((AnyOf("label", tuple("x" * 50_000 + str(number) for number in range(200))),)), KNOWN)
    assert len(where.conditions[0].values) == 200
    assert len(notes) == 5
    assert all(len(note) < 200 for note in notes)


def test_names_that_are_not_utf_8():
    known = {"folder": {"/pictures/\udcff": 1}}
    where, notes = resolve(Filter((AnyOf("folder", ("\udcff", "\udcfe")),)), known)
    assert where.conditions[0].values == ("\udcff", "\udcfe")
    notes[0].encode()
    assert storable("\udcfe") not in notes[0]
