"""Writes what of the client follows from the API's description: `python -m tests.client.generating`.

`schemas.py` has a type for each schema that is answered or nested in a body, `asynchronous/operations.py` a method for
each operation; `synchronous/` is `asynchronous/` without its waiting.
"""

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api.deferred import own_routes
from core.api.light import OwnRoutes
from core.services import Services
from tests.signed_in import Asking

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "image_search_client"

REPEATABLE = {
    "post_search", "post_context", "post_explain", "post_heatmap", "post_pictures", "post_queries",
    "post_queries_located", "post_uploads", "post_check_files", "post_tags", "post_recall",
    "post_map_pictures", "post_map_find", "post_picks",
}  # fmt: skip
"""Operations that change nothing, or come to the same when they are carried out twice, beside all of GET."""

WAITING = {
    r"\basync def\b": "def", r"\basync (for|with)\b": r"\1", r"\bawait ": "", r"\bAsync(?=[A-Z])": "",
    r"\ba(read|close|iter_lines|iter_bytes)\b": r"\1", r"__a(enter|exit)__": r"__\1__", r"\basyncio\b": "time",
    r"\basynchronous\b": "synchronous", r"for programs that have an event loop": "for scripts and notebooks",
}  # fmt: skip

_HEADER = '"""{about}: written by `python -m tests.client.generating` from the description of the API."""\n\n'
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "object": "dict"}
_SCHEMAS = "#/components/schemas/"
_WIDTH = 110


def description() -> dict[str, Any]:
    """What `/api/openapi.json` answers."""
    routes = own_routes(OwnRoutes(lambda: cast(Services, None)), "")
    document: dict[str, Any] = TestClient(Asking(Starlette(routes=routes))).get("/api/openapi.json").json()
    return document


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and what is told of each."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def written(document: dict[str, Any]) -> dict[Path, str]:
    """What the files should hold."""
    files = {
        PACKAGE / "schemas.py": _formatted(_types(document)),
        PACKAGE / "asynchronous" / "operations.py": _formatted(_operations(document)),
    }
    for file in sorted({*(PACKAGE / "asynchronous").glob("*.py"), PACKAGE / "asynchronous" / "operations.py"}):
        text = files.get(file) or file.read_text("utf-8")
        for found, instead in WAITING.items():
            text = re.sub(found, instead, text)
        files[PACKAGE / "synchronous" / file.name] = _formatted(text)
    return files


class Names:
    """What schemas are called in the client, and which of them it has a type for."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.schemas: dict[str, Any] = document["components"]["schemas"]
        self.used: dict[str, None] = {}

    def of(self, schema: str) -> str:
        """A name of several modules stands for a room: `core__search__output__response__Answer`."""
        *rooms, name = schema.split("__")
        room = next((one for one in rooms if one not in {"core", "api", "v1", "analysis"}), "")
        room = room.removesuffix("_replies").capitalize()
        return name if name.startswith(room) else f"{room}{name}"

    def hint(self, schema: dict[str, Any], prefix: str = "") -> str:
        """A schema as a type.

        Args:
            prefix: Of the module that types are in.
        """
        if reference := schema.get("$ref"):
            name = reference.removeprefix(_SCHEMAS)
            self.used[name] = None
            return prefix + self.of(name)
        if options := schema.get("anyOf"):
            return " | ".join(dict.fromkeys(self.hint(one, prefix) for one in options))
        values = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else []
        if values:
            return f"Literal[{', '.join(map(repr, values))}]"
        if schema.get("type") == "array":
            inside = schema.get("prefixItems") or [schema.get("items", {})]
            return f"list[{' | '.join(dict.fromkeys(self.hint(one, prefix) for one in inside))}]"
        if schema.get("type") == "object":
            more = schema.get("additionalProperties")
            return f"dict[str, {self.hint(more, prefix) if isinstance(more, dict) else 'Any'}]"
        return _PLAIN.get(schema.get("type", ""), "Any")


def _types(document: dict[str, Any]) -> str:
    names = Names(document)
    for _, _, operation in operations(document):
        _answer(names, operation)
        asked = _body(names, operation).get("properties", {}).values()
        for schema in (*asked, *(one["schema"] for one in operation["parameters"])):
            names.hint(schema)
    made: dict[str, str] = {}
    while left := [name for name in names.used if name not in made]:
        for name in left:
            made[name] = _type(names, name)
    clashing = [name for name in made if [names.of(one) for one in made].count(names.of(name)) > 1]
    assert not clashing, clashing
    header = _HEADER.format(about="What the app answers")
    imports = "from __future__ import annotations\n\nfrom typing import Any, Literal, NotRequired, TypedDict\n\n"
    return header + imports + "\n\n".join(made[name] for name in sorted(made, key=names.of))


def _type(names: Names, name: str) -> str:
    schema, called = names.schemas[name], names.of(name)
    if "properties" not in schema:
        return f"type {called} = {names.hint(schema)}\n{_docstring(schema.get('description', ''))}"
    lines = [f"class {called}(TypedDict):", *_indented(_docstring(schema.get("description", "")))]
    required = schema.get("required", ())
    for field, told in schema["properties"].items():
        hint = names.hint(told)
        lines.append(f"    {field}: {hint if field in required else f'NotRequired[{hint}]'}")
        lines += _indented(_docstring(told.get("description", "")))
    return "\n".join(lines) + "\n"


def _operations(document: dict[str, Any]) -> str:
    names = Names(document)
    methods = [_method(names, *one) for one in operations(document)]
    return (
        _HEADER.format(about="A method for each operation")
        + "from collections.abc import AsyncIterator\nfrom pathlib import Path\n"
        "from typing import Any, Literal, cast\n\n"
        "from image_search_client import schemas\n"
        "from image_search_client.asynchronous.transport import AsyncTransport\n"
        "from image_search_client.calls import Call\n\n\n"
        "class AsyncOperations(AsyncTransport):\n"
        '    """The operations of the API by their names in its description, with their parameters.\n\n'
        '    What is None is not sent: the app takes its default.\n    """\n\n' + "\n".join(methods)
    )


def _method(names: Names, method: str, path: str, operation: dict[str, Any]) -> str:
    name, answer = operation["operationId"], _answer(names, operation)
    parameters: list[tuple[str, str, bool, str]] = []  # name, type, whether it must be given, where it goes
    for one in operation["parameters"]:
        told = names.hint(one["schema"], "schemas.")
        parameters.append((one["name"], told, bool(one.get("required")), one["in"]))
    body = _body(names, operation)
    for field, told in body.get("properties", {}).items():
        parameters.append((field, names.hint(told, "schemas."), field in body.get("required", ()), "body"))
    if operation.get("requestBody") and not body:
        parameters.append(("content", "bytes | Path", True, "content"))
    assert len({one[0] for one in parameters}) == len(parameters), f"{name}: two parameters of one name"
    parameters.sort(key=lambda one: (one[3] not in {"path", "content"}, not one[2], one[0] == "collection"))
    called = _call(name, method, path, operation, parameters)
    listed = "".join(f", {one}" for one in _signature(parameters))
    docs = "\n".join(_indented(_docstring(operation["summary"] + ".", operation.get("description", "")), 8))
    head = f"    async def {name}(self{listed}) -> {answer}:\n{docs}\n"
    match _kind(operation)[0]:
        case "lines":
            one = answer.removeprefix("AsyncIterator[").removesuffix("]")
            result = f"        async for value in self.read_lines(call):\n            yield cast({one!r}, value)\n"
        case "json":
            result = f"        return cast({answer!r}, await self.read_json(call))\n"
        case "nothing":
            result = "        await self.read(call)\n"
        case _:
            result = "        return await self.read(call)\n"
    return f"{head}        call = {called}\n{result}"


def _call(
    name: str, method: str, path: str, operation: dict[str, Any], parameters: list[tuple[str, str, bool, str]]
) -> str:
    def those(place: str) -> str:
        return "{" + ", ".join(f"{one!r}: {one}" for one, _, _, where in parameters if where == place) + "}"

    told = [repr(method), repr(path)]
    for argument, place in (("values", "path"), ("params", "query"), ("body", "body")):
        if any(one[3] == place for one in parameters):
            told.append(f"{argument}={those(place)}")
    if operation.get("requestBody") and not any(one[3] in {"body", "content"} for one in parameters):
        told.append("body={}")
    if any(one[3] == "content" for one in parameters):
        told.append("content=content")
    also = [int(one) for one, answer in operation["responses"].items() if one.startswith("5") and answer.get("content")]
    if also:
        told.append(f"also=({', '.join(map(str, also))},)")
    if method == "GET" or name in REPEATABLE:
        told.append("repeatable=True")
    return f"Call({', '.join(told)})"


def _signature(parameters: list[tuple[str, str, bool, str]]) -> Iterator[str]:
    named = False
    for name, told, required, place in parameters:
        if place not in {"path", "content"} and not named:
            named = True
            yield "*"
        hint = told if told.endswith("None") else f"{told} | None"
        yield f"{name}: {told}" if required else f"{name}: {hint} = None"


def _body(names: Names, operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is sent as JSON; empty where nothing is, or something else."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if reference := schema.get("$ref"):
        found: dict[str, Any] = names.schemas[reference.removeprefix(_SCHEMAS)]
        return found
    return {}


def _kind(operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """How the answer is read, and its schema."""
    status = next(one for one in operation["responses"] if one.startswith("2"))
    content = operation["responses"][status].get("content")
    if not content:
        return "nothing", {}
    if lines := content.get("application/x-ndjson"):
        return "lines", lines.get("schema", {})
    told = content.get("application/json")
    if told is None or "schema" not in told or len(content) > 1:
        return "bytes", {}
    return "json", told["schema"]


def _answer(names: Names, operation: dict[str, Any]) -> str:
    kind, schema = _kind(operation)
    match kind:
        case "nothing":
            return "None"
        case "bytes":
            return "bytes"
        case "lines":  # an error among them is raised
            options = [one for one in schema["anyOf"] if one.get("$ref") != f"{_SCHEMAS}Error"]
            return f"AsyncIterator[{names.hint({'anyOf': options}, 'schemas.')}]"
        case _:
            return names.hint(schema, "schemas.")


def _docstring(*paragraphs: str) -> str:
    """In lines that are short enough; nothing of nothing."""
    lines: list[str] = []
    for text in paragraphs:
        if text := " ".join(text.split()):
            lines += ["", *textwrap.wrap(text, _WIDTH - 10)] if lines else textwrap.wrap(text, _WIDTH - 10)
    if not lines:
        return ""
    raw = "r" if "\\" in "".join(lines) else ""
    if len(lines) == 1:
        return f'{raw}"""{lines[0]}"""'
    return raw + '"""' + "\n".join(lines) + '\n"""'


def _indented(text: str, by: int = 4) -> Iterable[str]:
    return textwrap.indent(text, " " * by).splitlines() if text else ()


def _formatted(text: str) -> str:
    """As the rest of the project is."""
    for command in (("check", "--select", "F401,I", "--fix", "--quiet"), ("format", "--quiet")):
        arguments = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(PACKAGE / "made.py"), "-"]
        text = subprocess.run(arguments, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


if __name__ == "__main__":
    for file, text in written(description()).items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
