"""The notebook of the guide runs from its first cell to its last, on both engines."""

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import nbformat
import pytest
from elasticsearch import Elasticsearch
from nbclient import NotebookClient

from tests.material import TEST_DATA
from tests.nodes import free_port

DOCS = Path(__file__).parents[2] / "docs"
NAME = f"guide-{os.getpid()}"
PICTURES = 24
"""As many of COCO128 as the test takes."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path | None:
    """Some of COCO128; none where it is not on this machine: the sample pictures serve too."""
    images = sorted((TEST_DATA / "data" / "coco128").rglob("*.jpg"))[:PICTURES]
    for image in images:
        (tmp_path / "pictures").mkdir(exist_ok=True)
        shutil.copy(image, tmp_path / "pictures")
    return tmp_path / "pictures" if images else None


@pytest.fixture
def environment(engine, tmp_path, pictures, monkeypatch, request) -> Iterator[None]:
    if engine == "lancedb":
        monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    elif not os.environ.get("ELASTICSEARCH_URL"):
        pytest.skip("ELASTICSEARCH_URL names no server")
    values = {
        "GUIDE_URL": f"http://localhost:{free_port()}",
        "IMAGE_SEARCH_DATA_DIR": str(tmp_path / "data"),
        "IMAGE_SEARCH_ROOTS": str(tmp_path),
        "IMAGE_SEARCH_INDEX": f"{NAME}-first",
        "GUIDE_COLLECTION": NAME,
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    if pictures:
        values["GUIDE_PICTURES"] = str(pictures)
    try:
        values |= {"MODEL_CACHE_DIR": str(request.getfixturevalue("clip_cache")), "OFFLINE_MODE": "True"}
    except pytest.skip.Exception:
        values["IMAGE_SEARCH_MODEL"] = "starter"
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    yield
    if server := os.environ.get("ELASTICSEARCH_URL"):
        with Elasticsearch(server.split(",")) as made:
            indices = list(made.indices.get(index=f"{NAME}*"))
            made.indices.delete(index=indices)


@pytest.mark.parametrize("engine", ["lancedb", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def test_the_guide_runs(environment, engine):
    notebook = nbformat.read(DOCS / "guide.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "it is kept without what it has printed"
    runs = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(DOCS)}})
    with ThreadPoolExecutor(1) as thread:  # with an event loop that is closed: `execute` leaves one behind
        thread.submit(lambda: anyio.run(runs.async_execute)).result()
    told = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    drawn = [one["data"]["text/html"] for one in told if "text/html" in one.get("data", {})]
    assert [html.count('<img src="data:image/') for html in drawn[:3]] == [5, 5, 5]
    assert any(f"'engine': '{engine}'" in one.get("data", {}).get("text/plain", "") for one in told)
    assert "2 pictures" in drawn[3], "the best of the search, and its copy"
    prompt, sheet = notebook.cells[-3]["outputs"]
    assert re.findall(r"^\[(\d)\] {", prompt["text"], re.MULTILINE) == list("123456")
    assert "image/jpeg" in sheet["data"]
    if kept := os.environ.get("GUIDE_KEPT"):
        nbformat.write(notebook, Path(kept) / f"{engine}.ipynb")
