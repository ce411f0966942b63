"""Exports: what is shown, in the order shown, harmless in a spreadsheet."""

import csv
import json
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO

import pytest
from PIL import Image

from core.errors import UnreadableImage
from core.images.describe import Box
from core.images.sheet import Heading
from core.index.records import Hit
from core.search.options import Band
from core.search.output.export import Line, as_csv, as_json, as_sheet, chosen, judged, matches
from core.search.results import Result
from tests.records import a_record
from tests.search.test_answers import CAT, RESULTS


def rows(*pictures):
    text = b"".join(as_csv(pictures)).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


class FakeIndex:
    def __init__(self, *records):
        self.records = {record.id: record for record in records}
        self.asked = []

    def get(self, ids):
        self.asked.append(len(ids))
        return [self.records[id_] for id_ in ids if id_ in self.records]


class TestChoosing:
    def test_the_matches_without_their_duplicates(self):
        below = Result(Hit(a_record("far.jpg"), 0.1), 0.1, Band.NONE, matches=False)
        found = replace(RESULTS, results=[*RESULTS.results, below])
        assert matches(found) == [Line(CAT.id, 0.31239, 0.81239, Band.LIKELY, True)]

    def test_ids_keep_their_order_and_get_the_scores_of_the_search(self):
        copy = a_record("copy.jpg").id
        assert judged(lambda limit: RESULTS, ["other", copy, CAT.id]) == [
            Line("other"),
            Line(copy, 0.31, 0.81239, Band.LIKELY, True),
            Line(CAT.id, 0.31239, 0.81239, Band.LIKELY, True),
        ]

    def test_only_what_is_not_near_the_top_is_looked_for_further_down(self):
        asked = []

        def search(limit):
            asked.append(limit)
            return replace(RESULTS, results=RESULTS.results if limit > 100 else [], has_more=True)

        assert judged(search, [CAT.id]) == [Line(CAT.id, 0.31239, 0.81239, Band.LIKELY, True)]
        assert asked == [100, 1000]

    def test_without_a_search_there_are_no_scores(self):
        assert matches(replace(RESULTS, scored=False))[0].score is None

    def test_records_are_read_in_chunks_and_keep_the_order(self):
        records = [a_record(f"{number}.jpg") for number in range(450)]
        index = FakeIndex(*records[:-1])
        lines = [Line(record.id) for record in reversed(records)]
        found = list(chosen(index, lines))  # type: ignore[arg-type]
        assert [line for line, _ in found] == lines
        assert [record for _, record in found] == [None, *reversed(records[:-1])]
        assert max(index.asked) < 450


class TestCsv:
    def test_a_line_for_each_picture(self):
        (row,) = rows((Line(CAT.id, 0.31239, 0.81239, Band.LIKELY, True), CAT))
        assert (row["name"], row["path"], row["score"], row["band"]) == ("cat.jpg", CAT.path, "0.3124", "likely")
        assert (row["taken_at"], row["labels"], row["tags"]) == ("2024-05-17T09:30:00", "cat; sofa", "Minka")
        assert (row["latitude"], row["longitude"]) == ("48.123457", "-11.5")  # a number, not a formula

    def test_the_form(self):
        text = b"".join(as_csv([(Line("a"), a_record('comma, "quote"\nline.png'))])).decode("utf-8-sig")
        assert text.startswith('"name","path","score",')
        assert '"comma, ""quote""\nline.png"' in text
        assert text.endswith("\r\n")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
    def test_formulas_are_texts(self, start):
        formula = f"{start}HYPERLINK(1)"
        record = a_record(f"{formula}.png", camera=formula, tags=(formula,), boxes=(Box(formula, 0, 0, 1, 1),))
        (row,) = rows((Line(record.id), record))
        assert [row[column] for column in ("name", "camera", "tags", "labels")] == [
            f"'{formula}.png",
            *[f"'{formula}"] * 3,
        ]

    def test_what_is_gone_is_left_out_and_what_is_not_known_is_empty(self):
        (row,) = rows((Line("gone"), None), (Line("a"), a_record()))
        assert (row["name"], row["score"], row["taken_at"], row["latitude"]) == ("dune.jpg", "", "", "")

    def test_names_that_are_not_utf8(self):
        assert rows((Line("a"), a_record("caf\udce9.jpg")))[0]["name"] == "caf�.jpg"

    def test_many_come_in_pieces(self):
        pieces = list(as_csv((Line(str(n)), a_record(f"{n}.jpg")) for n in range(1000)))
        assert len(pieces) > 3
        assert len(list(csv.reader(StringIO(b"".join(pieces).decode("utf-8-sig"), newline="")))) == 1001


class TestJson:
    def test_a_list_of_what_a_search_answers(self):
        pictures = [(Line(CAT.id, 0.3), CAT), (Line("gone"), None), (Line("b"), a_record("b\udce9.png"))]
        first, second = json.loads(b"".join(as_json(pictures)))
        assert (first["name"], first["score"], first["labels"]) == ("cat.jpg", 0.3, ["cat", "sofa"])
        assert (second["name"], second["score"], second["taken_at"]) == ("b�.png", None, None)

    def test_nothing_is_an_empty_list(self):
        assert json.loads(b"".join(as_json([]))) == []


class TestSheet:
    def sheet(self, pictures, open_small, format_="png"):
        return b"".join(as_sheet(pictures, len(pictures), Heading("zebra", ""), open_small, format_))

    def test_pictures_that_are_gone_have_a_tile_too(self):
        def open_small(record):
            if record.name == "gone.jpg":
                raise UnreadableImage("gone.jpg no longer exists.")
            return Image.new("RGB", (48, 36), "red")

        pictures = [(Line("a", 0.5), CAT), (Line("b"), a_record("gone.jpg")), (Line("c"), None)]
        with Image.open(BytesIO(self.sheet(pictures, open_small))) as sheet:
            red = sum(count for count, colour in sheet.getcolors(1 << 20) if colour == (255, 0, 0))  # type: ignore[misc]
        assert red == 48 * 36

    def test_all_of_many(self):
        opened = []

        def open_small(record):
            opened.append(record.name)
            return Image.new("RGB", (4, 4))

        data = self.sheet([(Line(str(n)), a_record(str(n))) for n in range(199)], open_small, "pdf")
        assert opened == [str(n) for n in range(199)]
        assert b"/Type /Pages /Count 7" in data


def test_dates_of_any_year():
    record = a_record(taken_at=datetime(1, 1, 1))
    assert rows((Line("a"), record))[0]["taken_at"] == "0001-01-01T00:00:00"
