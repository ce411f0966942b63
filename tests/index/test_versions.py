"""Versions of an index: another model's embeddings in the place of those that are there, all in one step, and back; on
both engines."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from core.errors import ModelMismatch, VersionRefused
from core.index.index import ModelStamp
from core.index.tags import change_tags
from core.index.versions import Overtaken, Vectors
from core.vectors import unit
from tests.index.conftest import STAMP, records
from tests.index.versions import swap, switch

OTHER = ModelStamp("test/other", 8, 2)


class Made:
    """Embeddings by content hash: of another length, and told apart by where they point."""

    def __init__(self, hashes):
        self.known = {one: unit(np.random.default_rng(at).standard_normal(OTHER.dims)) for at, one in enumerate(hashes)}

    def __contains__(self, content_hash):
        return content_hash in self.known

    def rows(self, content_hashes):
        rows = [self.known[one] for one in content_hashes]
        return np.stack(rows) if rows else np.empty((0, OTHER.dims), np.float32)


@pytest.fixture
def made(filled):
    _, records, _ = filled
    return Made([record.content_hash for record in records])


NOTHING = Vectors(OTHER.dims)


def begun(index, stamp, made=NOTHING):
    """The number of a version of this model with all that is in the index."""
    number = index.versions.begin(stamp)
    assert index.versions.update(number).step(made).missing == []
    index.versions.finish(number)
    return number


def states(index):
    return {one.number: one.state for one in index.versions.all()}


def by_id(index):
    return {
        record.id: (record, row) for records, rows in index.scan() for record, row in zip(records, rows, strict=True)
    }


def test_every_record_stays_as_it_is_and_has_the_new_embedding(filled, made, open_index):
    index, records, _ = filled
    change_tags(index, [records[0].id], ["kept"])
    other = open_index()
    assert other.count() == 300
    before = {id_: record for id_, (record, _) in by_id(index).items()}
    revision = other.revision()
    assert switch(index, OTHER, made) == []
    for handle in (index, other):  # one that was open before, as of another process
        assert handle.model() == OTHER
        after = by_id(handle)
        assert {id_: record for id_, (record, _) in after.items()} == before
        for record, row in list(after.values())[::37]:
            np.testing.assert_allclose(row, made.known[record.content_hash], atol=1e-6)
        (hit,) = handle.search(made.known[records[7].content_hash], 1)
        assert (hit.record.id, hit.score) == (records[7].id, pytest.approx(1, abs=1e-3))
    assert other.revision() != revision
    assert index.facets()["label"] == other.facets()["label"]
    assert sum(index.facets()["label"].values()) > 100


def test_where_one_is_lacking_nothing_changes(filled, made):
    index, records, embeddings = filled
    lost = records[3].content_hash
    del made.known[lost]
    assert switch(index, OTHER, made) == [lost]
    assert (index.model(), index.count()) == (STAMP, 300)
    (hit,) = index.search(embeddings[5], 1)
    assert hit.record.id == records[5].id
    assert switch(index, OTHER, made, without={lost}) == []
    assert (index.model(), index.count()) == (OTHER, 299)
    assert index.get([records[3].id]) == []


def test_it_goes_on_as_an_index_of_the_other_model(filled, made, make_records):
    index, records, embeddings = filled
    switch(index, OTHER, made)
    with pytest.raises(ModelMismatch):
        index.prepare(STAMP)
    index.prepare(OTHER)
    more, _ = make_records(3, OTHER.dims, seed=9)
    index.upsert(more, make_records(3, OTHER.dims, seed=9)[1])
    assert index.count() == 303
    assert index.delete([records[0].id]) == 1
    switch(index, STAMP, _Same(records[1:], embeddings[1:], more))  # and back
    assert (index.model(), index.count()) == (STAMP, 302)


class _Same(Made):
    def __init__(self, records, embeddings, more):
        hashes = [record.content_hash for record in (*records, *more)]
        self.known = dict(zip(hashes, [*embeddings, *embeddings[: len(more)]], strict=True))

    def rows(self, content_hashes):
        return np.stack([self.known[one] for one in content_hashes])


def test_nothing_is_done_where_there_is_no_index(index):
    assert index.versions.all() == []
    assert index.versions.current() is None
    assert index.model() is None
    index.retag({"0" * 32: ("tag",)})


def test_what_is_tagged_while_embeddings_are_switched_is_kept(filled, made):
    """Tags are written without the embeddings: those that were read before would belong to the other model."""
    index, records, _ = filled
    switch(index, OTHER, made)
    index.retag({records[4].id: ("late",), "f" * 32: ("nobody",)})
    record, row = by_id(index)[records[4].id]
    assert record == replace(records[4], tags=("late",))
    np.testing.assert_allclose(row, made.known[record.content_hash], atol=1e-6)
    index.retag({records[4].id: ()})
    assert index.get([records[4].id])[0].tags == ()
    assert index.count() == 300


class TestVersions:
    def test_one_beside_the_other_until_it_is_deleted(self, filled, made, open_index):
        index, records, embeddings = filled
        change_tags(index, [records[0].id], ["kept"])
        assert states(index) == {1: "current"}
        number = index.versions.begin(OTHER)
        assert (number, states(index)) == (2, {1: "current", 2: "building"})
        assert (index.versions.open(2).count(), index.versions.open(2).model()) == (0, None)
        update = index.versions.update(2)
        assert update.step(made).copied == 300
        index.versions.finish(2)
        assert states(open_index()) == {1: "current", 2: "ready"}
        version = index.versions.open(2)
        assert by_id(version)[records[0].id][0] == replace(records[0], tags=("kept", *records[0].tags))
        assert (index.model(), version.model()) == (STAMP, OTHER)
        (hit,) = version.search(made.known[records[3].content_hash], 1)
        assert hit.record.id == records[3].id
        (hit,) = index.search(embeddings[3], 1)
        assert hit.record.id == records[3].id
        assert swap(index, 2, made) == []
        assert states(open_index()) == {1: "retired", 2: "current"}
        one, two = open_index().versions.all()
        assert (one.stamp, two.stamp, one.count, two.count) == (STAMP, OTHER, 300, 300)
        assert one.retired_at is not None
        assert two.retired_at is None
        assert one.size > 0
        with pytest.raises(VersionRefused):
            index.versions.delete(2)
        index.versions.delete(1)
        with pytest.raises(VersionRefused):
            index.versions.open(1)
        assert states(open_index()) == {2: "current"}
        assert index.count() == 300
        room = index.versions.room(OTHER)
        assert room.needed > 300 * 4 * OTHER.dims
        assert room.free is None or room.free > 0

    def test_what_happens_meanwhile_is_there_after_each_step_and_after_the_swap(self, filled, made):
        index, records, embeddings = filled
        number = index.versions.begin(OTHER)
        update = index.versions.update(number)
        assert update.step(made).copied == 300
        assert update.step(made).changed == 0
        new, rows = more(5, seed=7)
        index.upsert(new, rows)
        index.delete([record.id for record in records[10:20]])
        change_tags(index, [records[30].id], ["late"])
        moved = replace(records[40], content_hash=records[41].content_hash, size=77)  # the bytes of another
        index.upsert([moved], embeddings[41:42])
        gap = update.step(made)
        assert sorted(gap.missing) == sorted(record.content_hash for record in new)
        assert update.swap(made).missing
        assert index.model() == STAMP
        made.known |= dict(zip([record.content_hash for record in new], unit(np.ones((5, OTHER.dims))), strict=True))
        change_tags(index, [new[0].id], ["later"])
        expected = {id_: record for id_, (record, _) in by_id(index).items()}
        gap = update.swap(made)
        assert (list(gap.missing), gap.behind) == ([], False)
        found = by_id(index)
        assert {id_: record for id_, (record, _) in found.items()} == expected
        assert len(expected) == 295
        assert found[moved.id][0].size == 77
        np.testing.assert_allclose(found[moved.id][1], made.known[moved.content_hash], atol=1e-6)

    def test_and_back_with_what_was_added_since(self, filled, made):
        index, records, embeddings = filled
        assert swap(index, begun(index, OTHER, made), made) == []
        index.prepare(OTHER)
        new, _ = more(3, seed=7)
        index.upsert(new, unit(np.ones((3, OTHER.dims))))
        index.delete([records[0].id])
        change_tags(index, [records[1].id], ["since"])
        expected = {id_: record for id_, (record, _) in by_id(index).items()}
        update = index.versions.update(1)
        missing = update.swap(Vectors(STAMP.dims)).missing
        assert sorted(missing) == sorted(record.content_hash for record in new)
        rows = unit(np.eye(3, STAMP.dims))
        known = Vectors(STAMP.dims, dict(zip([record.content_hash for record in new], rows, strict=True)))
        assert not update.swap(known).missing
        found = by_id(index)
        assert {id_: record for id_, (record, _) in found.items()} == expected
        np.testing.assert_allclose(found[records[5].id][1], embeddings[5], atol=1e-6)  # it kept its own
        np.testing.assert_allclose(found[new[1].id][1], rows[1], atol=1e-6)
        assert (index.model(), states(index)) == (STAMP, {1: "current", 2: "retired"})

    def test_of_the_same_model_it_takes_the_embeddings_that_are_there(self, filled):
        index, records, embeddings = filled
        before, revision = by_id(index), index.revision()
        number = begun(index, STAMP)
        assert swap(index, number, NOTHING) == []
        after = by_id(index)
        assert {id_: record for id_, (record, _) in after.items()} == {id_: one for id_, (one, _) in before.items()}
        for id_, (_, row) in after.items():
            np.testing.assert_array_equal(row, before[id_][1])
        assert index.revision() != revision
        index.upsert(records[:1], embeddings[1:2])  # the next writes go on
        np.testing.assert_allclose(by_id(index)[records[0].id][1], embeddings[1], atol=1e-6)
        assert not index.versions.update(1).swap(NOTHING).missing
        assert index.versions.current() == 1

    def test_part_of_it_at_a_time(self, filled, made, monkeypatch):
        index, records, _ = filled
        monkeypatch.setattr("core.index.lance.history.update.CHUNK", 50)
        for engine in ("lance", "elastic"):
            monkeypatch.setattr(f"core.index.{engine}.history.update.MAX_COPIED", 100)
        monkeypatch.setattr("core.index.elastic.query.queries.VECTORS", 50)
        number = index.versions.begin(OTHER)
        update, gaps = index.versions.update(number), []
        while not gaps or gaps[-1].more:
            gaps.append(update.step(made))
            if len(gaps) == 2:
                index.delete([records[0].id, records[299].id])
        assert len(gaps) > 2
        assert swap(index, number, made) == []
        assert by_id(index).keys() == {record.id for record in records[1:299]}

    def test_what_lags_too_far_behind_is_not_swapped(self, filled, made, monkeypatch):
        index, _, _ = filled
        for engine in ("lance", "elastic"):
            monkeypatch.setattr(f"core.index.{engine}.history.update.FEW", 10)
        number = index.versions.begin(OTHER)
        update = index.versions.update(number)
        assert update.swap(made).behind
        assert index.model() == STAMP
        update.step(made)
        assert not update.swap(made).behind
        assert index.model() == OTHER

    def test_what_one_action_reads_is_of_one_version(self, filled, made):
        index, records, embeddings = filled
        number = begun(index, OTHER, made)
        revision, calls = index.revision(), []

        def read():
            calls.append(index.model())
            if len(calls) == 1:
                in_another_thread(lambda: swap(index, number, made))
                assert not index.is_current
            model, (hit,) = index.model(), index.search(embeddings[3], 1, embeddings=True)
            return model, index.revision(), hit.record.id, index.count(), sum(index.facets()["format"].values())

        model, read_in, *found = index.consistent(read)
        assert (model, *found) == (STAMP, records[3].id, 300, 300)
        assert read_in.split("/")[0] == revision.split("/")[0]  # but for refreshes
        assert index.is_current
        assert index.model() == OTHER
        assert calls == [STAMP]

    def test_and_begins_again_where_it_was_overtaken_or_its_version_is_gone(self, filled, made):
        index, _, embeddings = filled
        number = begun(index, OTHER, made)
        calls = []

        def read():
            calls.append(index.model())
            if len(calls) == 1:
                in_another_thread(lambda: (swap(index, number, made), index.versions.delete(1)))
                index.search(embeddings[3], 1)
            if len(calls) == 2:
                raise Overtaken
            return index.model()

        assert index.consistent(read) == OTHER
        assert calls == [STAMP, OTHER, OTHER]

    def test_what_is_written_for_one_model_never_comes_into_the_version_of_another(self, filled, made, make_records):
        """Of as many dimensions, the engine itself would not tell."""
        index, records, embeddings = filled
        same_dims = ModelStamp("test/other", STAMP.dims)
        turned = Made([])
        turned.known = {record.content_hash: -row for record, row in zip(records, embeddings, strict=True)}
        number = begun(index, same_dims, turned)
        ended = threading.Event()

        def write():
            try:
                while True:
                    index.upsert(records[:20], embeddings[:20])
            except ModelMismatch:
                ended.set()

        thread = threading.Thread(target=write)
        thread.start()
        time.sleep(0.05)
        assert swap(index, number, turned) == []
        thread.join(30)
        assert ended.is_set()
        for record, row in by_id(index).values():
            np.testing.assert_allclose(row, turned.known[record.content_hash], atol=1e-6)

    def test_searches_tags_and_deletions_go_on_all_the_while(self, filled, made, open_index):
        """No search fails, none is of two models, and what was written meanwhile is there."""
        index, records, embeddings = filled
        mine = {STAMP: dict(zip([one.content_hash for one in records], embeddings, strict=True)), OTHER: made.known}
        stop, failed, found = threading.Event(), [], []

        @contextmanager
        def going_on(work):
            def loop():
                try:
                    at = 0
                    while not stop.is_set():
                        work(at)
                        at += 1
                except BaseException as error:
                    failed.append(error)
                    raise

            thread = threading.Thread(target=loop)
            thread.start()
            yield
            stop.set()
            thread.join(30)

        def search(at):
            record = records[100 + at % 100]

            def ask():
                of = reader.model()
                return of, reader.search(mine[of][record.content_hash], 5, embeddings=True), reader.facets()

            of, hits, _ = reader.consistent(ask)
            found.append(of)
            assert hits[0].record.id == record.id
            for hit in hits:
                np.testing.assert_allclose(hit.embedding, mine[of][hit.record.content_hash], atol=1e-6)

        def change(at):
            writer.retag({records[at % 50].id: (f"tag {at}",)})
            tags[records[at % 50].id] = (f"tag {at}",)
            if at < 20:
                writer.delete([records[299 - at].id])

        reader, writer, tags = open_index(), open_index(), {}
        with going_on(search), going_on(change):
            number = begun(index, OTHER, made)
            assert swap(index, number, made) == []
            later = len(found)
            while len(found) < later + 20 and not failed:
                time.sleep(0.01)
            assert swap(index, 1, NOTHING) == []
            later = len(found)
            while len(found) < later + 20 and not failed:
                time.sleep(0.01)
        assert failed == []
        assert {STAMP, OTHER} == set(found)
        after = by_id(index)
        assert {id_: after[id_][0].tags for id_ in tags} == tags
        assert not {record.id for record in records[280:]} & after.keys() or len(tags) < 20


def more(count, seed):
    return records(count, STAMP.dims, seed)


def in_another_thread(action):
    raised = []

    def run():
        try:
            action()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert raised == []
