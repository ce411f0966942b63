"""The same pictures come to the same groups on both engines, whatever order they were stored in."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import ImageOps

from core.analysis.duplicates.groups.catalog import Catalog
from core.analysis.duplicates.model import Level
from core.analysis.duplicates.scan import facts, pairs
from core.analysis.duplicates.scan.scan import Scan
from core.analysis.kept import KeptAnalyses
from core.analysis.neighbours.graph import Neighbours, load, neighbours
from core.images.appearance import look_at
from core.images.thumbnails import Thumbnails, miniature
from core.vectors import unit
from tests.analysis.drawn import drawn
from tests.index.conftest import STAMP, opener
from tests.index.conftest import records as make_records

COUNT = 60


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Records, embeddings and thumbnails: every fourth picture has a half, every fifth a mirrored copy, every sixth a
    copy of its bytes."""
    known, rows = make_records(COUNT)
    rng = np.random.default_rng(3)
    thumbnails = Thumbnails(tmp_path_factory.mktemp("thumbnails"))
    edits = {4: lambda image: image.resize((200, 150)), 5: ImageOps.mirror, 6: None}
    for at in range(COUNT):
        image = drawn(at)
        fields: dict[str, Any] = {"phash": look_at(image).phash, "width": 400, "height": 300, "duplicates": ()}
        for every, edit in edits.items():
            if at % every == 1:
                original = known[at - 1]
                rows[at] = unit(rows[at - 1] + 0.1 * rng.standard_normal(32) / 32**0.5)
                if edit is None:
                    fields["content_hash"], rows[at] = original.content_hash, rows[at - 1]
                else:
                    image = edit(drawn(at - 1))
                    fields["phash"] = look_at(image).phash
        known[at] = replace(known[at], **fields)
        thumbnails.keep(known[at].content_hash, miniature(image))
    return known, rows, thumbnails


def scanned(engine, folder, corpus, order):
    known, rows, thumbnails = corpus
    with opener(engine, folder) as open_:
        index = open_()
        index.prepare(STAMP)
        for at in np.array_split(order, 3):
            index.upsert([known[place] for place in at], rows[at])
        kept = KeptAnalyses(folder / "analysis", index)
        assert list(Scan(index, kept, thumbnails).run())
        own = kept.of("duplicates")
        read, found = facts.load(own), pairs.load(own)
        assert read
        assert found
        catalog = Catalog(read, found, own.noted("about")["threshold"])
        return {
            (level, threshold): {
                frozenset(catalog.facts.id(one) for one in group.records) for group in catalog.groups(level, threshold)
            }
            for level in Level
            for threshold in (None, 0.5, 0.9)
        }, load(kept.of("neighbours"))


@pytest.mark.parametrize(
    "engine", [pytest.param("lancedb"), pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
)
def test_the_same_groups(engine, corpus, tmp_path):
    groups, graph = scanned("lancedb", tmp_path / "one", corpus, np.arange(COUNT))
    others, other_graph = scanned(engine, tmp_path / "other", corpus, np.random.default_rng(1).permutation(COUNT))
    assert groups == others
    assert len(groups[Level.SAME_BYTES, None]) == 10
    assert len(groups[Level.SAME_PICTURE, None]) >= 10
    assert graph.contents == other_graph.contents
    np.testing.assert_array_equal(graph.indices, other_graph.indices)


class TestNeighbours:
    @pytest.fixture
    def index(self, tmp_path):
        with opener("lancedb", tmp_path) as open_:
            index = open_()
            index.prepare(STAMP)
            yield index

    @pytest.fixture
    def kept(self, index, tmp_path):
        return KeptAnalyses(tmp_path / "analysis", index).of("neighbours")

    def graph(self, index, kept) -> Neighbours:
        *_, graph = neighbours(index, kept)
        assert isinstance(graph, Neighbours)
        return graph

    def test_they_are_the_nearest(self, index, kept):
        known, rows = make_records(300)
        index.upsert(known, rows)
        graph = self.graph(index, kept)
        assert graph.recall > 0.99
        order = [next(at for at, one in enumerate(known) if one.content_hash == digest) for digest in graph.contents]
        cosines = rows[order] @ rows[order].T
        np.fill_diagonal(cosines, -2)
        np.testing.assert_array_equal(graph.indices[:, 0], cosines.argmax(axis=1))
        np.testing.assert_allclose(graph.cosines[:, 0], cosines.max(axis=1), atol=2e-3)
        assert [one.decode() for one in graph.ids] == sorted(one.id for one in known)

    def test_it_grows_and_shrinks_to_what_would_be_made_anew(self, index, kept, tmp_path):
        known, rows = make_records(400)
        index.upsert(known[:350], rows[:350])
        self.graph(index, kept)
        index.upsert(known[350:], rows[350:])
        index.delete([one.id for one in known[:30]])
        graph = self.graph(index, kept)
        anew = self.graph(index, KeptAnalyses(tmp_path / "other", index).of("neighbours"))
        assert graph.contents == anew.contents
        np.testing.assert_array_equal(graph.ids, anew.ids)
        np.testing.assert_array_equal(graph.row, anew.row)
        np.testing.assert_array_equal(graph.indices, anew.indices)

    def test_nothing_is_written_where_nothing_changed(self, index, kept):
        known, rows = make_records(20)
        index.upsert(known, rows)
        self.graph(index, kept)
        before = kept.stamp("about")
        self.graph(index, kept)
        assert kept.stamp("about") == before

    @pytest.mark.parametrize("count", [0, 1, 2])
    def test_few(self, index, kept, count):
        known, rows = make_records(count)
        if count:
            index.upsert(known, rows)
        graph = self.graph(index, kept)
        assert (len(graph), (graph.indices >= 0).sum(), graph.recall) == (count, count * (count - 1), 1.0)
        assert load(kept) is not None

    def test_hashes_that_are_none(self, index, kept):
        known, rows = make_records(3)
        index.upsert([replace(one, content_hash=f"vector {at}") for at, one in enumerate(known)], rows)
        assert len(self.graph(index, kept)) == 3

    @pytest.mark.parametrize("name", ["about.json", "graph.npz"])
    def test_what_is_damaged_is_made_anew(self, index, kept, name):
        known, rows = make_records(20)
        index.upsert(known, rows)
        self.graph(index, kept)
        (kept.folder / name).write_bytes(b"damaged")
        assert load(kept) is None
        assert len(self.graph(index, kept)) == 20
