"""The components' JavaScript on its way to the browser."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.ui.components import modules
from core.ui.components.modules import entry, module_routes, needed, url

COMPONENTS = (
    *("query", "gallery", "facets", "view", "uploads", "recall", "map", "quality", "frame", "duplicates", "check"),
    *("overview", "comparison", "labels", "ask"),
)
FOLDER = Path(modules.__file__).parent
ALL = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.js"))


@pytest.fixture(scope="module", params=["", "/pictures"])
def server(request):
    return TestClient(Starlette(routes=module_routes(request.param)), f"http://testserver{request.param}/")


@pytest.mark.parametrize("module", ALL)
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_module_is_kept_for_good(server, module, encoding):
    answer = server.get(url(module), headers={"accept-encoding": encoding})
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == (FOLDER / module).read_bytes()
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        *("gallery/gallery.py", "gallery/gallery.css", "gallery/gallery.html", "gallery", "gallery/", "", "modules.py"),
        *("gallery/types.d.ts", "shared/types.d.ts"),
        *("../shell.css", "%2e%2e/shell.css", "gallery/../gallery/gallery.js", "gallery//gallery.js", "/etc/passwd"),
        *("gallery/gallery.js/", "GALLERY/gallery.js", "gallery\\gallery.js", "gallery/gallery.js%00", "x.js"),
    ],
)
def test_nothing_else_is_served(server, path):
    answer = server.get(url("").removeprefix("./") + path.replace("..", "%2e%2e"))
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert set(answer.json()) == {"error", "remedy"}
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_another_version_is_not_there(server):
    assert server.get(re.sub("[0-9a-f]{16}", "0" * 16, url(ALL[0]))).status_code == 404


def test_all_that_is_imported_is_there_and_all_that_is_there_is_imported():
    assert sorted(needed(tuple(map(entry, COMPONENTS)))) == ALL
    for module in ALL:
        written = re.findall(r'^(?! *[*/]).* from "([^"]+)"', (FOLDER / module).read_text("utf-8"), re.MULTILINE)
        assert {(FOLDER / module).parent.joinpath(path).resolve() for path in written} == {
            (FOLDER / path).resolve() for path in needed((module,))[1 : len(written) + 1]
        }


def test_a_component_comes_with_what_it_needs_and_no_more():
    frame = needed((entry("frame"),))
    own = ("frame/frame.js", "shared/base.js", "frame/keeping.js", "frame/returning.js", "frame/switch.js")
    assert frame == (*own, "shared/routes.js", "shared/edits.js")
    assert needed((entry("frame"), entry("frame"))) == frame


def test_no_part_of_a_component_is_called_as_another_component_is():
    """What all share styles components by their names, and hides one that is not ready: a part would be, too."""
    shared = (FOLDER / "shared" / "base.css").read_text(encoding="utf-8")
    roots = set(re.findall(r"\.(\w+)", " ".join(re.findall(r"^[.:].*\.gallery, .*$", shared, re.MULTILINE))))
    assert {"gallery", "view", "duplicates", "check"} <= roots
    for path in FOLDER.rglob("*.html"):
        _, *below = re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8")) or [""]
        assert roots.isdisjoint(name for names in below for name in names.split()), path
