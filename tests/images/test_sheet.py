"""Contact sheets: every picture in its place, and the reason where there is none; on as many pages as it takes."""

import re
import tracemalloc
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, features

from core.images import lettering
from core.images.lettering import fitted, in_order, line_of
from core.images.sheet import ON_IMAGE, ON_PAGE, Heading, Tile, contact_sheet
from tests.colours import COLOURS

HEADING = Heading("a zebra", "28 November 2026 · 2 matches")


def sheet(*tiles, heading=HEADING, format_="png"):
    return b"".join(contact_sheet(heading, len(tiles), tiles, format_))


def opened(data):
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def tiles(count, names=lambda number: f"{number}.jpg"):
    return (Tile(Image.new("RGB", (30, 20), COLOURS["red"]), names(number)) for number in range(count))


def pages(data):
    """The pictures of the pages of a PDF, by their marks, and how many pages it says it has."""
    assert data.startswith(b"%PDF-1.4")
    assert data.endswith(b"%%EOF\n")
    found = [
        data[match.end() : match.end() + int(match[1])]
        for match in re.finditer(rb"/DCTDecode /Length (\d+) >>\nstream\n", data)
    ]
    assert int(re.search(rb"/Type /Pages /Count (\d+)", data)[1]) == len(found)
    return [opened(jpeg) for jpeg in found]


def reds(page):
    """How many red tiles there are."""
    red = (page[..., 0] > 180) & (page[..., 1] < 128)
    return round(red.sum() / (30 * 20))


def test_pictures_stand_row_by_row():
    names = ["red", "green", "blue", "yellow", "cyan", "magenta"]
    drawn = opened(sheet(*(Tile(Image.new("RGB", (300, 300), COLOURS[name]), name) for name in names)))
    firsts = [np.argwhere((np.abs(drawn - COLOURS[name]) < 3).all(axis=2))[0] for name in names]
    rows, columns = zip(*firsts, strict=True)
    assert len(set(rows[:5])) == 1
    assert rows[5] > rows[0]
    assert list(columns[:5]) == sorted(set(columns[:5]))
    assert columns[5] == columns[0]


@pytest.mark.parametrize(("format_", "name"), [("png", "PNG"), ("jpeg", "JPEG")])
def test_one_picture(format_, name):
    data = sheet(*tiles(7), format_=format_)
    with Image.open(BytesIO(data)) as image:
        assert image.format == name
    assert reds(opened(data)) == 7


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, [1]), (ON_PAGE, [ON_PAGE]), (ON_PAGE + 1, [ON_PAGE, 1]), (199, [30, 30, 30, 30, 30, 30, 19])],
)
def test_all_that_was_asked_for_on_pages(count, expected):
    data = b"".join(contact_sheet(HEADING, count, tiles(count), "pdf"))
    assert [reds(page) for page in pages(data)] == expected


def test_the_places_that_a_pdf_names_are_right():
    data = b"".join(contact_sheet(Heading("zebra – 日本 (x)\\", ""), 40, tiles(40), "pdf"))
    table = int(re.search(rb"startxref\n(\d+)\n", data)[1])
    lines = data[table:].split(b"\n")
    count = int(lines[1].split()[1])
    assert len(lines[2].encode() if isinstance(lines[2], str) else lines[2]) == 19  # with the line's end, 20
    for number, line in enumerate(lines[3 : 2 + count], 1):
        assert data[int(line[:10]) :].startswith(b"%d 0 obj" % number)
    title = re.search(rb"/Title <([0-9a-f]+)>", data)[1]
    assert bytes.fromhex(title.decode()).decode("utf-16") == "zebra – 日本 (x)\\"


def test_no_more_than_a_page_is_in_memory():
    tracemalloc.start()
    try:
        sizes = [len(piece) for piece in contact_sheet(HEADING, 300, tiles(300), "pdf")]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(sizes) > 10 * 20_000
    assert peak < 3_000_000


def test_heading_and_number_of_the_page():
    first, second = (opened(sheet(*tiles(1), heading=heading)) for heading in (HEADING, Heading("b", "")))
    assert (first[:150] != second[:150]).any()
    assert (first[170:] == second[170:]).all()
    long = Heading("zebra " * 500, "note")
    assert opened(sheet(*tiles(1), heading=long))[:, -40:].min() == 255


def test_what_is_missing_is_a_grey_tile_with_the_reason():
    shown = opened(sheet(Tile("dune.jpg no longer exists.", "dune.jpg")))
    without_words = opened(sheet(Tile("", "dune.jpg")))
    assert (np.abs(without_words - [217, 218, 221]).max(axis=2) < 3).sum() > 30_000
    assert (shown != without_words).any()


def test_names_and_scores_stand_below():
    picture = Image.new("RGB", (100, 100), "white")
    bare, named, scored = (
        opened(sheet(Tile(picture, *words))) for words in (("", ""), ("a.png", ""), ("a.png", "0.31"))
    )
    assert (bare != named).any()
    assert (named != scored).any()


@pytest.mark.parametrize(
    "name", ["\u202eevil\n\n.png", "caf\udce9.jpg", "x" * 10_000, "日本 عربي", "%s{}", "\u0301" * 400, "عربي" * 900]
)
def test_odd_names_stay_on_their_tile(name):
    plain, odd = (
        opened(sheet(*(Tile(Image.new("RGB", (9, 9)), word) for word in (first, "b")))) for first in ("a", name)
    )
    second = 56 + 209 + 20
    assert (plain[:, second:] == odd[:, second:]).all()


@pytest.mark.parametrize("size", [(1, 1), (10_000, 1), (1, 10_000)])
def test_pictures_of_any_shape(size):
    assert opened(sheet(Tile(Image.new("RGB", size), "a.png"))).shape


def test_the_longest_picture_can_be_encoded():
    data = b"".join(contact_sheet(HEADING, ON_IMAGE, tiles(ON_IMAGE), "jpeg"))
    assert abs(reds(opened(data)) - ON_IMAGE) < 5


class TestLettering:
    def text(self, line):
        return "".join(run for run, _ in line.runs)

    def test_the_middle_of_a_long_name_is_left_out(self):
        line = fitted("holiday at the sea with all of us (17) edited.jpeg", 15, 150)
        assert self.text(line).startswith("holi")
        assert self.text(line).endswith(".jpeg")
        assert self.text(line).count("…") == 1
        assert 120 < line.length <= 150
        assert self.text(fitted("short.jpg", 15, 150)) == "short.jpg"

    def test_a_decomposed_name_is_composed(self):
        assert self.text(fitted("mu\u0308ller.jpg", 15, 150)) == "müller.jpg"

    def test_each_letter_has_a_font_that_knows_it(self):
        for text in ("zebra", "Ζέβρα", "Зебра", "עברית", "عربي", "Զեբր", "ზებრა"):
            for run, font in line_of(text, 15).runs:
                assert {ord(letter) for letter in run} <= lettering.letters_of(font.path)  # type: ignore[arg-type]

    def test_names_of_mixed_scripts_are_drawn_in_pieces(self, monkeypatch):
        first = lettering.font_file()
        monkeypatch.setattr(lettering, "fonts", lambda: (first, "other"))
        monkeypatch.setattr(lettering, "font", lambda size, file=None: file)
        has = {first: frozenset(range(32, 127)), "other": frozenset(map(ord, "日本"))}
        monkeypatch.setattr(lettering, "letters_of", has.__getitem__)
        lettering.first_with.cache_clear()
        runs = line_of("a 日本 b.jpg", 15).runs
        lettering.first_with.cache_clear()
        assert runs == (("a ", first), ("日本 ", "other"), ("b.jpg", first))  # type: ignore[comparison-overlap]

    def test_without_the_library_that_turns_text_it_is_turned(self, monkeypatch):
        monkeypatch.setattr(features, "check_feature", lambda name: False)
        assert in_order("תמונה.png") == "png.הנומת"
        joined = in_order("سلام")
        assert len(joined) < 4 or all(ord(letter) >= 0xFE70 for letter in joined)
        assert in_order("plain") == "plain"


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("한글.jpg", "hangeul.jpg"),
        ("대한민국 여행 2024.jpg", "daehanmingug yeohaeng 2024.jpg"),
        ("ひらがな カメラ.jpg", "hiragana kamera.jpg"),
        ("ภาพถ่าย 1.jpg", "[Thai] 1.jpg"),
        ("हिन्दी.png", "[Devanagari].png"),
        ("東京タワー.jpg", "[Chinese]tawa-.jpg"),
        ("தமிழ்.jpg", "[Tamil].jpg"),
        ("müller Привет ελ.jpg", "müller Привет ελ.jpg"),
        ("שלום.jpg", "שלום.jpg"),
        ("[x] 1.jpg", "[x] 1.jpg"),
    ],
)
def test_letters_that_no_font_has_are_spelled_or_named(name, drawn, monkeypatch):
    """Where there is nothing but the font that comes with the packages."""
    first = lettering.font_file()
    monkeypatch.setattr(lettering, "fonts", lambda: (first,))
    assert lettering.drawable(name) == drawn
    lettering.first_with.cache_clear()
    line = fitted(name, 15, 2000)
    lettering.first_with.cache_clear()
    letters = {ord(letter) for run, _ in line.runs for letter in run if not letter.isspace()}
    assert letters <= lettering.letters_of(first)


def test_without_any_font_of_files_letters_lose_their_accents(monkeypatch):
    monkeypatch.setattr(lettering, "fonts", lambda: ())
    assert lettering.drawable("müller, Łódź 1.jpg") == "muller, [Latin]odz 1.jpg"
