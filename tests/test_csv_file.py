"""CSV: the same in every table that the app gives away, and harmless in a spreadsheet."""

import ast
import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import csv_file


def written(*rows):
    return b"".join(csv_file.as_csv(["name", "number"], rows))


def read(data):
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def test_every_cell_is_in_quotes_after_one_mark():
    data = written(("a", 1), ('say "b", please\n', None), *[("c", -0.5)] * 500)
    assert data.startswith(b'\xef\xbb\xbf"name","number"\r\n"a","1"\r\n"say ""b"", please\n",""\r\n"c","-0.5"\r\n')
    assert data.count(b"\xef\xbb\xbf") == 1
    assert len(read(data)) == 503


def test_no_rows_are_the_head_alone():
    assert written() == b'\xef\xbb\xbf"name","number"\r\n'


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\ttext", "\r=1", "\rtext", "\n=1"),
        *("＝1+1", "＋1", "－1", "＠SUM(1)", "﹢1", "﹣1", "﹦1", "﹫A"),  # full-width and small
        *(" =1", "\u00a0=1", "\u3000＝1", "\ufeff=1", "\u200b-1", "\x00@A", "\u202e=1"),  # after what is not seen
    ],
)
def test_what_a_spreadsheet_would_calculate_is_a_text(text):
    assert read(written((text, 1)))[1] == [f"'{text}", "1"]


@pytest.mark.parametrize("text", ["", "a", "1", "a=1", "'=1", "é", "日本", " a", "1-1", "/a/=b.png", "🙂"])
def test_all_else_is_as_it_is(text):
    assert read(written((text, -1)))[1] == [text, "-1"]


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_what_is_read_is_what_was_written_but_for_the_apostrophe(text):
    [cell, _] = read(written((text, 0)))[1]
    assert cell in (text, f"'{text}")


def test_nobody_else_writes_any():
    """A second writer would need the same guard, and would be forgotten."""
    root = Path(__file__).parents[1]
    files = [*(root / "core").rglob("*.py"), *(root / "pages").rglob("*.py")]
    importing = [file.relative_to(root).as_posix() for file in files if _imports_csv(file)]
    assert importing == ["core/text/csv_file.py"]


def _imports_csv(file):
    names = {
        name
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    return "csv" in names
