"""CSV files that people open in spreadsheets: every table that the app gives away is written here."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import batched, chain
from typing import Any

_CHUNK = 200  # rows
_FORMULAS = frozenset("=+-@")  # what spreadsheets take for the beginning of one: OWASP, CSV Injection
_BREAKS = frozenset("\t\r\n")  # spreadsheets leave these out, and then see what follows
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})  # control and format characters, blanks


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """RFC 4180 in pieces, every cell in quotes, UTF-8 with the mark by which spreadsheets know it.

    A text that a spreadsheet would calculate gets an apostrophe before it. Numbers stay numbers; None is empty.
    """
    encoding = "utf-8-sig"
    for batch in batched(chain([columns], rows), _CHUNK):
        text = StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerows([[_harmless(cell) for cell in row] for row in batch])
        yield text.getvalue().encode(encoding)
        encoding = "utf-8"


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and _is_formula(cell) else cell


def _is_formula(text: str) -> bool:
    """Whether a spreadsheet may take it for one, also in full-width and small signs, and after what is not seen."""
    if text[:1] in _BREAKS:
        return True
    first = next((letter for letter in text if unicodedata.category(letter) not in _UNSEEN), "")
    return unicodedata.normalize("NFKC", first)[:1] in _FORMULAS
