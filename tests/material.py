"""What some tests need and not every machine has: data that the project does not hold, a server, rights, kinds of
files; and how they say that it is not there."""

import os
import signal
import sys
from pathlib import Path

import pytest

from benchmarks.proxy import NGINX, NO_NGINX

TEST_DATA = Path(os.environ.get("IMAGE_SEARCH_TEST_DATA") or Path(__file__).parents[2] / "shared").resolve()
"""What needs it is skipped where it is not there; CONTRIBUTING.md says what lies in it."""

START_ELASTICSEARCH = TEST_DATA / "elasticsearch" / "start"

INFERENCE_PYTHON = os.environ.get("IMAGE_SEARCH_TEST_INFERENCE_PYTHON") or sys.executable
"""A Python with `inference[http]`, which does not go with all that is pinned here."""

NO_SERVER = "no Elasticsearch: ELASTICSEARCH_URL is not set"
NO_NODE = f"no Elasticsearch to start: {START_ELASTICSEARCH} is not here"
NO_INFERENCE_SERVER = (
    "no Inference server: its extra `http` is not installed, nor named by IMAGE_SEARCH_TEST_INFERENCE_PYTHON"
)
NO_STARTER = "no starter model: its packages are not installed"


def no_data(what: str, place: Path) -> str:
    return f"no {what}: {place} is not here"


needs_ordinary_user = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="rights do not bind the superuser"
)
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
needs_nginx = pytest.mark.skipif(NGINX is None, reason=NO_NGINX)
