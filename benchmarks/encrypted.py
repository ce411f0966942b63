"""Encrypted ways to servers that speak plain HTTP on this machine: an authority of its own, and nginx in front of each
server, which asks for a key as Elasticsearch does."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.proxy import NGINX, free_port, listens

OPENSSL = shutil.which("openssl")
_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
_START_SECONDS = 20.0
_CONFIGURATION = """
worker_processes 1;
pid {folder}/{port}.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/server.crt;
        ssl_certificate_key {folder}/server.key;
        client_max_body_size 0;
        location / {{
            if ($http_authorization != "ApiKey {key}") {{
                return 401 '{{"error": {{"type": "security_exception", "reason": "unknown key"}}, "status": 401}}';
            }}
            proxy_pass {server};
            proxy_read_timeout 300s;
        }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Authority:
    folder: Path

    @property
    def certificate(self) -> Path:
        """By which clients know its servers."""
        return self.folder / "ca.crt"


def authority(folder: Path) -> Authority:
    """One, and a certificate of it for this machine.

    Raises:
        RuntimeError: there is no openssl.
    """
    if not OPENSSL:
        raise RuntimeError("no openssl on this machine")
    own = ["-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.crt", "-subj", "/CN=Authority"]
    _run(OPENSSL, "req", "-x509", *_CURVE, *own)
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    by = ["-CA", f"{folder}/ca.crt", "-CAkey", f"{folder}/ca.key"]
    files = ["-keyout", f"{folder}/server.key", "-out", f"{folder}/server.crt"]
    _run(OPENSSL, "req", "-x509", *_CURVE, *names, *by, *files)
    return Authority(folder)


class Front:
    """Nginx in front of one server.

    Args:
        server: Its URL.
        key: An encoded API key, without which nothing is answered.
    """

    def __init__(self, made: Authority, server: str, key: str) -> None:
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self._folder = made.folder
        self._configuration = made.folder / f"{self.port}.conf"
        server = server.removesuffix("/")
        assert not urlsplit(server).path
        text = _CONFIGURATION.format(folder=made.folder, port=self.port, key=key, server=server)
        self._configuration.write_text(text, "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """
        Raises:
            RuntimeError: it does not take connections.
        """
        assert NGINX
        user = "user root; " if os.geteuid() == 0 else ""
        command = [NGINX, "-p", str(self._folder), "-c", str(self._configuration), "-g", f"{user}daemon off;"]
        log = self._folder / f"{self.port}.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        deadline = time.monotonic() + _START_SECONDS
        while not listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not start:\n{log.read_text()}")
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


@contextmanager
def fronts(made: Authority, server: str, key: str, count: int) -> Iterator[list[Front]]:
    """So many ways to the same server, as if it were the nodes of a cluster."""
    several = [Front(made, server, key) for _ in range(count)]
    try:
        for one in several:
            one.start()
        yield several
    finally:
        for one in several:
            one.end()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
