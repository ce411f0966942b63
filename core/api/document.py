"""The description of the HTTP routes, as OpenAPI 3.1: made of the very types that are checked and answered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from core.api.answering import Endpoint
from core.api.bodies import Body
from core.api.replies import Error

_SCHEMAS = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Lines:
    """A stream of JSON, a value on each line."""

    kinds: Any


type Content = Any
"""A type that is sent as JSON, `Lines`, the media types of anything else (`image/jpeg, image/webp`), or None: no
content."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path."""

    method: str
    path: str
    """As Starlette takes it, below the path under which the app is served."""
    endpoint: Endpoint
    summary: str
    answers: Mapping[int, Content]
    """By status. Everything else that is answered is an `Error`."""
    body: type[Body] | str | None = None
    """Or the media type of one that is no JSON."""
    parameters: Sequence[Mapping[str, Any]] = ()
    """Of its query."""


def describe(operations: Sequence[Operation], prefix: str) -> dict[str, Any]:
    """
    Args:
        prefix: The path under which the app is served.
    """
    schemas, components = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = re.sub(r":\w+}", "}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _described(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "image-search",
            "version": "1",
            "description": "Errors are JSON: `error` says what went wrong, `remedy` what to do about it.",
        },
        "servers": [{"url": prefix or "/"}],
        "paths": paths,
        "components": {"schemas": components},
    }


def parameter(name: str, about: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One of a query; a text where nothing else is said."""
    return {"name": name, "in": "query", "description": about, "schema": schema or {"type": "string"}}


def _schemas(operations: Sequence[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    sent = {operation.body for operation in operations if isinstance(operation.body, type)}
    contents = [content for operation in operations for content in operation.answers.values()]
    kinds = [content.kinds if isinstance(content, Lines) else content for content in [*contents, Error]]
    answered = {str(kind): kind for kind in kinds if kind is not None and not isinstance(kind, str)}
    schemas, definitions = TypeAdapter.json_schemas(
        [
            *((kind, "validation", TypeAdapter(kind)) for kind in sent),
            *((name, "serialization", TypeAdapter(kind)) for name, kind in answered.items()),
        ],
        ref_template=_SCHEMAS,
    )
    return {key: schema for (key, _), schema in schemas.items()}, definitions["$defs"]


def _described(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    named = re.findall(r"{(\w+)(:int)?", operation.path)
    described: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if number else "string"}}
                for name, number in named
            ),
            *operation.parameters,
        ],
        "responses": {
            **{str(status): _response(content, schemas) for status, content in operation.answers.items()},
            "default": _response(Error, schemas),
        },
    }
    if operation.body:
        described["requestBody"] = {"required": True, "content": _content(operation.body, schemas)}
    return described


def _response(content: Content, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    if content is None:
        return {"description": "No content"}
    about = getattr(content, "__doc__", None) if isinstance(content, type) else None
    return {"description": (about or "The response").partition("\n")[0], "content": _content(content, schemas)}


def _content(content: Content, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    match content:
        case str():
            return {kind: {} for kind in content.split(", ")}
        case Lines(kinds):
            return {"application/x-ndjson": {"schema": schemas[str(kinds)]}}
        case type() if content in schemas:
            return {"application/json": {"schema": schemas[content]}}
    return {"application/json": {"schema": schemas[str(content)]}}
