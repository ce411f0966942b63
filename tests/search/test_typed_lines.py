"""Lines as people type them, and what each comes to: words with weights, the filter, what is offered, what is said."""

from typing import get_args

import pytest

from core.errors import InvalidQuery
from core.index.filters import NumberField, TextField
from core.search.language.negation import suggest_rewrite
from core.search.language.parser import format_, parse
from core.search.language.quotes import DASHES
from core.search.language.remarks import remarks
from core.search.pasted import PastedPictures


class _Nothing:
    def get(self, ids):
        return []


PASTED = PastedPictures(_Nothing(), None, [], [])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "words", "where", "offered", "said"),
    [
        ("a dog on a beach", [("a dog on a beach", 1.0)], "", "", ""),
        ("beach + sunset", [("beach", 1.0), ("sunset", 1.0)], "", "", ""),
        ("2:beach + 0.5:sunset", [("beach", 2.0), ("sunset", 0.5)], "", "", ""),
        ("beach − people at night", [("beach", 1.0), ("people at night", -1.0)], "", "", ""),
        ("beach - people", [("beach", 1.0), ("people", -1.0)], "", "", ""),
        ("beach – people", [("beach", 1.0), ("people", -1.0)], "", "", ""),
        ("beach — people", [("beach", 1.0), ("people", -1.0)], "", "", ""),
        *((f"beach {dash} people", [("beach", 1.0), ("people", -1.0)], "", "", "") for dash in DASHES),
        *((f"{dash} label:x", [], "-label:x", "", "") for dash in DASHES),
        ("beach -- people", [("beach", 1.0), ("people", -1.0)], "", "", ""),
        ("beach -people at night", [("beach at night", 1.0), ("people", -1.0)], "", "", ""),
        ("beach –people at night", [("beach at night", 1.0), ("people", -1.0)], "", "", ""),
        ("-(red car) street", [("street", 1.0), ("red car", -1.0)], "", "", ""),
        ('beach -"red car"', [("beach", 1.0), ("red car", -1.0)], "", "", ""),
        ('"cats + dogs"', [("cats + dogs", 1.0)], "", "", ""),
        ('"never closed', [('"never closed', 1.0)], "", "", ""),
        ('say "cheese', [('say "cheese', 1.0)], "", "", ""),
        ('12" screen', [('12" screen', 1.0)], "", "", ""),
        ("a cat (asleep)", [("a cat (asleep)", 1.0)], "", "", ""),
        ("t-shirt, black-and-white", [("t-shirt, black-and-white", 1.0)], "", "", ""),
        ("16:9 poster", [("16:9 poster", 1.0)], "", "", ""),
        ("label:cat", [], "label:cat", "", ""),
        ("label:cat,dog", [], "label:cat,dog", "", ""),
        ("label:cat OR label:dog", [], "label:cat,dog", "", ""),
        ("label:cat or label:dog", [], "label:cat,dog", "", ""),
        ("label:cat | tag:pet", [], "(label:cat OR tag:pet)", "", ""),
        ("(label:cat OR tag:pet) -folder:raw", [], "(label:cat OR tag:pet) -folder:raw", "", ""),
        ("label:cat OR tag:pet -folder:raw", [], "(label:cat OR tag:pet) -folder:raw", "", ""),
        ("label:cat AND tag:pet", [], "label:cat tag:pet", "", ""),
        ("label:cat AND width:>1000 OR tag:pet", [], "((label:cat width:>1000) OR tag:pet)", "", ""),
        ("-(label:cat OR tag:pet)", [], "-(label:cat OR tag:pet)", "", ""),
        ("-(label:cat OR label:dog)", [], "-label:cat,dog", "", ""),
        ("(label:cat AND (tag:a OR tag:b)) OR folder:x", [], "((label:cat tag:a,b) OR folder:x)", "", ""),
        ("NOT label:cat", [], "-label:cat", "", ""),
        ("label:cat NOT tag:pet", [], "label:cat -tag:pet", "", ""),
        ("not label:cat", [], "-label:cat", "", ""),
        ("beach AND label:cat", [("beach", 1.0)], "label:cat", "", ""),
        ("giraffe − label:giraffe", [("giraffe", 1.0)], "-label:giraffe", "", ""),
        ("- label:person", [], "-label:person", "", ""),
        ("zebra - format:png", [("zebra", 1.0)], "-format:png", "", ""),
        ("zebra — label:x at night", [("zebra at night", 1.0)], "-label:x", "", ""),
        ("–label:x", [], "-label:x", "", ""),
        ("cat OR dog", [("cat OR dog", 1.0)], "", "", "OR joins conditions, as in label:cat O"),
        ("Portland OR", [("Portland OR", 1.0)], "", "", ""),
        ("size:<2 MB", [], "size:<2MB", "", ""),
        ("size: < 2 MB", [], "size:<2MB", "", ""),
        ("size:<2 MB dogs", [("dogs", 1.0)], "size:<2MB", "", ""),
        ("size:1 .. 5 MB", [], "size:1MB..5MB", "", ""),
        ("width: 1000", [], "width:1000", "", ""),
        ("label: cat", [], "label:cat", "", ""),
        ("label : cat", [], "label:cat", "", ""),
        ("label :cat", [], "label:cat", "", ""),
        ("Label: cat at night", [("at night", 1.0)], "label:cat", "", ""),
        ('beach tag: "two words"', [("beach", 1.0)], 'tag:"two words"', "", ""),
        ("-label: cat", [], "-label:cat", "", ""),
        ("− label : cat", [], "-label:cat", "", ""),
        ("label: cat OR label : dog", [], "label:cat,dog", "", ""),
        ("(label: cat OR tag: pet)", [], "(label:cat OR tag:pet)", "", ""),
        ("year : 2024", [], "taken:2024", "", ""),
        ("megapixels : > 1", [], "megapixels:>1", "", ""),
        ("width :>1000", [], "width:>1000", "", ""),
        ("my label :)", [("my label :)", 1.0)], "", "", ""),
        ("a label :", [("a label :", 1.0)], "", "", ""),
        ("note : this", [("note : this", 1.0)], "", "", ""),
        ("a wide label", [("a wide label", 1.0)], "", "", ""),
        ('"label: cat"', [("label: cat", 1.0)], "", "", ""),
        ("width:>1000 2 dogs", [("2 dogs", 1.0)], "width:>1000", "", ""),
        ("width>1000", [], "width:>1000", "", ""),
        ("megapixels:>1", [], "megapixels:>1", "", ""),
        ("megapixels:2..12.5", [], "megapixels:2..12.5", "", ""),
        ("mp:<12", [], "megapixels:<12", "", ""),
        ("taken: 2023 .. 2024", [], "taken:2023..2024", "", ""),
        ("name:*.jpg", [], "name:*.jpg", "", ""),
        ("name:IMG_*", [], "name:IMG_*", "", ""),
        ("name:IMG_????.jpg", [], "name:IMG_????.jpg", "", ""),
        ("-name:*.png", [], "-name:*.png", "", ""),
        ('name:"a*b"', [], 'name:"a*b"', "", ""),
        ("folder:2024-*", [], "folder:2024-*", "", ""),
        ("folder:/home/*/raw", [], "folder:/home/*/raw", "", ""),
        ("lable:cat", [("lable:cat", 1.0)], "", "", "“lable:cat” was read as words. Did you"),
        ("foo:bar", [("foo:bar", 1.0)], "", "", "“foo:bar” was read as words. Condition"),
        ("note: buy", [("note: buy", 1.0)], "", "", ""),
        ("no zebra", [("no zebra", 1.0)], "", "− zebra", ""),
        ("not a dog", [("not a dog", 1.0)], "", "− dog", ""),
        ("no text", [("no text", 1.0)], "", "− text", ""),
        ("cat not dog", [("cat not dog", 1.0)], "", "cat − dog", ""),
        ("people not smiling", [("people not smiling", 1.0)], "", "people − smiling", ""),
        ("no smoking", [("no smoking", 1.0)], "", "", ""),
        ("собака", [("собака", 1.0)], "", "", "The model reads English. “собака” seem"),
        (
            "https://a.example/cat.jpg",
            [("https://a.example/cat.jpg", 1.0)],
            "",
            "",
            "“https://a.example/cat.jpg” was read a",
        ),
        ("/pictures/cat.jpg", [("/pictures/cat.jpg", 1.0)], "", "", "“/pictures/cat.jpg” was read as words."),
    ],
)
def test_a_typed_line_is_read_as_meant(line, words, where, offered, said):
    read, conditions = parse(line)
    assert [(part.text, part.weight) for part in read] == words
    assert format_((), conditions) == where
    assert suggest_rewrite(line) == (offered or None)
    pasted = PASTED.offer(line)
    remarked = [*([pasted.remark] if pasted else ()), *remarks(read)]
    assert " ".join(remarked).startswith(said)
    assert bool(remarked) == bool(said)
    assert parse(format_(read, conditions)) == (read, conditions)


@pytest.mark.parametrize("key", [*get_args(TextField.__value__), "name", "color", "orientation"])
@pytest.mark.parametrize("form", ["{}: x1", "{} : x1", "{} :x1", "{}:  x1", "-{}: x1"])
def test_blanks_around_the_colon_of_a_known_key_do_not_matter(key, form):
    closed = ("-" if form[0] == "-" else "") + f"{key}:x1"
    assert parse(form.format(key)) == parse(closed)


@pytest.mark.parametrize("key", [*get_args(NumberField.__value__), "date", "year", "megapixel", "mp"])
@pytest.mark.parametrize("form", ["{}: 2020..", "{} : 2020..", "{} :2020..", "{} : >= 2020", "{} :<2020"])
def test_likewise_of_numbers(key, form):
    closed = form.replace(" ", "").format(key)
    if key in ("brightness", "sharpness"):
        closed, form = closed.replace("2020", "0.5"), form.replace("2020", "0.5")
    assert parse(form.format(key)) == parse(closed)
    assert parse(closed)[1].conditions


@pytest.mark.parametrize("text", ["label:", "label: ", "label: OR label:x", "label: -x"])
def test_a_key_alone_is_no_condition(text):
    with pytest.raises(InvalidQuery):
        parse(text)
