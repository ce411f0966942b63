"""What a command imports, and that LanceDB works without what it does not need."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from core.runtime.imports import without_extras

ROOT = Path(__file__).parents[1]
HEAVY = ("sqlalchemy", "pandas", "pydantic", "torch", "inference", "streamlit", "watchdog", "rich", "yaml")
ENGINES = ("lancedb", "elasticsearch", "pyarrow")
EMBEDDED = "import core.index.lance.engine; "


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def imported(before: str, *packages: str) -> str:
    code = f"{before}\nimport sys; print('imported:', *sorted({set(packages)} & set(sys.modules)))"
    return run(code).rpartition("imported:")[2].strip()


def test_the_embedded_index_imports_neither_pandas_nor_a_client_of_servers() -> None:
    code = EMBEDDED + "import pyarrow as pa; pa.array([1, 2]).to_numpy(); pa.compute.sum(pa.array([1]))"
    assert imported(code, "pandas", "pydantic", "email", "lancedb.query", "lance_namespace_urllib3_client") == ""


def test_the_client_imports_nothing_of_the_app() -> None:
    code = "import image_search_client;"
    assert (
        imported(code, "core", *{*HEAVY} - {"rich"}, *ENGINES, "numpy", "PIL", "starlette") == ""
    )  # httpx takes rich where it is


def test_versions_are_told_by_the_real_module_afterwards() -> None:
    code = (
        "import importlib; from core.runtime.imports import without_extras\n"
        "with without_extras():\n"
        "    import importlib.metadata as early; told = early.version('lancedb'), early.version('typing-extensions')\n"
        "import importlib.metadata as late, lancedb\n"
        "print(told == (late.version('lancedb'), late.version('typing-extensions')), lancedb.__version__ == told[0], "
        "late is importlib.metadata, late.__spec__ is not None, early.PackagePath is late.PackagePath)"
    )
    assert run(code) == "True True True True True"


def test_others_may_still_build_queries_of_lancedb(tmp_path: Path) -> None:
    code = (
        EMBEDDED + f"import lancedb, pyarrow as pa; from lancedb.pydantic import LanceModel; "
        f"rows = pa.table({{'id': [1, 2]}}); table = lancedb.connect({str(tmp_path)!r}).create_table('a', rows); "
        "from lancedb.index import FTS; "
        "print(table.search().where('id > 1').to_list(), issubclass(int, LanceModel), FTS().document_granularity.value)"
    )
    assert run(code) == "[{'id': 2}] False row"


def test_who_wants_them_later_gets_the_real_ones() -> None:
    code = EMBEDDED + "import pandas; from lance_namespace_urllib3_client.models import QueryTableRequest as request;"
    assert run(code + "print(pandas.DataFrame({'a': [1]}).a[0], len(request.model_fields) > 3)") == "1 True"


def test_what_is_used_after_all_is_imported_then() -> None:
    code = (
        EMBEDDED
        + "import sys, lancedb, pyarrow as pa, pyarrow.dataset, pyarrow.compute as pc; from lancedb.table import "
        "EmbeddingFunctionRegistry as one; print('pyarrow._dataset' in sys.modules, "
        "'lancedb.embeddings' in sys.modules, pc.sum(pa.array([1, 2])), isinstance(one.get_instance(), one), "
        "isinstance(1, pa.dataset.Dataset), "
        "pa.dataset.Dataset is pyarrow._dataset.Dataset)"
    )
    assert run(code) == "False False 3 True False True"


def test_a_server_has_tables_of_pandas() -> None:
    code = "import core.index.lance.engine, pandas, pyarrow;"
    assert run(code + "print(pyarrow.Table.from_pandas(pandas.DataFrame({'a': [1]})).num_rows)") == "1"


@pytest.mark.parametrize(
    ("command", "unused"),
    [
        ("--help", (*HEAVY, *ENGINES, "onnxruntime")),
        (
            "status",
            (*HEAVY, "onnxruntime", "elasticsearch", "PIL", "filelock", "httpx", "pyarrow._dataset"),
        ),
        (("search", "--help"), (*HEAVY, *ENGINES, "onnxruntime", "numpy", "PIL", "yarl")),
    ],
)
def test_a_command_imports_what_it_needs(
    tmp_path: Path, command: str | tuple[str, ...], unused: tuple[str, ...]
) -> None:
    arguments = [command] if isinstance(command, str) else list(command)
    code = (
        f"import os, sys; os.environ['IMAGE_SEARCH_DATA_DIR'] = {str(tmp_path)!r}\n"
        "os.environ.pop('ELASTICSEARCH_URL', None)\n"
        f"import runpy; sys.argv = ['core', *{arguments!r}]\n"
        "try: runpy.run_module('core', run_name='__main__')\n"
        "except SystemExit: pass"
    )
    assert imported(code, *unused) == ""


def test_a_search_for_words_imports_no_pictures() -> None:
    code = EMBEDDED + "import core.services, core.cli.searching, core.embedding.clip, core.embedding.onnx_clip"
    assert (
        imported(code, *HEAVY, "PIL", "filelock", "httpx", "ftfy", "regex", "yarl", "pydantic", "pyarrow._dataset")
        == ""
    )


def test_a_page_waits_for_no_api() -> None:
    """What a server imports until a page is there: its own routes, and the modules of pages."""
    code = "import streamlit_app; streamlit_app.own.load(); import core.ui.search_view, core.ui.jobs.panel"
    assert imported(code, "fastapi", "fastapi_offline", "pydantic", "torch", "inference", "prometheus_client") == ""


def test_what_other_threads_import_meanwhile_is_no_trouble(monkeypatch):
    def imports(_: object) -> type:
        """Looked at, it imports something, as another thread may at that moment."""
        for number in range(100):
            monkeypatch.setitem(sys.modules, f"_imported_meanwhile_{number}", ModuleType("one"))
        return ModuleType

    looked_at = type("LookedAt", (), {"__class__": property(imports)})
    monkeypatch.setitem(sys.modules, "_importing", looked_at())
    with without_extras():
        pass
    assert "_imported_meanwhile_99" in sys.modules
