"""Bodies of web answers: whole, and never more of them than may be, whatever the server sends."""

import gzip
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from core.errors import UnreadableImage
from core.sources.remote import attempts, remote, transfer
from core.sources.remote.remote import RemoteSource
from core.sources.remote.transfer import Crowded, Unreadable, read_body

MIB = 1 << 20
BODY = bytes(range(256)) * 20_000  # 5 MB


@pytest.fixture(autouse=True)
def _nothing_stays_taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(attempts, "PAUSES", (0, 0))
    yield
    assert transfer.budget.used == 0


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    " deflate ": raw_deflate,
}


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("data", [b"", b"x", BODY], ids=len)
def test_a_body_is_whole(encoding: str, data: bytes) -> None:
    packed = BytesIO(PACKED[encoding](data))
    assert read_body(lambda count: packed.read(min(count, 1000)), 10 * MIB, encoding) == data


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("limit", [0, 1, 1000, len(BODY) - 1])
def test_of_a_larger_one_there_is_a_byte_more_than_may_be(encoding: str, limit: int) -> None:
    packed = BytesIO(PACKED[encoding](BODY))
    assert read_body(packed.read, limit, encoding) == BODY[: limit + 1]


def test_a_body_without_end_is_given_up() -> None:
    sent = []

    def read(count: int) -> bytes:
        sent.append(count)
        return b"x" * count

    assert len(read_body(read, 3 * MIB)) == 3 * MIB + 1
    assert sum(sent) <= 4 * MIB


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_goes_off_a_chunk_at_a_time(encoding: str) -> None:
    packer = zlib.compressobj(wbits=31 if encoding == "gzip" else 15)
    bomb = BytesIO(b"".join([*(packer.compress(bytes(MIB)) for _ in range(128)), packer.flush()]))
    tracemalloc.start()
    try:
        assert len(read_body(bomb.read, 8 * MIB, encoding)) == 8 * MIB + 1
        assert tracemalloc.get_traced_memory()[1] < 16 * MIB
    finally:
        tracemalloc.stop()


def test_many_that_are_coming_take_little_memory() -> None:
    """Until they are complete they lie on the disk."""
    together = threading.Barrier(9)

    def slow() -> Callable[[int], bytes]:
        chunks = iter(range(20))

        def read(count: int) -> bytes:
            if (chunk := next(chunks, None)) == 16:
                together.wait(60)  # all have 16 MiB
                together.wait(60)
            return b"" if chunk is None or chunk > 16 else bytes(count)

        return read

    tracemalloc.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            done = [pool.submit(read_body, slow(), 64 * MIB) for _ in range(8)]
            together.wait(60)
            held = tracemalloc.get_traced_memory()[0]
            together.wait(60)
            assert held < 40 * MIB
            assert {len(one.result()) for one in done} == {17 * MIB}
    finally:
        tracemalloc.stop()


def test_all_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "MAX_AT_ONCE", 3 * MIB)
    with pytest.raises(Crowded):
        read_body(lambda count: bytes(count), 10 * MIB)
    assert len(read_body(BytesIO(bytes(2 * MIB)).read, 10 * MIB)) == 2 * MIB


@pytest.mark.parametrize(
    ("encoding", "data"), [("br", b"x"), ("zstd", b"x"), ("gzip, gzip", b"x"), ("gzip", b"no gzip")]
)
def test_what_is_packed_otherwise(encoding: str, data: bytes) -> None:
    with pytest.raises(Unreadable, match="compressed"):
        read_body(BytesIO(data).read, MIB, encoding)


class Liar(ThreadingTCPServer):
    """Sends the same to everyone, whatever was asked for, and goes on with it for ever where it has no end."""

    daemon_threads = True

    def __init__(self, head: str, body: bytes, endless: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Lies)
        self.head, self.body, self.endless = head, body, endless
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Lies(StreamRequestHandler):
    server: Liar

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        try:
            self.wfile.write(f"HTTP/1.1 200 OK\r\n{self.server.head}\r\nConnection: close\r\n\r\n".encode())
            self.wfile.write(self.server.body)
            while self.server.endless:
                self.wfile.write(self.server.body)
        except OSError:  # nobody listens any more
            pass


CHUNKED = b"10000\r\n" + bytes(0x10000) + b"\r\n"


@pytest.mark.parametrize(
    ("head", "body", "endless", "said"),
    [
        ("Transfer-Encoding: chunked", CHUNKED, True, "larger than 2 MiB"),
        ("Content-Length: 999999999999", bytes(MIB), True, "larger than 2 MiB"),
        ("X-None: 1", bytes(MIB), True, "larger than 2 MiB"),
        ("Content-Length: 3000\r\nContent-Encoding: gzip", gzip.compress(bytes(3 * MIB)), False, "larger than 2 MiB"),
        ("Content-Length: 5000", b"too little", False, "cut off"),
        ("Content-Length: 3\r\nContent-Encoding: br", b"abc", False, "compressed"),
    ],
    ids=[
        "chunks without end",
        "a length beyond all",
        "no length",
        "a ZIP bomb",
        "less than was said",
        "another packing",
    ],
)
def test_a_server_that_lies(monkeypatch: pytest.MonkeyPatch, head: str, body: bytes, endless: bool, said: str) -> None:
    monkeypatch.setattr(remote, "MAX_BYTES", 2 * MIB)
    with Liar(head.replace("3000", str(len(body))), body, endless) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        source = RemoteSource(server.url, public_only=False)
        try:
            with pytest.raises(UnreadableImage, match=said):
                source.read(f"{server.url}/a.jpg")
        finally:
            server.shutdown()
