"""Many users at once, on two processes of the app behind nginx, with Elasticsearch, PostgreSQL and an S3 store.

One user by themselves first, then all: they search, browse, look at thumbnails, tag and export over HTTP, as the page
has a browser do; the page's own channel is no part of it. After a third of the time one process of the app is killed
with -9 and started again, after two thirds PostgreSQL is stopped and started.

in flight    failed requests that had begun when the process was killed, or PostgreSQL stopped, and had no answer yet
meanwhile    those that began while PostgreSQL was away
errors       all others: there should be none
alone        the same kind of request of one user by themselves, in ms

Everything runs on this machine, and listens on it alone; the two processes share no folder but that of the weights.
locust is installed into an environment of its own from the package registry, and kept in the temporary folder.
"""

import argparse
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks import stack
from benchmarks.data import ORIGINALS, STAMP, TEST_DATA, WORDS, embeddings, has_embeddings, jpeg, records
from benchmarks.environments import python_with
from benchmarks.models import stand_in
from benchmarks.proxy import NGINX, NO_NGINX, free_port, proxied
from benchmarks.stack import Process
from benchmarks.table import say
from benchmarks.users_report import Lost, Request, Seen, report
from core.config import Settings
from core.index.elastic.engine import ElasticIndex
from core.services.stores import Stores

LOCUST = "2.47.0"
_BATCH = 1_000
_THUMBNAILS = 1_000  # records that have one: those that users look at
_DEEPEST = 3_000  # as far as people scroll
_LOOK_EVERY = 2.0  # seconds
_DRIVER = Path(__file__).with_name("users_driver.py")

type Start = Callable[[Process], None]
"""Starts what is ended with all the rest."""


@dataclass
class Stack:
    url: str
    """Of nginx."""
    apps: list[Process]
    database: Process | None


@contextmanager
def running(options: argparse.Namespace, folder: Path) -> Iterator[Stack]:
    """All of it, filled; leaves out what cannot be had, with a word."""
    models = stand_in(folder / "models")
    if models is None:
        raise SystemExit("Left out: the stand-in for the model is not among the test data.")
    with ExitStack() as opened:

        def start(process: Process) -> None:
            opened.callback(process.end)
            process.start()

        node, url = stack.elasticsearch(options.start, folder)
        start(node)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("ELASTIC", "IMAGE_SEARCH"))},
            "IMAGE_SEARCH_DATA_DIR": str(folder / "data"),
            "IMAGE_SEARCH_ROOTS": str(folder),
            "IMAGE_SEARCH_TRUSTED_PROXIES": "127.0.0.1",
            "IMAGE_SEARCH_LOG_LEVEL": "warning",
            "MODEL_CACHE_DIR": str(models),
            "OFFLINE_MODE": "True",
            "ELASTICSEARCH_URL": url,
        }
        database = _database(options, folder, environment, start)
        _store(options, folder, environment, start)
        _fill(options.records, url, environment)
        ports = [free_port(), free_port()]
        apart = {"IMAGE_SEARCH_JOURNAL", "IMAGE_SEARCH_STORE"} <= environment.keys()  # as on two machines
        apps = []
        for at, port in enumerate(ports, 1):
            own = {"IMAGE_SEARCH_DATA_DIR": str(folder / f"data-{at}")} if apart else {}
            apps.append(stack.app(f"app {at}", port, environment | own, folder))
        for one, port in zip(apps, ports, strict=True):
            start(one)
            _warm_up(f"http://localhost:{port}")
        yield Stack(opened.enter_context(proxied(folder, ports)), apps, database)


def _database(options: argparse.Namespace, folder: Path, environment: dict[str, str], start: Start) -> Process | None:
    made = None if options.without_postgresql else stack.postgresql(folder)
    if made is None:
        say("Without PostgreSQL: jobs, tags and exports are noted in a SQLite file.")
        return None
    start(made[0])
    environment["IMAGE_SEARCH_JOURNAL"] = made[1]
    return made[0]


def _store(options: argparse.Namespace, folder: Path, environment: dict[str, str], start: Start) -> None:
    made = None if options.without_store else stack.object_store(folder)
    if made is None:
        say("Without an S3 store: thumbnails and exports are in the folder that both processes have.")
        return
    start(made[0])
    environment.update(made[1])
    stack.make_bucket(made[1]["AWS_ENDPOINT_URL"])


def _fill(count: int, url: str, environment: Mapping[str, str]) -> None:
    began = time.monotonic()
    index, library = ElasticIndex([url], "images"), records(count)
    rows = embeddings(count)
    index.prepare(STAMP)
    for first in range(0, count, _BATCH):
        index.upsert(library[first : first + _BATCH], rows[first : first + _BATCH])
    index.optimize()
    index.close()
    os.environ.update({name: value for name, value in environment.items() if name.startswith(("AWS", "IMAGE_SEARCH"))})
    thumbnails = Stores(Settings.load()).thumbnails
    looked_at = enumerate(library[:_THUMBNAILS])
    thumbnails.keep_all({one.content_hash: jpeg(480, 360, seed=at % ORIGINALS) for at, one in looked_at})
    say(f"{count:,} records and their thumbnails are there after {time.monotonic() - began:.0f} s")


def _warm_up(url: str) -> None:
    """With the first searches it is learned what scores mean."""
    for words in ("", *WORDS[:5]):
        httpx.post(f"{url}/api/v1/search", json={"text": words}, timeout=120).raise_for_status()


def drive(python: Path, url: str, users: int, seconds: float, wait: str, folder: Path, count: int) -> list[Request]:
    """What so many users ask in that time, by locust."""
    library = records(count)
    known, noted = folder / "known.json", folder / f"noted-{users}.jsonl"
    looked_at = library[:_THUMBNAILS]
    told = {"words": WORDS, "hashes": [one.content_hash for one in looked_at], "ids": [one.id for one in looked_at]}
    known.write_text(json.dumps({**told, "deepest": min(_DEEPEST, count)}), "utf-8")
    command = [
        *(str(python), "-m", "locust", "-f", str(_DRIVER), "--headless", "--only-summary", "--host", url),
        *("--users", str(users), "--spawn-rate", str(max(1, users / 5)), "--run-time", f"{seconds:.0f}s"),
        *("--stop-timeout", "60", "--exit-code-on-error", "0"),
    ]
    environment = os.environ | {"USERS_KNOWN": str(known), "USERS_NOTED": str(noted), "USERS_WAIT": wait}
    with (folder / "locust.log").open("ab") as log:
        subprocess.run(command, env=environment, stdout=log, stderr=log, check=True, timeout=seconds + 240)
    return [Request(*json.loads(line)) for line in noted.read_text("utf-8").splitlines()]


def disturb(made: Stack, seconds: float, seen: Seen, ended: threading.Event) -> None:
    """One process of the app is lost after a third of the time, the database after two."""
    if ended.wait(seconds / 3):
        return
    killed_at = time.time()
    made.apps[0].end(signal.SIGKILL)
    seen.lost.append(Lost(killed_at, time.time()))
    made.apps[0].start()
    say(f"app 1 was killed, and is ready again after {time.time() - killed_at:.1f} s")
    if made.database and not ended.wait(max(0.0, killed_at + seconds / 3 - time.time())):
        stopped_at = time.time()
        made.database.end(signal.SIGINT)
        gone_at = time.time()
        made.database.start()
        seen.lost.append(Lost(stopped_at, gone_at, time.time()))
        say(f"PostgreSQL was away for {time.time() - stopped_at:.1f} s")


def watch(made: Stack, seen: Seen, ended: threading.Event) -> None:
    began = time.monotonic()
    while not ended.wait(_LOOK_EVERY):
        sizes = {name: size for one in made.apps for name, size in one.megabytes().items()}
        seen.memory.append((time.monotonic() - began, sizes))


def main() -> None:
    options = _options()
    python = python_with("locust", LOCUST)
    for missing, words in (
        (python is None, "locust cannot be installed"),
        (not has_embeddings(), "IMAGE_SEARCH_TEST_DATA has no embeddings"),
        (not options.start.is_file(), f"{options.start} is not here to start Elasticsearch with"),
        (NGINX is None, NO_NGINX),
    ):
        if missing:
            say(f"Left out: {words}")
            return
    assert python
    with TemporaryDirectory(prefix="benchmark-") as name, running(options, folder := Path(name)) as made:
        few = max(10.0, options.seconds / 6)
        alone = drive(python, made.url, 1, few, "0,0.2", folder, options.records)
        say(f"One user alone: {len(alone)} requests in {few:.0f} s")
        seen, ended = Seen(), threading.Event()
        threads = [
            threading.Thread(target=disturb, args=(made, options.seconds, seen, ended)),
            threading.Thread(target=watch, args=(made, seen, ended)),
        ]
        for thread in threads:
            thread.start()
        try:
            asked = drive(python, made.url, options.users, options.seconds, options.wait, folder, options.records)
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        title = f"{options.users} users for {options.seconds} s, {options.records:,} records"
        report(title, alone, asked, seen)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.users", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--wait", default="2,6", help="seconds between what a user does, from,to (default: 2,6)")
    parser.add_argument("--start", type=Path, default=TEST_DATA / "elasticsearch" / "start")
    parser.add_argument("--without-store", action="store_true")
    parser.add_argument("--without-postgresql", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
