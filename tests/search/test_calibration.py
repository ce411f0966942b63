"""What is learned is learned in the background, again when the pictures have changed, and never in a search's way."""

import numpy as np
import pytest

from core.errors import IndexUnavailable, ModelUnavailable
from core.index.index import ModelStamp
from core.search.relevance.calibrator import Calibrations
from core.search.relevance.concepts import CONCEPTS
from core.search.relevance.learned import leaves
from tests.search.spaces import DIMS, Space, words


class SpaceEmbedder:
    """Each text a direction of its own."""

    preprocessing = 1

    def __init__(self, model_id="test/space"):
        self.model_id, self.dims = model_id, DIMS
        self.asked = []
        self.broken = False

    def fit_text(self, text):
        return text

    def embed_texts(self, texts):
        if self.broken:
            raise ModelUnavailable("It died.", "Try again.")
        self.asked.append(list(texts))
        return np.concatenate([Space(len(text) + 1000 * ord(text[0])).directions(1) for text in texts])


class SampledIndex:
    """As much of an index as is learned from."""

    engine, location, name = "test", "nowhere", "pictures"

    def __init__(self, count=100):
        self.pictures = Space(1).pictures(count)
        self.samples = 0
        self.away = False
        self.made_by = "test/space"

    def count(self):
        if self.away:
            raise IndexUnavailable("It is away.", "Start it.")
        return len(self.pictures)

    def model(self):
        return ModelStamp(self.made_by, DIMS)

    def consistent(self, action):
        return action()

    def revision(self):
        return f"of {len(self.pictures)}"

    def sample(self, count):
        self.samples += 1
        return self.pictures[:count]


@pytest.fixture
def index():
    return SampledIndex()


@pytest.fixture
def model():
    return SpaceEmbedder()


@pytest.fixture
def calibrations(index):
    return Calibrations(index, look_every=0.0)


def learned(calibrations, model):
    """What is known once the background has done its work."""
    calibrations.current(model)
    calibrations.wait()
    return calibrations.current(None)


def test_at_first_nothing_is_known(calibrations, model):
    assert calibrations.current(model) is None
    calibrations.wait()
    known = calibrations.current(None)
    assert known is not None
    query = words((1, Space(5).directions(1)[0]))
    assert np.isfinite(known.strengths(query, Space(6).pictures(3))).all()


def test_without_a_model_nothing_new_is_learned(calibrations, index):
    assert learned(calibrations, None) is None
    assert index.samples == 0


def test_the_concepts_are_embedded_once_and_few_at_a_time(calibrations, model):
    for _ in range(2):
        learned(calibrations, model)
    assert [text for texts in model.asked for text in texts] == list(CONCEPTS)
    assert max(map(len, model.asked)) <= 16


def test_learned_again_when_a_fifth_of_the_pictures_has_changed(calibrations, index, model):
    first = learned(calibrations, model)
    index.pictures = Space(2).pictures(119)
    assert learned(calibrations, model) is first
    index.pictures = Space(2).pictures(120)
    second = learned(calibrations, model)
    assert second is not first
    index.pictures = Space(2).pictures(90)
    assert learned(calibrations, model) is not second


def test_not_looked_for_with_every_search(index, model):
    calibrations = Calibrations(index)
    learned(calibrations, model)
    index.pictures = Space(2).pictures(1000)
    learned(calibrations, model)
    assert index.samples == 1


def test_an_index_or_a_model_that_is_away_is_tried_again(calibrations, index, model):
    model.broken = True
    assert learned(calibrations, model) is None
    model.broken, index.away = False, True
    assert learned(calibrations, model) is None
    index.away = False
    known = learned(calibrations, model)
    assert known is not None
    index.away = True
    assert learned(calibrations, model) is known


def test_of_an_empty_index_nothing_is_learned(calibrations, index, model):
    index.pictures = Space(1).pictures(0)
    assert learned(calibrations, model) is None


def test_what_was_learned_with_another_model_says_nothing(calibrations, index, model):
    learned(calibrations, model)
    other = SpaceEmbedder("test/other")
    assert calibrations.current(other) is None
    calibrations.wait()
    assert calibrations.current(other) is None  # the pictures are the first one's
    index.made_by = "test/other"
    learned(calibrations, other)
    assert calibrations.current(other) is not None


def test_the_bank_is_there_once_it_was_read(calibrations, model):
    assert calibrations.bank(model) is None
    calibrations.wait()
    concepts, embeddings = calibrations.bank(model)
    calibrations.wait()
    assert concepts == CONCEPTS
    assert embeddings.shape == (len(CONCEPTS), DIMS)


class TestOnDisk:
    def test_a_second_start_embeds_nothing(self, index, model, tmp_path):
        first, second = (learned(Calibrations(index, tmp_path, 0.0), SpaceEmbedder()) for _ in range(2))
        calibrations = Calibrations(index, tmp_path, 0.0)
        learned(calibrations, model)
        assert model.asked == []
        assert first.spreads == second.spreads

    @pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"words" * 100])
    def test_a_damaged_file_is_made_anew(self, index, model, tmp_path, damage):
        learned(Calibrations(index, tmp_path, 0.0), SpaceEmbedder())
        (file,) = tmp_path.glob("*.npy")
        whole = file.read_bytes()
        file.write_bytes(damage)
        assert learned(Calibrations(index, tmp_path, 0.0), model) is not None
        assert file.read_bytes() == whole

    def test_another_model_has_a_file_of_its_own(self, index, tmp_path):
        for name in ("test/space", "test/../other"):
            learned(Calibrations(index, tmp_path, 0.0), SpaceEmbedder(name))
        assert len(list(tmp_path.glob("*.npy"))) == 2

    def test_a_folder_that_cannot_be_written_is_done_without(self, index, model, tmp_path):
        (tmp_path / "file").write_bytes(b"")
        assert learned(Calibrations(index, tmp_path / "file", 0.0), model) is not None


class TestWhatWasLearnedIsKept:
    def test_a_second_start_learns_nothing_and_knows_the_same(self, index, tmp_path):
        first, second = (learned(Calibrations(index, tmp_path, 0.0), SpaceEmbedder()) for _ in range(2))
        assert index.samples == 1
        assert list(map(np.ndarray.tolist, leaves(first))) == list(map(np.ndarray.tolist, leaves(second)))
        composed = words((1, Space(1).directions(1)[0]))
        np.testing.assert_array_equal(
            first.strengths(composed, index.pictures), second.strengths(composed, index.pictures)
        )

    @pytest.mark.parametrize("change", ["pictures", "place", "way"])
    def test_not_of_others(self, index, tmp_path, monkeypatch, change):
        learned(Calibrations(index, tmp_path, 0.0), SpaceEmbedder())
        match change:
            case "pictures":
                index.pictures = Space(2).pictures(101)
            case "place":
                index.name = "others"
            case "way":
                monkeypatch.setattr("core.search.relevance.learned.edition", lambda: "another")
        learned(Calibrations(index, tmp_path, 0.0), SpaceEmbedder())
        assert index.samples == 2

    @pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"cut", b"changed"])
    def test_a_damaged_file_is_made_anew(self, index, tmp_path, damage):
        learned(Calibrations(index, tmp_path, 0.0), SpaceEmbedder())
        (file,) = tmp_path.glob("*.learned")
        whole = file.read_bytes()
        file.write_bytes({b"cut": whole[:-9], b"changed": whole[:-9] + b"X" + whole[-8:]}.get(damage, damage))
        assert learned(Calibrations(index, tmp_path, 0.0), SpaceEmbedder()) is not None
        assert index.samples == 2
        assert file.read_bytes() == whole


def test_the_concepts_are_each_once_and_clean():
    assert len(set(CONCEPTS)) == len(CONCEPTS) >= 300
    assert all(concept == concept.strip().lower() and concept for concept in CONCEPTS)
