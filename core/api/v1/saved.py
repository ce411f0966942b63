"""Searches to come back to."""

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from core.access.needs import actor
from core.api.http import Refusal
from core.api.v1.earlier import is_earlier
from core.api.v1.requests.changes import SavedBody
from core.saved import SavedSearch
from core.services import Services


class Saving:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def list(self, request: Request) -> JSONResponse:
        return JSONResponse([_reply(search, request) for search in self._services().saved.all()])

    def save(self, asked: SavedBody, request: Request) -> JSONResponse:
        services = self._services()
        saved = services.saved.save(asked.name, asked.query_string)
        services.audit.note(actor(request), "Saved a search", saved.name)
        return JSONResponse(_reply(saved, request), 201)

    def delete(self, id: int, request: Request) -> Response:
        services = self._services()
        name = next((search.name for search in services.saved.all() if search.id == id), "")
        if services.saved.delete(id):
            services.audit.note(actor(request), "Deleted a saved search", name)
        else:
            raise Refusal(404, "There is no such saved search.", "It may have been deleted already.")
        return Response(status_code=204)


def _reply(search: SavedSearch, request: Request) -> dict[str, Any]:
    fields = {"id": search.id, "name": search.name, "query_string": search.address}
    return {**fields, "address": search.address} if is_earlier(request) else fields
