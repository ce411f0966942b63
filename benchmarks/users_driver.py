"""Users of the app, for locust; run by the Python of locust's own environment (`benchmarks.users`).

Each searches, browses, looks at thumbnails, tags and exports, as the page has a browser do. What became of each request
is a line of JSON: when it began (seconds since the epoch), what it was, how many milliseconds it took, and what went
wrong, if something did.
"""

import json
import os
import random
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, events, task

_KNOWN = json.loads(Path(os.environ["USERS_KNOWN"]).read_text("utf-8"))
_WORDS: list[str] = _KNOWN["words"]
_HASHES: list[str] = _KNOWN["hashes"]
_IDS: list[str] = _KNOWN["ids"]
_DEEPEST: int = _KNOWN["deepest"]
_THUMBNAILS = 6  # of a page: a browser has the others already, or does not come to them
_noted: list[str] = []


@events.request.add_listener
def note(
    name: str, response_time: float, start_time: float, response: Any = None, exception: Any = None, **_: Any
) -> None:
    status = getattr(response, "status_code", 0) or 0
    failed = ""
    if exception or status >= 400 or not status:
        failed = f"{status} {exception} {getattr(response, 'text', '') or ''}"[:400]
    _noted.append(json.dumps([start_time, name, response_time, failed]) + "\n")


@events.quitting.add_listener
def write(**_: Any) -> None:
    Path(os.environ["USERS_NOTED"]).write_text("".join(_noted), "utf-8")


class Visitor(FastHttpUser):
    wait_time = between(*map(float, os.environ.get("USERS_WAIT", "2,6").split(",")))
    network_timeout = 60.0
    connection_timeout = 60.0

    @task(6)
    def search(self) -> None:
        words = " + ".join(random.sample(_WORDS, random.choice((1, 1, 2))))
        self.client.post("/api/v1/search", json={"text": words, "limit": 60}, name="search")
        self._look()

    @task(3)
    def browse(self) -> None:
        offset = random.randrange(0, _DEEPEST, 60)
        asked = {"text": "", "sort": "newest", "k": "all", "offset": offset, "limit": 60}
        self.client.post("/api/v1/search", json=asked, name="browse")
        self._look()

    @task(1)
    def tag(self) -> None:
        asked = {"ids": random.sample(_IDS, 3), "add": [f"tag {random.randrange(20)}"]}
        self.client.post("/api/v1/tags", json=asked, name="tag")

    @task(1)
    def export(self) -> None:
        asked = {"format": "csv", "text": "folder:camera", "sort": "newest", "limit": 100}
        with self.client.post("/api/v1/exports", json=asked, name="export") as answer:
            url = answer.json().get("url") if answer.ok else None
        if url:
            self.client.get(url, name="download")

    def _look(self) -> None:
        for content_hash in random.sample(_HASHES, _THUMBNAILS):
            self.client.get(f"/thumbnails/{content_hash}", name="thumbnail")
