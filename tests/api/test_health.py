"""Whether the probes tell the truth."""

import os
import shutil
import sqlite3
import threading
import time
from collections import namedtuple
from contextlib import closing

import pytest

from core.api import health as healthy
from core.errors import IndexUnavailable

Usage = namedtuple("Usage", "total used free")


class Mortal:
    """Stands for a model whose process may die."""

    def __init__(self, embedder):
        self._embedder, self.alive = embedder, True

    def __getattr__(self, name):
        return getattr(self._embedder, name)


@pytest.fixture
def loaded(services, client):
    services.model.load().result()
    services.library.journal.jobs()
    assert client.get("/readyz").json() == {
        "status": "ready",
        "checks": dict.fromkeys(("model", "index", "journal", "disk"), "ready"),
    }
    return services


def both(client):
    """The status of either probe, and what is wrong."""
    alive, ready = client.get("/healthz"), client.get("/readyz")
    assert alive.status_code == 200, "the server lives"
    wrong = {name: text for name, text in ready.json()["checks"].items() if text != "ready"}
    assert (ready.status_code, ready.json()["status"]) == ((503, "not ready") if wrong else (200, "ready"))
    return alive.json(), wrong


def test_the_process_of_the_model_has_died(services, client, embedder, monkeypatch):
    made = []

    def start(*_):
        made.append(Mortal(embedder))
        if len(made) == 2:
            again.wait(10)
        return made[-1]

    again = threading.Event()
    monkeypatch.setattr("core.model.start_model", start)
    services.model.load().result()
    made[0].alive = False
    alive, wrong = both(client)
    assert wrong.keys() == {"model"}
    assert alive["status"] == "degraded"
    again.set()
    services.model.load().result()
    assert len(made) == 2, "whoever asks has had another started, once"
    assert both(client)[1] == {}


def test_elasticsearch_is_away(loaded, client, monkeypatch):
    def away():
        raise IndexUnavailable("Elasticsearch does not answer.", "Start it.")

    monkeypatch.setattr(loaded.index, "count", away)
    alive, wrong = both(client)
    assert (alive["status"], alive["model"]) == ("degraded", "ready")
    assert wrong == {"index": "Elasticsearch does not answer. Start it."}


def test_what_does_not_answer_is_told_in_time_and_asked_once(loaded, client, monkeypatch):
    asked, there = [], threading.Event()

    def hang():
        asked.append(time.monotonic())
        there.wait(10)
        return 0

    monkeypatch.setattr(healthy, "PATIENCE", 0.1)
    monkeypatch.setattr(loaded.index, "count", hang)
    for _ in range(3):
        alive, wrong = both(client)
        assert alive["status"] == "degraded"
        assert wrong.keys() == {"index"}
    there.set()
    assert len(asked) == 1, "of those who do not answer nobody asks more, and no threads pile up"
    monkeypatch.undo()


def test_the_job_database_is_locked(loaded, client, monkeypatch):
    monkeypatch.setattr(healthy, "PATIENCE", 0.3)
    with closing(sqlite3.connect(loaded.settings.journal)) as other:
        other.execute("BEGIN IMMEDIATE")
        alive, wrong = both(client)
        assert alive["status"] == "degraded"
        assert wrong.keys() == {"journal"}
        other.rollback()
    monkeypatch.setattr(healthy, "PATIENCE", 10.0)
    assert both(client)[1] == {}


def test_the_disk_is_full(loaded, client, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 30, 1 << 30, 4096))
    alive, wrong = both(client)
    assert "no space left" in alive["error"]
    assert wrong.keys() == {"disk"}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_the_data_folder_cannot_be_written(loaded, client):
    loaded.settings.data_dir.chmod(0o500)
    try:
        assert "disk" in both(client)[1]
    finally:
        loaded.settings.data_dir.chmod(0o700)
