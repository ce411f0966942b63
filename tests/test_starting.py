"""Both ways of starting the app stand behind the same guard."""

import http.client
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nodes import answers, free_port, wait_until

ROOT = Path(__file__).parents[1]
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
WAYS = {
    "streamlit": ["streamlit", "run", "streamlit_app.py", "--server.address=0.0.0.0", "--server.port"],
    "uvicorn": ["uvicorn", "streamlit_app:app", "--port"],
}


@pytest.fixture(scope="module", params=WAYS)
def ask(request, tmp_path_factory):
    """Asks a server for a path: `ask("/", Host="evil.example")` is the status of its answer."""
    port, folder = free_port(), tmp_path_factory.mktemp("started")
    settings = {
        "IMAGE_SEARCH_DATA_DIR": str(folder / "data"),
        "IMAGE_SEARCH_HOSTS": "photos.example.com,*.example.org",
        "IMAGE_SEARCH_OPEN": "yes",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ELASTICSEARCH_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *WAYS[request.param], str(port)],
            cwd=ROOT,
            env=environment | settings | {"OFFLINE_MODE": "True"},
            stdout=log,
            stderr=log,
        )
    health = f"http://127.0.0.1:{port}/_stcore/health"
    wait_until(lambda: process.poll() is not None or answers(health), 120, "the server is up")

    def ask(path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        status = connection.getresponse().status
        connection.close()
        return status

    yield ask
    process.terminate()
    process.wait(60)
    assert "Traceback" not in (folder / "log").read_text()


def test_only_names_of_the_app_are_answered(ask):
    for path in ("/", "/ingest", "/healthz", "/static/x", "/_stcore/health", "/_stcore/host-config", "/media/x"):
        assert ask(path, Host="evil.example") == ask(path, Host="localhost.evil.example:80") == 421
        for host in ("localhost", "PHOTOS.example.com.:443", "a.example.org"):
            assert ask(path, Host=host) in {200, 404}
    assert ask("/_stcore/stream", Host="evil.example", **HANDSHAKE) == 421
    assert ask("/_stcore/stream", Host="localhost", Origin="http://localhost:3000", **HANDSHAKE) == 403
    for host in ("localhost", "photos.example.com", "a.example.org"):  # of which Streamlit was told too
        assert ask("/_stcore/stream", Host=host, Origin=f"http://{host}", **HANDSHAKE) == 101
