"""The commands: what they say, their JSON, and how they end."""

import json
import threading

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from typer.testing import CliRunner

from core.cli import app
from core.services import shared
from core.transfer import exporting


@pytest.fixture
def run(services):
    runner = CliRunner(mix_stderr=False)

    def run_(*arguments):
        shared.cache_clear()
        return runner.invoke(app, [str(argument) for argument in arguments])

    return run_


@pytest.fixture
def filled(run, services, embedder, picture, tmp_path):
    embedder.model_id = "clip/ViT-B-16"  # one that can be asked for
    for name in ("red.png", "blue.png"):
        picture(name)
    run("ingest", tmp_path / "pictures")
    services.saved.save("Red", "q=red")
    return tmp_path / "pictures"


def test_there_and_back(run, filled, services, tmp_path, monkeypatch):
    said = run("export", tmp_path / "out")
    assert said.exit_code == 0
    assert said.stdout.startswith(f"Exported 2 pictures and 1 saved search to {tmp_path / 'out'} (")
    assert "already" in (again := run("export", tmp_path / "out")).stderr
    assert again.exit_code == 1
    told = json.loads(run("export", tmp_path / "other", "--json").stdout)
    assert (told["pictures"], told["searches"], told["files"]) == (2, 1, 3)
    assert run("import", tmp_path / "out").stdout == "Imported 2 pictures: 2 unchanged.\n"
    monkeypatch.setenv("IMAGE_SEARCH_INDEX", "another")
    told = json.loads(run("import", tmp_path / "out", "--json").stdout)
    assert told == {"pictures": 2, "added": 2, "updated": 0, "unchanged": 0, "searches": 1}
    assert json.loads(run("status", "--json").stdout)["count"] == 2
    assert json.loads(run("search", "red", "--json").stdout)["results"][0]["name"] == "red.png"


def test_vectors(run, tmp_path):
    rows = pa.array(np.eye(2).tolist())
    pq.write_table(pa.table({"path": ["/a.jpg", "/b.jpg"], "embedding": rows}), tmp_path / "v.parquet")
    said = run("import", tmp_path / "v.parquet", "--model", "their/model")
    assert said.stdout == "Imported 2 pictures: 2 new.\n"
    assert "does not have the model their/model" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "{}/none"], "is not a folder"),
        (["import", "{}", "--model", "x"], "Leave out --model"),
        (["import", "{}"], "no whole export"),
        (["export", "{}/pictures"], "The collection is empty"),
        (["snapshot", "{}"], "is there already"),
    ],
)
def test_what_goes_wrong_is_one_line(run, tmp_path, services, arguments, words):
    services.settings.data_dir.mkdir(parents=True, exist_ok=True)
    said = run(*(one.format(tmp_path) for one in arguments))
    assert said.exit_code == 1
    assert said.stderr.count("\n") == 1
    assert words in said.stderr


def test_ctrl_c_ends_it_with_a_word(run, filled, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "to_batch", stopped)
    said = run("export", tmp_path / "out")
    assert said.exit_code == 130
    assert "To continue:" in said.stderr
    monkeypatch.undo()


def test_an_import_waits_for_who_fills_the_index(run, filled, services, tmp_path):
    run("export", tmp_path / "out")
    other = FileLock(services.library.lock_file, is_singleton=False, thread_local=False)
    other.acquire()
    threading.Timer(1.0, other.release).start()
    said = run("import", tmp_path / "out")
    assert said.exit_code == 0
    assert said.stderr == "Waiting for another process that is writing to the same index.\n"


def test_a_snapshot(run, filled, tmp_path, monkeypatch):
    said = json.loads(run("snapshot", tmp_path / "copy", "--json").stdout)
    assert said["files"] > 3
    assert said["left_out"] == []
    monkeypatch.setenv("IMAGE_SEARCH_DATA_DIR", str(tmp_path / "copy"))
    assert json.loads(run("status", "--json").stdout)["count"] == 2
    assert json.loads(run("search", "red", "--json").stdout)["results"][0]["name"] == "red.png"
