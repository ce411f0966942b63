"""What every index must do, on each engine."""

import importlib.util
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import ModuleType
from zlib import crc32

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InvalidEmbedding, ModelMismatch
from core.images.describe import Box, Colour
from core.index.filters import AnyOf, Between, Filter, meets
from core.index.index import FACETS, MAX_K, Index, ModelStamp, Totals
from core.index.records import Hit, ImageRecord, record_id
from core.vectors import Embedding, Embeddings, unit
from tests.index.conftest import STAMP
from tests.material import TEST_DATA

OTHER = ModelStamp("clip/ViT-L-14", 48, preprocessing=2)
PNG = Filter((AnyOf("format", ("PNG",)),))
CATS = Filter((AnyOf("label", ("cat",)),))
REALISTIC = TEST_DATA / "data" / "embeddings"


def at(path: str, record: ImageRecord) -> ImageRecord:
    return replace(record, id=record_id(path), path=path, name=Path(path).name)


def nearest(records: list[ImageRecord], embeddings: Embeddings, query: Embedding, k: int) -> list[Hit]:
    """What a search must answer, by brute force."""
    rows = embeddings.astype(np.float64)
    cosines = rows @ query / np.linalg.norm(rows, axis=1) / np.linalg.norm(query)
    hits = [Hit(record, float(cosine)) for record, cosine in zip(records, cosines, strict=True)]
    return sorted(hits, key=lambda hit: (-round(hit.score, 6), hit.record.id))[:k]


def assert_same(found: list[Hit], expected: list[Hit]) -> None:
    assert [hit.record for hit in found] == [hit.record for hit in expected]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-5)


def at_least(size: int) -> Filter:
    return Filter((Between("size", size),))


def at_most(size: int) -> Filter:
    return Filter((Between("size", high=size + 1),))


def only(
    records: list[ImageRecord], embeddings: Embeddings, where: Filter | None
) -> tuple[list[ImageRecord], Embeddings]:
    mask = [meets(record, where) for record in records]
    return [record for record, kept in zip(records, mask, strict=True) if kept], embeddings[mask]


class TestEmpty:
    @pytest.fixture(params=["never claimed", "claimed", "emptied"])
    def empty(self, request, index, make_records) -> Index:
        if request.param != "never claimed":
            index.prepare(STAMP)
        if request.param == "emptied":
            records, embeddings = make_records(20)
            index.upsert(records, embeddings)
            assert index.delete([record.id for record in records]) == 20
        return index

    def test_answers_everything(self, empty, make_records):
        records, embeddings = make_records(3)
        ids = [record.id for record in records]
        assert empty.model() is None
        assert empty.count() == 0
        assert empty.count(Filter.within("/pictures")) == 0
        assert empty.search(embeddings[0], 10) == []
        assert empty.search(embeddings[0], 10, at_least(1)) == []
        assert empty.get(ids) == []
        assert empty.fingerprints(ids) == {}
        assert empty.by_content([record.content_hash for record in records]) == {}
        assert list(empty.scan()) == []
        assert list(empty.scan(PNG)) == []
        assert list(empty.records()) == []
        assert empty.totals() == empty.totals(CATS) == Totals(0, 0)
        assert empty.facets() == empty.facets(at_least(1)) == {key: {} for key in FACETS}
        assert empty.browse() == empty.browse(CATS, "newest", 3, 5) == []
        assert empty.sample(5).shape[0] == 0
        assert empty.revision() == empty.revision()
        assert empty.delete(ids) == 0
        with pytest.raises(KeyError):
            empty.embeddings(ids)

    def test_answers_a_query_of_any_model(self, empty):
        assert empty.search(np.ones(OTHER.dims, np.float32), 10) == []

    def test_takes_any_model(self, empty, make_records):
        records, embeddings = make_records(20, dims=OTHER.dims)
        empty.prepare(OTHER)
        assert empty.model() is None
        empty.upsert(records, embeddings)
        assert empty.model() == OTHER
        assert_same(empty.search(embeddings[3], 5), nearest(records, embeddings, embeddings[3], 5))


class TestSearch:
    @pytest.mark.parametrize("k", [1, 10, 60, 300, 1000])
    def test_equals_brute_force(self, stocked, k):
        index, records, embeddings = stocked
        queries = unit(np.random.default_rng(1).standard_normal((5, STAMP.dims)))
        for query in [*queries, embeddings[7], -embeddings[7]]:
            found = index.search(query, k)
            assert len(found) == min(k, len(records))
            assert_same(found, nearest(records, embeddings, query, k))

    def test_needs_no_query_of_unit_length(self, stocked):
        index, records, embeddings = stocked
        query = 7 * embeddings[0] + 3 * embeddings[1]
        assert_same(index.search(query, 10), nearest(records, embeddings, query, 10))

    def test_scores_are_cosines_from_one_to_minus_one(self, stocked):
        index, _, embeddings = stocked
        assert index.search(embeddings[5], 1)[0].score == pytest.approx(1, abs=1e-5)
        assert index.search(-embeddings[5], 300)[-1].score == pytest.approx(-1, abs=1e-5)

    def test_ties_are_in_the_order_of_their_ids(self, filled, make_records):
        index, _, embeddings = filled
        copies, _ = make_records(8, seed=9)
        index.upsert(copies, np.repeat(embeddings[:1], 8, axis=0))
        found = index.search(embeddings[0], 9)
        assert {hit.record.id for hit in found} >= {copy.id for copy in copies}
        assert [hit.record.id for hit in found] == sorted(hit.record.id for hit in found)

    @pytest.mark.parametrize("k", [1, 20, 1000])
    @pytest.mark.parametrize("where", [None, PNG], ids=["all", "some"])
    def test_hits_come_with_their_embeddings(self, stocked, k, where):
        index, records, embeddings = stocked
        found = index.search(embeddings[3], k, where, embeddings=True)
        assert found == index.search(embeddings[3], k, where)
        assert all(hit.embedding is None for hit in index.search(embeddings[3], k, where))
        position = {record.id: at for at, record in enumerate(records)}
        stacked = np.stack([hit.embedding for hit in found])
        assert stacked.dtype == np.float32
        np.testing.assert_allclose(stacked, embeddings[[position[hit.record.id] for hit in found]], atol=1e-6)

    def test_no_hits_without_a_match(self, stocked):
        index, _, embeddings = stocked
        assert index.search(embeddings[0], 5, Filter.within("/elsewhere"), embeddings=True) == []
        assert index.search(embeddings[0], 0, embeddings=True) == []


class TestUpsert:
    def test_twice_is_once(self, filled):
        index, records, embeddings = filled
        index.upsert(records[:50], embeddings[:50])
        assert index.count() == 300
        assert_same(index.search(embeddings[4], 20), nearest(records, embeddings, embeddings[4], 20))

    def test_the_last_of_one_id_in_a_batch_wins(self, filled, make_records):
        index, records, embeddings = filled
        (new,), _ = make_records(1, seed=5)
        old = records[0]
        batch = [old, new, replace(new, width=11), replace(old, width=12)]
        index.upsert(batch, embeddings[[1, 2, 3, 4]])
        assert index.count() == 301
        assert [record.width for record in index.get([new.id, old.id])] == [11, 12]
        np.testing.assert_allclose(index.embeddings([new.id, old.id]), embeddings[[3, 4]], atol=1e-6)

    def test_an_update_is_seen_at_once(self, filled):
        index, records, embeddings = filled
        for step in range(3):
            changed = replace(records[0], width=9000 + step, name=f"renamed-{step}")
            index.upsert([changed], -embeddings[step : step + 1])
            assert index.search(-embeddings[step], 1)[0].record == changed
            assert index.search(embeddings[1], 5, Filter((Between("width", 9000 + step),)))[0].record == changed
            assert index.get([changed.id]) == [changed]
            assert index.count() == 300

    def test_of_nothing_is_nothing(self, filled):
        index, *_ = filled
        index.upsert([], np.empty((0, STAMP.dims), np.float32))
        assert index.count() == 300

    def test_takes_more_than_one_request_holds(self, index, make_records):
        records, embeddings = make_records(2500)
        index.prepare(STAMP)
        index.upsert(records, embeddings)
        ids = [record.id for record in records]
        assert index.count() == 2500
        assert index.get(ids) == records
        assert index.fingerprints(ids) == {record.id: record.fingerprint for record in records}
        np.testing.assert_allclose(index.embeddings(ids), embeddings, atol=1e-6)
        found = index.by_content([record.content_hash for record in records])
        assert {content_hash: record for content_hash, (record, _) in found.items()} == {
            record.content_hash: record for record in records
        }
        assert len(index.search(embeddings[0], 1000)) == 1000
        assert index.delete(ids) == 2500
        assert index.count() == 0

    @pytest.mark.parametrize(
        "bad",
        [
            np.zeros(32, np.float32),
            np.full(32, np.nan, np.float32),
            np.array([np.inf] + [1] * 31, np.float32),
            np.ones(31, np.float32),
            np.ones(48, np.float32),
        ],
        ids=["zero", "nan", "infinite", "short", "long"],
    )
    def test_what_cannot_be_found_is_refused(self, filled, make_records, bad):
        index, _, embeddings = filled
        (new, other), _ = make_records(2, seed=5)
        batch = np.stack([embeddings[0], bad]) if len(bad) == 32 else np.stack([bad, bad])
        with pytest.raises(InvalidEmbedding):
            index.upsert([new, other], batch)
        assert index.count() == 300
        assert index.get([new.id, other.id]) == []
        with pytest.raises(InvalidEmbedding):
            index.search(bad, 5)


class TestRead:
    def test_get_answers_in_the_order_asked(self, stocked):
        index, records, _ = stocked
        asked = [records[i].id for i in (250, 3, 17)]
        assert index.get([asked[0], "0" * 32, *asked[1:]]) == [records[250], records[3], records[17]]
        assert index.get([]) == []
        assert index.get(["' OR '1'='1", "*", ""]) == []

    def test_embeddings_come_back_in_the_order_asked(self, stocked):
        index, records, embeddings = stocked
        order = [5, 299, 0, 5]
        found = index.embeddings([records[i].id for i in order])
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, embeddings[order], atol=1e-6)
        assert index.embeddings([]).shape[0] == 0
        with pytest.raises(KeyError):
            index.embeddings([records[0].id, "0" * 32])

    def test_fingerprints_are_of_those_that_exist(self, stocked):
        index, records, _ = stocked
        for some in (records[:3], records):
            asked = [record.id for record in some]
            assert index.fingerprints([*asked, "0" * 32]) == {record.id: record.fingerprint for record in some}
        assert index.fingerprints([]) == {}

    def test_by_content_gives_the_copy_with_the_smallest_id(self, filled, make_records):
        index, records, embeddings = filled
        copies, different = make_records(5, seed=6)
        copies = [replace(copy, content_hash=records[0].content_hash) for copy in copies]
        index.upsert(copies, different)
        family = dict(zip([records[0], *copies], [embeddings[0], *different], strict=True))
        smallest = min(family, key=lambda record: record.id)
        found = index.by_content([records[0].content_hash, records[1].content_hash, "0" * 64])
        assert {key: record for key, (record, _) in found.items()} == {
            smallest.content_hash: smallest,
            records[1].content_hash: records[1],
        }
        np.testing.assert_allclose(found[smallest.content_hash][1], family[smallest], atol=1e-6)
        np.testing.assert_allclose(found[records[1].content_hash][1], embeddings[1], atol=1e-6)

    def test_a_scan_gives_every_record_once_with_its_embedding(self, stocked):
        index, records, embeddings = stocked
        scanned = [pair for batch, rows in index.scan() for pair in zip(batch, rows, strict=True)]
        assert len(scanned) == index.count() == 300
        position = {record: i for i, record in enumerate(records)}
        assert {record for record, _ in scanned} == set(records)
        np.testing.assert_allclose(
            np.stack([row for _, row in scanned]), embeddings[[position[record] for record, _ in scanned]], atol=1e-6
        )

    def test_a_scan_may_be_left_half_way(self, stocked):
        index, *_ = stocked
        scan = index.scan()
        assert isinstance(scan, Iterator)
        next(scan)
        del scan
        assert index.count() == 300

    @pytest.mark.parametrize(
        "taken_at",
        [
            None,
            datetime(2024, 2, 29, 23, 59, 59),
            datetime(2024, 2, 29, 23, 59, 59, 123000),
            datetime(2024, 3, 31, 2, 30),
            datetime(1969, 7, 20, 20, 17, 40),
            datetime(1900, 1, 1),
            datetime(9999, 12, 31, 23, 59, 59),
        ],
        ids=str,
    )
    def test_a_date_comes_back_as_it_was(self, index, make_records, taken_at):
        (record,), embeddings = make_records(1)
        record = replace(record, taken_at=taken_at)
        index.prepare(STAMP)
        index.upsert([record], embeddings)
        assert index.get([record.id]) == [record]
        assert index.search(embeddings[0], 1)[0].record == record
        assert index.count(Filter((Between("taken", taken_at),))) == bool(taken_at)

    @pytest.mark.parametrize(
        "path",
        [
            os.fsdecode(b"/photos/caf\xe9/\xff\x80.jpg"),
            '/photos/it\'s "quoted"\\.jpg',
            "/photos/日本 😀\n.jpg",
            "/photos/" + "x" * 240 + "/" + "é" * 120 + ".jpg",
        ],
        ids=["not UTF-8", "quotes", "newline", "long"],
    )
    def test_every_path_comes_back_as_it_was(self, growing, make_records, path):
        drawn, embeddings = make_records(2, seed=crc32(os.fsencode(path)))
        record = at(path, drawn[0])
        growing.upsert([record, drawn[1]], embeddings)
        assert growing.get([record.id]) == [record]
        assert growing.search(embeddings[0], 1, Filter.within(record.folder))[0].record == record
        assert record in [found for batch, _ in growing.scan() for found in batch]
        assert growing.by_content([record.content_hash])[record.content_hash][0] == record

    @pytest.mark.parametrize(
        "description",
        [
            {"camera": "Canon EOS R5", "lens": "RF 50mm F1.2 L", "orientation": 8, "described": 7, "frames": 1},
            {"camera": "é 日本 😀 \\ \" ' \x00\n", "lens": os.fsdecode(b"caf\xe9") + "\ud800"},
            {"gps": (-33.856784333333334, 151.21529699999999), "brightness": 0.1, "sharpness": 1e-17},
            {"gps": (0.0, -0.0), "brightness": 0.0, "sharpness": 0.0},
            {"gps": None, "brightness": None, "sharpness": None, "colours": (), "boxes": (), "described": 0},
            {"tags": ("it's", "日本", os.fsdecode(b"\xe9"), "\ud800"), "phash": "00ff00ff00ff00ff"},
            {"tags": (), "phash": ""},
            {"splits": ("train",)},
            {"splits": ("val", "test")},
            {"colours": (Colour("#ffffff", 1 / 3), Colour("#000000", 0.1 + 0.2))},
            {"boxes": (Box("cat", 1 / 3, 0.1, 0.0, 1.0), Box("cat", 0.5, 1e-9, 0.1 + 0.2, 1.0)), "annotated_ns": 2**62},
            {"boxes": (Box(os.fsdecode(b"\xff") + "\ud800'", 0.0, 0.0, 1.0, 1.0), Box("", 0.0, 0.0, 1.0, 1.0))},
        ],
        ids=lambda value: " ".join(value),
    )
    def test_a_description_comes_back_as_it_was(self, growing, make_records, description):
        drawn, embeddings = make_records(2)
        record = replace(drawn[1], **description)
        growing.upsert([drawn[0], record], embeddings)
        assert growing.get([record.id]) == [record]
        assert growing.search(embeddings[1], 1)[0].record == record
        assert record in [found for batch in growing.records() for found in batch]
        assert growing.fingerprints([record.id]) == {record.id: record.fingerprint}
        (found,) = growing.get([record.id])
        assert {type(part) for part in found.boxes} <= {Box}
        assert {type(part) for part in found.colours} <= {Colour}
        assert type(found.gps) in (tuple, type(None))

    def test_numbers_beyond_32_bits_come_back(self, index, make_records):
        (record,), embeddings = make_records(1)
        record = replace(record, size=5 * 2**40, mtime_ns=2**62 + 1, width=2**31 - 1)
        index.prepare(STAMP)
        index.upsert([record], embeddings)
        assert index.get([record.id]) == [record]
        assert index.fingerprints([record.id]) == {record.id: record.fingerprint}
        assert index.count(at_least(5 * 2**40)) == 1
        assert index.count(at_most(5 * 2**40 - 1)) == 0


class TestTotals:
    def test_records_are_those_of_a_scan(self, stocked):
        index, records, _ = stocked
        read = [record for batch in index.records() for record in batch]
        assert len(read) == 300
        assert set(read) == set(records)
        assert isinstance(index.records(), Iterator)

    def test_totals_follow_the_changes(self, filled):
        index, records, embeddings = filled
        assert index.totals() == Totals(300, sum(range(300)))
        index.upsert([replace(records[0], size=5000)], embeddings[:1])
        index.delete([records[7].id])
        assert index.totals() == Totals(299, sum(range(300)) + 5000 - 7)

    def test_large_sums_are_exact(self, index, make_records):
        records, embeddings = make_records(5)
        sizes = [2**52 + 1, 2**51 + 1, 2**50 + 3, 1, 0]
        index.prepare(STAMP)
        index.upsert([replace(record, size=size) for record, size in zip(records, sizes, strict=True)], embeddings)
        assert index.totals() == Totals(5, sum(sizes))
        assert index.totals(at_least(2**52)) == Totals(1, 2**52 + 1)


class TestDelete:
    def test_what_is_removed_never_comes_back(self, filled):
        index, records, embeddings = filled
        gone, left = records[:100], records[100:]
        assert index.delete([record.id for record in gone]) == 100
        assert index.count() == 200
        assert index.get([gone[0].id]) == []
        assert index.fingerprints([record.id for record in gone]) == {}
        assert index.by_content([gone[0].content_hash]) == {}
        assert_same(index.search(embeddings[0], 300), nearest(left, embeddings[100:], embeddings[0], 300))
        assert {record.id for batch, _ in index.scan() for record in batch} == {record.id for record in left}
        with pytest.raises(KeyError):
            index.embeddings([gone[0].id])

    def test_counts_those_that_were_there(self, filled):
        index, records, _ = filled
        assert index.delete([]) == 0
        assert index.delete(["0" * 32, "' OR '1'='1", "*"]) == 0
        assert index.delete([records[0].id, records[0].id, records[1].id, "0" * 32]) == 2
        assert index.delete([records[0].id]) == 0
        assert index.count() == 298

    def test_what_was_removed_can_be_stored_again(self, filled):
        index, records, embeddings = filled
        index.delete([records[0].id])
        index.upsert(records[:1], embeddings[:1])
        assert index.count() == 300
        assert index.search(embeddings[0], 1)[0].record == records[0]


class TestModel:
    def test_the_stamp_is_kept(self, filled, open_index):
        index, *_ = filled
        assert index.model() == open_index().model() == STAMP

    @pytest.mark.parametrize(
        "other",
        [OTHER, replace(STAMP, preprocessing=2), replace(STAMP, model_id="clip/ViT-B-32")],
        ids=["model and dims", "preprocessing", "model"],
    )
    def test_another_model_is_refused(self, filled, open_index, other):
        index, *_ = filled
        for handle in (index, open_index()):
            with pytest.raises(ModelMismatch) as caught:
                handle.prepare(other)
            assert STAMP.model_id in str(caught.value)
            assert other.model_id in str(caught.value)
            assert f"IMAGE_SEARCH_MODEL={STAMP.model_id}" in caught.value.remedy
        assert index.model() == STAMP
        assert index.count() == 300

    def test_claiming_again_changes_nothing(self, filled, open_index):
        index, *_ = filled
        index.prepare(STAMP)
        open_index().prepare(STAMP)
        assert index.count() == 300

    def test_two_claim_at_once(self, open_index, make_records):
        records, embeddings = make_records(4)
        handles = [open_index() for _ in records]

        def claim_and_store(position: int) -> None:
            handles[position].prepare(STAMP)
            handles[position].upsert(records[position : position + 1], embeddings[position : position + 1])

        with ThreadPoolExecutor(len(handles)) as threads:
            list(threads.map(claim_and_store, range(len(handles))))
        assert open_index().count() == len(records)

    def test_names_say_where_it_is(self, index):
        assert index.engine in ("lancedb", "elasticsearch")
        assert index.name
        assert index.location


class TestSharing:
    def test_another_handle_sees_what_was_written(self, filled, open_index, make_records):
        index, records, embeddings = filled
        other = open_index()
        assert other.count() == 300
        new, directions = make_records(3, seed=8)
        for step, record in enumerate(new):
            index.upsert([record], directions[step : step + 1])
            assert other.count() == 301 + step
            assert other.search(directions[step], 1)[0].record == record
        other.delete([records[0].id])
        assert index.count() == 302
        assert records[0] not in [hit.record for hit in index.search(embeddings[0], 5)]

    def test_one_that_saw_nothing_yet_finds_what_another_has_stored_since(self, index, open_index, make_records):
        records, embeddings = make_records(3)
        assert index.search(embeddings[0], 5) == []
        other = open_index()
        other.prepare(STAMP)
        other.upsert(records, embeddings)
        assert [hit.record for hit in index.search(embeddings[0], 1)] == records[:1]

    def test_threads_share_one_handle(self, index, make_records):
        records, embeddings = make_records(200)
        index.prepare(STAMP)

        def store_and_find(start: int) -> list[str]:
            part = slice(start, start + 25)
            index.upsert(records[part], embeddings[part])
            return [index.search(row, 1)[0].record.id for row in embeddings[part]]

        with ThreadPoolExecutor(4) as threads:
            found = [id_ for part in threads.map(store_and_find, range(0, 200, 25)) for id_ in part]
        assert found == [record.id for record in records]
        assert index.count() == 200


unlimited = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class TestAlways:
    @unlimited
    @given(data=st.data())
    def test_a_search_equals_brute_force(self, index, make_records, data):
        pool, embeddings = make_records(12)
        index.prepare(STAMP)
        index.delete([record.id for record in pool])
        chosen = data.draw(st.lists(st.integers(0, 11), min_size=1, unique=True))
        directions = [data.draw(st.sampled_from(range(4))) for _ in chosen]  # equal vectors, so ties
        records = [pool[i] for i in chosen]
        index.upsert(records, embeddings[directions])
        query = embeddings[data.draw(st.sampled_from(range(12)))]
        k = data.draw(st.integers(1, 20))
        where = data.draw(st.sampled_from([None, at_least(5), PNG]))
        found = index.search(query, k, where)
        matching = only(records, embeddings[directions], where)
        scores = [hit.score for hit in found]
        assert len(found) <= k
        assert scores == sorted(scores, reverse=True)
        assert all(-1 <= score <= 1 for score in scores)
        expected = nearest(*matching, query, k)
        assert scores == pytest.approx([hit.score for hit in expected], abs=1e-5)
        if len(matching[0]) <= k:  # else equal vectors may stand at the end
            assert_same(found, expected)

    @unlimited
    @given(batches=st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 11)), max_size=8), max_size=4))
    def test_the_last_that_was_stored_is_what_is_there(self, index, make_records, batches):
        pool, embeddings = make_records(12)
        index.prepare(STAMP)
        index.delete([record.id for record in pool])
        expected: dict[str, int] = {}
        for batch in batches:
            ids = [pool[position].id for position, _ in batch]
            drawn = [replace(pool[source], id=id_) for id_, (_, source) in zip(ids, batch, strict=True)]
            index.upsert(drawn, embeddings[[source for _, source in batch]])
            index.upsert(drawn, embeddings[[source for _, source in batch]])
            expected.update(zip(ids, (source for _, source in batch), strict=True))
        assert index.count() == len(expected)
        for record, row in ((r, v) for rs, vs in index.scan() for r, v in zip(rs, vs, strict=True)):
            source = expected.pop(record.id)
            assert record == replace(pool[source], id=record.id)
            np.testing.assert_allclose(row, embeddings[source], atol=1e-6)
        assert not expected


ROWS = 20_000


def load_realistic() -> ModuleType:
    spec = importlib.util.spec_from_file_location("realistic_embeddings", REALISTIC / "make.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made_realistic() -> Embeddings:
    return load_realistic().make(ROWS)


@pytest.fixture(scope="module")
def realistic(empty_big_index, make_records, made_realistic):
    """The index, its embeddings in the order of the records' sizes, and queries: half pictures, half words."""
    embeddings = made_realistic
    records, _ = make_records(ROWS, dims=1)
    empty_big_index.prepare(ModelStamp("clip/ViT-B-16", embeddings.shape[1]))
    for start in range(0, ROWS, 5000):
        empty_big_index.upsert(records[start : start + 5000], embeddings[start : start + 5000])
    queries = [np.load(REALISTIC / f"queries_{kind}.npy").astype(np.float32)[:50] for kind in ("new", "text")]
    return empty_big_index, embeddings, unit(np.concatenate(queries))


@pytest.mark.skipif(not REALISTIC.is_dir(), reason="IMAGE_SEARCH_TEST_DATA has no embeddings")
class TestRecall:
    """Queries unlike the rows (new pictures, words) decide recall; rows used as queries prove nothing."""

    @pytest.mark.parametrize("share", [None, 0.001, 0.01, 0.1, 0.5])
    def test_nearly_all_of_the_ten_nearest_are_found(self, realistic, share):
        index, embeddings, queries = realistic
        rows = int(ROWS * share) if share else ROWS  # record i has i bytes
        where = at_most(rows - 1) if share else None
        cosines = queries @ embeddings[:rows].T
        shares = []
        for query, row in zip(queries, cosines, strict=True):
            hits = index.search(query, 10, where)
            expected = set(np.argsort(-row)[:10])
            assert len(hits) == 10
            assert all(hit.score == pytest.approx(row[hit.record.size], abs=1e-5) for hit in hits)
            shares.append(len(expected & {hit.record.size for hit in hits}) / 10)
        assert min(shares) > 0
        assert np.mean(shares) >= 0.99

    def test_sixty_asked_are_sixty_found(self, realistic):
        index, embeddings, queries = realistic
        found = [{hit.record.size for hit in index.search(query, 60)} for query in queries[::10]]
        assert {len(sizes) for sizes in found} == {60}
        expected = np.argsort(-(queries[::10] @ embeddings.T))[:, :60]
        assert np.mean([len(sizes & set(row)) / 60 for sizes, row in zip(found, expected, strict=True)]) >= 0.98

    @pytest.mark.parametrize("asked", [MAX_K, MAX_K + 500])
    def test_the_most_hits_are_the_nearest(self, realistic, asked):
        index, embeddings, queries = realistic
        found = index.search(queries[0], asked)
        scores = [hit.score for hit in found]
        assert len({hit.record.id for hit in found}) == MAX_K
        assert scores == sorted(scores, reverse=True)
        expected = set(np.argsort(-(queries[0] @ embeddings.T))[:MAX_K])
        assert len(expected & {hit.record.size for hit in found}) >= 0.99 * MAX_K
