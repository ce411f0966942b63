"""What a LanceDB index keeps of its columns in memory is always what the table holds."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.index.filters import Between, Filter
from core.index.index import ModelStamp, Order
from core.index.lance import columns, upkeep
from core.index.lance.engine import LanceIndex
from tests.index.conftest import STAMP, records
from tests.index.versions import switch

LARGE = Filter((Between("size", 100),))
PAGES: tuple[tuple[Filter | None, Order | None], ...] = ((None, "newest"), (LARGE, "name"))


class Same:
    def __contains__(self, content_hash):
        return True

    def rows(self, content_hashes):
        return np.ones((len(content_hashes), 8), np.float32)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def index(folder):
    index = LanceIndex(folder, "images")
    index.prepare(STAMP)
    index.upsert(*records(300))
    return index


@pytest.fixture
def read(monkeypatch):
    """How many times all rows were read."""
    times = []
    whole = columns.read_columns
    monkeypatch.setattr(columns, "read_columns", lambda *args: times.append(1) or whole(*args))
    return times


def asked(index):
    """All that is answered out of the columns."""
    pages = [[record.id for record in index.browse(where, order, 3, 40)] for where, order in PAGES]
    return index.facets(), index.facets(LARGE), pages


def assert_as_if_new(index):
    assert asked(index) == asked(LanceIndex(Path(index.location), "images"))


MORE, ROWS = records(40, seed=3)
CHANGES = {
    "nothing": lambda index: None,
    "new ones": lambda index: index.upsert(MORE, ROWS),
    "changed": lambda index: index.upsert([replace(one, format="TIFF") for one in records(5)[0]], ROWS[:5]),
    "tagged": lambda index: index.retag({one.id: ("new",) for one in records(9)[0]}),
    "removed": lambda index: index.delete([one.id for one in records(20)[0]]),
    "all removed": lambda index: index.delete([one.id for one in records(300)[0]]),
    "merged": lambda index: index.optimize(),
    "switched": lambda index: switch(index, ModelStamp("other", 8), Same()),
    "many": lambda index: index.upsert(*records(200, seed=4)),
}


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("by_another", [False, True], ids=["own", "of another process"])
def test_every_change_is_seen(index, folder, how, by_another):
    asked(index)
    CHANGES[how](LanceIndex(folder, "images") if by_another else index)
    assert_as_if_new(index)


def test_many_changes_one_after_the_other(index, monkeypatch):
    monkeypatch.setattr(columns, "MAX_CHUNKS", 2)
    monkeypatch.setattr(upkeep, "MERGE_EVERY", 7)
    more, rows = records(400, seed=5)
    for start in range(0, 40, 5):
        part = slice(start, start + 5)
        index.upsert(more[part], rows[part])
        if start % 15 == 0:
            index.delete([more[start].id, more[start + 2].id])
        assert_as_if_new(index)


def test_after_a_change_only_what_is_new_is_read(index, read, monkeypatch):
    monkeypatch.setattr(columns, "MAX_TAKEN", 0.2)
    asked(index)
    del read[:]
    for change in ("new ones", "changed", "tagged", "removed", "nothing"):
        CHANGES[change](index)
        asked(index)
    assert read == []


def test_a_table_made_anew_is_another(index, folder):
    """Its rows lie where those of the one before lay."""
    asked(index)
    other = LanceIndex(folder, "images")
    other.delete([one.id for one in records(300)[0]])
    other.prepare(ModelStamp("other", 8))
    some, rows = records(300, dims=8)
    other.upsert([replace(one, format="TIFF") for one in some], rows)
    assert index.facets(None, ["format"]) == {"format": {"TIFF": 300}}
    assert_as_if_new(index)


def test_of_very_large_tables_nothing_is_kept(index, read, monkeypatch):
    monkeypatch.setattr(columns, "MAX_ROWS", 299)
    assert_as_if_new(index)
    read.clear()
    for _ in range(3):
        index.facets()
    assert len(read) == 3


def test_years_are_those_of_the_dates(index):
    some, _ = records(300)
    expected = Counter(str(one.taken_at.year) for one in some if one.taken_at)
    assert index.facets(None, ["year"]) == {"year": dict(expected)}
