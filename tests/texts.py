"""Every text that a user may read, taken from the sources, from the command line and from the description of the
API."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import typer.main

from core.cli import app
from core.services import shared

ROOT = Path(__file__).parents[1]
SHOWN_IN_HTML = ("aria-label", "title", "placeholder", "alt")
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\\n]|\\.)*)`')
_COMMENT = re.compile(r"^\s*//[^\n]*$", re.MULTILINE)


@cache
def all_texts() -> tuple[tuple[str, str], ...]:
    """Where each stands, and the text; of a text with values in it `{}` stands for each."""
    return (*_python(), *_scripts(), *_html(), *command_line(), *described())


def _python() -> Iterator[tuple[str, str]]:
    for file in sorted([*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/*.py")]):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        apart = {id(part) for node in ast.walk(tree) for part in _no_texts(node)}
        for node in ast.walk(tree):
            if id(node) not in apart and (text := _said(node)):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", text  # type: ignore[attr-defined]


def _no_texts(node: ast.AST) -> Iterator[ast.AST]:
    """What is said to developers only, and what is part of another text."""
    match node:
        case ast.Expr(value=ast.Constant()):  # docstrings
            yield node.value
        case ast.JoinedStr():
            yield from (part for value in node.values for part in ast.walk(value))
        case ast.Raise(exc=ast.Call(func=ast.Name(id="ValueError" | "TypeError" | "AssertionError"))):
            yield from ast.walk(node)
        case ast.Call(
            func=ast.Attribute(attr="debug" | "info" | "warning" | "exception", value=ast.Name(id="_log" | "_logger"))
        ):
            yield from ast.walk(node)
        case ast.Call(func=ast.Attribute(attr="compile" | "search" | "sub", value=ast.Name(id="re"))):
            yield from ast.walk(node)


def _said(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text if _is_text(text) else ""
        case ast.JoinedStr():
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
            return text if _is_text(text) else ""
    return ""


def _is_text(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2,} ", text) or re.match(r"[A-Z][a-z]+…?$", text)) and "\\" not in text


def _scripts() -> Iterator[tuple[str, str]]:
    for file in sorted(ROOT.glob("core/ui/components/**/*.js")):
        code = _COMMENT.sub("", file.read_text(encoding="utf-8"))
        for found in _LITERAL.finditer(code):
            text = re.sub(r"\$\{[^}]*\}", "{}", found[1] or found[2] or "")
            if _is_text(text):
                yield str(file.relative_to(ROOT)), text


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SHOWN_IN_HTML and value]

    def handle_data(self, data: str) -> None:
        if text := " ".join(data.split()):
            self.found.append(text)


def _html() -> Iterator[tuple[str, str]]:
    for file in sorted(ROOT.glob("core/ui/components/**/*.html")):
        parser = _Words()
        parser.feed(file.read_text(encoding="utf-8"))
        yield from ((str(file.relative_to(ROOT)), text) for text in parser.found)


def command_line() -> Iterator[tuple[str, str]]:
    """The help of each command, argument and option."""
    commands = [("python -m core", typer.main.get_command(app))]
    while commands:
        name, command = commands.pop()
        yield name, " ".join((command.help or "").split())
        for one in command.params:
            yield f"{name} {one.opts[-1]}", " ".join((getattr(one, "help", None) or "").split())
        commands += [(f"{name} {word}", one) for word, one in getattr(command, "commands", {}).items()]


def described() -> Iterator[tuple[str, str]]:
    """Summaries and descriptions in the description of the API."""
    from core.api.light import OwnRoutes

    yield from _descriptions(OwnRoutes(shared).api.load().openapi(), "openapi.json")


def _descriptions(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key in {"summary", "description"} and isinstance(one, str):
                yield f"{place} {key}", " ".join(one.split())
            else:
                yield from _descriptions(one, f"{place} {key}")
    elif isinstance(value, list):
        for one in value:
            yield from _descriptions(one, place)
