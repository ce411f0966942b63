"""Records that somebody has chosen are a condition like any other on each engine; and what records have in fields is
told without reading them."""

from dataclasses import replace
from datetime import UTC

import numpy as np
import pytest

from core.index.chosen.ids import IdSet
from core.index.filters import AnyOf, Between, Either, Filter, Selected, meets
from core.index.index import FACETS
from core.index.records import ImageRecord, record_id
from tests.index.conftest import STAMP, records

NUMBERS = ("width", "height", "megapixels", "size", "brightness", "sharpness", "taken")
COUNT = 300


@pytest.fixture(scope="module")
def filled(empty_big_index):
    made, rows = records(COUNT)
    odd = replace(made[0], id=record_id("/odd"), path="/odd", name="odd", camera="\udce9", tags=("a,b", "\udce9"))
    made, rows = [*made, odd], np.concatenate([rows, rows[:1]])
    empty_big_index.prepare(STAMP)
    empty_big_index.upsert(made, rows)
    empty_big_index.mark("cluster", {made[1].id: ["dogs", "dogs in the snow"]})
    made[1] = replace(made[1], clusters=("dogs", "dogs in the snow"))
    return empty_big_index, made, rows


def chosen(ids, **more) -> Selected:
    return Selected(("some",), ids=None if ids is None else IdSet(ids), **more)


def assert_agrees(filled, where: Filter) -> None:
    index, made, rows = filled
    wanted = {one.id for one in made if meets(one, where)}
    assert index.count(where) == len(wanted)
    assert {one.id for one in index.browse(where, limit=1000)} == wanted
    assert {id_ for ids, _ in index.values([], where) for id_ in ids} == wanted
    assert {hit.record.id for hit in index.search(rows[0], 1000, where)} == wanted
    formats = index.facets(where, ["format"])["format"]
    assert sum(formats.values()) == len(wanted)


@pytest.mark.parametrize("step", [1, 2, 50, 1000])
def test_they_are_let_through_and_no_others(filled, step):
    ids = [one.id for one in filled[1][::step]]
    assert_agrees(filled, Filter((chosen(ids),)))
    assert_agrees(filled, Filter((chosen(ids, excluded=True),)))


def test_none_and_such_as_are_gone(filled):
    for ids in (None, [], [record_id("/gone")], [record_id("/gone"), filled[1][3].id]):
        assert_agrees(filled, Filter((chosen(ids),)))
        assert_agrees(filled, Filter((chosen(ids, excluded=True),)))


def test_beside_other_conditions(filled):
    ids = [one.id for one in filled[1][:150]]
    png = AnyOf("format", ("PNG",))
    assert_agrees(filled, Filter((chosen(ids), png, Between("size", 10))))
    either = Either((Filter((chosen(ids[:5]),)), Filter((png,))))
    assert_agrees(filled, Filter((either,)))
    assert_agrees(filled, Filter((replace(either, excluded=True),)))


def test_the_same_search_again_and_again(filled):
    index, made, rows = filled
    where = Filter((chosen([one.id for one in made[::3]]),))
    found = [index.search(rows[5], 20, where) for _ in range(6)]  # as the embedded engine keeps what is few in memory
    assert all(hits == found[0] for hits in found)


def expected(record: ImageRecord, field: str):
    if field == "taken":
        return record.taken_at.replace(tzinfo=UTC).timestamp() if record.taken_at else None
    if field in NUMBERS:
        value = getattr(record, "pixels" if field == "megapixels" else field)
        return None if value is None else pytest.approx(float(value))
    value = {
        "label": record.labels,
        "tag": record.tags,
        "folder": record.folder,
        "year": str(record.taken_at.year) if record.taken_at else (),
        "colour": record.colour_names,
        "shape": record.shape,
        "format": record.format,
        "camera": record.camera,
        "lens": record.lens,
        "split": record.splits,
        "quality": record.quality,
        "cluster": record.clusters,
        "class": record.classes,
        "duplicate": record.duplicates,
    }[field]
    return tuple(text for text in ((value,) if isinstance(value, str) else value) if text)


def test_what_records_have_in_each_field(filled):
    index, made, _ = filled
    known = {one.id: one for one in made}
    found = {}
    for ids, values in index.values([*FACETS, *NUMBERS]):
        for place, id_ in enumerate(ids):
            found[id_] = {field: values[field][place] for field in values}
    assert found.keys() == known.keys()
    for id_, told in found.items():
        assert told == {field: expected(known[id_], field) for field in (*FACETS, *NUMBERS)}


def test_of_some_records_only(filled):
    index, made, _ = filled
    where = Filter((AnyOf("format", ("PNG",)),))
    found = [id_ for ids, _ in index.values(["label"], where) for id_ in ids]
    assert sorted(found) == sorted(one.id for one in made if one.format == "PNG")


def test_of_an_index_that_is_not_there(index):
    assert list(index.values(["label"])) == []
