"""Searching: words, pictures, both; filters, pages, orders; and clear errors for what cannot be searched."""

import pytest

from core.errors import InvalidQuery, UnreadableImage
from core.index.filters import AnyOf, Filter, NameContains
from core.search.options import Collapse, Options, Sort
from core.search.output.response import answer
from core.search.query import Picture, Query, Region, Search, Words, clean
from tests.colours import COLOURS


@pytest.fixture(autouse=True)
def unjudged(monkeypatch):
    """What scores mean is learned in the background, at a moment of its own: not here."""
    monkeypatch.setattr("core.search.relevance.calibrator.Calibrations.current", lambda *_: None)


@pytest.fixture
def corpus(services, picture, tmp_path):
    """One picture of each colour, indexed."""
    for name in COLOURS:
        picture(f"{name}.png")
    return index(services, tmp_path)


def index(services, tmp_path):
    for _ in services.ingest([tmp_path / "pictures"]):
        pass
    return services


def words(text: str, weight: float = 1.0) -> Query:
    return Query((Words(text, weight),))


def pictures(*digests: str) -> Query:
    return Query(pictures=tuple(map(Picture, digests)))


def names(results):
    return [hit.record.name for hit in results.hits]


def content_hash(services, name):
    return next(r.content_hash for records, _ in services.index.scan() for r in records if r.name == name)


@pytest.mark.parametrize("colour", COLOURS)
def test_words_find_what_they_name(corpus, colour):
    results = corpus.search(Search(words(colour)), limit=3)
    assert names(results)[0] == f"{colour}.png"
    assert results.hits[0].score == pytest.approx(1.0, abs=1e-3)
    assert results.searched == len(COLOURS)


def test_hits_are_sorted_and_as_many_as_asked_for(corpus):
    results = corpus.search(Search(words("orange")), limit=4)
    scores = [hit.score for hit in results.hits]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)


def test_pages_together_are_the_whole_list(corpus):
    whole = corpus.search(Search(words("cyan")), limit=len(COLOURS))
    pages = [corpus.search(Search(words("cyan")), offset, 4) for offset in (0, 4, 8)]
    assert [name for page in pages for name in names(page)] == names(whole)
    assert [page.has_more for page in pages] == [True, True, False]
    assert not whole.has_more


@pytest.mark.parametrize("options", [Options(), Options(diversity=0.7), Options(collapse=Collapse.OFF)])
def test_k_are_the_first_so_many_of_all(corpus, options):
    whole = corpus.search(Search(words("cyan"), options=options), limit=100)
    for k in (1, 5, len(COLOURS), 200):
        found = corpus.search(Search(words("cyan"), options=options, k=k), limit=100)
        assert found.results == whole.results[:k]
        assert (found.has_more, found.total, found.bands) == (False, whole.total, whole.bands)


def test_k_in_another_order_are_the_best_k(corpus):
    best = corpus.search(Search(words("cyan"), k=4), limit=100)
    by_name = corpus.search(Search(words("cyan"), options=Options(sort=Sort.NAME), k=4), limit=100)
    assert names(by_name) == sorted(names(best))
    pages = [corpus.search(Search(words("cyan"), options=Options(sort=Sort.NAME), k=4), at, 3) for at in (0, 3)]
    assert [name for page in pages for name in names(page)] == names(by_name)


def test_k_counts_copies_once(corpus, picture, tmp_path):
    picture("copy/blue.png", "blue")
    index(corpus, tmp_path)
    found = corpus.search(Search(words("blue"), options=Options(collapse=Collapse.BYTES), k=2))
    assert [result.count for result in found.results] == [2, 1]
    assert found.total == len(COLOURS)


def test_k_of_what_is_browsed(corpus):
    found = corpus.search(Search(options=Options(Collapse.OFF, sort=Sort.NAME), k=3), limit=2)
    assert (len(found.results), found.has_more, found.total) == (2, True, len(COLOURS))
    last = corpus.search(Search(options=Options(sort=Sort.NAME), k=3), offset=2)
    assert (len(last.results), last.has_more) == (1, False)
    assert corpus.search(Search(k=3), offset=5).results == []


def test_whether_the_values_are_estimates_is_told(corpus, monkeypatch):
    browse = Search(options=Options(Collapse.OFF, sort=Sort.NAME))
    assert not corpus.search(browse).estimated
    monkeypatch.setattr(type(corpus.index), "estimated_from", len(COLOURS) - 1)
    assert corpus.search(browse).estimated
    assert answer(corpus.search(browse))["facets_estimated"]
    assert not corpus.search(Search(words("red"))).estimated  # of what was found, all is counted


@pytest.mark.parametrize("k", [0, -1, 10_001])
def test_k_that_is_no_number_of_results(corpus, k):
    with pytest.raises(InvalidQuery, match="results were asked for"):
        corpus.search(Search(words("red"), k=k))


def test_another_k_embeds_and_asks_nothing_again(corpus, embedder, monkeypatch):
    monkeypatch.setattr("core.search.searcher.DEPTHS", (200, 10_000))
    for sort in (Sort.BEST, Sort.NAME):
        corpus.search(Search(words("red"), options=Options(sort=sort), k=2))
    monkeypatch.setattr(corpus.index, "search_and_counts", None)
    monkeypatch.setattr(embedder, "embed_texts", None)
    for k in (1, 5, 200, 10_000, None):
        for sort in (Sort.BEST, Sort.NAME):
            assert corpus.search(Search(words("red"), options=Options(sort=sort), k=k)).results


def test_a_picture_of_the_corpus_needs_no_model(corpus, embedder):
    before = embedder.embedded_images
    results = corpus.search(Search(pictures(content_hash(corpus, "blue.png"))), limit=1)
    assert (names(results), results.hits[0].score) == (["blue.png"], pytest.approx(1.0, abs=1e-3))
    assert embedder.embedded_images == before


def test_a_dropped_picture_is_embedded_once(corpus, picture, embedder):
    digest = dropped(corpus, picture, "red")
    before = embedder.embedded_images
    for limit in (1, 2):
        assert names(corpus.search(Search(pictures(digest)), limit=limit))[0] == "red.png"
    assert embedder.embedded_images == before + 1


def dropped(services, picture, colour: str) -> str:
    return services.queries.add(picture("dropped.png", colour, size=(7, 7)).read_bytes(), "dropped.png").id


def test_words_and_a_picture_are_combined(corpus):
    query = Query((Words("green"),), (Picture(content_hash(corpus, "red.png")),))
    assert names(corpus.search(Search(query), limit=1)) == ["yellow.png"]


def test_a_weight_of_two_counts_twice(corpus):
    twice = corpus.search(Search(Query((Words("red", 2.0), Words("green")))), limit=1)
    assert names(twice) == ["orange.png"]


def test_what_is_excluded_is_turned_away_from(corpus):
    assert names(corpus.search(Search(Query((Words("yellow"), Words("red", -1.0)))), limit=1)) == ["green.png"]


def test_a_region_is_searched_with_alone(corpus, tmp_path):
    from PIL import Image

    both = Image.new("RGB", (40, 20), COLOURS["blue"])
    both.paste(COLOURS["yellow"], (20, 0, 40, 20))
    both.save(tmp_path / "both.png")
    digest = corpus.queries.add((tmp_path / "both.png").read_bytes(), "both.png").id
    for region, name in ((Region(0, 0, 0.5, 1), "blue.png"), (Region(0.5, 0, 0.5, 1), "yellow.png")):
        query = Query(pictures=(Picture(digest, region=region),))
        assert names(corpus.search(Search(query), limit=1)) == [name]


def test_examples_move_the_query_and_less_than_pictures_of_its_own(corpus):
    def scores(query):
        return {hit.record.name: hit.score for hit in corpus.search(Search(query), limit=10).hits}

    blue = content_hash(corpus, "blue.png")
    plain = scores(words("red"))
    more = scores(Query((Words("red"),), more=(blue,)))
    added = scores(Query((Words("red"),), (Picture(blue),)))
    less = scores(Query((Words("magenta"),), less=(blue,)))
    assert plain["blue.png"] < more["blue.png"] < added["blue.png"]
    assert less["blue.png"] < scores(words("magenta"))["blue.png"]


def test_copies_are_one_result_that_opens(corpus, picture, tmp_path):
    picture("copy/blue.png", "blue")
    index(corpus, tmp_path)
    best = corpus.search(Search(words("blue"), options=Options(collapse=Collapse.BYTES)), limit=1)
    assert [hit.record.folder.rpartition("/")[2] for hit in (best.results[0].hit, *best.results[0].others)] == [
        *sorted(["pictures", "copy"], key=lambda name: record_ids(corpus)[name])
    ]
    assert (best.results[0].count, best.collapsed) == (2, 1)
    apart = corpus.search(Search(words("blue"), options=Options(collapse=Collapse.OFF)), limit=2)
    assert (names(apart), apart.collapsed) == (["blue.png", "blue.png"], 0)


def record_ids(services):
    records = [r for batch in services.index.records() for r in batch if r.name == "blue.png"]
    return {record.folder.rpartition("/")[2]: record.id for record in records}


def test_a_filter_narrows_what_is_searched(corpus, picture, tmp_path):
    picture("deep/red2.png", "red", size=(9, 9))
    index(corpus, tmp_path)
    where = Filter.within(str((tmp_path / "pictures" / "deep").resolve()))
    results = corpus.search(Search(words("blue"), where), limit=5)
    assert (names(results), results.searched) == (["red2.png"], 1)


def test_without_a_query_everything_is_there_to_look_through(corpus):
    results = corpus.search(Search(options=Options(sort=Sort.NAME)), offset=2, limit=3)
    assert names(results) == sorted(f"{name}.png" for name in COLOURS)[2:5]
    assert all(result.band is None for result in results.results)
    assert results.has_more
    named = corpus.search(Search(where=Filter((NameContains("RED"),))))
    assert (names(named), named.searched, named.has_more) == (["red.png"], 1, False)


def test_matches_are_sorted_as_asked(corpus):
    by_name = corpus.search(Search(words("red"), options=Options(sort=Sort.NAME)), limit=10)
    assert names(by_name) == sorted(names(by_name))


def test_a_search_asked_for_again_is_not_run_again(corpus, monkeypatch):
    first = corpus.search(Search(words("red")), limit=3)
    monkeypatch.setattr(corpus.index, "search_and_counts", None)
    assert corpus.search(Search(words("red")), limit=3) == first
    assert names(corpus.search(Search(words("red"), options=Options(collapse=Collapse.BYTES)), limit=3)) == names(first)


def test_what_comes_in_is_found_at_once(corpus, picture, tmp_path):
    assert corpus.search(Search(words("red")), limit=1).searched == len(COLOURS)
    picture("more/red2.png", "red", size=(9, 9))
    index(corpus, tmp_path)
    found = corpus.search(Search(words("red"), options=Options(collapse=Collapse.OFF)), limit=2)
    assert {*names(found)} == {"red.png", "red2.png"}


def test_text_that_is_too_long_is_cut_and_told(corpus):
    long = " ".join(["red"] * 20 + ["blue"] * 50)
    results = corpus.search(Search(words(long)), limit=1)
    assert results.read_text == " ".join(["red"] * 20)
    assert names(results) == ["red.png"]
    assert corpus.search(Search(words("red")), limit=1).read_text is None


def test_where_nothing_is_looked_for_what_is_least_like_it_comes_first(corpus):
    results = corpus.search(Search(words("red", -1.0)), limit=len(COLOURS))
    assert names(results)[-1] == "red.png"
    assert {result.band for result in results.results} == {None}
    assert any("leave out" in note for note in results.notes)


@pytest.mark.parametrize(
    ("query", "limit", "says"),
    [
        (words("red"), 0, "0 results"),
        (words("red"), 10_001, "10001 results"),
        (words(" \x00 "), 5, "nothing to search for"),
        (words("red", 2.5), 5, "weight"),
        (Query(pictures=(Picture("0" * 64, -0.5),)), 5, "excluded"),
        (Query(less=("0" * 64,)), 5, "nothing to search for"),
        (Query(tuple(Words(str(number)) for number in range(33))), 5, "too many parts"),
        (pictures("0" * 64), 5, "is gone"),
        (Query(more=("0" * 64,)), 5, "should resemble is gone"),
        (Query((Words("red"),), less=("0" * 64,)), 5, "should not resemble is gone"),
        (Query(less=("0" * 64,)), 5, "only says what to leave out"),
        (pictures("../../etc/passwd"), 5, "is not valid"),
        (Query(pictures=(Picture("0" * 64, region=Region(0.9, 0, 0.2, 1)),)), 5, "outside"),
        (Query(pictures=(Picture("0" * 64, region=Region(0, 0, 0.01, 1)),)), 5, "too small"),
    ],
)
def test_what_cannot_be_searched_says_why(corpus, query, limit, says):
    with pytest.raises(InvalidQuery, match=says):
        corpus.search(Search(query), limit=limit)


def test_the_score_of_words_uses_the_whole_scale(corpus, embedder):
    embedder.max_text_cosine = 0.8
    results = corpus.search(Search(words("red")), limit=10)
    assert results.hits[0].score == 1.0  # never above, whatever the rounding
    plain = embedder.embed_texts(["red"])[0] @ embedder.embed_texts(["blue"])[0]
    blue = next(hit for hit in results.hits if hit.record.name == "blue.png")
    assert blue.score == pytest.approx(plain / 0.8, abs=1e-3)


def test_an_empty_index_answers_nothing(services):
    results = services.search(Search(words("red")))
    assert (results.hits, results.searched, results.has_more) == ([], 0, False)
    assert services.search(Search()).hits == []


def test_a_dropped_file_that_is_no_picture(services):
    with pytest.raises(UnreadableImage):
        services.queries.add(b"words", "words.jpg")


def test_text_is_cleaned():
    assert clean("  a\tred\x00 car\n ") == "a red car"
    assert len(clean("x" * 10_000)) == 2000


@pytest.mark.parametrize("query", [Query(), Query((Words("red"),))], ids=["browsed", "searched"])
def test_a_facet_shows_what_else_could_be_chosen(corpus, query):
    red = AnyOf("colour", ("red",))
    found = corpus.search(Search(query, Filter((red,))))
    everything = corpus.search(Search(query))
    assert (found.searched, found.facets["format"]) == (1, {"PNG": 1})
    assert found.facets["colour"] == everything.facets["colour"]
    assert len(found.facets["colour"]) > 1
