"""One vector out of words, pictures and examples: what each of them weighs."""

import numpy as np
import pytest
from PIL import Image

from core.embedding.embedder import SURE_FROM
from core.errors import InvalidQuery
from core.search.compose import Composer, Kind
from core.search.query import Picture, Query, Region, Words
from core.vectors import unit
from tests.colours import COLOURS

CORPUS = {colour: f"{at:064x}" for at, colour in enumerate(COLOURS)}


class PicturesIndex:
    """As much of an index as a query is composed from: a picture of each colour."""

    def __init__(self, embedder):
        self.known = {digest: (None, embedder.embed_texts([name])[0]) for name, digest in CORPUS.items()}
        self.get_by_content = []

    def by_content(self, digests):
        self.get_by_content.append(digests)
        return {digest: self.known[digest] for digest in digests if digest in self.known}


@pytest.fixture
def index(embedder):
    return PicturesIndex(embedder)


@pytest.fixture
def dropped():
    """Bytes of pictures that were dropped, by their hash."""
    return {}


@pytest.fixture
def composer(index, embedder, dropped):
    return Composer(index, lambda: embedder, dropped.get)


@pytest.fixture
def colour(embedder):
    return lambda name: embedder.embed_texts([name])[0]


def words(*weighted):
    return tuple(Words(text, weight) for text, weight in weighted)


def pictures(*weighted):
    return tuple(Picture(CORPUS[name], weight) for name, weight in weighted)


def examples(*names):
    return tuple(CORPUS[name] for name in names)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (Query(words(("red", 1))), {"red": 1}),
        (Query(words(("red", 2))), {"red": 1}),
        (Query(words(("red", 2), ("blue", 1))), {"red": 2, "blue": 1}),
        (Query(pictures=pictures(("red", 1), ("green", 1))), {"red": 1, "green": 1}),
        (Query(words(("red", 1)), pictures(("blue", 1))), {"red": 1, "blue": 1}),
        (Query(words(("white", 1), ("red", -1))), {"white": 1, "red": -0.5}),
        (Query(words(("white", 1)), pictures(("red", -0.5))), {"white": 1, "red": -0.25}),
        (Query(words(("red", 1)), more=examples("blue")), {"red": 1, "blue": 0.75}),
        (Query(words(("white", 1)), less=examples("red")), {"white": 1, "red": -0.15}),
        (Query(words(("red", 1)), more=examples("blue", "green")), {"red": 1, "blue": 0.375, "green": 0.375}),
    ],
)
def test_what_each_part_weighs(composer, colour, query, wanted):
    expected = unit(np.sum([weight * colour(name) for name, weight in wanted.items()], axis=0))
    assert np.allclose(composer.compose(query, {}).embedding, expected, atol=1e-6)


def test_what_scatters_widely_does_not_decide_alone(composer, colour):
    query = Query(words(("red", 1)), pictures(("blue", 1)), more=examples("green"))
    composed = composer.compose(query, {Kind.WORDS: 0.02, Kind.PICTURE: 0.1})
    expected = unit(colour("red") / 0.02 + colour("blue") / 0.1 + 0.75 * colour("green") / 0.1)
    assert np.allclose(composed.embedding, expected, atol=1e-6)
    assert [(part.kind, part.weight) for part in composed.parts] == [
        (Kind.WORDS, 1.0),
        (Kind.PICTURE, 1.0),
        (Kind.PICTURE, 0.75),
    ]


def test_all_pictures_of_the_corpus_are_looked_up_at_once_and_need_no_model(index, dropped):
    composer = Composer(index, lambda: pytest.fail("the model was asked for"), dropped.get)
    query = Query(pictures=pictures(("red", 1), ("blue", 1)), more=examples("green"), less=examples("white"))
    composer.compose(query, {})
    assert [sorted(digests) for digests in index.get_by_content] == [sorted(examples("red", "blue", "green", "white"))]


def test_words_need_no_look_up(composer, index):
    composer.compose(Query(words(("red", 1))), {})
    assert index.get_by_content == []


def test_a_part_of_a_picture_is_embedded_by_itself(composer, colour, dropped, tmp_path):
    halves = Image.new("RGB", (40, 20), COLOURS["red"])
    halves.paste(COLOURS["blue"], (20, 0, 40, 20))
    halves.save(tmp_path / "halves.png")
    dropped["a" * 64] = (tmp_path / "halves.png").read_bytes()
    for left, name in ((0.0, "red"), (0.5, "blue")):
        part = Picture("a" * 64, region=Region(left, 0.0, 0.5, 1.0))
        assert np.allclose(composer.compose(Query(pictures=(part,)), {}).embedding, colour(name), atol=1e-3)


def test_parts_that_cancel_one_another_out(composer):
    with pytest.raises(InvalidQuery, match="cancel"):
        composer.compose(Query(words(("red", 0.5), ("red", -1))), {})


def test_of_what_the_model_is_sure(composer, embedder, monkeypatch):
    rows = embedder.embed_texts(["red", "orange", "blue"])
    assert composer.compose(Query(words(("red", 1))), {}).sure(rows).all()
    monkeypatch.setitem(SURE_FROM, embedder.model_id, 0.8)
    for query in (Query(words(("red", 1))), Query(words(("red", 1), ("orange", -1)))):
        assert composer.compose(query, {}).sure(rows).tolist() == [True, True, False]
    assert composer.compose(Query(words(("red", 1)), pictures(("red", 1))), {}).sure(rows).all()


def test_a_picture_that_is_not_kept(composer):
    with pytest.raises(InvalidQuery, match="is gone"):
        composer.compose(Query(pictures=(Picture("f" * 64),)), {})


@pytest.mark.parametrize(
    ("query", "max_cosine"),
    [
        (Query(words(("red", 1))), 0.8),
        (Query(pictures=pictures(("red", 1))), 1.0),
        (Query(words(("red", 1)), pictures(("blue", 1))), 1.0),
    ],
)
def test_what_a_query_can_reach(composer, embedder, query, max_cosine):
    embedder.max_text_cosine = 0.8
    assert composer.compose(query, {}).max_cosine == max_cosine
