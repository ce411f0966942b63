"""The ledger of what leans on the insides of libraries, beside the code: what it names is there, nothing is missing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parents[1]
NO_SECRETS = {"_repr_html_", "_replace", "_asdict", "_mapping", "_exit"}
"""Names that their libraries document: of named tuples, of SQLAlchemy's rows, of `os`, of notebooks."""


class Row(NamedTuple):
    what: str
    where: tuple[Path, ...]
    tests: tuple[Path, ...]


def files(cell: str) -> tuple[Path, ...]:
    """Those named in a cell; one without a folder lies beside the one before it."""
    found: list[Path] = []
    for name in re.findall(r"`([\w./-]+\.(?:py|css|js))`", cell):
        found.append(ROOT / name if "/" in name else found[-1].parent / name)
    return tuple(found)


def ledger() -> list[Row]:
    lines = (ROOT / "docs/upstream.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("|")][2:]
    return [Row(what, files(where), files(test)) for what, where, _, test, _ in cells]


def test_every_row_says_where_and_what_fails_first():
    assert len(ledger()) > 20
    for row in ledger():
        assert row.where, row.what
        assert all(file.is_file() for file in (*row.where, *row.tests)), row
        assert row.tests or "scale.py" in row.what or "MAX_TEXT" in row.what or "splits partitions" in row.what, (
            row.what
        )


@pytest.mark.parametrize("row", ledger(), ids=lambda row: row.what[:40])
def test_its_names_stand_where_it_says(row: Row):
    text = "\n".join(file.read_text("utf-8") for file in row.where)
    names = {part for quoted in re.findall(r"`([^`]+)`", row.what) for part in re.findall(r"\w{4,}", quoted)}
    assert not names or any(name in text for name in names), names


def private(tree: ast.AST) -> Iterator[str]:
    """Names with an underscore in front that are asked of anything but the object itself."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                continue
            case ast.Attribute(attr=name) if name.startswith("_") and not name.endswith("__"):
                yield name
            case ast.ImportFrom(names=names):
                yield from (one.name for one in names if one.name.startswith("_") and not one.name.endswith("__"))


def own(tree: ast.AST) -> Iterator[str]:
    """Names with an underscore in front that the code itself gives to something."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def test_no_private_name_of_a_library_is_missing():
    trees = {
        file: ast.parse(file.read_text("utf-8"))
        for folder in ("core", "image_search_client", "pages")
        for file in ROOT.glob(f"{folder}/**/*.py")
    }
    told = {(file, name) for row in ledger() for file in row.where for name in re.findall(r"\b_\w+", row.what)}
    ours = {name for tree in trees.values() for name in own(tree)} - {name for _, name in told} | NO_SECRETS
    used = {(file, name) for file, tree in trees.items() for name in private(tree) if name not in ours}
    assert {name for _, name in used} >= {"_table", "_inner", "_new"}  # else it looks at nothing
    assert used <= told, {f"{file.relative_to(ROOT)}: {name}" for file, name in used - told}


def test_no_test_asks_for_a_private_name_of_ours():
    """But for names that libraries have, in the few places that the ledger has."""
    told = {file for row in ledger() for file in (*row.where, *row.tests)}
    for file in ROOT.glob("tests/**/*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        found = set(private(tree)) - set(own(tree)) - NO_SECRETS
        assert not found or file in told, (file, found)
        patched = re.findall(r"[\"']core\.[\w.]+\._\w+[\"']", file.read_text("utf-8"))
        assert not patched, (file, patched)


def test_xdist_asks_where_a_test_belongs():
    assert "_split_scope" in vars(LoadFileScheduling)
