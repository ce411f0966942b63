"""Encrypted ways to servers that speak plain HTTP on this machine: an authority of its own, and nginx in front of each
server, which asks for a key as Elasticsearch does."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.proxy import Nginx, free_port

OPENSSL = shutil.which("openssl")
_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
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


class Front(Nginx):
    """In front of one server.

    Args:
        server: Its URL.
        key: An encoded API key, without which nothing is answered.
    """

    def __init__(self, made: Authority, server: str, key: str) -> None:
        server, port = server.removesuffix("/"), free_port()
        assert not urlsplit(server).path
        configuration = _CONFIGURATION.format(folder=made.folder, port=port, key=key, server=server)
        super().__init__(made.folder, configuration, port)
        self.url = f"https://localhost:{port}"


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
