"""Searches, and pictures by their ids, as JSON."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from core.access.needs import actor
from core.access.roles import Role
from core.api.v1.earlier import is_earlier, with_earlier_names
from core.api.v1.requests.changes import PicturesBody
from core.api.v1.requests.search import MAX_RESULTS, SearchBody, SearchParams
from core.api.v1.responses import Pictures
from core.index.filters import AnyOf, Filter
from core.search.language.url import from_params
from core.search.output.pictures import picture
from core.search.output.response import answer
from core.search.query import Search
from core.services import Services

PATIENCE = 10.0
"""Seconds that a search of a program waits until it is known what scores mean; then it is answered without."""

_USUAL_LIMIT = 60


class Searching:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    async def search(self, asked: SearchBody, request: Request) -> JSONResponse:
        """`k` is how many of the nearest are results at all; `offset` and `limit` choose a page of these."""
        return await self._answer(request, asked.search, asked.text, asked.offset, asked.limit)

    async def search_by_url(self, params: Annotated[SearchParams, Query()], request: Request) -> JSONResponse:
        """What follows `?` in the URL of a search on the page can be used as it is."""
        given = request.query_params
        search = from_params({name: given.getlist(name) for name in given})
        if params.label:
            search = replace(search, where=Filter((*search.where.conditions, AnyOf("label", tuple(params.label)))))
        return await self._answer(request, search, params.q, params.offset, params.limit)

    async def _answer(
        self, request: Request, search: Search, text: str, offset: int, limit: int | None
    ) -> JSONResponse:
        if limit is None:
            limit = min(search.k or _USUAL_LIMIT, MAX_RESULTS)
        search = replace(search, k=search.k or search.usual_k)
        reads = actor(request).may(Role.ADMIN)

        def respond() -> JSONResponse:  # in a thread, since a thousand results take a while to write
            services = self._services()
            found = services.search(search, offset, limit, PATIENCE)
            told = answer(found, services.pasted.offer(text, reads=reads))
            return JSONResponse(with_earlier_names(told) if is_earlier(request) else told)

        return await run_in_threadpool(respond)


class Looking:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def get(self, asked: PicturesBody) -> Pictures:
        """In the order that was asked for; those that are not in the index are left out."""
        found = {record.id: record for record in self._services().index.get(asked.ids)}
        return Pictures(pictures=[picture(found[id_]) for id_ in dict.fromkeys(asked.ids) if id_ in found])
