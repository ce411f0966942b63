"""Which model is used, and loading it once."""

import logging
import threading
from pathlib import Path
from typing import cast

import pytest

from core.embedding import loading
from core.embedding.clip import ClipEmbedder
from core.embedding.embedder import Embedder
from core.embedding.loading import ModelLoader, load_embedder
from core.embedding.starter import StarterEmbedder
from core.errors import ImageSearchError, ModelMismatch, ModelUnavailable

CLIP, OTHER = "clip/ViT-B-16", "clip/ViT-B-32"
CACHE = Path("models")


class Fake:
    def __init__(self, model_id: str) -> None:
        self.model_id = model_id


def fake(model_id: str) -> Embedder:
    return cast(Embedder, Fake(model_id))


@pytest.fixture
def without_clip() -> bool:
    return False


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, without_clip: bool) -> None:
    def load_clip(model_id: str, cache_dir: Path, *, direct: bool) -> Embedder:
        if without_clip:
            raise ModelUnavailable(f"The weights of {model_id} are missing.", "Connect to the internet.")
        return fake(model_id)

    monkeypatch.setattr(ClipEmbedder, "load", load_clip)
    monkeypatch.setattr(StarterEmbedder, "load", lambda cache_dir: fake("starter"))


@pytest.mark.parametrize(
    ("without_clip", "asked", "made_by", "used"),
    [
        (False, CLIP, None, CLIP),
        (False, CLIP, CLIP, CLIP),
        (False, CLIP, "starter", "starter"),
        (True, CLIP, None, "starter"),
        (True, CLIP, "starter", "starter"),
        (False, "starter", None, "starter"),
        (False, "starter", "starter", "starter"),
    ],
)
def test_which_model_is_used(asked: str, made_by: str | None, used: str) -> None:
    assert load_embedder(asked, CACHE, made_by).model_id == used


def test_each_starter_model_notes_its_speed_beside_the_weights_it_was_loaded_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    noted: list[Path] = []
    monkeypatch.setattr(StarterEmbedder, "load", lambda cache_dir: noted.append(cache_dir) or fake("starter"))
    for folder in (tmp_path / "one", tmp_path / "other"):
        load_embedder("starter", folder, None)
    assert noted == [tmp_path / "one", tmp_path / "other"]


@pytest.mark.parametrize(("asked", "made_by"), [("starter", CLIP), (CLIP, OTHER)])
def test_an_index_of_another_model_is_refused(asked: str, made_by: str) -> None:
    with pytest.raises(ModelMismatch, match=f"made with {made_by}.* {asked} is asked for") as raised:
        load_embedder(asked, CACHE, made_by)
    assert f"IMAGE_SEARCH_MODEL={made_by}" in raised.value.remedy


@pytest.mark.parametrize("without_clip", [True])
def test_an_index_made_with_clip_needs_clip() -> None:
    with pytest.raises(ModelUnavailable, match=f"made with {CLIP}.*weights of {CLIP} are missing") as raised:
        load_embedder(CLIP, CACHE, CLIP)
    assert "visual.onnx and textual.onnx" in raised.value.remedy
    assert "starter" not in raised.value.remedy


@pytest.mark.parametrize("without_clip", [True])
def test_without_any_model_both_reasons_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(cache_dir: Path) -> Embedder:
        raise ModelUnavailable("A package is missing.")

    monkeypatch.setattr(StarterEmbedder, "load", missing)
    with pytest.raises(ModelUnavailable, match=r"are missing\. A package is missing\. Connect"):
        load_embedder(CLIP, CACHE, None)


class Steps:
    """A load that waits at each call until it is told what to give."""

    def __init__(self) -> None:
        self.calls = 0
        self.outcome: Embedder | BaseException = fake("first")
        self.go = threading.Event()

    def __call__(self) -> Embedder:
        self.calls += 1
        assert self.go.wait(30)
        self.go.clear()
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    def give(self, outcome: Embedder | BaseException) -> None:
        self.outcome = outcome
        self.go.set()


@pytest.fixture
def steps() -> Steps:
    return Steps()


def test_loads_once_for_all(steps: Steps) -> None:
    loader = ModelLoader(steps)
    assert loader.state == loading.ModelState("idle", 0.0, None, None)
    future = loader.start()
    assert loader.start() is loader.retry() is future
    assert (loader.state.status, loader.state.embedder) == ("loading", None)
    model = fake("model")
    steps.give(model)
    assert loader.embedder() is future.result() is model
    assert (loader.state.status, loader.state.embedder, loader.state.error) == ("ready", model, None)
    assert loader.start() is future
    assert steps.calls == 1


def test_seconds_stop_when_it_is_there(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("core.embedding.loading.time.monotonic", lambda: now[0])
    loader = ModelLoader(steps)
    loader.start()
    now[0] = 107.0
    assert loader.state.seconds == 7.0
    steps.give(fake("model"))
    loader.embedder()
    now[0] = 200.0
    assert loader.state.seconds == 7.0


def test_asking_for_the_embedder_starts_loading() -> None:
    loader = ModelLoader(lambda: fake("model"))
    assert loader.embedder().model_id == "model"


def test_waiting_has_an_end(steps: Steps) -> None:
    loader = ModelLoader(steps)
    with pytest.raises(ModelUnavailable, match="still loading"):
        loader.embedder(timeout=0)
    steps.give(fake("model"))
    assert loader.embedder(timeout=30).model_id == "model"


def test_an_expected_failure_is_kept_until_the_retry(steps: Steps) -> None:
    loader = ModelLoader(steps)
    failed = loader.start()
    reason = ModelMismatch("Another model.")
    steps.give(reason)
    with pytest.raises(ModelMismatch):
        loader.embedder()
    assert (loader.state.status, loader.state.embedder, loader.state.error) == ("failed", None, reason)
    assert loader.start() is failed
    again = loader.retry()
    assert again is not failed
    assert (loader.state.status, loader.state.error) == ("loading", None)
    steps.give(fake("model"))
    assert again.result(30).model_id == "model"
    assert loader.state.status == "ready"


@pytest.mark.parametrize("error", [ZeroDivisionError("by nought"), SystemExit("enough")])
def test_whatever_happens_becomes_an_error_to_show(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    def load() -> Embedder:
        raise error

    with caplog.at_level(logging.ERROR), pytest.raises(ModelUnavailable, match="could not be loaded") as raised:
        ModelLoader(load).embedder()
    assert str(error) not in str(raised.value), "it is for the log"
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].exc_info[1] is error


def test_the_old_model_serves_until_the_new_one_is_there(steps: Steps) -> None:
    loader = ModelLoader(steps)
    steps.give(fake("starter"))
    starter = loader.embedder()
    attempt = loader.retry()
    assert (loader.state.status, loader.state.embedder) == ("loading", starter)
    assert loader.embedder(timeout=0) is starter
    steps.give(ModelUnavailable("Still not to be had."))
    assert isinstance(attempt.exception(30), ImageSearchError)
    assert (loader.state.status, loader.state.embedder) == ("failed", starter)
    assert loader.embedder() is starter
    attempt = loader.retry()
    steps.give(fake("clip"))
    assert attempt.result(30).model_id == loader.embedder().model_id == "clip"


def test_many_at_once_wait_for_one_load(steps: Steps) -> None:
    loader = ModelLoader(steps)
    together = threading.Barrier(9)
    found: list[Embedder] = []

    def session() -> None:
        together.wait(30)
        found.append(loader.embedder())

    threads = [threading.Thread(target=session) for _ in range(8)]
    for thread in threads:
        thread.start()
    together.wait(30)
    steps.give(fake("model"))
    for thread in threads:
        thread.join()
    assert steps.calls == 1
    assert len(set(map(id, found))) == 1
    assert len(found) == 8
