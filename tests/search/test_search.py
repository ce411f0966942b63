"""Searching: words, pictures, both; and clear errors for what cannot be searched."""

import pytest

from core.errors import InvalidQuery, UnreadableImage
from core.index.records import Filter
from core.search.query import Query, clean
from tests.colours import COLOURS


@pytest.fixture
def corpus(services, picture, tmp_path):
    """One picture of each colour, indexed."""
    for name in COLOURS:
        picture(f"{name}.png")
    for _ in services.ingest([tmp_path / "pictures"]):
        pass
    return services


def names(results):
    return [hit.record.name for hit in results.hits]


def content_hash(services, name):
    return next(r.content_hash for records, _ in services.index.scan() for r in records if r.name == name)


@pytest.mark.parametrize("colour", COLOURS)
def test_words_find_what_they_name(corpus, colour):
    results = corpus.search(Query(colour), 3)
    assert names(results)[0] == f"{colour}.png"
    assert results.hits[0].score == pytest.approx(1.0, abs=1e-3)
    assert results.searched == len(COLOURS)


def test_hits_are_sorted_and_k_many(corpus):
    results = corpus.search(Query("orange"), 4)
    scores = [hit.score for hit in results.hits]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)


def test_a_picture_of_the_corpus_needs_no_model(corpus, embedder):
    digest = content_hash(corpus, "blue.png")
    before = embedder.embedded_images
    results = corpus.search(Query(images=(digest,)), 1)
    assert (names(results), results.hits[0].score) == (["blue.png"], pytest.approx(1.0, abs=1e-3))
    assert embedder.embedded_images == before


def test_a_dropped_picture_is_embedded_once(corpus, picture, embedder):
    data = picture("dropped.png", "red", size=(7, 7)).read_bytes()
    digest = corpus.queries.add(data, "dropped.png").id
    before = embedder.embedded_images
    for _ in range(2):
        assert names(corpus.search(Query(images=(digest,)), 1)) == ["red.png"]
    assert embedder.embedded_images == before + 1


def test_words_and_a_picture_are_combined(corpus):
    digest = content_hash(corpus, "red.png")
    assert names(corpus.search(Query("green", (digest,)), 1)) == ["yellow.png"]


def test_a_filter_narrows_what_is_searched(corpus, picture, tmp_path):
    picture("deep/red2.png", "red", size=(9, 9))
    for _ in corpus.ingest([tmp_path / "pictures"]):
        pass
    results = corpus.search(Query("blue"), 5, Filter(folder=str((tmp_path / "pictures" / "deep").resolve())))
    assert (names(results), results.searched) == (["red2.png"], 1)


def test_text_that_is_too_long_is_cut_and_told(corpus):
    long = " ".join(["red"] * 20 + ["blue"] * 50)
    results = corpus.search(Query(long), 1)
    assert results.read_text == " ".join(["red"] * 20)
    assert names(results) == ["red.png"]
    assert corpus.search(Query("red"), 1).read_text is None


def test_the_score_of_words_uses_the_whole_scale(corpus, embedder):
    embedder.text_ceiling = 0.8
    results = corpus.search(Query("red"), 10)
    assert results.hits[0].score == 1.0  # never above, whatever the rounding
    plain = embedder.embed_texts(["red"])[0] @ embedder.embed_texts(["blue"])[0]
    blue = next(hit for hit in results.hits if hit.record.name == "blue.png")
    assert blue.score == pytest.approx(plain / 0.8, abs=1e-3)


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_k_out_of_range(corpus, k):
    with pytest.raises(InvalidQuery, match="1 to 1000"):
        corpus.search(Query("red"), k)


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "\ud800"])
def test_nothing_to_search_for(corpus, text):
    with pytest.raises(InvalidQuery, match="nothing to search for"):
        corpus.search(Query(text), 5)


def test_a_picture_that_is_gone(corpus):
    with pytest.raises(InvalidQuery, match="not kept any more"):
        corpus.search(Query(images=("0" * 64,)), 5)


def test_an_empty_index_answers_nothing(services):
    results = services.search(Query("red"), 5)
    assert (results.hits, results.searched) == ([], 0)


def test_a_dropped_file_that_is_no_picture(services):
    with pytest.raises(UnreadableImage):
        services.queries.add(b"words", "words.jpg")


def test_text_is_cleaned():
    assert clean("  a\tred\x00 car\n ") == "a red car"
    assert len(clean("x" * 10_000)) == 2000
