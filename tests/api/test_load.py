"""Many clients at once, on loopback: what they may take of a server of its own process, and that it goes on."""

import socket
import struct
import subprocess
import sys
import threading
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx2
import psutil
import pytest
from PIL import Image

from tests.hostile.drawn import png_chunk
from tests.nodes import answers, free_port, wait_until

ROOT = Path(__file__).parents[2]
MAX_BYTES = 1_500_000_000
SIDE = 14_140  # pixels, a multiple of 101: 200 megapixels


@dataclass
class Server:
    port: int
    process: psutil.Process
    folder: Path
    peak: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def watch(self) -> None:
        """Notes the most memory that it has, until the end of the test."""
        while not self.stop.wait(0.01):
            self.peak = max(self.peak, self.process.memory_info().rss)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    port, folder = free_port(), tmp_path_factory.mktemp("load")
    command = [sys.executable, "-m", "tests.api.serving", str(port), str(folder / "data")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    made = Server(port, psutil.Process(process.pid), folder / "data")
    wait_until(lambda: process.poll() is not None or answers(f"{made.url}/healthz"), 120, "the server is up")
    yield made
    made.stop.set()
    process.terminate()
    process.wait(60)
    assert "Traceback" not in (folder / "log").read_text()


def connect(server, text):
    """A client that has sent so much and sends nothing more."""
    client = socket.create_connection(("localhost", server.port), timeout=60)
    client.sendall(text.replace("\n", "\r\n").encode())
    return client


def said(client):
    """All that it is told until its connection is closed."""
    answer = b""
    with client, suppress(ConnectionError):
        while piece := client.recv(1 << 16):
            answer += piece
    return answer.decode()


UPLOAD = (
    "POST /{path}?name=a.png HTTP/1.1\nHost: localhost\nContent-Type: image/png\nContent-Length: 1000\n\nhalf of it"
)


HEADS = (
    "",
    "GET /healthz HTT",
    "GET /healthz HTTP/1.1\nHost: localhost\nX-Slow: ",
    "GET /healthz HTTP/1.1\nHost: localhost\n\nGET /healthz HTT",
    "POST /nothing HTTP/1.1\nHost: localhost\nContent-Length: 1000\n\nhalf",
)


def test_heads_that_do_not_come_whole(server):
    """All at once, as it takes seconds until they are given up."""
    for client in [connect(server, text) for text in HEADS]:
        said(client)  # ends


def test_bodies_that_do_not_come_whole(server):
    """Nor one that comes in drops."""
    stalled = [connect(server, UPLOAD.format(path=path)) for path in ("queries", "uploads")]
    client, done = connect(server, UPLOAD.format(path="uploads")), threading.Event()

    def drop():
        with suppress(OSError):
            while not done.wait(0.2):
                client.sendall(b"x")

    threading.Thread(target=drop, daemon=True).start()
    for answer in map(said, stalled):
        assert answer.startswith("HTTP/1.1 408 ")
        assert "too slow" in answer
        assert "nosniff" in answer
    assert said(client).startswith("HTTP/1.1 408 ")
    done.set()


def test_three_hundred_uploads_that_stall_lock_nobody_out(server):
    clients = [connect(server, UPLOAD.format(path=("queries", "uploads")[number % 2])) for number in range(300)]
    small = BytesIO()
    Image.new("RGB", (40, 30), "red").save(small, "PNG")
    with httpx2.Client(base_url=server.url, timeout=60) as client:
        for path in ("/queries", "/uploads"):
            answer = client.post(path, content=small.getvalue(), headers={"content-type": "image/png"})
            while answer.status_code == 503:  # none has stalled for long enough to lose its place
                assert answer.headers["retry-after"]
                assert answer.json()["error"] == "Too many files are being uploaded right now."
                answer = client.post(path, content=small.getvalue(), headers={"content-type": "image/png"})
            assert answer.status_code == 201
        assert client.get("/healthz").status_code == 200
    answers_ = Counter(said(client)[9:12] for client in clients)
    assert set(answers_) <= {"408", "503"}
    folders = [server.folder / name for name in (".queries", "uploads")]
    wait_until(lambda: not [part for folder in folders for part in folder.glob(".*.part")], 30, "nothing is left")


def large_png(channels):
    """Black, of as many channels: a hundred and one times the same rows, which are compressed once."""
    row = bytes(1 + channels * SIDE)
    packer = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)
    part = packer.compress(row * (SIDE // 101)) + packer.flush(zlib.Z_FULL_FLUSH)
    check = (SIDE * len(row) % 65521 << 16) + 1  # Adler-32 of so many zeros
    data = b"\x78\x01" + part * 101 + packer.flush() + check.to_bytes(4, "big")
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    chunks = png_chunk(b"IHDR", header), png_chunk(b"IDAT", data), png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def large_jpeg():
    buffer = BytesIO()
    Image.new("L", (SIDE, SIDE), 77).save(buffer, "JPEG", progressive=True, quality=30)
    return buffer.getvalue()


def test_sixty_clients_that_ask_for_the_largest_pictures(server):
    """Of the costliest kinds: alpha, no reduced decoding, the coefficients of a progressive JPEG."""
    pictures = [large_png(3), large_png(4), large_jpeg()]
    with httpx2.Client(base_url=server.url, timeout=300) as client:
        small = BytesIO()
        Image.new("RGB", (40, 30)).save(small, "PNG")
        first = client.post("/queries", content=small.getvalue(), headers={"content-type": "image/png"})
        assert client.get(f"/images/{first.json()['id']}").status_code == 200  # everything is loaded
        idle = server.process.memory_info().rss
        threading.Thread(target=server.watch, daemon=True).start()

        def send(data):
            return client.post("/queries", content=data, headers={"content-type": "image/png"})

        with ThreadPoolExecutor(60) as clients:
            sent = list(clients.map(send, pictures * 2))
            assert {answer.status_code for answer in sent} == {201}
            ids = [answer.json()["id"] for answer in sent[: len(pictures)]]
            asked = [f"/{kind}/{id_}" for _ in range(10) for kind in ("images", "thumbnails") for id_ in ids]
            assert len(asked) == 60
            got = list(clients.map(lambda path: client.get(path), asked))
            assert Counter(answer.status_code for answer in got) == {200: 60}
    assert server.peak - idle < MAX_BYTES
