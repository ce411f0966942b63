"""The models that can be asked for: their numbers, whether they can be had here, and how fast they were."""

import json
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import Settings
from core.embedding.loading import embedder_class, preprocessing
from core.embedding.offers import offer as offering
from core.embedding.offers import speeds as noting
from core.embedding.offers.offer import Offer, cost, offers, plain, speed
from core.embedding.offers.speeds import FILE, Speed, speeds, timed
from core.embedding.weights import weights_folder
from core.models import MODELS, STARTER, USUAL, Model

ENCODER = "perception_encoder/PE-Core-L14-336"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering, "why_unreachable", lambda: "https://api.example cannot be reached: it is away")
    for name in offering.KEYS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offering, "why_unreachable", lambda: "")
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1 << 40, 0, 1 << 40))


def by_id(cache_dir: Path, in_use: str = "", wanted: str = USUAL) -> dict[str, Offer]:
    return {one.model.id: one for one in offers(cache_dir, in_use, wanted)}


def put_weights(model_id: str, cache_dir: Path) -> None:
    folder = weights_folder(model_id, cache_dir)
    folder.mkdir(parents=True)
    for name in MODELS[model_id].files:
        (folder / name).touch()


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.id)
def test_every_model_of_the_catalog_can_be_asked_for(model: Model, tmp_path: Path) -> None:
    assert Settings.load(data_dir=tmp_path, model_id=model.id).model_id == model.id
    assert preprocessing(model.id) >= 1
    if model.id != STARTER:
        embedder = embedder_class(model.id)(model.id, tmp_path)
        assert (embedder.dims, embedder.crop[1]) == (model.dims, model.side)


def test_the_catalog_is_inference_s_own() -> None:
    """The ids and dims of the Perception Encoders, read from its configuration."""
    from importlib.util import find_spec

    found = find_spec("inference")
    assert found
    assert found.origin
    text = (Path(found.origin).parent / "models" / "perception_encoder" / "vision_encoder" / "config.py").read_text()
    for model in MODELS.values():
        if model.family == "perception_encoder":
            version = model.id.partition("/")[2]
            assert f'PE_VISION_CONFIG["{version}"] = PEConfig(\n    image_size={model.side},' in text


def test_what_is_known_of_a_model_is_consistent() -> None:
    for model in MODELS.values():
        assert 1e7 < model.size < 2e10
        assert model.gflops > 0 < model.text_gflops
        assert model.source
        assert plain(Offer(model, "present", "", "", None))["relative_cost"] > 0
    assert MODELS[USUAL].cost == 1
    sizes = [model.size for model in MODELS.values() if model.family == "perception_encoder"]
    assert sizes == sorted(sizes)


def test_weights_that_are_there_are_present(tmp_path: Path) -> None:
    put_weights(USUAL, tmp_path)
    put_weights(ENCODER, tmp_path)
    found = by_id(tmp_path, in_use=USUAL, wanted=ENCODER)
    assert {one for one, offer in found.items() if offer.status == "present"} >= {USUAL, ENCODER}
    assert (found[USUAL].in_use, found[USUAL].wanted) == (True, False)
    assert (found[ENCODER].in_use, found[ENCODER].wanted) == (False, True)


def test_without_a_network_it_is_said_how_to_get_them(tmp_path: Path) -> None:
    found = by_id(tmp_path)[ENCODER]
    assert found.status == "unavailable"
    assert "it is away" in found.message
    assert "model.pt" in found.remedy
    assert "ROBOFLOW_API_KEY" in found.remedy
    assert "ROBOFLOW_API_KEY" not in by_id(tmp_path)[USUAL].remedy


@pytest.mark.usefixtures("online")
def test_with_a_network_they_can_be_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = by_id(tmp_path)
    assert (found[USUAL].status, found[USUAL].remedy) == ("obtainable", "")
    assert found[USUAL].message.startswith("598.5 MB")
    assert "ROBOFLOW_API_KEY" in found[ENCODER].remedy
    monkeypatch.setenv("ROBOFLOW_API_KEY", "a key")
    assert by_id(tmp_path)[ENCODER].remedy == ""


@pytest.mark.usefixtures("online")
def test_a_disk_that_is_too_small_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1 << 40, 0, 1_000_000_000))
    found = by_id(tmp_path / "not" / "there")
    assert found[USUAL].status == "obtainable"
    assert found["clip/ViT-L-14"].status == "unavailable"
    assert "1.0 GB are free" in found["clip/ViT-L-14"].message
    assert "MODEL_CACHE_DIR" in found["clip/ViT-L-14"].remedy


def test_the_network_is_not_asked_where_all_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for model in MODELS.values():
        if model.files:
            put_weights(model.id, tmp_path)
    monkeypatch.setattr(offering, "why_unreachable", pytest.fail)
    assert {offer.status for offer in offers(tmp_path, "", USUAL)} <= {"present", "unavailable"}


@pytest.mark.parametrize(
    ("model_id", "words"),
    [("clip/ViT-B-16", "1× ViT-B/16"), ("clip/ViT-B-32", "0.25× ViT-B/16"), ("clip/ViT-L-14", "4.6× ViT-B/16")],
)
def test_what_a_picture_costs(model_id: str, words: str) -> None:
    assert cost(MODELS[model_id]) == words


class TestSpeeds:
    @pytest.fixture(autouse=True)
    def fresh(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(noting, "_EVERY", 0.0)

    def test_what_was_measured_is_told(self, tmp_path: Path) -> None:
        with timed(tmp_path, USUAL, 8):
            pass
        found = by_id(tmp_path)[USUAL]
        assert found.speed is not None
        assert found.speed.pictures == 8
        assert speed(replace(found, speed=Speed(20, 8.0, 0.0))) == "2.5 pictures a second here"
        assert speed(by_id(tmp_path)[ENCODER]) == ""

    def test_it_follows_a_machine_that_changes(self) -> None:
        known = Speed(512, 512.0, 0.0)
        for _ in range(20):
            known = known.with_more(512, 51.2)
        assert known.rate == pytest.approx(10, rel=0.01)

    def test_a_few_pictures_and_failures_are_not_measured(self, tmp_path: Path) -> None:
        with timed(tmp_path, USUAL, 1):
            pass
        with pytest.raises(KeyError), timed(tmp_path, USUAL, 8):
            raise KeyError
        with timed(None, USUAL, 8):
            pass
        assert speeds(tmp_path) == {}

    @pytest.mark.parametrize(
        "text",
        [
            *("", "[]", "[" * 100_000, '{"a": 1}', '{"a": {"pictures": "x"}}'),
            '{"a": {"pictures": 0, "seconds": 1, "measured": 1}}',
            '{"a": {"pictures": 1, "seconds": NaN, "measured": 1}}',
            '{"a": {"pictures": 1, "seconds": -1, "measured": 1}}',
            '{"' + "a" * 70_000 + '": 1}',
        ],
    )
    def test_a_file_that_is_none_of_ours_was_never_written(self, tmp_path: Path, text: str) -> None:
        (tmp_path / FILE).write_text(text)
        assert speeds(tmp_path) == {}

    def test_those_of_others_stay(self, tmp_path: Path) -> None:
        (tmp_path / FILE).write_text(json.dumps({"other": {"pictures": 8, "seconds": 2, "measured": 1}}))
        with timed(tmp_path, USUAL, 8):
            pass
        assert set(speeds(tmp_path)) == {"other", USUAL}

    def test_a_folder_that_cannot_be_written_is_no_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with timed(tmp_path / "file", USUAL, 8):
            pass
