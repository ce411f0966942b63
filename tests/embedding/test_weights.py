"""Whether CLIP's weights can be had, found out before Inference is imported."""

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from core.embedding.clip import ClipEmbedder
from core.embedding.weights import WEIGHTS, check_obtainable, present_weights, weights_folder
from core.errors import ModelUnavailable

MODEL = "clip/ViT-B-16"
PROJECT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OFFLINE_MODE", "API_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)


@contextmanager
def server(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_both_files_must_be_there(tmp_path: Path) -> None:
    folder = weights_folder(MODEL, tmp_path)
    folder.mkdir()
    (folder / WEIGHTS[0]).touch()
    assert not present_weights(MODEL, tmp_path)
    (folder / WEIGHTS[1]).touch()
    assert present_weights(MODEL, tmp_path)
    assert not present_weights("clip/ViT-B-32", tmp_path)
    check_obtainable(MODEL, tmp_path)


@pytest.mark.parametrize("value", ["True", "true", "1"])
def test_offline_names_the_folder_and_the_ways_out(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFLINE_MODE", value)
    with pytest.raises(ModelUnavailable, match="OFFLINE_MODE is set") as raised:
        check_obtainable(MODEL, tmp_path)
    assert str(weights_folder(MODEL, tmp_path)) in raised.value.message
    assert "IMAGE_SEARCH_MODEL=starter" in raised.value.remedy


def test_an_address_where_nobody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(ModelUnavailable, match=r"http://127\.0\.0\.1:9 cannot be reached: it does not answer\."):
        check_obtainable(MODEL, tmp_path)


def test_an_address_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_BASE_URL", "http://[")
    with pytest.raises(ModelUnavailable, match="cannot be reached: there is no server with this name"):
        check_obtainable(MODEL, tmp_path)


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "there is no server with this name"),
        (ConnectionResetError(104, "Connection reset by peer"), "the connection was lost"),
    ],
)
def test_why_it_cannot_be_reached_is_said_in_words(
    cause: OSError, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        try:
            raise cause
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error

    monkeypatch.setattr(httpx, "head", refuse)
    with pytest.raises(ModelUnavailable, match=words) as raised:
        check_obtainable(MODEL, tmp_path)
    assert "Errno" not in raised.value.message
    assert str(cause.strerror) not in raised.value.message


@pytest.mark.parametrize("status", [200, 401, 404])
def test_any_answer_will_do(status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(status) as address:
        monkeypatch.setenv("API_BASE_URL", address)
        check_obtainable(MODEL, tmp_path)


def test_a_certificate_that_only_we_distrust_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        try:
            raise ssl.SSLCertVerificationError(1, "self-signed certificate")
        except ssl.SSLError as error:
            raise httpx.ConnectError(str(error)) from error

    monkeypatch.setattr(httpx, "head", refuse)
    check_obtainable(MODEL, tmp_path)


def test_a_name_that_is_looked_up_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> None:
        release.wait(30)
        raise socket.gaierror("gave up")

    monkeypatch.setattr(httpx, "head", hang)
    monkeypatch.setattr("core.embedding.weights.DEADLINE", 0.05)
    with pytest.raises(ModelUnavailable, match="no answer within"):
        check_obtainable(MODEL, tmp_path)
    release.set()


def test_a_model_knows_its_size_without_weights(tmp_path: Path) -> None:
    embedder = ClipEmbedder("clip/ViT-L-14-336px", tmp_path)
    assert (embedder.model_id, embedder.dims, embedder.max_text_cosine) == ("clip/ViT-L-14-336px", 768, 1.0)
    assert embedder.crop == (336, 336)
    assert embedder.embed_images([]).shape == embedder.embed_texts([]).shape == (0, 768)


def test_missing_weights_are_reported_without_importing_inference(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from core.embedding.clip import ClipEmbedder
from core.errors import ModelUnavailable
try:
    ClipEmbedder.load({MODEL!r}, Path({str(tmp_path)!r}))
except ModelUnavailable:
    print(sorted(set(sys.modules) & {{"inference", "inference_models", "torch", "onnxruntime", "clip"}}))
"""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env={"OFFLINE_MODE": "True"}, capture_output=True, text=True
    )
    assert (run.stdout, run.stderr) == ("[]\n", "")
