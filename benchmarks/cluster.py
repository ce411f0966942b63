"""What becomes of an ingest and of searches when one of three Elasticsearch nodes is lost.

killed  a node is killed with -9 in the middle, and started again at the end
hung    a node is stopped by a signal, so that it takes connections and says nothing, and goes on at the end

Records are added in batches of 500 while one client searches without a pause. At the end all records must be there; of
the searches it is told how many failed and how long the slowest took; of the cluster, when it was said to need
attention, and when to be healthy again. With `--start` a command is named that runs a node in the foreground and takes
`--port`, `--data`, `--heap`, `--name` and `--seed` (HOST:PORT,… of the transport, which is the port of HTTP and 100).
With `--encrypted` each node is reached through an nginx of its own, by TLS and with an API key, and lost with it.
"""

import argparse
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.data import STAMP, TEST_DATA, embeddings, queries, records
from benchmarks.encrypted import OPENSSL, Authority, Front, authority
from benchmarks.proxy import NGINX
from benchmarks.table import Target, percentile, say, show
from core.errors import ImageSearchError
from core.index.elastic.engine import ElasticIndex
from core.vectors import Embeddings

ROWS = 20_000
BATCH = 500
NODES = 3
HEAP = "512m"
KEY = "YmVuY2htYXJrOm5vdC1hLXNlY3JldA=="
"""Without which the encrypted ways answer nothing."""

RETRY = 30.0
"""Seconds that searches may fail for: as long as the client waits before it asks another node."""
_UP = 120.0  # seconds that nodes may take to start, and a cluster to heal
_LOOKS = 0.5  # seconds between looks at the cluster's health


class Node:
    """One of the cluster, as a process."""

    def __init__(
        self, start: Path, folder: Path, number: int, ports: Sequence[int], by: Authority | None = None
    ) -> None:
        self.port, self.name = ports[number], f"node-{number + 1}"
        seeds = ",".join(f"127.0.0.1:{port + 100}" for port in ports)
        self._command = [
            *(str(start), "--port", str(self.port), "--data", str(folder / self.name), "--heap", HEAP),
            *("--name", self.name, "--seed", seeds),
        ]
        self._front = Front(by, f"http://127.0.0.1:{self.port}", KEY) if by else None
        self._log = folder / f"{self.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """By which the app knows it."""
        return self._front.url if self._front else self.plain

    @property
    def plain(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        if self._front:
            self._front.start()
        environment = os.environ | {"JAVA_TOOL_OPTIONS": "-XX:+UseSerialGC"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def send(self, how: signal.Signals) -> None:
        """A signal to it, and to what it has started, which may outlive it."""
        if self._front:
            self._front.send(how)
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)

    def end(self) -> None:
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
            self.send(signal.SIGKILL)
        if self._front:
            self._front.end()


@dataclass
class Searches:
    """How they went, one after the other."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    failing: float = 0.0
    """Seconds from the first failure to the next answer, at most."""
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self, index: ElasticIndex, asked: Embeddings) -> None:
        failing: float | None = None
        while not self.ended.is_set():
            began = time.monotonic()
            try:
                index.search(asked[len(self.seconds) % len(asked)], 10)
                if failing is not None:
                    self.failing, failing = max(self.failing, time.monotonic() - failing), None
            except ImageSearchError as error:
                self.failures.append(error.message)
                failing = failing or time.monotonic()
            self.seconds.append(time.monotonic() - began)


@dataclass
class Watched:
    """What the index page would have said, and when."""

    changes: list[tuple[float, str]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self, index: ElasticIndex) -> None:
        began = time.monotonic()
        while not self.ended.wait(_LOOKS):
            health = index.statistics().health
            if not self.changes or self.changes[-1][1] != health:
                self.changes.append((time.monotonic() - began, health))

    def __str__(self) -> str:
        return ", ".join(f"{health} after {seconds:.0f} s" for seconds, health in self.changes)


@contextmanager
def cluster(start: Path, *, encrypted: bool = False) -> Iterator[tuple[list[Node], Callable[[], ElasticIndex]]]:
    """Nodes that have found each other, and what opens an index on them."""
    with TemporaryDirectory() as folder:
        ports = _ports()
        by = authority(Path(folder)) if encrypted else None
        nodes = [Node(start, Path(folder), number, ports, by) for number in range(NODES)]
        how: dict[str, Any] = {"api_key": KEY, "ca_certs": by.certificate} if by else {}
        try:
            for node in nodes:
                node.start()
            _wait(lambda: _health(nodes[0], f"wait_for_nodes={NODES}"), "the nodes find each other")
            yield nodes, lambda: ElasticIndex([node.url for node in nodes], "cluster", **how)
        finally:
            for node in nodes:
                node.end()


def _ports() -> list[int]:
    """Free ones, whose neighbours by 100 are for the transport."""
    found: list[int] = []
    while len(found) < NODES:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 65_000 and port not in found:
            found.append(port)
    return found


def _health(node: Node, what: str) -> bool:
    with (
        suppress(OSError),
        urllib.request.urlopen(f"{node.plain}/_cluster/health?{what}&timeout=1s", timeout=5) as answer,
    ):
        return b'"timed_out":false' in answer.read()
    return False


def _wait(until: Callable[[], bool], what: str) -> float:
    began = time.monotonic()
    while not until():
        if time.monotonic() - began > _UP:
            raise TimeoutError(what)
        time.sleep(0.2)
    return time.monotonic() - began


def measure(
    start: Path, rows: int, lost: signal.Signals, *, encrypted: bool = False
) -> tuple[list[object], Searches, int]:
    """One load during which a node is lost; how it went, and how many records are there at the end."""
    with cluster(start, encrypted=encrypted) as (nodes, opened):
        index, searching, watching = (opened() for _ in range(3))
        index.prepare(STAMP)
        made, rng = records(rows), embeddings(rows)
        index.upsert(made[:BATCH], rng[:BATCH])
        _wait(lambda: _health(nodes[0], "wait_for_status=green"), "the index has its replicas")
        searches, watched = Searches(), Watched()
        threads = [
            threading.Thread(target=searches.run, args=(searching, queries()["new pictures"])),
            threading.Thread(target=watched.run, args=(watching,)),
        ]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        for first in range(BATCH, rows, BATCH):
            if first == rows // BATCH // 3 * BATCH:
                nodes[-1].send(lost)
            index.upsert(made[first : first + BATCH], rng[first : first + BATCH])
        took = time.monotonic() - began
        nodes[-1].start() if lost is signal.SIGKILL else nodes[-1].send(signal.SIGCONT)
        healed = _wait(lambda: _health(nodes[0], f"wait_for_status=green&wait_for_nodes={NODES}"), "it heals")
        time.sleep(2 * _LOOKS)
        searches.ended.set()
        watched.ended.set()
        for thread in threads:
            thread.join()
        index.refresh()
        count = index.count()
        row: list[object] = [
            *(lost.name, count, len(searches.seconds), len(searches.failures)),
            *(percentile(searches.seconds, 50), max(searches.seconds), searches.failing),
            *(rows / took, healed, str(watched)),
        ]
        for one in (index, searching, watching):
            one.close()
    return row, searches, count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--start", type=Path, default=TEST_DATA / "elasticsearch" / "start")
    parser.add_argument("--lost", choices=["killed", "hung"], nargs="+", default=["killed", "hung"])
    parser.add_argument("--encrypted", action="store_true", help="by TLS, and with an API key")
    asked = parser.parse_args()
    if asked.encrypted and not (NGINX and OPENSSL):
        say("Left out: nginx or openssl is not on this machine.")
        return
    if not asked.start.is_file():
        say(f"Left out: {asked.start} is not here to start nodes with.")
        return
    rows, targets = [], []
    for how in asked.lost:
        lost = signal.SIGKILL if how == "killed" else signal.SIGSTOP
        row, searches, count = measure(asked.start, asked.rows, lost, encrypted=asked.encrypted)
        rows.append([how, *row[1:]])
        targets += [
            Target(f"records at the end, {how}", count, asked.rows),
            Target(f"searches failing for, {how}", searches.failing, RETRY, at_most=True, unit=" s"),
        ]
        for message in sorted(set(searches.failures)):
            say(f"{how}: {message}")
    columns = ("node", "records", "searches", "failed", "p50 s", "slowest s", "failing for s", "rows/s", "healed s")
    show("One of three nodes is lost", (*columns, "the page says"), rows, targets)


if __name__ == "__main__":
    main()
