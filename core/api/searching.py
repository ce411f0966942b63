"""Searches as JSON, and why and where a picture matches."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, replace

import anyio
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from core.api.answering import read_json, told
from core.api.bodies import MAX_RESULTS, PictureBody, SearchBody
from core.api.document import parameter
from core.errors import ImageSearchError, InvalidQuery
from core.images.names import printable
from core.index.filters import AnyOf, Filter
from core.index.index import MAX_K
from core.search.explain.heatmap import Heat, HeatmapProgress
from core.search.language.url import from_params, read_k
from core.search.output.response import answer
from core.search.query import Search
from core.services import Services

PATIENCE = 10.0
"""Seconds that a search of a program waits until it is known what scores mean; then it is answered without."""

_USUAL_LIMIT = 60
_DECIMALS = 3
_MAX_DIGITS = 20  # characters

_REPEATED = {"type": "array", "items": {"type": "string"}}
_K = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_K}, {"const": "all"}]}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MAX_RESULTS}
_OFFSET = {"type": "integer", "minimum": 0, "exclusiveMaximum": MAX_K, "default": 0}
BY_ADDRESS = (
    parameter("q", "Words and conditions, as typed on the page"),
    parameter("image", "A picture to search with: HASH[:weight][@left,top,width,height]", _REPEATED),
    parameter("more", "The hash of a picture that results should resemble", _REPEATED),
    parameter("less", "The hash of a picture that results should not resemble", _REPEATED),
    *(parameter(name, "As in the body of POST") for name in ("sort", "collapse", "alike", "diversity", "cut")),
    parameter("label", "Only pictures with this label, or with any of several", _REPEATED),
    parameter("k", "How many results, or `all`. Default: 24 with words or pictures, otherwise all", _K),
    parameter("limit", "How many of these results to return", _LIMIT),
    parameter("offset", "How many of these results to skip", _OFFSET),
)
"""The parameters of the page, and these: what a search is asked with in an address."""


class Searching:
    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services
        self._looking = anyio.CapacityLimiter(1)  # each keeps the model busy for a while, and searches need it too

    async def search(self, request: Request) -> Response:
        asked = await read_json(request, SearchBody)
        return await self._answer(asked.search, asked.text, asked.offset, asked.limit)

    async def search_by_address(self, request: Request) -> Response:
        """What is malformed in the parameters of the page is left out, as there."""
        params = request.query_params
        if "k" in params and read_k(params["k"]) is None:
            raise _out_of_range(params, "k", f"1 to {MAX_K:,}, or `all`")
        limit, offset = _number(params, "limit", 1, MAX_RESULTS), _number(params, "offset", 0, MAX_K - 1)
        search = from_params({name: params.getlist(name) for name in params})
        if labels := tuple(params.getlist("label")):
            search = replace(search, where=Filter((*search.where.conditions, AnyOf("label", labels))))
        return await self._answer(search, params.getlist("q")[-1] if "q" in params else "", offset or 0, limit)

    async def why(self, request: Request) -> Response:
        asked = await read_json(request, PictureBody)
        concepts = await run_in_threadpool(self._services().explain, asked.search.query, asked.image)
        return JSONResponse(
            {"concepts": [{"concept": one.concept, "weight": round(one.weight, _DECIMALS)} for one in concepts]}
        )

    async def heat(self, request: Request) -> Response:
        """Lines of JSON: how far it is, at last the map; or an error, where one comes after the first line."""
        asked = await read_json(request, PictureBody)
        steps = await run_in_threadpool(self._services().heat, asked.search.query, asked.image)
        first = await run_in_threadpool(next, steps)
        lines = self._lines(first, steps)
        return StreamingResponse(lines, media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})

    async def _answer(self, search: Search, text: str, offset: int, limit: int | None) -> Response:
        if limit is None:
            limit = min(search.k or _USUAL_LIMIT, MAX_RESULTS)
        search = replace(search, k=search.k or search.usual_k)

        def respond() -> Response:  # in a thread, since a thousand results take a while to write
            services = self._services()
            found = services.search(search, offset, limit, PATIENCE)
            return JSONResponse(answer(found, services.pasted.offer(text)))

        return await run_in_threadpool(respond)

    async def _lines(self, first: HeatmapProgress | Heat, rest: Iterator[HeatmapProgress | Heat]) -> AsyncIterator[str]:
        """Ends where its reader is gone, after the batch that is being embedded."""
        yield _line(first)
        try:
            async with self._looking:
                async for step in iterate_in_threadpool(rest):
                    yield _line(step)
        except ImageSearchError as error:
            yield json.dumps(told(error)) + "\n"


def _number(params: QueryParams, name: str, least: int, most: int) -> int | None:
    if (text := params.get(name)) is None:
        return None
    # Python would read any digits of Unicode, and millions of them.
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS else -1
    if not least <= number <= most:
        raise _out_of_range(params, name, f"{least} to {most:,}")
    return number


def _out_of_range(params: QueryParams, name: str, allowed: str) -> InvalidQuery:
    return InvalidQuery(
        f"{name} cannot be “{printable(params[name][:_MAX_DIGITS])}”.", f"Use a whole number from {allowed}."
    )


def _line(step: HeatmapProgress | Heat) -> str:
    values = asdict(step)
    if isinstance(step, Heat):
        values["values"] = [round(value, _DECIMALS) for value in step.values]
    return json.dumps(values) + "\n"
