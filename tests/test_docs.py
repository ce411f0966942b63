"""What the documentation lists, beside the code: settings, commands, routes, keys, rooms; and where its links lead."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import AliasChoices

from core.api.light import OwnRoutes
from core.api.v1 import earlier
from core.api.v1.earlier import current_path
from core.api.v1.requests.body import Body
from core.api.v1.requests.changes import SavedBody
from core.api.v1.requests.search import ExportBody, SearchBody
from core.cli import app
from core.config import ServerSettings, Settings
from core.search.language.conditions import KEYS

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
BODIES = (SearchBody, ExportBody, SavedBody)
NO_ROOMS = {"__init__", "__main__"}
MAX_MODULES = 14
"""In one folder, beside its subfolders."""


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def first_column(text: str) -> Iterator[str]:
    for row in re.findall(r"^\| (.+?) \|", text, re.MULTILINE):
        yield from re.findall(r"`([^`]+)`", row)


def test_settings():
    named = set(Settings.variables().values()) | set(ServerSettings.variables().values())
    assert set(first_column(page("docs/settings.md"))) == named


def test_commands():
    told = re.findall(r"^python -m core (\w+)", page("docs/command-line.md"), re.MULTILINE)
    assert set(told) == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_routes(services):
    """A part of a path that differs is in capitals in the documentation, in braces in the code."""
    told = page("docs/http.md").partition("## Before v1")[0]
    paths = OwnRoutes(lambda: services).api.load().openapi()["paths"]
    known = [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]
    for one in known:
        written = re.sub(r"\{\w+\}", "[A-Z]+", one.replace("/api/v1", ""))
        assert re.search(rf"^\|.*`{written}`.*\|", told, re.MULTILINE), one
    assert len(list(first_column(told))) == len(known), "none is told that is not there"


def test_earlier_paths_and_names():
    told = page("docs/http.md").partition("## Before v1")[2]
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \|", told, re.MULTILINE)
    paths = {before: now for before, now in rows if before.startswith("/")}
    assert {before: current_path(before) for before in paths} == paths
    read = {alias for body in BODIES for alias in earlier_names(body)}
    assert {before for before, _ in rows} - paths.keys() == read | earlier.NAMES.keys() | {"picture"}


def earlier_names(body: type[Body]) -> set[str]:
    choices = [field.validation_alias for field in body.model_fields.values()]
    return {str(alias) for one in choices if isinstance(one, AliasChoices) for alias in one.choices[1:]}


def test_keys_of_the_search_language():
    told = page("docs/search-language.md")
    assert [key for key in KEYS if not re.search(rf"`-?{key}[`:]", told)] == []


def test_every_room_is_named_and_every_named_room_exists():
    inits = (file for room in ("core", "image_search_client") for file in (ROOT / room).rglob("__init__.py"))
    packages = {".".join(file.parent.relative_to(ROOT).parts) for file in inits} - {"core"}
    modules = {f"core.{file.stem}" for file in (ROOT / "core").glob("*.py") if file.stem not in NO_ROOMS}
    named = set(first_column(page("docs/architecture.md").partition("## Words")[0]))
    assert named == packages | modules | {"pages"}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", file.read_text("utf-8")):
        if not re.match(r"https?:", target):
            assert (file.parent / target).exists(), target


def test_the_commands_of_the_readme_are_those_that_are_run():
    app_command, test_command = re.findall(r"^pip install -r .+ && (.+)$", page("README.md"), re.MULTILINE)
    assert app_command in page("Makefile")
    assert test_command in page(".ci/run")
    assert f"PYTEST = {test_command}\n" in page("Makefile")


def test_no_room_is_too_full():
    modules = Counter(file.parent for file in (ROOT / "core").rglob("*.py") if file.stem != "__init__")
    modules += Counter(file.parent for file in (ROOT / "core").rglob("*.js"))
    assert {str(folder.relative_to(ROOT)): count for folder, count in modules.items() if count > MAX_MODULES} == {}


def test_columns_of_an_export():
    from core.transfer.columns import schema

    told = page("docs/moving.md").partition("### Columns of a record")[2].partition("## Vectors")[0]
    assert re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE) == schema(8).names
