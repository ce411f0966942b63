"""A stand-in for Roboflow Inference's HTTP server: it answers as that does, and in every way that it should not."""

import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from core.models import MODELS

MODEL = "clip/ViT-B-16"
DIMS = MODELS[MODEL].dims

type Answer = tuple[int, bytes]


def rows(path: str, body: dict[str, Any]) -> list[list[float]]:
    """For each text by its length, for each picture by the colour of its first pixel."""
    if path.endswith("embed_text"):
        seeds = [len(text) for text in body["text"]]
    else:
        opened = [Image.open(BytesIO(b64decode(image["value"]))) for image in body["image"]]
        assert all(image.format == "WEBP" for image in opened)
        seeds = [int.from_bytes(bytes(np.asarray(image.convert("RGB"))[0, 0])) for image in opened]
    return [row(seed) for seed in seeds]


def row(seed: int) -> list[float]:
    made: list[float] = np.random.default_rng(seed).standard_normal(DIMS).tolist()
    return made


def embedded(path: str, body: dict[str, Any]) -> Answer:
    return 200, json.dumps({"embeddings": rows(path, body), "time": 0.1}).encode()


class Standin:
    """Listens until it is closed.

    Args:
        answer: What it says to a path and a body; by default embeddings.
    """

    def __init__(self, answer: Callable[[str, dict[str, Any]], Answer] = embedded) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.keys: list[str] = []
        """What requests let themselves in with."""
        standin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(200, b'{"name": "Roboflow Inference Server"}')

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                standin.asked.append((self.path, body))
                standin.keys.append(self.headers.get("Authorization", ""))
                self._say(*standin.answer(self.path, body))

            def _say(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Nothing: standard error is the tests'."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def listening(*answers: Callable[[str, dict[str, Any]], Answer]) -> Iterator[list[Standin]]:
    """One for each answer."""
    made = [Standin(answer) for answer in answers]
    try:
        yield made
    finally:
        for one in made:
            one.close()
