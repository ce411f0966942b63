"""What goes wrong on the way to an endpoint, or in it, as the API words it: `error` and `remedy`."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from core.api.http import Refusal, error_response
from core.api.paths import DESCRIPTION
from core.api.protection.guard import FAILED
from core.errors import ImageSearchError
from core.text.names import printable

_MAX_NAME = 80  # characters of a field's name that are repeated
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_NO_OBJECT = "A JSON object is expected"
_WORDS = {  # where the library would speak of itself
    "json_invalid": "This is not valid JSON",
    "model_attributes_type": _NO_OBJECT,
    "model_type": _NO_OBJECT,
    "dict_type": _NO_OBJECT,
}


def say_errors(app: FastAPI) -> None:
    """From now on what an application raises is answered in words."""

    @app.exception_handler(ImageSearchError)
    async def expected(_: Request, error: ImageSearchError) -> JSONResponse:
        return error_response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return error_response(_refusal(error.errors()))

    @app.exception_handler(HTTPException)
    async def unanswered(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 400:
            return error_response(Refusal(400, f"{_WORDS['json_invalid']}.", _see("describes the requests")))
        methods = _methods(app, request)
        if not methods:
            return error_response(Refusal(404, "There is nothing at this URL.", _see("lists all routes")))
        words = f"{request.method} is not allowed at this URL. Use {' or '.join(methods)}."
        answer = error_response(Refusal(405, words, _see("lists all routes")))
        answer.headers["Allow"] = ", ".join(methods)
        return answer

    @app.exception_handler(Exception)
    async def failed(_: Request, __: Exception) -> JSONResponse:
        return JSONResponse(FAILED, 500)


def _refusal(errors: Sequence[Any]) -> Refusal:
    first = errors[0]
    kind, place = first["type"], first["loc"][1:]
    field = "" if kind == "json_invalid" else printable(".".join(map(str, place)))[:_MAX_NAME]
    reason = _WORDS.get(kind, first["msg"].removeprefix("Value error, "))
    return Refusal(400, f"{field}: {reason}." if field else f"{reason}.", _see("describes the requests"))


def _methods(app: FastAPI, request: Request) -> list[str]:
    """With which something is at this URL."""
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]


def _see(what: str) -> str:
    return f"{DESCRIPTION} {what}."
