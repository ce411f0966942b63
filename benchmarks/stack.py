"""What the app runs on where it runs on everything, as processes of this machine: an Elasticsearch, a PostgreSQL, an S3
store in memory, and the app itself; each is started, killed and started again at the same address."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import httpx
import psutil

from benchmarks.proxy import free_port, listens

PROJECT = Path(__file__).parents[1]
BUCKET = "pictures"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
_START_SECONDS = 180.0
_END_SECONDS = 30.0
_POLL_SECONDS = 0.1


class Process:
    """
    Args:
        log: The file for what it writes.
        is_up: Whether it does what it is for.
        user: Who runs it, where that is another.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        is_up: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.name, self._command, self._log, self._is_up = name, command, log, is_up
        self._environment, self._user = environment, user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it is up.

        Raises:
            RuntimeError: it has ended, or takes for ever.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=PROJECT, env=self._environment, stdout=log, stderr=log, user=self._user
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(_POLL_SECONDS)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """With what it has started, which may outlive it."""
        if self._process is None:
            return
        started = self._tree()[1:]
        self._process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        for process in started if how is not signal.SIGKILL else ():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.kill()
        self._process.wait()

    def megabytes(self) -> dict[str, float]:
        """Resident, of itself, and of what it has started together; none where it is not there."""
        sizes = []
        for process in self._tree():
            with suppress(psutil.NoSuchProcess):
                sizes.append(process.memory_info().rss / 1e6)
        return {self.name: sizes[0], f"{self.name}, its model": sum(sizes[1:])} if any(sizes[:1]) else {}

    def _tree(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            if self._process and self._process.poll() is None:
                own = psutil.Process(self._process.pid)
                return [own, *own.children(recursive=True)]
        return []


def elasticsearch(start: Path, folder: Path) -> tuple[Process, str]:
    """One node, and its URL.

    Args:
        start: A command that runs a node in the foreground and takes `--port`, `--data` and `--heap`.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(start), "--port", str(port), "--data", str(folder / "elasticsearch"), "--heap", "1g"]
    environment = os.environ | {"JAVA_TOOL_OPTIONS": "-XX:+UseSerialGC"}
    health = f"{url}/_cluster/health?wait_for_status=yellow&timeout=2s"
    return Process("Elasticsearch", command, folder / "elasticsearch.log", lambda: _answers(health), environment), url


def postgresql(folder: Path) -> tuple[Process, str] | None:
    """A new database, and its URL; None where there is no PostgreSQL on this machine."""
    if not (shutil.which("initdb") and shutil.which("postgres") and shutil.which("pg_isready")):
        return None
    port, data = free_port(), folder / "postgresql"
    data.mkdir()
    user = None
    if os.geteuid() == 0:  # it does not run as root
        user = "postgres"
        shutil.chown(data, user)
        folder.chmod(0o755)
    made = ["initdb", "-D", str(data), "-U", "image_search", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    subprocess.run(made, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)
    command = ["postgres", "-D", str(data), "-p", str(port), "-k", "", "-c", "listen_addresses=127.0.0.1"]
    ready = ["pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    process = Process(
        "PostgreSQL", command, folder / "postgresql.log", lambda: not subprocess.run(ready).returncode, user=user
    )
    return process, f"postgresql+psycopg://image_search@127.0.0.1:{port}/postgres"


def object_store(folder: Path) -> tuple[Process, dict[str, str]] | None:
    """An S3 store, and the environment by which the app finds it; None where moto is not installed."""
    if find_spec("moto") is None:
        return None
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    url = f"http://127.0.0.1:{port}"
    process = Process("S3", command, folder / "s3.log", lambda: listens(port))
    return process, {**KEYS, "AWS_ENDPOINT_URL": url, "IMAGE_SEARCH_STORE": f"s3://{BUCKET}"}


def make_bucket(url: str) -> None:
    httpx.put(f"{url}/{BUCKET}").raise_for_status()


def app(name: str, port: int, environment: Mapping[str, str], folder: Path) -> Process:
    """A process of the app; it is up when searches are answered."""
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)]
    ready = f"http://localhost:{port}/readyz"
    return Process(name, command, folder / f"{name.replace(' ', '-')}.log", lambda: _answers(ready), environment)


def _answers(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(url, timeout=10).is_success
    return False
