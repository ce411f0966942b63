"""What is installed: the wheel, and what it says that it needs."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import typer
from packaging.requirements import Requirement

from core.cli import run as running

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LARGEST = 200_000  # bytes of a file


def required(name: str) -> set[str]:
    """What a file of pip's requires, without those that it includes."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in (ROOT / name).read_text("utf-8").splitlines())
    return {str(Requirement(line)) for line in lines if line and not line.startswith("-r ")}


def listed(requirements: list[str]) -> set[str]:
    return {str(Requirement(one)) for one in requirements}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with this one in it."""
    folder = tmp_path_factory.mktemp("env") / "site-packages"
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_both_files_require_the_same():
    assert listed(PROJECT["project"]["dependencies"]) == required("requirements.txt")
    assert listed(PROJECT["dependency-groups"]["dev"]) == required("requirements-dev.txt")


def test_every_requirement_has_an_upper_bound():
    extras = [one for more in PROJECT["project"]["optional-dependencies"].values() for one in more]
    for one in (*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"], *extras):
        assert any(part.operator == "<" for part in Requirement(one).specifier), one


def test_what_is_locked_is_what_is_required():
    """`uv lock` was run after the last change."""
    locked = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    versions = {one["name"]: one.get("version", "") for one in locked["package"]}
    for text in (*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]):
        one = Requirement(text)
        assert one.specifier.contains(versions[one.name.lower().replace("_", "-")]), text
    (own,) = (one for one in locked["package"] if one["name"] == "image-search")
    assert {one["name"] for one in own["metadata"]["requires-dist"]} >= {
        Requirement(one).name for one in PROJECT["project"]["dependencies"]
    }
    hosts = {re.sub(r"https://([^/]+)/.*", r"\1", one["source"].get("registry", "")) for one in locked["package"]}
    assert hosts <= {"pypi.org", ""}


def test_the_wheel_holds_what_runs_and_nothing_else(wheel):
    with ZipFile(wheel) as archive:
        files = {one.filename: one.file_size for one in archive.infolist()}
    tops = {name.split("/")[0] for name in files if ".dist-info/" not in name}
    assert tops == {"core", "image_search_client", "pages", "streamlit_app.py", ".streamlit"}
    sources = {
        str(file.relative_to(ROOT))
        for folder in ("core", "image_search_client", "pages")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.endswith((".d.ts", ".toml"))
    }
    assert {name for name in files if name.startswith(("core/", "image_search_client/", "pages/"))} == sources
    assert all(size <= LARGEST for size in files.values())
    assert {Path(name).name for name in files} >= {"LICENSE", "NOTICE", "config.toml"}


def test_the_client_can_be_installed_alone(wheel, tmp_path):
    """With httpx and nothing else; its files are those that the app's own wheel has."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT / "image_search_client", check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    with ZipFile(built) as alone, ZipFile(wheel) as whole:
        files = {name for name in alone.namelist() if ".dist-info/" not in name}
        assert files == {name for name in whole.namelist() if name.startswith("image_search_client/")}
        (told,) = (alone.read(name).decode() for name in alone.namelist() if name.endswith("/METADATA"))
    needed = [one for one in re.findall(r"^Requires-Dist: (.+)$", told, re.MULTILINE) if "extra ==" not in one]
    assert needed == ["httpx<1,>=0.27"]


def test_the_command_works_from_any_folder_under_its_own_name(installed, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(installed), "IMAGE_SEARCH_DATA_DIR": str(tmp_path / "data")}
    code = "from core.__main__ import main; main()"

    def said(*arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    version = PROJECT["tool"]["hatch"]["version"]["path"]
    assert said("--version") == f"image-search {re.search(r'__version__ = "(.+)"', (ROOT / version).read_text())[1]}\n"
    assert said("jobs") == "No jobs yet. Start one: image-search ingest FOLDER\n"


def test_run_becomes_streamlit_with_the_options_that_it_does_not_know(monkeypatch):
    became: list[list[str]] = []
    monkeypatch.setattr(running.os, "execv", lambda _, command: became.append(command))  # type: ignore[attr-defined]
    monkeypatch.setattr(running.os, "name", "posix")  # type: ignore[attr-defined]
    context = typer.Context(typer.main.get_command(running.app))  # type: ignore[attr-defined]
    context.args = ["--server.port", "8502"]
    running.run(context)
    (command,) = became
    assert command[1:4] == ["-m", "streamlit", "run"]
    assert Path(command[4]).samefile(ROOT / "streamlit_app.py")
    assert command[5:] == ["--server.port", "8502"]
