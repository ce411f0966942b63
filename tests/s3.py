"""An S3 server in this process."""

import logging
from collections.abc import Iterator

import fsspec
import pytest


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
