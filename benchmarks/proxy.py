"""Nginx in front of processes of the app, as `deploy/containers/nginx.conf` has it, at addresses of this machine."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "containers" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
NO_NGINX = "no nginx on this machine"
_START_SECONDS = 20.0


@contextmanager
def proxied(folder: Path, ports: Sequence[int]) -> Iterator[str]:
    """The URL under which both processes are reached.

    Args:
        folder: For what it writes.
        ports: Of the two processes.

    Raises:
        RuntimeError: it is not there, or does not take its configuration.
    """
    if not NGINX:
        raise RuntimeError(NO_NGINX)
    port = free_port()
    nginx = Nginx(folder, localised(CONFIGURATION.read_text("utf-8"), folder, port, ports), port)
    try:
        nginx.start()
        yield f"http://localhost:{port}"
    finally:
        nginx.end()


class Nginx:
    """
    Args:
        folder: For what it writes, and its configuration.
        port: On which it listens, by its configuration.
    """

    def __init__(self, folder: Path, configuration: str, port: int) -> None:
        self.port = port
        self._folder, self._file, self._log = folder, folder / f"{port}.conf", folder / f"{port}.log"
        self._file.write_text(configuration, "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """
        Raises:
            RuntimeError: it does not take connections.
        """
        assert NGINX
        user = "user root; " if os.geteuid() == 0 else ""  # else its workers could not read a folder of root's
        command = [NGINX, "-p", str(self._folder), "-c", str(self._file), "-g", f"{user}daemon off;"]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        deadline = time.monotonic() + _START_SECONDS
        while not listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not start:\n{self._log.read_text()}")
            time.sleep(0.05)

    def send(self, how: signal.Signals) -> None:
        """A signal to it and its workers."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)

    def end(self) -> None:
        self.send(signal.SIGCONT)
        self.send(signal.SIGKILL)
        if self._process:
            self._process.wait(_START_SECONDS)


def localised(configuration: str, folder: Path, port: int, ports: Sequence[int]) -> str:
    """With addresses of this machine in place of those of containers, and another folder for its files."""
    for number, own in enumerate(ports, 1):
        configuration = configuration.replace(f"app-{number}:8501", f"127.0.0.1:{own}")
    return (
        configuration.replace("listen 8080;", f"listen 127.0.0.1:{port};")
        .replace(" /tmp/", f" {folder}/")
        .replace("worker_processes auto;", "worker_processes 1;")
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
