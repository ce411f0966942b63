"""Stores: in this process, on a drive, and on an S3 that runs in it; and two data folders that share one."""

import logging
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import fsspec
import pytest

from core.store.mirror import Mirror

NUMBERS = count()


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The URL of an S3 server with a bucket `pictures`; s3fs finds it and its keys in the environment."""
    pytest.importorskip("s3fs", reason='s3fs is not installed: pip install "image-search[s3]"')
    moto = pytest.importorskip("moto.server", reason="moto is not installed: pip install -r requirements-dev.txt")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIATESTTESTTEST")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "not-to-be-told")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("NO_PROXY", "127.0.0.1")
        fsspec.filesystem("s3", skip_instance_cache=True).mkdir("pictures")
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["memory", "file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty store of each kind."""
    if request.param == "s3":
        request.getfixturevalue("s3")
        return f"s3://pictures/below/{next(NUMBERS)}"
    return f"file://{tmp_path}/store" if request.param == "file" else f"memory://store-{next(NUMBERS)}"


class Clock:
    """Seconds: those of the tests' own, which stand until they are moved."""

    def __init__(self) -> None:
        self.moved = 0.0

    def __call__(self) -> float:
        return time.time() + self.moved


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mirror(tmp_path: Path, url: str, clock: Clock) -> Callable[..., Mirror]:
    """Makes the mirror of a machine: `mirror("one")`."""

    def made(machine: str, limit: int = 1 << 30) -> Mirror:
        return Mirror(tmp_path / machine / "stored", url, limit, clock)

    return made
