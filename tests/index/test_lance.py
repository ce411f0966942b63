"""What only the embedded index does: grow an index, clean up, share a folder with other processes, word its errors."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import lancedb
import pytest
from lancedb.index import IvfRq

from core.errors import IndexUnavailable, ModelMismatch, StorageFull
from core.index.filters import AnyOf, Between, Filter
from core.index.index import ModelStamp
from core.index.lance import access, few, upkeep
from core.index.lance.engine import LanceIndex
from core.index.lance.query import queries
from core.index.lance.readers import Readers
from tests.material import needs_kill, needs_ordinary_user

PROJECT = Path(__file__).parents[2]
STAMP = ModelStamp("clip/ViT-B-16", 16)
OTHER = ModelStamp("clip/ViT-L-14", 24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path) -> LanceIndex:
    return LanceIndex(folder, "images")


@pytest.fixture
def make_records(make_records):
    return lambda count, dims=STAMP.dims, seed=0: make_records(count, dims, seed)


@pytest.fixture
def filled(index, make_records):
    records, embeddings = make_records(100)
    index.prepare(STAMP)
    index.upsert(records, embeddings)
    return index, records, embeddings


def table_of(folder: Path):
    return lancedb.connect(str(folder)).open_table("images")


def indices(folder: Path) -> dict:
    return {found.columns[0]: found for found in table_of(folder).list_indices()}


class TestFolder:
    def test_opening_and_asking_create_nothing(self, tmp_path):
        index = LanceIndex(tmp_path / "a" / "b", "images")
        assert index.location == str(tmp_path / "a" / "b")
        assert (index.engine, index.name) == ("lancedb", "images")
        assert index.count() == 0
        assert index.model() is None
        assert list(index.scan()) == []
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", ["sp ace", "pe%20rcent", "ha#sh", "question?", "é", "a:b", "quo'te", "*"])
    def test_any_name_of_a_folder_will_do(self, tmp_path, make_records, name):
        records, embeddings = make_records(3)
        index = LanceIndex(tmp_path / name, "images")
        index.prepare(STAMP)
        index.upsert(records, embeddings)
        assert LanceIndex(tmp_path / name, "images").get([records[0].id]) == records[:1]
        assert [path.name for path in tmp_path.iterdir()] == [name]

    def test_indices_of_two_names_share_a_folder(self, filled, folder, make_records):
        index, *_ = filled
        second = LanceIndex(folder, "images-2")
        second.prepare(OTHER)
        second.upsert(*make_records(5, OTHER.dims))
        assert (index.count(), second.count()) == (100, 5)
        assert (index.model(), second.model()) == (STAMP, OTHER)

    def test_a_table_made_anew_has_another_revision(self, filled, folder):
        index, records, embeddings = filled
        before = index.revision()
        shutil.rmtree(folder)
        assert index.revision() == ""
        index.prepare(STAMP)
        index.upsert(records, embeddings)
        assert index.revision() != before


class TestGrowth:
    @pytest.fixture(autouse=True)
    def nothing_kept(self, monkeypatch):
        """The engine's own index is searched, however often."""
        monkeypatch.setattr(few, "MAX_BYTES", 0)

    @pytest.fixture
    def grown(self, index, make_records):
        records, embeddings = make_records(upkeep.INDEXED_FROM + 500)
        index.prepare(STAMP)
        return index, records, embeddings

    def test_vectors_are_indexed_when_there_are_many(self, grown, folder):
        index, records, embeddings = grown
        index.upsert(records[:9_999], embeddings[:9_999])
        assert "vector" not in indices(folder)
        index.upsert(records[9_999:10_000], embeddings[9_999:10_000])
        assert indices(folder)["vector"].num_indexed_rows == 10_000
        assert indices(folder)["vector"].index_type == "IvfRq"

    def test_scores_are_cosines_with_an_index_and_a_tail(self, grown, folder):
        index, records, embeddings = grown
        index.upsert(records[:10_000], embeddings[:10_000])
        index.upsert(records[10_000:], embeddings[10_000:])
        assert indices(folder)["vector"].num_unindexed_rows == 500
        for query in (embeddings[3], embeddings[10_100], -embeddings[10_100]):
            cosines = embeddings @ query
            hits = index.search(query, 60)
            assert [hit.score for hit in hits] == pytest.approx(sorted(cosines, reverse=True)[:60], abs=1e-5)
            assert [hit.score for hit in hits] == pytest.approx([cosines[hit.record.size] for hit in hits], abs=1e-5)

    def test_a_narrow_filter_finds_all_that_match(self, grown):
        index, records, embeddings = grown
        index.upsert(records, embeddings)
        for most in (0, 5, 40):
            found = index.search(-embeddings[9_000], 60, Filter((Between("size", high=most + 1),)))
            assert sorted(hit.record.size for hit in found) == list(range(most + 1))

    def test_an_answer_is_never_short(self, grown, monkeypatch):
        """However few partitions are looked through at first."""
        monkeypatch.setattr(queries, "probes", lambda *_: 1)
        index, records, embeddings = grown
        index.upsert(records, embeddings)
        where = Filter((Between("size", 4_000, 4_100),))
        for query in (embeddings[4_050], -embeddings[4_050]):
            assert {hit.record.size for hit in index.search(query, 200, where)} == set(range(4_000, 4_100))
        assert len(index.search(embeddings[0], 10_000)) == 10_000

    def test_the_fewer_match_the_more_is_looked_through(self):
        found = [upkeep.probes(1_000_000, share) for share in (1_000_000, 500_000, 10_000, 1, 0)]
        assert found == sorted(found)
        assert found[0] == upkeep.probes(1_000_000)
        assert upkeep.probes(0, 0) == upkeep.probes(0)

    def test_labels_are_found_before_and_after_they_are_indexed(self, grown, folder):
        index, records, embeddings = grown
        index.upsert(records[:9_000], embeddings[:9_000])
        changed = [replace(record, boxes=record.boxes[:1]) for record in records[:50]]
        index.upsert(changed, embeddings[:50])
        index.delete([record.id for record in records[50:100]])
        assert indices(folder)["labels"].num_unindexed_rows > 0
        index.upsert(records[9_000:10_500], embeddings[9_000:10_500])  # merged, the vectors indexed
        index.upsert(records[:10], embeddings[:10])
        assert 0 < indices(folder)["labels"].num_unindexed_rows < 100
        there = {record.id: record for record in [*records[:10], *changed[10:], *records[100:]]}
        assert index.count() == len(there)
        for labels in (("cat",), ("it's", "日本"), ("no such label",)):
            expected = {id_ for id_, record in there.items() if set(labels) & set(record.labels)}
            found = {record.id for batch in index.records(Filter((AnyOf("label", labels),))) for record in batch}
            assert found == expected
            assert index.count(Filter((AnyOf("label", labels),))) == len(expected)
            hits = index.search(embeddings[5], 60, Filter((AnyOf("label", labels),)))
            assert len(hits) == min(60, len(expected))
            assert {hit.record.id for hit in hits} <= expected

    def test_copies_at_the_end_are_those_with_the_smallest_ids(self, grown):
        index, records, embeddings = grown
        embeddings[5_000:5_300] = embeddings[0]  # in the index
        embeddings[10_000:10_300] = embeddings[0]  # in the tail
        index.upsert(records[:10_000], embeddings[:10_000])
        index.upsert(records[10_000:], embeddings[10_000:])
        copies = sorted(record.id for record in [records[0], *records[5_000:5_300], *records[10_000:10_300]])
        assert [hit.record.id for hit in index.search(embeddings[0], 20)] == copies[:20]

    def test_the_index_is_built_anew_when_it_is_in_many_parts(self, grown, folder, monkeypatch):
        monkeypatch.setattr(upkeep, "most_parts", lambda _: 2)
        monkeypatch.setattr(upkeep, "MAX_UNINDEXED", 100)
        index, records, embeddings = grown
        index.upsert(records[:10_000], embeddings[:10_000])
        parts = []
        for start in range(10_000, 10_400, 100):
            index.upsert(records[start : start + 100], embeddings[start : start + 100])
            parts.append(indices(folder)["vector"].num_segments)
        assert max(parts) <= 2
        assert parts.count(1) >= 1
        assert indices(folder)["vector"].num_unindexed_rows == 0
        assert index.search(embeddings[10_399], 1)[0].record == records[10_399]

    def test_the_index_is_built_anew_when_the_rows_have_doubled(self, grown, folder, monkeypatch):
        monkeypatch.setattr(upkeep, "INDEXED_FROM", 300)
        monkeypatch.setattr(upkeep, "MAX_UNINDEXED", 100)
        index, records, embeddings = grown
        parts = []
        for start in range(0, 1_300, 100):
            index.upsert(records[start : start + 100], embeddings[start : start + 100])
            found = indices(folder).get("vector")
            parts.append((found.num_segments, found.num_unindexed_rows) if found else None)
        assert parts[:2] == [None, None]
        assert [parts[at] for at in (2, 5, 11)] == [(1, 0)] * 3  # at 300, 600 and 1,200 rows
        assert [part for part in parts if part and part[0] > 1]
        assert index.search(embeddings[1_299], 1)[0].record == records[1_299]

    def test_folders_are_indexed_as_suits_their_number(self, grown, folder, monkeypatch):
        index, records, embeddings = grown
        for most, kind in ((50, "Bitmap"), (49, "BTree"), (50, "Bitmap")):
            monkeypatch.setattr(upkeep, "MAX_BITMAPS", most)
            monkeypatch.setattr(upkeep, "most_parts", lambda _: 0)  # built anew each time
            index.upsert(records, embeddings)
            index.upsert(records[:10], embeddings[:10])
            index.optimize()
            assert [one.index_type for one in table_of(folder).list_indices() if one.columns == ["folder"]] == [kind]
            for where in (Filter.within("/pictures/3"), Filter.within("/pictures/3/13"), Filter.within("/no")):
                expected = {one.id for one in records if one.folder.startswith(where_of(where))}
                assert {one.id for batch in index.records(where) for one in batch} == expected
                assert index.count(where) == len(expected)
                assert len(index.search(embeddings[0], 40, where)) == min(40, len(expected))

    def test_an_ingest_leaves_few_parts(self, grown, folder, monkeypatch):
        monkeypatch.setattr(upkeep, "INDEXED_FROM", 600)
        monkeypatch.setattr(upkeep, "MAX_UNINDEXED", 50)
        monkeypatch.setattr(upkeep, "most_parts", lambda _: 16)
        index, records, embeddings = grown
        for start in range(0, 1_000, 50):
            index.upsert(records[start : start + 50], embeddings[start : start + 50])
        assert indices(folder)["vector"].num_segments > 4
        index.optimize()
        assert indices(folder)["vector"].num_segments <= 4
        assert index.search(embeddings[999], 1)[0].record == records[999]

    @pytest.mark.parametrize(("more", "parts"), [(199, 2), (200, 1)])
    def test_an_ingest_that_brought_much_leaves_one_part(self, grown, folder, monkeypatch, more, parts):
        monkeypatch.setattr(upkeep, "INDEXED_FROM", 600)
        monkeypatch.setattr(upkeep, "TAIL", 1)
        index, records, embeddings = grown
        index.upsert(records[:600], embeddings[:600])
        index.upsert(records[600 : 600 + more], embeddings[600 : 600 + more])
        index.optimize()
        left = [one for one in table_of(folder).list_indices() if one.columns == ["vector"]]
        assert [(one.num_segments, one.num_unindexed_rows) for one in left] == [(parts, 0)]
        assert index.search(embeddings[700], 1)[0].record == records[700]

    def test_of_two_vector_indices_one_is_left(self, grown, folder, monkeypatch):
        """As a process that is killed between building one and dropping the other leaves them, or an earlier version of
        the app, which did not say of how many rows it was built."""
        monkeypatch.setattr(upkeep, "INDEXED_FROM", 600)
        index, records, embeddings = grown
        index.upsert(records[:600], embeddings[:600])
        config = IvfRq(distance_type="cosine", num_bits=4, num_partitions=1)
        table_of(folder).create_index("vector", config=config, name="vector_idx")
        assert index.search(embeddings[300], 1)[0].record == records[300]
        index.upsert(records[600:1_200], embeddings[600:1_200])
        index.optimize()
        names = [one.name for one in table_of(folder).list_indices() if one.columns == ["vector"]]
        assert names == ["vector_idx_1200"]
        assert index.search(embeddings[1_100], 1)[0].record == records[1_100]

    def test_of_a_large_index_more_is_merged_at_a_time(self):
        sizes = (0, 10_000, 200_000, 400_000, 1_000_000)
        assert [upkeep.most_unindexed(rows) for rows in sizes] == [10_000, 10_000, 10_000, 20_000, 50_000]
        assert [upkeep.merge_every(rows) for rows in sizes] == [50, 50, 50, 100, 250]
        assert [upkeep.most_parts(rows) for rows in sizes] == [4, 4, 8, 12, 16]
        assert [upkeep.level(rows) for rows in (0, 9_999, 10_000, 19_999, 20_000, 39_999, 40_000)] == [
            0, 0, 1, 1, 2, 2, 3,
        ]  # fmt: skip

    def test_many_probes_for_many_rows(self):
        assert [upkeep.probes(rows) for rows in (10_000, 499_999, 500_000, 1_000_000, 10_000_000)] == [
            50, 50, 100, 100, 200,
        ]  # fmt: skip


def where_of(where: Filter) -> str:
    (within,) = where.conditions
    return within.own


def bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class TestUpkeep:
    def test_all_that_is_filtered_by_is_indexed(self, filled, folder):
        assert indices(folder).keys() == {
            "id", "content_hash", "folder", "format", "taken_at", "width", "height", "size", "camera", "lens", "shape",
            "labels", "tags", "colour_names", "folder_names", "splits", "quality", "clusters", "classes", "duplicates",
        }  # fmt: skip

    def test_many_small_writes_leave_few_files(self, filled, folder, make_records, monkeypatch):
        monkeypatch.setattr(upkeep, "KEEP", timedelta(milliseconds=1))
        monkeypatch.setattr(upkeep, "MERGE_EVERY", 10)
        index, *_ = filled
        records, embeddings = make_records(60, seed=1)
        files, fragments = [], []
        for position in range(60):
            index.upsert(records[position : position + 1], embeddings[position : position + 1])
            if position % 2:
                continue
            fragments.append(table_of(folder).stats()["fragment_stats"]["num_fragments"])
            files.append(sum(1 for path in folder.rglob("*") if path.is_file()))
        assert max(fragments) <= 12
        assert max(files[15:]) <= 1.2 * max(files[:15])
        assert index.count() == 160
        assert index.search(embeddings[7], 1)[0].record == records[7]

    def test_runs_of_one_write_each_add_up(self, filled, folder, make_records, monkeypatch):
        monkeypatch.setattr(upkeep, "MERGE_EVERY", 10)
        records, embeddings = make_records(20, seed=1)
        for position in range(20):
            LanceIndex(folder, "images").upsert(records[position : position + 1], embeddings[position : position + 1])
        assert table_of(folder).stats()["fragment_stats"]["num_fragments"] <= 12

    def test_a_merge_is_due_so_many_commits_after_the_last(self, filled, folder, make_records, monkeypatch):
        """However many it made itself, of one version of the table for each index."""
        merged = []
        renew = upkeep.renew
        monkeypatch.setattr(upkeep, "renew", lambda *args: (merged.append(position), renew(*args)))
        monkeypatch.setattr(upkeep, "MERGE_EVERY", 20)
        index, *_ = filled
        records, embeddings = make_records(52, seed=1)
        for position in range(52):
            index.upsert(records[position : position + 1], embeddings[position : position + 1])
        assert merged == [19, 39]

    def test_an_open_handle_survives_the_clean_up_of_another(self, filled, folder, make_records):
        index, records, embeddings = filled
        scan = index.scan()
        assert index.search(embeddings[0], 1)
        index.delete([record.id for record in records[:50]])
        with pytest.warns(UserWarning, match="cleanup_older_than"):
            table_of(folder).optimize(cleanup_older_than=timedelta(0), delete_unverified=True)
        assert index.count() == 50
        assert index.search(embeddings[60], 1)[0].record == records[60]
        assert sum(len(batch) for batch, _ in scan) == 50
        index.upsert(*make_records(5, seed=3))
        assert index.count() == 55

    def test_what_is_no_longer_needed_does_not_stay_on_the_disk(self, index, folder, make_records):
        """Not even of a load that lasts for seconds, of which much is written anew."""
        records, embeddings = make_records(12_000)
        index.prepare(STAMP)
        sizes = []
        for start in range(0, 12_000, 500):
            part = slice(start, start + 500)
            index.upsert(records[part], embeddings[part])
            sizes.append(bytes_below(folder) / (start + 500))
        index.optimize()
        assert len(list((folder / "images.lance" / "_versions").glob("*.manifest"))) <= 5
        assert max(sizes[2:]) <= 3 * bytes_below(folder) / 12_000

    def test_a_killed_merge_leaves_nothing_that_stays(self, filled, folder, make_records):
        index, *_ = filled
        torn = folder / "images.lance" / "data" / f"{'01' * 12}.lance"  # named as the engine names them
        torn.write_bytes(b"half of a file")
        index.upsert(*make_records(upkeep.INDEXED_FROM, seed=5))
        assert not torn.exists()

    def test_what_is_read_as_a_whole_is_not_removed_meanwhile(self, index, folder, make_records, monkeypatch):
        monkeypatch.setattr(access, "SCAN", 50)
        records, embeddings = make_records(2_000)
        index.prepare(STAMP)
        for start in range(0, 2_000, 100):  # in many files: the first few are opened at the beginning
            index.upsert(records[start : start + 100], embeddings[start : start + 100])
        scan = LanceIndex(folder, "images").scan()
        read, _ = next(scan)
        monkeypatch.setattr(upkeep, "MERGE_EVERY", 10)
        for position in range(15):  # merged, and cleaned up
            index.upsert(records[position : position + 1], embeddings[position : position + 1])
        assert table_of(folder).stats()["fragment_stats"]["num_fragments"] < 15
        read.extend(record for batch, _ in scan for record in batch)
        assert sorted(record.id for record in read) == sorted(record.id for record in records)
        assert not list(folder.glob(".images.reading-*"))

    def test_a_scan_that_is_left_or_killed_keeps_nothing(self, filled, folder):
        index, *_ = filled
        scan = index.scan()
        next(scan)
        readers = Readers(folder, "images")
        with readers.cleaning() as nobody:
            assert not nobody
        scan.close()
        (folder / ".images.reading-of-a-killed-one.lock").touch()
        with readers.cleaning() as nobody:
            assert nobody
        assert not list(folder.glob(".images.reading-*"))

    def test_a_version_that_vanishes_is_read_anew(self, filled, monkeypatch):
        index, _, embeddings = filled
        answers = iter(
            [RuntimeError("lance error: Not found: index/images.lance/data/0101.lance, src/local.rs:273:40")]
        )
        count = queries.stamp_of  # type: ignore[attr-defined]

        def once_gone(schema):
            for error in answers:
                raise error
            return count(schema)

        monkeypatch.setattr(queries, "stamp_of", once_gone)
        assert len(index.search(embeddings[0], 10)) == 10


WRITER = """
import sys
from pathlib import Path
from core.index.lance.engine import LanceIndex

sys.path.append(sys.argv[1])
from conftest import records
from core.index.index import ModelStamp

folder, count, batch = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
made, embeddings = records(count, 16)
index = LanceIndex(folder, "images")
print("ready", flush=True)
sys.stdin.readline()
index.prepare(ModelStamp("clip/ViT-B-16", 16))
for start in range(0, count, batch):
    index.upsert(made[start : start + batch], embeddings[start : start + batch])
    print(start + batch, flush=True)
"""


@contextmanager
def writer(folder: Path, count: int, batch: int):
    """A process that claims the index and stores records, once it gets a line; it says after each batch how many."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(Path(__file__).parent), str(folder), str(count), str(batch)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT,
    ) as process:  # fmt: skip
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def begin(process: subprocess.Popen) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


def stored(index: LanceIndex) -> list[str]:
    return sorted(record.id for batch, _ in index.scan() for record in batch)


class TestProcesses:
    @needs_kill
    def test_what_was_stored_outlives_a_killed_writer(self, folder, index, make_records):
        records, embeddings = make_records(1000)
        assert index.count() == 0
        with writer(folder, 1000, 10) as process:
            begin(process)
            for line in process.stdout:
                acknowledged = int(line)
                assert index.count() >= acknowledged  # an open handle sees what another process stores
                if acknowledged >= 400:
                    break
            os.kill(process.pid, signal.SIGKILL)
            acknowledged = max([acknowledged, *map(int, process.stdout)])
            assert process.wait() == -signal.SIGKILL
        ids = stored(index)
        assert len(ids) == len(set(ids)) == index.count()
        assert set(ids) >= {record.id for record in records[:acknowledged]}
        assert len(ids) <= acknowledged + 10
        assert len(index.search(embeddings[0], 60)) == 60
        index.upsert(records, embeddings)  # doing it again completes it, and no lock is left behind
        assert stored(index) == sorted(record.id for record in records)

    def test_two_processes_store_the_same_pictures_at_once(self, folder, index, make_records):
        records, embeddings = make_records(300)
        with writer(folder, 300, 10) as process:
            begin(process)
            index.prepare(STAMP)
            for start in range(0, 300, 10):
                index.upsert(records[start : start + 10], embeddings[start : start + 10])
            assert process.stdout.read().split()[-1] == "300"
        assert stored(index) == sorted(record.id for record in records)


class TestModel:
    def test_who_claimed_it_before_it_was_emptied_may_not_go_on(self, filled, folder, make_records):
        index, records, embeddings = filled
        index.delete([record.id for record in records])
        LanceIndex(folder, "images").prepare(OTHER)
        with pytest.raises(ModelMismatch, match="clip/ViT-L-14"):
            index.upsert(records, embeddings)
        assert index.count() == 0

    def test_a_new_model_gets_its_indices_too(self, filled, folder, make_records):
        index, records, _ = filled
        index.delete([record.id for record in records])
        index.prepare(OTHER)
        index.upsert(*make_records(10, OTHER.dims))
        assert {"id", "folder", "taken_at"} <= indices(folder).keys()

    def test_the_message_says_what_to_do(self, filled):
        index, *_ = filled
        with pytest.raises(ModelMismatch) as caught:
            index.prepare(OTHER)
        assert "python -m core reembed" in caught.value.remedy
        assert "IMAGE_SEARCH_MODEL=clip/ViT-B-16" in caught.value.remedy


class TestErrors:
    @pytest.mark.parametrize("time", ["mtime_ns", "annotated_ns"])
    def test_a_time_beyond_64_bits_is_kept_with_the_record(self, filled, time):
        index, records, embeddings = filled
        record = replace(records[0], **{time: 2**63})
        index.upsert([record], embeddings[:1])
        assert index.get([record.id]) == [record]

    def test_storing_before_it_was_claimed(self, index, folder, make_records):
        with pytest.raises(IndexUnavailable, match=str(folder)):
            index.upsert(*make_records(1))

    @pytest.mark.parametrize(
        "error",
        [
            RuntimeError("lance error: LanceError(IO): No space left on device (os error 28), /src/writer.rs:258:9"),
            OSError(28, "No space left on device"),
            RuntimeError("lance error: LanceError(IO): Disk quota exceeded (os error 122)"),
        ],
        ids=["engine", "system", "quota"],
    )
    def test_a_full_disk(self, filled, folder, monkeypatch, error):
        index, records, embeddings = filled

        def fail(*_, **__):
            raise error

        monkeypatch.setattr("core.index.lance.query.queries.merge", fail)
        with pytest.raises(StorageFull) as caught:
            index.upsert(records, embeddings)
        assert str(folder) in caught.value.message
        assert caught.value.remedy
        assert index.count() == 100

    @pytest.mark.parametrize(
        ("pattern", "content"),
        [("**/data/*.lance", None), ("**/data/*.lance", b"broken" * 500), ("**/*.manifest", b"broken" * 50)],
        ids=["files gone", "files broken", "manifest broken"],
    )
    def test_a_damaged_index(self, filled, folder, pattern, content, make_records):
        _, records, embeddings = filled
        for path in folder.glob(pattern):
            path.unlink() if content is None else path.write_bytes(content)
        index = LanceIndex(folder, "images")
        for action in (
            lambda: index.search(embeddings[0], 5),
            lambda: index.get([records[0].id]),
            lambda: list(index.scan()),
            lambda: index.upsert(records, embeddings),
        ):
            with pytest.raises(IndexUnavailable) as caught:
                action()
            assert str(folder) in caught.value.message
            assert ".rs:" not in caught.value.message
            assert "IMAGE_SEARCH_DATA_DIR" in caught.value.remedy

    def test_a_file_where_the_folder_should_be(self, tmp_path):
        (tmp_path / "index").write_text("not a folder")
        with pytest.raises(IndexUnavailable, match="index"):
            LanceIndex(tmp_path / "index", "images").prepare(STAMP)

    def test_a_table_of_another_program(self, folder, index):
        lancedb.connect(str(folder)).create_table("images", [{"id": "a", "vector": [1.0, 2.0]}])
        for action in (index.model, lambda: index.prepare(STAMP)):
            with pytest.raises(IndexUnavailable, match="columns"):
                action()
        assert index.count() == 1

    @needs_ordinary_user
    def test_a_folder_without_rights(self, tmp_path):
        tmp_path.chmod(0o500)
        try:
            with pytest.raises(IndexUnavailable, match="may not read or write"):
                LanceIndex(tmp_path / "index", "images").prepare(STAMP)
        finally:
            tmp_path.chmod(0o700)

    def test_a_denied_file(self, filled, monkeypatch):
        index = LanceIndex(Path(filled[0].location), filled[0].name)

        def denied(*_, **__):
            raise RuntimeError("lance error: LanceError(IO): Permission denied (os error 13), /src/local.rs:1:1")

        monkeypatch.setattr(lancedb, "connect", denied)
        with pytest.raises(IndexUnavailable, match="may not read or write"):
            index.count()

    def test_as_many_embeddings_as_records(self, filled):
        index, records, embeddings = filled
        with pytest.raises(ValueError, match="3 records"):
            index.upsert([replace(record, width=1) for record in records[:3]], embeddings[:2])
