"""Real Elasticsearch nodes that tests start and stop, whose data survives that."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError

from tests.material import START_ELASTICSEARCH

# Of a node that lives for seconds, most of the time would go into compiling what it never runs often.
ENVIRONMENT = os.environ | {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


class Node:
    """One node; its data is kept in a folder."""

    def __init__(self, data: Path) -> None:
        self._data, self._port = data, free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Nothing where it is up."""
        if self._process and self._process.poll() is None:
            return
        command = [str(START_ELASTICSEARCH), "--port", str(self._port), "--data", str(self._data), "--heap", "512m"]
        with (self._data.parent / "log").open("ab") as log:
            self._process = subprocess.Popen(command, env=ENVIRONMENT, stdout=log, stderr=log, start_new_session=True)
        wait_until(
            lambda: answers(f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=2s"), 120, "the node is up"
        )

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, how)
            self._process.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except HTTPError as error:
        return error.code == 401  # people sign in there
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} within {seconds} s"
        time.sleep(0.1)  # another process gives no event to wait for
