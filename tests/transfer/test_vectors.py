"""Vectors that other programs made: what goes in, what does not, and what can be done with them."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.embedding.loading import load_embedder
from core.errors import ImportRefused, ModelMismatch
from core.index.index import ModelStamp
from core.search.query import Picture, Query, Search
from core.transfer.vectors import import_vectors, preprocessing_of
from core.vectors import unit

DIMS = 8
PATHS = [f"/elsewhere/{n}.jpg" for n in range(5)]
ROWS = np.random.default_rng(0).standard_normal((5, DIMS)).astype(np.float32) * 3


def written(tmp_path, rows=ROWS, kind=None, paths=PATHS, **columns):
    kind = kind or pa.list_(pa.float32())
    table = {"path": pa.array(paths), "embedding": pa.array([list(map(float, row)) for row in rows], kind)}
    pq.write_table(pa.table(table | columns), tmp_path / "vectors.parquet")
    return tmp_path / "vectors.parquet"


def imported(path, index, model="their/model"):
    *_, last = import_vectors(path, model, index)
    return last


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.list_(pa.float16()), pa.list_(pa.float32()), pa.list_(pa.float64()), pa.large_list(pa.float32())),
        *(pa.list_(pa.float32(), DIMS), pa.list_(pa.float64(), DIMS)),
    ],
    ids=str,
)
def test_any_list_of_numbers(make, tmp_path, kind):
    rows = ROWS.astype(np.float16).astype(np.float32)
    index = make("a").index
    assert imported(written(tmp_path, rows, kind), index).added == 5
    assert index.model() == ModelStamp("their/model", DIMS)
    found = {
        record.path: row
        for records, embeddings in index.scan()
        for record, row in zip(records, embeddings, strict=True)
    }
    np.testing.assert_allclose([found[path] for path in PATHS], unit(rows), atol=1e-6)


def test_what_else_is_said_of_a_picture(make, tmp_path, picture):
    there = picture("red.png")
    paths = [str(there), "https://example.org/a?id=3", *PATHS[2:]]
    hashes = ["ab" * 32, None, None, None, None]
    more = {
        "name": pa.array(["A name", None, None, None, None]),
        "content_hash": pa.array(hashes, pa.string()),
        "width": pa.array([40, None, None, None, None], pa.int32()),
        "tags": pa.array([["b", "a"], None, [], ["x"], None], pa.list_(pa.string())),
        "unknown": pa.array(range(5)),
    }
    index = make("a").index
    imported(written(tmp_path, paths=paths, **more), index)
    found = {record.path: record for records in index.records() for record in records}
    first = found[str(there)]
    assert (first.name, first.content_hash, first.width, first.tags) == ("A name", "ab" * 32, 40, ("a", "b"))
    assert (first.size, first.mtime_ns) == (there.stat().st_size, there.stat().st_mtime_ns)
    other = found[PATHS[2]]
    assert (other.name, other.size, other.width, other.tags) == ("2.jpg", 0, 0, ())
    assert len({record.content_hash for record in found.values()}) == 5


BAD = {
    "no path": lambda: pa.table({"embedding": pa.array([[1.0]])}),
    "no embedding": lambda: pa.table({"path": ["/a.jpg"]}),
    "no numbers": lambda: pa.table({"path": ["/a.jpg"], "embedding": pa.array([["x"]])}),
    "no list": lambda: pa.table({"path": ["/a.jpg"], "embedding": [1.0]}),
    "no rows": lambda: pa.table({"path": pa.array([], pa.string()), "embedding": pa.array([], pa.list_(pa.float32()))}),
    "different lengths": lambda: pa.table({"path": ["/a.jpg", "/b.jpg"], "embedding": pa.array([[1.0], [1.0, 2.0]])}),
    "empty": lambda: pa.table({"path": ["/a.jpg"], "embedding": pa.array([[]], pa.list_(pa.float32()))}),
    "missing": lambda: pa.table({"path": ["/a.jpg", "/b.jpg"], "embedding": pa.array([[1.0], None])}),
    "not a number": lambda: pa.table({"path": ["/a.jpg"], "embedding": pa.array([[float("nan"), 1.0]])}),
    "a hole": lambda: pa.table({"path": ["/a.jpg"], "embedding": pa.array([[None, 1.0]])}),
    "of length zero": lambda: pa.table({"path": ["/a.jpg"], "embedding": pa.array([[0.0, 0.0]])}),
    "paths twice": lambda: pa.table({"path": ["/a.jpg", "/x/../a.jpg"], "embedding": pa.array([[1.0], [1.0]])}),
    "a path missing": lambda: pa.table({"path": ["/a.jpg", None], "embedding": pa.array([[1.0], [1.0]])}),
    "numbers for paths": lambda: pa.table({"path": [1], "embedding": pa.array([[1.0]])}),
    "another file": lambda: pa.table({"path": ["/etc/passwd"], "embedding": pa.array([[1.0]])}),
    "a hash that leads out": lambda: pa.table(
        {"path": ["/a.jpg"], "embedding": pa.array([[1.0]]), "content_hash": ["../../x"]}
    ),
}


@pytest.mark.parametrize("why", BAD)
def test_what_is_not_sound(make, tmp_path, why):
    pq.write_table(BAD[why](), tmp_path / "vectors.parquet")
    index = make("a").index
    with pytest.raises(ImportRefused, match=r"vectors\.parquet") as told:
        imported(tmp_path / "vectors.parquet", index)
    assert told.value.remedy
    assert index.model() is None


def test_no_file_of_vectors(make, tmp_path):
    (tmp_path / "words.parquet").write_text("words")
    for name in ("words.parquet", "none.parquet"):
        with pytest.raises(ImportRefused, match=name):
            imported(tmp_path / name, make("a").index)


@pytest.mark.parametrize("model", ["", " ", "a b", "-x", "x" * 200, "a\nb", "<b>"])
def test_names_of_models(make, tmp_path, model):
    with pytest.raises(ImportRefused, match="named by"):
        imported(written(tmp_path), make("a").index, model)


def test_the_model_decides_what_goes_together(make, tmp_path):
    file, collection = written(tmp_path), make("a")
    with pytest.raises(ImportRefused, match="8 dimensions, and those of clip/ViT-B-16 have 512"):
        imported(file, collection.index, "clip/ViT-B-16")
    imported(file, collection.index)
    for model in ("their/other", "clip/RN50"):
        with pytest.raises(ImportRefused):
            imported(file, collection.index, model)
    assert imported(file, collection.index).unchanged == 5
    with pytest.raises(ImportRefused, match="Import into another"):
        imported(file, make("b", 3).index)


def test_vectors_of_a_model_that_the_app_has(make, tmp_path):
    rows = np.random.default_rng(1).standard_normal((5, 512))
    index = make("a").index
    imported(written(tmp_path, rows), index, "clip/ViT-B-16")
    assert index.model() == ModelStamp("clip/ViT-B-16", 512, preprocessing_of("clip/ViT-B-16"))


def test_without_the_model_pictures_are_searched_with_and_words_are_not(services, tmp_path):
    imported(written(tmp_path), services.index)
    records = {record.path: record for some in services.index.records() for record in some}
    results = services.search(Search(Query(pictures=(Picture(records[PATHS[0]].content_hash),))))
    assert results.results[0].record.path == PATHS[0]
    assert results.results[0].hit.score == pytest.approx(1.0)
    with pytest.raises(ModelMismatch, match="which this app does not have: words cannot be searched for") as told:
        load_embedder("clip/ViT-B-16", tmp_path, "their/model")
    assert "reembed" in told.value.remedy
