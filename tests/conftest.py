"""What all tests share: a model whose vectors a reader can work out by hand, pictures of one colour, services on it."""

import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from PIL import Image
from xdist.scheduler import LoadFileScheduling

from core.config import Settings
from core.embedding.weights import WEIGHTS, weights_folder
from core.migrations import revisions
from core.services import Services, shared
from tests.colours import COLOURS, ColourEmbedder
from tests.databases import MadeAgain
from tests.material import NO_NODE, START_ELASTICSEARCH, TEST_DATA, no_data
from tests.nodes import Node
from tests.reports import pytest_report_to_serializable as pytest_report_to_serializable
from tests.s3 import s3 as s3

LONGEST = (
    "browser/test_app", "browser/test_accessibility", "index/test_conditions", "browser/test_search",
    "index/test_contract", "browser/test_gallery", "test_hostile", "test_crash", "browser/test_ingest", "test_coco",
    "index/test_lance", "browser/test_composer", "api/test_load", "embedding/test_worker", "browser/test_elasticsearch",
    "browser/test_proxy", "index/test_earlier_versions", "index/test_elastic", "browser/test_facets",
    "embedding/test_inference_server", "ingest/test_killed", "ingest/test_ray", "test_postgres",
    "embedding/test_onnx_clip", "search/test_search",
    "pages/test_search_page", "browser/test_foreign", "pages/test_ingest_page", "ingest/test_interruptions", "test_cli",
)  # fmt: skip
"""Files that take longest begin first, so that no process is left alone with one at the end; those that drive a browser
take turns with others, so that two of them seldom run side by side."""

TOGETHER = {
    "tests/browser/test_accessibility.py": "tests/browser/test_app.py",
    "tests/browser/test_ask.py": "tests/browser/test_app.py",
    "tests/browser/test_elasticsearch.py": "tests/test_crash.py",
    "tests/embedding/test_clip.py": "tests/embedding/test_onnx_clip.py",
    "tests/embedding/test_starter.py": "tests/embedding/test_onnx_clip.py",
    "tests/index/test_elastic_restart.py": "tests/test_crash.py",
    "tests/sources/test_s3.py": "tests/store/test_services.py",
}
"""Files that use what takes long to make, or to import, for another: one process takes both."""

if os.environ.get("COVERAGE_RUN"):  # which slows the code down
    hypothesis_settings.register_profile("coverage", deadline=None)
    hypothesis_settings.load_profile("coverage")

for variable in [name for name in os.environ if name.startswith("IMAGE_SEARCH_")]:
    if not variable.startswith("IMAGE_SEARCH_TEST_"):  # for the tests: their processes have them from this one
        del os.environ[variable]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    names = {path: path.relative_to(folder).with_suffix("").as_posix() for path in {item.path for item in items}}
    places = {path: LONGEST.index(name) if name in LONGEST else len(LONGEST) for path, name in names.items()}
    items.sort(key=lambda item: places[item.path])


def pytest_collection_finish() -> None:
    gc.freeze()  # what was imported and collected stays: pytest would look through it for garbage again and again


class _Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """A file is for one process, and those that are `TOGETHER` for the same."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return TOGETHER.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    if config.getoption("dist") != "loadfile":
        return None  # as usual
    return _Scheduling(config, log)


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """What signals do, and the folder worked in, are a process's: who changes them fails, and not who comes after."""
    of_process = (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)
    before = [signal.getsignal(number) for number in of_process], Path.cwd()
    yield
    assert ([signal.getsignal(number) for number in of_process], Path.cwd()) == before


@pytest.fixture(scope="session", autouse=True)
def _databases() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revisions, "upgrade", MadeAgain(revisions.upgrade))
        yield


@pytest.fixture(scope="session")
def clip_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model cache as Inference keeps it, with weights in CLIP's format; they load where OFFLINE_MODE is set."""
    weights = TEST_DATA / "models" / "dual-encoder"
    if not all((weights / name).is_file() for name in WEIGHTS):
        pytest.skip(no_data("weights in CLIP's format", weights))
    cache = tmp_path_factory.mktemp("models")
    folder = weights_folder("clip/ViT-B-16", cache)
    folder.mkdir()
    for name in WEIGHTS:
        shutil.copy(weights / name, folder)
    return cache


@pytest.fixture(scope="session")
def coco() -> Path:
    """COCO128 in YOLOv8 layout."""
    folder = TEST_DATA / "data" / "coco128"
    if not folder.is_dir():
        pytest.skip(no_data("COCO128", folder))
    return folder.resolve()  # as all locations are


@pytest.fixture(scope="session")
def own_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    if not START_ELASTICSEARCH.exists():
        pytest.skip(NO_NODE)
    made = Node(tmp_path_factory.mktemp("node") / "data")
    yield made
    made.stop()


@pytest.fixture
def node(own_node: Node) -> Node:
    """An Elasticsearch of these tests' own, to be stopped and started: it is up. Each takes away what it has put in, or
    has a name of its own for it."""
    own_node.start()
    return own_node


@pytest.fixture
def embedder() -> ColourEmbedder:
    return ColourEmbedder()


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture of one colour: `picture("red.png")`, `picture("a/b.jpg", "blue")`."""

    def write(name: str, colour: str | None = None, size: tuple[int, int] = (40, 30)) -> Path:
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, COLOURS[colour or path.stem]).save(path)
        return path

    return write


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder of the test's own, and the embedded index whatever the environment says."""
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    return Settings.load(data_dir=tmp_path / "data", library_roots=(tmp_path,))


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are embedded and stored one at a time."""
    monkeypatch.setattr("core.ingest.pipeline.run.MIN_ROUND", 1)
    monkeypatch.setattr("core.ingest.pipeline.run.MAX_ROUND", 1)


@pytest.fixture
def services(settings: Settings, embedder: ColourEmbedder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The services that pages, routes and command line share, on the colour model and the embedded index."""
    monkeypatch.setenv("IMAGE_SEARCH_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("IMAGE_SEARCH_ROOTS", os.pathsep.join(map(str, settings.library_roots)))
    monkeypatch.setattr("core.model.start_model", lambda *_: embedder)
    monkeypatch.setattr("core.embedding.process.ahead.open_ahead", lambda *_, **__: None)  # there may be weights
    # What keeps large tables fast, `tests/index` tests; for a few rows it takes longer than to store them.
    monkeypatch.setattr("core.index.lance.upkeep.renew", lambda *_: None)
    shared.cache_clear()
    made = shared()
    yield made
    if library := vars(made).get("library"):  # to close it, it would be opened where nothing needed it
        library.close()
    shared.cache_clear()
