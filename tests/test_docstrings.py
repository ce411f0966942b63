"""What docstrings say of arguments, beside the arguments there are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECTION = re.compile(r"^Args:\n((?: .*\n?|\n)+)", re.MULTILINE)
NAMES = re.compile(r"^    (\w+(?:, \w+)*):", re.MULTILINE)

FUNCTIONS = ast.FunctionDef, ast.AsyncFunctionDef

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def documented(docstring: str) -> set[str]:
    return {
        name for section in SECTION.findall(docstring) for names in NAMES.findall(section) for name in names.split(", ")
    }


def arguments(function: Function) -> set[str]:
    of = function.args
    found = [*of.posonlyargs, *of.args, *of.kwonlyargs, of.vararg, of.kwarg]
    return {one.arg for one in found if one}


def takes(one: Function | ast.ClassDef) -> set[str]:
    """What a function takes, or what a class is made of."""
    if not isinstance(one, ast.ClassDef):
        return arguments(one)
    fields = {
        each.target.id for each in one.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    made = [each for each in one.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
    return fields.union(*map(arguments, made))


def with_docstrings() -> Iterator[tuple[str, Function | ast.ClassDef, str]]:
    for room in ("core", "image_search_client", "pages"):
        for file in (ROOT / room).rglob("*.py"):
            for one in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(one, (*FUNCTIONS, ast.ClassDef)) and (said := ast.get_docstring(one)):
                    yield f"{file.relative_to(ROOT)}:{one.lineno}", one, said


def test_arguments_that_docstrings_name_are_there():
    told = [(where, documented(said), takes(one)) for where, one, said in with_docstrings()]
    assert sum(map(bool, (names for _, names, _ in told))) > 100, "sections are found"
    assert [(where, names - known) for where, names, known in told if names - known] == []
