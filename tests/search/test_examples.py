"""Examples: words that find something, each another picture."""

import threading

import numpy as np

from core.embedding.embedder import SURE_FROM
from core.search.examples import Examples, choose
from core.search.relevance.scores import Calibration
from tests.colours import COLOURS
from tests.nodes import wait_until


def index_colours(services, picture, tmp_path, *names):
    for name in names:
        picture(f"{name}.png")
    for _ in services.ingest([tmp_path / "pictures"]):
        pass


def test_the_best_matched_words_come_first_and_each_finds_another_picture(services, picture, tmp_path, embedder):
    index_colours(services, picture, tmp_path, "red", "blue")
    words = ("purple", "blue", "red", "orange", "yellow")
    chosen = choose(services.index, words, embedder.embed_texts(words))
    assert set(chosen) == {"red", "blue"}


def test_no_more_than_five(services, picture, tmp_path, embedder):
    index_colours(services, picture, tmp_path, *COLOURS)
    assert len(choose(services.index, list(COLOURS), embedder.embed_texts(list(COLOURS)))) == 5


def test_nothing_is_offered_for_an_empty_index(services, embedder):
    assert choose(services.index, ["red"], embedder.embed_texts(["red"])) == ()
    assert services.examples() == ()


def test_only_what_its_search_shows_as_a_strong_match_is_offered(services, picture, tmp_path, embedder, monkeypatch):
    index_colours(services, picture, tmp_path, *COLOURS)
    reds = embedder.embed_texts(["red"])[0]

    def strengths(self, composed, rows):
        return np.linspace(9.0 if np.allclose(composed.embedding, reds) else 0.0, -1.0, len(rows))

    monkeypatch.setattr(Calibration, "strengths", strengths)
    assert Examples(services.index, everyday=tuple(COLOURS)).chosen(embedder) == ("red",)
    monkeypatch.setitem(SURE_FROM, embedder.model_id, 1.01)
    assert Examples(services.index, everyday=tuple(COLOURS)).chosen(embedder) == ()


def test_a_word_whose_picture_fits_another_better_is_not_offered(services, picture, tmp_path, embedder):
    index_colours(services, picture, tmp_path, "orange")
    words = ("red", "orange")
    assert choose(services.index, words, embedder.embed_texts(words)) == ("orange",)


def test_chosen_once_for_a_number_of_pictures(services, picture, tmp_path, embedder, monkeypatch):
    index_colours(services, picture, tmp_path, "red")
    done = threading.Event()
    calls = []

    def count_and_choose(self, model):
        calls.append(model)
        done.set()
        return ("red",)

    monkeypatch.setattr(Examples, "chosen", count_and_choose)
    examples = Examples(services.index)
    assert examples.words(1, None) == ()
    assert not calls
    for _ in range(3):
        examples.words(1, embedder)
    assert done.wait(10)
    examples.words(2, embedder)
    assert len(calls) in (1, 2)  # the second is under way
    assert calls[0] is embedder


def test_kept_for_the_next_process_until_the_index_changes(services, picture, tmp_path, embedder, monkeypatch):
    index_colours(services, picture, tmp_path, "red")
    chosen = []

    def choose(self, model):
        chosen.append(model)
        return ("red", "ripe tomatoes")

    monkeypatch.setattr(Examples, "chosen", choose)
    for _ in range(2):
        assert offered(services.index, tmp_path / "learned", embedder) == ("red", "ripe tomatoes")
    assert len(chosen) == 1
    index_colours(services, picture, tmp_path, "blue")
    offered(services.index, tmp_path / "learned", embedder)
    assert len(chosen) == 2


def offered(index, folder, embedder):
    """What another process offers."""
    examples = Examples(index, folder=folder)
    wait_until(lambda: examples.words(index.count(), embedder), 10, "examples are chosen")  # type: ignore[arg-type, return-value]
    return examples.words(index.count(), embedder)
